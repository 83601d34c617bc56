"""Ids of rows: made by whoever makes the row, also on a device without a connection."""

from __future__ import annotations

import secrets
from datetime import datetime
from itertools import count
from uuid import UUID

_MARKS = 0x7 << 76 | 0b10 << 62
_MADE_HERE = count(secrets.randbits(25))
"""How many ids this process made: 26 bits of it stand behind the time (RFC 9562, section 6.2, method 1)."""


def new_id(at: datetime) -> str:
    """A UUID of version 7 (RFC 9562): in the order of time to the millisecond, and of one process in that of making.

    26 bits count the ids of this process and wrap after 67 million; 48 bits are random.
    """
    milliseconds = int(at.timestamp() * 1000) & ((1 << 48) - 1)
    tail = (next(_MADE_HERE) & ((1 << 26) - 1)) << 48 | secrets.randbits(48)
    return str(UUID(int=milliseconds << 80 | _MARKS | tail >> 62 << 64 | tail & ((1 << 62) - 1)))
