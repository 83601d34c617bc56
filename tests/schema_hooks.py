"""What schemathesis is told of the description before it asks: where a standard itself is milder than what it says."""

from __future__ import annotations

from typing import Any

import schemathesis


@schemathesis.hook
def before_load_schema(_: schemathesis.HookContext, raw_schema: dict[str, Any]) -> None:
    """OGC API Features has a `limit` above the declared maximum served with the maximum, and not refused."""
    limit = raw_schema["components"].get("parameters", {}).get("limit")
    if limit is not None:
        del limit["schema"]["maximum"]


schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")
"""A piece of an upload (tus) is plain bytes."""
