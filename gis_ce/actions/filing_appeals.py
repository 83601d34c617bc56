"""Appeals against a notice: filed on a day, to be decided within the days that the rule gives, and decided."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis_ce.actions.at_hand import Hand
from gis_ce.actions.carried_out import Done, carried_out, done
from gis_ce.actions.desk import Desk
from gis_ce.actions.letter_rows import clock_from, letter_named, services_of
from gis_ce.actions.proceedings import Became, Began, become, begin, hand_to_note, noted, running_named, said_checked
from gis_ce.clock import named
from gis_ce.errors import ContactRefused, LetterRefused
from gis_ce.process_deadlines import end_of, local_day
from gis_ce.service_clock import SUBJECT, ServiceClock, decide_appeal_by, sourced
from gis_ce.tables import Letter

AppealOutcome = Literal["upheld", "modified", "dismissed", "withdrawn"]
APPEAL_OUTCOMES = ("upheld", "modified", "dismissed", "withdrawn")
"""What becomes of the notice or the charges that were appealed; `withdrawn` is the appeal itself."""
STANDING = ("issued", "served", "received", "returned")
"""States of a letter that went out and that nothing has replaced."""


@dataclass(frozen=True, slots=True)
class AppealGiven:
    """An appeal that came in on a day: what it says, and the letter (number or id) that it is against.

    Without `letter`, the letter of the case that may be appealed and was issued last, if there is one.
    """

    what: str
    on: date
    letter: str | None = None


@dataclass(frozen=True, slots=True)
class AppealDecision:
    """How an appeal was decided, and in what words."""

    appeal: str
    outcome: AppealOutcome
    text: str


def file_appeal(
    session: Session, desk: Desk, case: str, given: AppealGiven, *, seen: int | None = None, key: str | None = None
) -> Done:
    """Files an appeal; `made` has `proceeding`, `due_at` and `arithmetic`: by when it is to be decided, and why.

    It counts by the rule by which the letter was served, else by the one in force on the day of filing; where none is,
    nobody can say by when. One that comes too late is filed and says so. Raises ContactRefused, LetterUnknown.
    """

    def act() -> Done:
        hand = hand_to_note(session, desk, case, seen)
        letter = _letter(session, desk, hand, given.letter)
        _refuse_day(desk, letter, given.on)
        clock = clock_from(session, desk, letter, services_of(session, letter)) if letter is not None else None
        began = _began(desk, hand, given, letter, clock)
        row = begin(session, desk, hand, began)
        made = noted(session, hand, row).made
        return done(session, hand.case, **made, arithmetic=began.data["arithmetic"], late=began.data["late"])

    return carried_out(session, desk, "file_appeal", asdict(given) | {"case": case, "seen": seen}, key, act)


def decide_appeal(
    session: Session, desk: Desk, case: str, given: AppealDecision, *, seen: int | None = None, key: str | None = None
) -> Done:
    """Notes how an appeal was decided, which ends it; raises ContactRefused, ContactUnknown."""

    def act() -> Done:
        hand = hand_to_note(session, desk, case, seen)
        running = running_named(session, hand, "appeal", given.appeal)
        if given.outcome not in APPEAL_OUTCOMES:
            raise ContactRefused(f"An appeal is {', '.join(APPEAL_OUTCOMES)}, not {given.outcome!r}.")
        become(session, desk, hand, running, Became(given.outcome, said_checked(given.text), desk.today, ends=True))
        return noted(session, hand, running.row)

    return carried_out(session, desk, "decide_appeal", asdict(given) | {"case": case, "seen": seen}, key, act)


def _letter(session: Session, desk: Desk, hand: Hand, name: str | None) -> Letter | None:
    """The letter that is appealed; raises LetterRefused for one that is not of the case, not out, not appealable."""
    if name is None:
        rows = select(Letter).where(Letter.case_id == hand.case.id, Letter.state.in_(STANDING))
        sent = session.scalars(rows.order_by(Letter.issued_at.desc(), Letter.id.desc())).all()
        known = desk.letters.kinds
        return next((row for row in sent if row.template in known and known[row.template].appealable), None)
    row = letter_named(session, name)
    if row.case_id != hand.case.id:
        raise LetterRefused(f"{row.number or name[:80]} is a letter of another case.")
    if row.state not in STANDING or not desk.letters.kind(row.template).appealable:
        raise LetterRefused(f"{row.number or row.template} is {row.state} and {_may(desk, row)} be appealed.")
    return row


def _may(desk: Desk, row: Letter) -> str:
    return "cannot now" if desk.letters.kind(row.template).appealable else "says of no right to"


def _refuse_day(desk: Desk, letter: Letter | None, on: date) -> None:
    if on > desk.today:
        raise ContactRefused(f"An appeal was filed today or earlier, not on {named(on)}.")
    if letter is not None and letter.issued_at is not None:
        issued = local_day(letter.issued_at, desk.processes.time)
        if on < issued:
            raise ContactRefused(f"{letter.number} was issued on {named(issued)}; no appeal against it came before.")


def _began(desk: Desk, hand: Hand, given: AppealGiven, letter: Letter | None, clock: ServiceClock | None) -> Began:
    rule = clock.rule if clock is not None and clock.rule else desk.rules.rulebook.on(SUBJECT, given.on)
    found = decide_appeal_by(given.on, rule, desk.processes.time) if rule is not None else None
    last = clock.appeal.day if clock is not None and clock.appeal is not None else None
    late = last is not None and given.on > last
    data: dict[str, Any] = {
        "letter": letter.number if letter is not None else None,
        "arithmetic": sourced(found) if found is not None else _NO_RULE,
        "late": late,
    }
    text = f"{f'against {letter.number}, ' if letter is not None else ''}{said_checked(given.what)}"
    if late and last is not None:
        text += f"; filed after the time to appeal, which ended on {named(last)}"
    due_at = end_of(found.day, desk.processes.time) if found is not None and found.day is not None else None
    return Began("appeal", text, given.on, due_at, hand.case.officer or desk.actor.name, data)


_NO_RULE = "No rule on the service of notices is in force, so nobody can say by when it is to be decided."
