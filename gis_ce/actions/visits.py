"""Follow-up visits: planned for a day and an officer, then done, put off or called off."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from gis_ce.actions.carried_out import Done, carried_out
from gis_ce.actions.desk import Desk
from gis_ce.actions.proceedings import (
    Became,
    Began,
    become,
    begin,
    hand_to_note,
    noted,
    running_named,
    said_checked,
)
from gis_ce.actions.ranking import known_officer
from gis_ce.errors import ContactRefused
from gis_ce.process_deadlines import end_of
from gis_ce.process_engine import reason_given


@dataclass(frozen=True, slots=True)
class VisitGiven:
    """A visit on a day: what for, and by whom (without one, who has the case)."""

    on: date
    what: str
    officer: str | None = None


def plan_visit(
    session: Session, desk: Desk, case: str, given: VisitGiven, *, seen: int | None = None, key: str | None = None
) -> Done:
    """Plans a visit; `made["proceeding"]` is its id. Raises ContactRefused for a day that is past."""

    def act() -> Done:
        hand = hand_to_note(session, desk, case, seen)
        _refuse_past(desk, given.on)
        officer = known_officer(session, desk, given.officer) or hand.case.officer or desk.actor.name
        due_at = end_of(given.on, desk.processes.time)
        return noted(session, hand, begin(session, desk, hand, Began("visit", given.what, given.on, due_at, officer)))

    return carried_out(session, desk, "plan_visit", asdict(given) | {"case": case, "seen": seen}, key, act)


def visit_done(
    session: Session,
    desk: Desk,
    case: str,
    visit: str,
    found: str,
    *,
    seen: int | None = None,
    key: str | None = None,
) -> Done:
    """Notes what a visit found, today."""

    def act() -> Done:
        hand = hand_to_note(session, desk, case, seen)
        running = running_named(session, hand, "visit", visit)
        become(session, desk, hand, running, Became("done", said_checked(found), desk.today, ends=True))
        return noted(session, hand, running.row)

    asked = {"case": case, "visit": visit, "found": found, "seen": seen}
    return carried_out(session, desk, "visit_done", asked, key, act)


@dataclass(frozen=True, slots=True)
class VisitPutOff:
    """Another day for a visit, and why; without a day it is called off."""

    visit: str
    why: str
    to: date | None = None


def put_off_visit(
    session: Session, desk: Desk, case: str, given: VisitPutOff, *, seen: int | None = None, key: str | None = None
) -> Done:
    """Puts a visit off to another day (`made["proceeding"]` is the new one's id), or calls it off."""

    def act() -> Done:
        hand = hand_to_note(session, desk, case, seen)
        running, reason = running_named(session, hand, "visit", given.visit), reason_given(given.why)
        row = running.row
        if given.to is None:
            become(session, desk, hand, running, Became("called_off", reason, ends=True))
            return noted(session, hand, row)
        _refuse_past(desk, given.to)
        become(session, desk, hand, running, Became("put_off", reason, given.to, ends=True))
        due_at: datetime = end_of(given.to, desk.processes.time)
        new = begin(session, desk, hand, Began("visit", row.text, given.to, due_at, row.officer))
        return noted(session, hand, new)

    return carried_out(session, desk, "put_off_visit", asdict(given) | {"case": case, "seen": seen}, key, act)


def _refuse_past(desk: Desk, day: date) -> None:
    if day < desk.today:
        raise ContactRefused(f"A visit is planned for today or later, not for {day}.")
