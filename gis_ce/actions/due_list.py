"""Everything that has its time: what is overdue, what is due soon, what comes later."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Literal

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from gis_ce.actions.contacting import unanswered
from gis_ce.actions.desk import CLOCK, Desk
from gis_ce.actions.letter_days import letter_days
from gis_ce.actions.proceedings import Running, open_proceedings
from gis_ce.actions.unpaid import unpaid
from gis_ce.due_times import day_before, due_after
from gis_ce.money import dollars
from gis_ce.process import in_words
from gis_ce.process_deadlines import end_of
from gis_ce.tables import Case, Deadline, Event
from gis_ce.targets import Category

DueKind = Literal[
    "response",
    "resolution",
    "update",
    "step",
    "contact",
    "letter",
    "appeal",
    "visit",
    "hearing",
    "proceeding",
    "payment",
]
DueState = Literal["overdue", "due_soon", "later"]
RESPONSES = ("answered", "noted", "contact_out", "visit_done")
"""Events that count as the first response to a case, where a person brought them about."""
UPDATES = ("manager_updated",)
_OWN_KINDS: Mapping[str, DueKind] = {"visit": "visit", "hearing": "hearing", "appeal": "appeal"}


@dataclass(frozen=True, slots=True)
class Due:
    """One thing that has its time, with the arithmetic that leads to it."""

    kind: DueKind
    state: DueState
    at: datetime
    number: str
    case_id: str
    type: str
    category: str
    officer: str | None
    what: str
    said: str


@dataclass(frozen=True, slots=True)
class _Timed:
    """A thing that has its time, before it is known how near that is."""

    kind: DueKind
    at: datetime
    case: Case
    what: str
    said: str
    officer: str | None = None


def due_list(session: Session, desk: Desk, officer: str | None = None) -> list[Due]:
    """Everything open that has its time, the most pressing first; of an officer, if one is named.

    It is due soon from as many days before its time as the office has set.
    """
    chosen = chosen_categories(session, officer)
    timed = [*_of_cases(session, desk, officer, chosen), *_steps(session, officer), *_contacts(session, officer)]
    timed += [*_letters(session, desk, officer), *_proceedings(session, desk, officer)]
    timed += _payments(session, desk, officer)
    soon = end_of(soon_until(desk), desk.processes.time)
    found = [_due(desk, each, soon, chosen) for each in timed]
    return sorted(found, key=lambda due: (due.at, due.number, due.kind))


def soon_until(desk: Desk) -> date:
    """The last day that counts as soon."""
    return (
        due_after(desk.now, desk.targets.due_soon, desk.processes.time).at.astimezone(desk.processes.time.zone).date()
    )


def category_of(desk: Desk, case: Case, chosen: Mapping[str, str]) -> Category:
    """The category of a case, by what somebody chose for it or by its answers."""
    return desk.targets.category(case.type, case.answers, chosen.get(case.id))


def chosen_categories(session: Session, officer: str | None = None) -> dict[str, str]:
    """The categories that somebody chose for open cases, the last choice of each, by the ids of cases."""
    query = select(Event).where(Event.kind == "category_set", Event.case_id.in_(_open(officer))).order_by(Event.id)
    return {event.case_id: event.data["after"] for event in session.scalars(query)}


def _due(desk: Desk, each: _Timed, soon: datetime, chosen: Mapping[str, str]) -> Due:
    state: DueState = "overdue" if each.at < desk.now else "due_soon" if each.at <= soon else "later"
    case = each.case
    return Due(
        kind=each.kind,
        state=state,
        at=each.at,
        number=case.number,
        case_id=case.id,
        type=case.type,
        category=category_of(desk, case, chosen).name,
        officer=each.officer or case.officer,
        what=each.what,
        said=each.said,
    )


def _of_cases(session: Session, desk: Desk, officer: str | None, chosen: Mapping[str, str]) -> Iterator[_Timed]:
    answered, updated = _last(session, RESPONSES, officer, first=True), _last(session, UPDATES, officer, first=False)
    for case in session.scalars(select(Case).where(*_open_where(officer))):
        category, clock = category_of(desk, case, chosen), desk.processes.time
        named = f"category {category.name}"
        if case.id not in answered:
            due = due_after(case.opened_at, category.initial_response, clock, "opened")
            yield _Timed("response", due.at, case, f"first response, {named}", due.said)
        due = due_after(case.opened_at, category.resolution, clock, "opened")
        yield _Timed("resolution", due.at, case, f"to be solved, {named}", due.said)
        since = updated.get(case.id)
        due = due_after(since or case.opened_at, category.update, clock, "last update" if since else "opened")
        yield _Timed("update", due.at, case, f"update to the manager, {named}", due.said)


def _last(session: Session, kinds: tuple[str, ...], officer: str | None, *, first: bool) -> dict[str, datetime]:
    """When people brought about the first or the last event of some kinds, for each open case that has one."""
    edge = func.min(Event.id) if first else func.max(Event.id)
    asked = select(edge).where(Event.kind.in_(kinds), Event.by != CLOCK, Event.case_id.in_(_open(officer)))
    rows = select(Event.case_id, Event.at).where(Event.id.in_(asked.group_by(Event.case_id)))
    return {row.case_id: row.at for row in session.execute(rows)}


def _steps(session: Session, officer: str | None) -> Iterator[_Timed]:
    query = select(Deadline, Case).join(Case, Case.id == Deadline.case_id)
    for row in session.execute(query.where(Deadline.state == "running", *_open_where(officer))):
        what = f"wait at {in_words(row.Deadline.step or '')}"
        yield _Timed("step", row.Deadline.due_at, row.Case, what, row.Deadline.arithmetic)


def _contacts(session: Session, officer: str | None) -> Iterator[_Timed]:
    for contact, case in unanswered(session, officer):
        assert contact.due_at is not None
        what = f"answer the {in_words(contact.channel)}: {contact.text[:120]}"
        yield _Timed("contact", contact.due_at, case, what, contact.arithmetic)


def _letters(session: Session, desk: Desk, officer: str | None) -> Iterator[_Timed]:
    """The service of letters, and what follows from it."""
    for each in letter_days(session, desk, _open_where(officer)):
        yield _Timed("letter", each.at, each.case, each.what, each.said)


def _proceedings(session: Session, desk: Desk, officer: str | None) -> Iterator[_Timed]:
    for running, case in open_proceedings(session, officer):
        row = running.row
        yield from _notices(desk, running, case)
        if row.due_at is None:
            continue
        kind: DueKind = _OWN_KINDS.get(row.kind, "proceeding")
        said = str(row.data.get("arithmetic") or (f"for {row.on_day}" if row.on_day else ""))
        what = f"decide the appeal: {row.text[:120]}" if kind == "appeal" else f"{in_words(row.kind)}: {row.text[:120]}"
        yield _Timed(kind, row.due_at, case, what, said, row.officer)


def _notices(desk: Desk, running: Running, case: Case) -> Iterator[_Timed]:
    """The notices of a hearing that have not gone out."""
    if running.row.kind != "hearing" or running.row.on_day is None:
        return
    told = {entry.data.get("who") for entry in running.entries if entry.kind == "notice"}
    length = desk.targets.notice_before_hearing
    last = day_before(running.row.on_day, length, desk.processes.time)
    for who in running.row.data.get("notices", ()):
        if who not in told:
            said = f"{length} before the hearing on {running.row.on_day}"
            yield _Timed(
                "hearing", end_of(last, desk.processes.time), case, f"notice of the hearing to the {who} party", said
            )


def _payments(session: Session, desk: Desk, officer: str | None) -> Iterator[_Timed]:
    for row in unpaid(session, desk, officer):
        charge, now = row.charged.charge, row.charged.standing
        if charge.due_on is not None and not now.stayed:
            at = end_of(charge.due_on, desk.processes.time)
            what = f"{dollars(now.balance_cents)} open for {in_words(charge.kind)}"
            yield _Timed("payment", at, row.case, what, f"to be paid by {charge.due_on}")


def _open(officer: str | None) -> Select[str]:
    return select(Case.id).where(*_open_where(officer))


def _open_where(officer: str | None) -> list[ColumnElement[bool]]:
    mine = [] if officer is None else [Case.officer == officer]
    return [Case.status == "open", *mine]


def start_of(day: date, desk: Desk) -> datetime:
    """The first moment of a day in the city."""
    return datetime.combine(day, time(), desk.processes.time.zone).astimezone(UTC)
