"""One way of writing values down, so that the same values always have the same bytes and the same hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any


def canonical(value: object) -> str:
    """A value as JSON: keys sorted, no spaces, floats by `repr`, days and times in ISO form.

    Raises ValueError for a number that is not finite, TypeError for what JSON has no form for.
    """
    return json.dumps(as_plain(value), sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def as_plain(value: object) -> Any:
    """A value made of JSON's own kinds; times are in UTC."""
    if isinstance(value, Mapping):
        return {str(name): as_plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [as_plain(each) for each in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def sha256(text: str) -> str:
    """The SHA-256 of a text in UTF-8, in hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()
