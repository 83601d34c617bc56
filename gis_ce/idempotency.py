"""A request that is sent twice is carried out once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from gis_ce.errors import KeyReused
from gis_ce.tables import IdempotencyKey, Json

LONGEST_KEY = 200


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer to a request; `repeated` when it was carried out before and nothing was done now."""

    response: Json
    repeated: bool


def once(
    session: Session,
    key: str | None,
    caller: str,
    request: Mapping[str, Any],
    now: datetime,
    act: Callable[[], Json],
) -> Answered:
    """Carry out a request, or give the stored answer if its key came before with the same request.

    The answer is stored in the session's own transaction: both are there, or neither. Without a key the request is
    carried out. `request` holds all that makes it this request, its action's name too. Raises KeyReused.
    """
    if key is None:
        return Answered(act(), repeated=False)
    if not 0 < len(key) <= LONGEST_KEY:
        raise KeyReused(f"An idempotency key has 1 to {LONGEST_KEY} characters; this one has {len(key)}.")
    digest = digest_of(request)
    before = session.get(IdempotencyKey, (caller, key))
    if before is None:
        response = act()
        session.add(IdempotencyKey(key=key, caller=caller, digest=digest, response=response, at=now))
        return Answered(response, repeated=False)
    if before.digest != digest:
        raise KeyReused(f"The idempotency key {key!r} came before with another request; use a new key for this one.")
    return Answered(before.response, repeated=True)


def digest_of(request: Mapping[str, Any]) -> str:
    """The same for the same request, whatever the order of its fields."""
    words = json.dumps(request, sort_keys=True, default=str, ensure_ascii=True)
    return hashlib.sha256(words.encode()).hexdigest()


def forget(session: Session, before: datetime) -> int:
    """Forget the keys of requests from before a time; returns how many."""
    gone = session.execute(delete(IdempotencyKey).where(IdempotencyKey.at < before).returning(IdempotencyKey.key))
    return len(gone.all())
