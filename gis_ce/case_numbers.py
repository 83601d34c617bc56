"""Case numbers: a type's prefix, the year in the city, and a counter without gaps."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import case
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from gis_ce.tables import CaseCounter


def next_number(session: Session, case_type: str, prefix: str, at: datetime, zone: str) -> str:
    """The next number of a type, as `DAM-2026-00017`; the year is the city's when the case is opened.

    The counter's row stays locked until the session commits, and a session that does not commit gives the number back:
    so no number is given twice and none is left out.
    """
    year = at.astimezone(ZoneInfo(zone)).year
    return f"{prefix}-{year}-{_raised(session, case_type, year, CaseCounter.last + 1, 1):05d}"


def count_from(session: Session, case_type: str, year: int, last: int) -> None:
    """Let the counter of a type go on after `last`, where it is not further already (numbers that were brought in)."""
    further = case((CaseCounter.last < last, last), else_=CaseCounter.last)
    _raised(session, case_type, year, further, last)


def _raised(session: Session, case_type: str, year: int, raised: object, first: int) -> int:
    made = _insert(session).values(type=case_type, year=year, last=first)
    counted = made.on_conflict_do_update(index_elements=["type", "year"], set_={"last": raised})
    return int(session.execute(counted.returning(CaseCounter.last)).scalar_one())


def _insert(session: Session) -> postgresql.Insert | sqlite.Insert:
    maker = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    return maker(CaseCounter)
