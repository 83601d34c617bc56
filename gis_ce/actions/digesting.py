"""What goes into a digest: of a day or a week, for one officer or for the manager."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis_ce.actions.desk import Desk
from gis_ce.actions.due_list import Due, category_of, chosen_categories, due_list, start_of
from gis_ce.actions.unpaid import total_open_cents, unpaid
from gis_ce.clock import named
from gis_ce.decision_chain import heads
from gis_ce.digests import Digest, Row, Section
from gis_ce.money import dollars
from gis_ce.process import in_words
from gis_ce.process_deadlines import local_day
from gis_ce.tables import Case, Event

Period = Literal["daily", "weekly"]
_DAYS = {"daily": 1, "weekly": 7}
NOBODY = "nobody"
_DUE = ("Due", "Case", "Category", "Officer", "What")


@dataclass(frozen=True, slots=True)
class _Span:
    """The days of a digest, the last included, as moments."""

    first: date
    last: date
    since: datetime
    until: datetime


def digest(
    session: Session, desk: Desk, period: Period = "daily", officer: str | None = None, on: date | None = None
) -> Digest:
    """The digest of a day, or of the seven days that end with it (today without one).

    Of an officer it has what is theirs; without one it is the manager's, with every officer's counts.
    """
    span = _span(desk, period, on or desk.today)
    dues = due_list(session, desk, officer)
    whose = f"for {officer}" if officer else "for the manager"
    title = f"{desk.city.name}: {period} digest {whose}"
    said = named(span.last) if span.first == span.last else f"{named(span.first)} to {named(span.last)}"
    sections = [
        _due_section("Overdue", "overdue", dues, desk, "Nothing is overdue."),
        _due_section("Due soon", "due_soon", dues, desk, "Nothing is due soon."),
        _urgent(session, desk, officer),
        *_period_sections(session, desk, span, officer),
        _money(session, desk, officer),
        _heads(session, desk, span),
    ]
    return Digest(title, said, tuple(sections + ([_by_officer(session, dues)] if officer is None else [])))


def _span(desk: Desk, period: Period, last: date) -> _Span:
    first = last - timedelta(days=_DAYS[period] - 1)
    return _Span(first, last, start_of(first, desk), start_of(last + timedelta(days=1), desk))


def _due_section(title: str, state: str, dues: Iterable[Due], desk: Desk, nothing: str) -> Section:
    rows = [
        (named(local_day(due.at, desk.processes.time)), due.number, due.category, due.officer or NOBODY, due.what)
        for due in dues
        if due.state == state
    ]
    return Section(title, _DUE, rows, nothing, late=state == "overdue")


def _urgent(session: Session, desk: Desk, officer: str | None) -> Section:
    """The most urgent cases, with what the manager was told of each last."""
    first = next(iter(desk.targets.categories))
    chosen = chosen_categories(session, officer)
    query = select(Case).where(Case.status == "open").order_by(Case.opened_at, Case.number)
    cases = session.scalars(query if officer is None else query.where(Case.officer == officer)).all()
    urgent = [case for case in cases if category_of(desk, case, chosen).name == first]
    updates = select(Event).where(Event.kind == "manager_updated", Event.case_id.in_([case.id for case in urgent]))
    last = {event.case_id: event for event in session.scalars(updates.order_by(Event.id))}
    rows = [_urgent_row(case, last.get(case.id), desk) for case in urgent]
    return Section(f"Category {first}", ("Case", "Stands at", "Officer", "Last update"), rows, "No case is open.")


def _urgent_row(case: Case, event: Event | None, desk: Desk) -> Row:
    told = f"{named(local_day(event.at, desk.processes.time))}: {event.text}" if event else "no update yet"
    return case.number, in_words(case.step), case.officer or NOBODY, told


def _period_sections(session: Session, desk: Desk, span: _Span, officer: str | None) -> list[Section]:
    found = []
    for title, column in (("Opened", Case.opened_at), ("Closed", Case.closed_at)):
        query = select(Case).where(column >= span.since, column < span.until).order_by(column, Case.number)
        rows = session.scalars(query if officer is None else query.where(Case.officer == officer)).all()
        lines = [(case.number, in_words(case.type), case.officer or NOBODY, case.title) for case in rows]
        found.append(Section(title, ("Case", "Kind", "Officer", "Title"), lines, f"No case was {title.lower()}."))
    return [*found, _updates(session, desk, span, officer)]


def _updates(session: Session, desk: Desk, span: _Span, officer: str | None) -> Section:
    query = select(Event, Case).join(Case, Case.id == Event.case_id).where(Event.kind == "manager_updated")
    query = query.where(Event.at >= span.since, Event.at < span.until).order_by(Event.id)
    if officer is not None:
        query = query.where(Case.officer == officer)
    rows = [
        (named(local_day(row.Event.at, desk.processes.time)), row.Case.number, row.Event.by, row.Event.text)
        for row in session.execute(query)
    ]
    return Section("Updates", ("Day", "Case", "By", "What"), rows, "Nobody noted an update.")


def _money(session: Session, desk: Desk, officer: str | None) -> Section:
    rows = unpaid(session, desk, officer)
    overdue = [row for row in rows if row.days_overdue]
    lines = [
        (
            row.case.number,
            in_words(row.charged.charge.kind),
            dollars(row.charged.standing.balance_cents),
            f"{row.days_overdue} days over",
        )
        for row in overdue
    ]
    title = f"Unpaid: {dollars(total_open_cents(rows))} open"
    return Section(title, ("Case", "Charge", "Open", "Since"), lines, "Nothing is overdue to be paid.")


def _heads(session: Session, desk: Desk, span: _Span) -> Section:
    """How the records of decisions ended that day: whoever keeps the digest can tell later that no end was cut off."""
    found = heads(session, span.last, desk.city.time_zone, only_of_day=span.first == span.last)
    rows = [(line,) for line in found.text().splitlines()] if found.cases else []
    return Section("Records of decisions", ("Case, lines, hash of the last",), rows, "No decision is on record.")


def _by_officer(session: Session, dues: Iterable[Due]) -> Section:
    """How much each officer has open, overdue and due soon."""
    open_cases = Counter(
        name or NOBODY for name in session.scalars(select(Case.officer).where(Case.status == "open")).all()
    )
    counts = {state: Counter(due.officer or NOBODY for due in dues if due.state == state) for state in _COUNTED}
    names = sorted({*open_cases, *(name for counter in counts.values() for name in counter)})
    rows = [(name, str(open_cases[name]), *(str(counts[state][name]) for state in _COUNTED)) for name in names]
    return Section("By officer", ("Officer", "Open cases", "Overdue", "Due soon"), rows, "Nobody has an open case.")


_COUNTED = ("overdue", "due_soon")
