"""What is to be done about letters that went out, and by when: serve it, ask for its receipt, see what came of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from gis_ce.actions.desk import CLOCK, Desk
from gis_ce.actions.filing_appeals import STANDING
from gis_ce.actions.letter_rows import as_served, clock_from
from gis_ce.clock import named
from gis_ce.due_times import due_after
from gis_ce.process_deadlines import end_of
from gis_ce.service_clock import IN_WORDS, Reckoned, Service, ServiceClock, returnable_until, sourced
from gis_ce.tables import Case, Event, Letter, LetterService, Proceeding


@dataclass(frozen=True, slots=True)
class LetterDay:
    """One thing to be done about a letter by a moment, with the arithmetic and its source."""

    at: datetime
    case: Case
    what: str
    said: str


@dataclass(frozen=True, slots=True)
class _Sent:
    """A letter that stands, with what was noted of its service and what follows from that."""

    letter: Letter
    case: Case
    services: tuple[Service, ...]
    clock: ServiceClock


def letter_days(session: Session, desk: Desk, where: Sequence[ColumnElement[bool]]) -> Iterator[LetterDay]:
    """The days of letters of the cases that fit `where`, of those that are served: notices with a day or a right."""
    sent = list(_sent(session, desk, where))
    seen, appealed = _looked(session, sent), _appealed(session, sent)
    for each in sent:
        if each.clock.receipt.day is None:
            yield from _to_serve(desk, each)
        else:
            yield from _to_appeal(desk, each, appealed)
        yield from _to_comply(desk, each, seen)


def last_notice(session: Session, desk: Desk, case: Case) -> tuple[Letter, Reckoned] | None:
    """The letter of a case that was issued last of those that set a day, and that day; None where none does."""
    found = [each for each in _sent(session, desk, [Case.id == case.id]) if each.clock.compliance is not None]
    if not found or found[-1].clock.compliance is None:
        return None
    return found[-1].letter, found[-1].clock.compliance


def _sent(session: Session, desk: Desk, where: Sequence[ColumnElement[bool]]) -> Iterator[_Sent]:
    query = select(Letter, Case).join(Case, Case.id == Letter.case_id)
    query = query.where(Letter.state.in_(STANDING), Letter.issued_at.is_not(None), *where)
    rows = session.execute(query.order_by(Letter.issued_at, Letter.id)).all()
    known = [row for row in rows if row.Letter.template in desk.letters.kinds]
    services: dict[str, list[LetterService]] = defaultdict(list)
    asked = select(LetterService).where(LetterService.letter_id.in_([row.Letter.id for row in known]))
    for service in session.scalars(asked.order_by(LetterService.at, LetterService.id)):
        services[service.letter_id].append(service)
    for row in known:
        noted = services[row.Letter.id]
        clock = clock_from(session, desk, row.Letter, noted)
        if clock is not None and (clock.appeal is not None or clock.compliance is not None):
            yield _Sent(row.Letter, row.Case, tuple(as_served(noted)), clock)


def _to_serve(desk: Desk, each: _Sent) -> Iterator[LetterDay]:
    """What to do while a letter does not count as received."""
    number, clock, office = each.letter.number, desk.processes.time, desk.targets
    open_ = [service for service in each.services if service.received_on is None and service.returned_on is None]
    back = [service.returned_on for service in each.services if service.returned_on is not None]
    if not open_:
        assert each.letter.issued_at is not None
        start = _start(desk, max(back)) if back else each.letter.issued_at
        due = due_after(start, office.serve_letter, clock, "came back" if back else "issued")
        yield LetterDay(due.at, each.case, f"serve {number}{' again, it came back' if back else ''}", due.said)
    for service in open_:
        mail = f"{IN_WORDS[service.method]} of {named(service.on)}"
        last = returnable_until(service, desk.rules.rulebook)
        if last is not None:
            what = f"{number} counts as received unless the {mail} comes back"
            yield LetterDay(end_of(last, clock), each.case, what, sourced(each.clock.receipt))
        else:
            due = due_after(_start(desk, service.on), office.ask_receipt, clock, "mailed")
            yield LetterDay(due.at, each.case, f"ask for the receipt of {number}, {mail}", due.said)


def _to_appeal(desk: Desk, each: _Sent, appealed: set[str]) -> Iterator[LetterDay]:
    """The end of the time to appeal, until it is over or somebody has appealed."""
    found = each.clock.appeal
    if found is None or found.day is None or found.day < desk.today or str(each.letter.number) in appealed:
        return
    at = end_of(found.day, desk.processes.time)
    yield LetterDay(at, each.case, f"time to appeal {each.letter.number} ends", sourced(found))


def _to_comply(desk: Desk, each: _Sent, seen: dict[str, list[tuple[str, datetime]]]) -> Iterator[LetterDay]:
    """The day of compliance, until somebody has answered a question of the map, or visited after that day."""
    found = each.clock.compliance
    if found is None or found.day is None:
        return
    ends, issued = end_of(found.day, desk.processes.time), each.letter.issued_at
    at = min(found.at or ends, ends)
    assert issued is not None
    looked = seen.get(each.case.id, ())
    if any(when > (issued if kind == "answered" else at) for kind, when in looked):
        return
    yield LetterDay(at, each.case, f"see whether {each.letter.number} was complied with", sourced(found))


def _looked(session: Session, sent: Sequence[_Sent]) -> dict[str, list[tuple[str, datetime]]]:
    """When people have answered questions of the map and made visits, by case."""
    found: dict[str, list[tuple[str, datetime]]] = defaultdict(list)
    query = select(Event).where(Event.case_id.in_({each.case.id for each in sent}), Event.by != CLOCK)
    for event in session.scalars(query.where(Event.kind.in_(("answered", "visit_done"))).order_by(Event.id)):
        if event.kind == "visit_done" or event.data.get("answer") is not None:
            found[event.case_id].append((event.kind, event.at))
    return found


def _appealed(session: Session, sent: Sequence[_Sent]) -> set[str]:
    """The numbers of letters against which an appeal was filed."""
    query = select(Proceeding).where(Proceeding.kind == "appeal", Proceeding.case_id.in_({s.case.id for s in sent}))
    return {str(row.data.get("letter")) for row in session.scalars(query)}


def _start(desk: Desk, day: date) -> datetime:
    return datetime.combine(day, time(), desk.processes.time.zone).astimezone(UTC)
