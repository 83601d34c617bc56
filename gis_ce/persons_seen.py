"""The log of accesses: whose names somebody read, when, and by which route; kept for a time, then forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from gis_ce.errors import FilterRefused
from gis_ce.tables import PersonsSeen

MOST = 1000


@dataclass(frozen=True, slots=True)
class Access:
    """One answer that held names: what of whom, of which case or parcel where it was one."""

    by: str
    what: str
    route: str
    case_number: str | None = None
    parcel_id: str | None = None


@dataclass(frozen=True, slots=True)
class AccessFilter:
    """Which accesses are asked for; None asks for all."""

    by: str | None = None
    case_number: str | None = None
    parcel_id: str | None = None
    since: datetime | None = None
    before: int | None = None


def note_access(session: Session, access: Access, now: datetime) -> None:
    """Write one line of the log."""
    row = PersonsSeen(at=now, by=access.by, what=access.what, route=access.route)
    row.case_number, row.parcel_id = access.case_number, access.parcel_id
    session.add(row)
    session.flush()


def accesses(session: Session, wanted: AccessFilter, limit: int = 100) -> list[PersonsSeen]:
    """The lines that meet a filter, the newest first; raises FilterRefused for a page that cannot be."""
    if not 1 <= limit <= MOST:
        raise FilterRefused(f"A page has 1 to {MOST:,} lines, not {limit}.")
    rows = select(PersonsSeen).order_by(PersonsSeen.id.desc()).limit(limit)
    same = ((PersonsSeen.by, wanted.by), (PersonsSeen.case_number, wanted.case_number))
    for column, value in (*same, (PersonsSeen.parcel_id, wanted.parcel_id)):
        rows = rows.where(column == value) if value is not None else rows
    rows = rows.where(PersonsSeen.at >= wanted.since) if wanted.since is not None else rows
    rows = rows.where(PersonsSeen.id < wanted.before) if wanted.before is not None else rows
    return list(session.scalars(rows))


def forget_accesses(session: Session, now: datetime, days: int) -> int:
    """Delete the lines that are older than so many days; how many there were."""
    gone = session.execute(delete(PersonsSeen).where(PersonsSeen.at < now - timedelta(days=days)))
    return int(gone.rowcount)  # type: ignore[attr-defined]
