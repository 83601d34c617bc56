"""The charges of a case with all that became of them, as the actions on money read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis_ce.actions.desk import Desk
from gis_ce.charge_standing import Standing, standing
from gis_ce.clock import Calendar
from gis_ce.errors import ChargeUnknown
from gis_ce.tables import Case, Charge, ChargeEntry


@dataclass(frozen=True, slots=True)
class Charged:
    """A charge, its entries in the order in which they were made, and where it stands on a day."""

    charge: Charge
    entries: tuple[ChargeEntry, ...]
    standing: Standing


def charges_of(session: Session, case: Case, on: date, calendar: Calendar) -> list[Charged]:
    """The charges of a case, oldest first, as they stand on a day."""
    rows = session.scalars(select(Charge).where(Charge.case_id == case.id).order_by(Charge.at, Charge.id)).all()
    return _charged(rows, entries_of(session, [case.id]), on, calendar)


def charges_of_cases(session: Session, cases: Sequence[str], on: date, calendar: Calendar) -> list[Charged]:
    """The charges of many cases by their ids, case by case."""
    rows = session.scalars(
        select(Charge).where(Charge.case_id.in_(cases)).order_by(Charge.case_id, Charge.at, Charge.id)
    ).all()
    return _charged(rows, entries_of(session, cases), on, calendar)


def entries_of(session: Session, cases: Sequence[str]) -> dict[str, list[ChargeEntry]]:
    """What became of the charges of cases, by charge, in the order in which it was noted."""
    found: dict[str, list[ChargeEntry]] = {}
    query = select(ChargeEntry).where(ChargeEntry.case_id.in_(cases)).order_by(ChargeEntry.id)
    for row in session.scalars(query):
        found.setdefault(row.charge_id, []).append(row)
    return found


def charge_named(session: Session, desk: Desk, case: Case, name: str) -> Charged:
    """The charge of an id, as it stands today; raises ChargeUnknown."""
    found = [each for each in charges_of(session, case, desk.today, calendar_of(desk)) if each.charge.id == name]
    if not found:
        raise ChargeUnknown(f"{case.number} has no charge {name[:80]!r}; `gis-ce charge list {case.number}` has them.")
    return found[0]


def calendar_of(desk: Desk) -> Calendar:
    """The city's calendar."""
    return desk.processes.time.calendar


def _charged(
    rows: Sequence[Charge], entries: Mapping[str, list[ChargeEntry]], on: date, calendar: Calendar
) -> list[Charged]:
    return [
        Charged(row, tuple(own), standing(row, own, on, calendar)) for row in rows for own in [entries.get(row.id, [])]
    ]
