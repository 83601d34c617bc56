"""Ids of rows: made by whoever makes the row, also on a device without a connection."""

from __future__ import annotations

import secrets
from datetime import datetime
from uuid import UUID

_SEVENTH = 0x7 << 76 | 0b10 << 62
_RANDOM_BITS = ~(0xF << 76 | 0b11 << 62) & ((1 << 80) - 1)


def new_id(at: datetime) -> str:
    """A UUID of version 7 (RFC 9562): in the order of time to the millisecond, the rest is random."""
    milliseconds = int(at.timestamp() * 1000) & ((1 << 48) - 1)
    return str(UUID(int=milliseconds << 80 | (secrets.randbits(80) & _RANDOM_BITS) | _SEVENTH))
