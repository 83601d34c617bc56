"""Guesses that failed: after some, the next one has to wait, and longer each time; kept by hash, without names."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from gis_ce.tables import FailedSignIn

FORGOTTEN_AFTER = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class _Wait:
    """How many guesses are free, and how long one waits after the next; each further doubles it up to the longest."""

    free: int
    first: timedelta
    longest: timedelta

    def after(self, count: int) -> timedelta | None:
        """The wait after so many failures."""
        if count < self.free:
            return None
        doublings: int = min(count - self.free, 20)
        longer: timedelta = self.first * (1 << doublings)
        return min(longer, self.longest)


_OF_NAME_THERE = _Wait(5, timedelta(seconds=30), timedelta(hours=1))
_OF_NAME = _Wait(50, timedelta(seconds=30), timedelta(minutes=15))
"""From many addresses: so slow that guessing is hopeless, so short that its owner is not shut out for the day."""
_OF_ADDRESS = _Wait(30, timedelta(seconds=30), timedelta(hours=1))


def refused_until(session: Session, name: str, address: str, now: datetime) -> datetime | None:
    """Until when a name cannot be tried from an address; None where it can be tried now."""
    rows = [session.get(FailedSignIn, of) for of, _ in _counted(name, address)]
    until = [row.refused_until for row in rows if row is not None and row.refused_until is not None]
    return max((moment for moment in until if moment > now), default=None)


def note_failure(session: Session, name: str, address: str, now: datetime) -> None:
    """Count one more guess that failed."""
    session.execute(delete(FailedSignIn).where(FailedSignIn.last_at <= now - FORGOTTEN_AFTER))
    for of, wait in _counted(name, address):
        row = session.get(FailedSignIn, of)
        if row is None:
            row = FailedSignIn(of=of, count=0)
            session.add(row)
        row.count, row.last_at = row.count + 1, now
        delay = wait.after(row.count)
        row.refused_until = now + delay if delay is not None else None
    session.flush()


def forget_failures(session: Session, name: str, address: str) -> None:
    """A name was signed in with from an address: its own failures there count no longer."""
    (of, _), *_ = _counted(name, address)
    session.execute(delete(FailedSignIn).where(FailedSignIn.of == of))


def _counted(name: str, address: str) -> Iterator[tuple[str, _Wait]]:
    for words, wait in (((name, address), _OF_NAME_THERE), ((name,), _OF_NAME), (("", address), _OF_ADDRESS)):
        said = "\0".join((str(len(words)), *words)).encode(errors="surrogatepass")
        yield hashlib.sha256(said).hexdigest(), wait
