"""Who owes what: the list of the unpaid, and the statement of one case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from gis_ce.actions.at_hand import look_at
from gis_ce.actions.charge_rows import Charged, calendar_of, charges_of, charges_of_cases
from gis_ce.actions.charging import responsible
from gis_ce.actions.desk import Desk
from gis_ce.tables import Case, Charge, Party, Site


@dataclass(frozen=True, slots=True)
class Statement:
    """All that a case was charged and paid up to a day, in whole cents: what a statement letter tells.

    `owed_by` is the party that the charges name (the likeliest where they name none), with where letters go.
    """

    number: str
    type: str
    title: str
    address: str | None
    on: date
    owed_by: Party | None
    charges: tuple[Charged, ...]

    @property
    def charged_cents(self) -> int:
        """What was charged."""
        return sum(each.standing.charged_cents for each in self.charges)

    @property
    def paid_cents(self) -> int:
        """What was paid and held."""
        return sum(each.standing.paid_cents for each in self.charges)

    @property
    def waived_cents(self) -> int:
        """What was waived."""
        return sum(each.standing.waived_cents for each in self.charges)

    @property
    def balance_cents(self) -> int:
        """What is open."""
        return sum(each.standing.balance_cents for each in self.charges)

    @property
    def stayed_cents(self) -> int:
        """What of that rests during an appeal."""
        return sum(each.standing.balance_cents for each in self.charges if each.standing.stayed)

    @property
    def to_pay_cents(self) -> int:
        """What is to be paid now."""
        return self.balance_cents - self.stayed_cents


@dataclass(frozen=True, slots=True)
class Unpaid:
    """One charge with something open; `days_overdue` counts calendar days since it was due, None where nothing says."""

    case: Case
    address: str | None
    owed_by: Party | None
    charged: Charged
    days_overdue: int | None


def statement(session: Session, desk: Desk, case: str, on: date | None = None) -> Statement:
    """The statement of a case on a day, today without one; a party owes all, or the likeliest. Raises CaseUnknown."""
    hand = look_at(session, desk, case)
    day = on or desk.today
    rows = [row for row in charges_of(session, hand.case, day, calendar_of(desk)) if _day_of(row, desk) <= day]
    named = {row.charge.party_id for row in rows if row.charge.party_id}
    owed_by = session.get(Party, named.pop()) if len(named) == 1 else responsible(session, hand.case.id)
    return Statement(
        number=hand.case.number,
        type=hand.process.title,
        title=hand.case.title,
        address=hand.site.address,
        on=day,
        owed_by=owed_by,
        charges=tuple(rows),
    )


def unpaid(session: Session, desk: Desk, officer: str | None = None) -> list[Unpaid]:
    """Every charge with something open or still counting, the longest overdue first; stayed ones come last."""
    cases = {case.id: case for case in session.scalars(_charged_cases(officer))}
    sites = select(Site.case_id, Site.address).where(Site.case_id.in_(cases))
    addresses: dict[str, str | None] = {row.case_id: row.address for row in session.execute(sites)}
    found = [
        Unpaid(
            case=cases[each.charge.case_id],
            address=addresses.get(each.charge.case_id),
            owed_by=session.get(Party, each.charge.party_id) if each.charge.party_id else None,
            charged=each,
            days_overdue=_overdue(each, desk.today),
        )
        for each in charges_of_cases(session, list(cases), desk.today, calendar_of(desk))
        if each.standing.balance_cents > 0
    ]
    return sorted(found, key=lambda row: (row.charged.standing.stayed, -(row.days_overdue or 0), row.case.number))


def total_open_cents(rows: Sequence[Unpaid]) -> int:
    """What all of them owe together."""
    return sum(row.charged.standing.balance_cents for row in rows)


def _charged_cases(officer: str | None) -> Select[Case]:
    query = select(Case).where(Case.id.in_(select(Charge.case_id)))
    return query if officer is None else query.where(Case.officer == officer)


def _overdue(each: Charged, today: date) -> int | None:
    due = each.charge.due_on
    return None if due is None or each.standing.stayed else max(0, (today - due).days)


def _day_of(row: Charged, desk: Desk) -> date:
    return row.charge.at.astimezone(desk.processes.time.zone).date()
