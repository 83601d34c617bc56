"""Letters as rows: found by number or id, with what their case knows of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from gis_ce.actions.at_hand import Hand, held
from gis_ce.actions.desk import Desk
from gis_ce.case_changes import case_to_change
from gis_ce.errors import LetterUnknown
from gis_ce.letter import Compliance, LetterKind
from gis_ce.process_deadlines import read_length
from gis_ce.service_clock import Notice, Service, ServiceClock, reckon
from gis_ce.tables import Case, DeedSeen, Letter, LetterService


@dataclass(slots=True)
class LetterHand:
    """One letter with its kind and its case."""

    letter: Letter
    kind: LetterKind
    hand: Hand


def letter_named(session: Session, name: str) -> Letter:
    """The letter of a number (in any case of letters) or an id; raises LetterUnknown."""
    found = session.scalars(select(Letter).where(or_(Letter.number == name.upper(), Letter.id == name))).first()
    if found is None:
        raise LetterUnknown(f"There is no letter {name[:80]!r}.")
    return found


def take_letter(session: Session, desk: Desk, name: str, seen: int | None = None) -> LetterHand:
    """A letter to be changed, with its case; raises LetterUnknown, CaseChanged."""
    letter = letter_named(session, name)
    case = case_to_change(session, letter.case_id, seen, desk.act.time.zone)
    session.refresh(letter)
    return LetterHand(letter, desk.letters.kind(letter.template), held(session, desk, case))


def look_at_letter(session: Session, desk: Desk, name: str) -> LetterHand:
    """A letter to be read; raises LetterUnknown."""
    letter = letter_named(session, name)
    case = session.get_one(Case, letter.case_id)
    return LetterHand(letter, desk.letters.kind(letter.template), held(session, desk, case))


def next_letter_number(session: Session, case: Case) -> str:
    """The number of the next letter of a case: `LEAK-2026-00017-L2`."""
    count = select(func.count()).where(Letter.case_id == case.id, Letter.number.is_not(None))
    return f"{case.number}-L{(session.scalar(count) or 0) + 1}"


def services_of(session: Session, letter: Letter) -> list[LetterService]:
    """What was noted of a letter's service, in the order of time."""
    rows = select(LetterService).where(LetterService.letter_id == letter.id)
    return list(session.scalars(rows.order_by(LetterService.at, LetterService.id)))


def deeds_of(session: Session, case: Case) -> list[DeedSeen]:
    """The deeds that somebody has seen for a case."""
    return list(session.scalars(select(DeedSeen).where(DeedSeen.case_id == case.id).order_by(DeedSeen.at, DeedSeen.id)))


def clock_of(session: Session, desk: Desk, held_: LetterHand) -> ServiceClock | None:
    """What follows from the service of a letter as known today; None for one that was not issued here."""
    return clock_from(session, desk, held_.letter, services_of(session, held_.letter))


def clock_from(session: Session, desk: Desk, letter: Letter, rows: list[LetterService]) -> ServiceClock | None:
    """What follows from what was noted of a letter's service; None for one that was not issued here."""
    if letter.issued_at is None:
        return None
    notice = _notice(session, desk, letter)
    return reckon(notice, as_served(rows), desk.rules.rulebook, desk.processes.time, desk.today)


def as_served(rows: list[LetterService]) -> list[Service]:
    """The services that rows tell of, each with what came of it."""

    def day(service: LetterService, kind: str) -> date | None:
        return next((row.on for row in rows if row.kind == kind and row.of == service.id), None)

    return [
        Service(
            row.method,
            row.on,
            time.fromisoformat(row.time) if row.time else None,
            day(row, "received"),
            day(row, "returned"),
        )
        for row in rows
        if row.kind == "served"
    ]


def _notice(session: Session, desk: Desk, letter: Letter) -> Notice:
    given, kind = letter.given or {}, desk.letters.kind(letter.template)
    assert letter.issued_at is not None
    day, period = given.get("comply_by"), read_length(given.get("period"))
    compliance = kind.compliance
    return Notice(
        issued_on=letter.issued_at.astimezone(desk.processes.time.zone).date(),
        appealable=kind.appealable,
        compliance=Compliance(period=period, counted_from=compliance.counted_from if compliance else "receipt"),
        comply_by=date.fromisoformat(day) if day else None,
        replaced=_replaced(session, letter),
    )


def _replaced(session: Session, letter: Letter) -> str:
    if letter.state == "withdrawn":
        return f"The letter {letter.number} was withdrawn"
    if letter.state != "reissued":
        return ""
    newer = session.scalars(select(Letter.number).where(Letter.reissue_of == letter.id)).first()
    return f"The letter {letter.number} was issued again as {newer}"
