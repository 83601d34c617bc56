"""The content of a mailing in one canonical form, and its hash: what was frozen can be shown to be what was frozen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from gis_ce.tables import Mailing, MailingRow

_ROW = (
    "position",
    "status",
    "kind",
    "standing",
    "name",
    "delivery",
    "city",
    "state",
    "zip_code",
    "vacant",
    "why",
    "remark",
    "by",
    "reason",
)


def digest_of(mailing: Mailing, rows: Iterable[MailingRow]) -> str:
    """SHA-256 of a mailing with its rows in their order: the list, how far the line was followed, layer and letter
    versions, and who made, reviewed and froze it. The day of mailing and what came back are no part of it."""
    found = hashlib.sha256(_canonical(_head(mailing)))
    for row in rows:
        found.update(b"\n" + _canonical({name: getattr(row, name) for name in _ROW}))
    return found.hexdigest()


def _head(mailing: Mailing) -> dict[str, Any]:
    names = ("id", "number", "case_id", "made_by", "reach", "trace", "versions", "letter", "reviewed_by", "frozen_by")
    times = {name: getattr(mailing, name).isoformat() for name in ("made_at", "reviewed_at", "frozen_at")}
    return {name: getattr(mailing, name) for name in names} | times


def _canonical(value: dict[str, Any]) -> bytes:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
