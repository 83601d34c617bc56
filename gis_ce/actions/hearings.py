"""Hearings of a case: set for a day, with the notices that must go out before, and their outcome."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, time
from typing import Literal

from sqlalchemy.orm import Session

from gis_ce.actions.carried_out import Done, carried_out
from gis_ce.actions.desk import Desk
from gis_ce.actions.proceedings import (
    Became,
    Began,
    Running,
    become,
    begin,
    hand_to_note,
    noted,
    running_named,
    said_checked,
)
from gis_ce.clock import named
from gis_ce.closing_rules import ROLES
from gis_ce.due_times import day_before
from gis_ce.errors import ContactRefused
from gis_ce.process_deadlines import end_of

Outcome = Literal["upheld", "modified", "dismissed", "withdrawn", "continued"]
OUTCOMES = ("upheld", "modified", "dismissed", "withdrawn", "continued")
_HELD = ("upheld", "modified", "dismissed")
WHO = tuple(ROLES)
"""Who gets a notice of a hearing: the responsible and the complaining party."""


@dataclass(frozen=True, slots=True)
class HearingGiven:
    """A hearing on a day: what about, at which time of the day and where; `notices` says who is told before it."""

    on: date
    what: str
    at: time | None = None
    place: str | None = None
    notices: tuple[str, ...] = WHO


@dataclass(frozen=True, slots=True)
class NoticeGiven:
    """A notice of a hearing that went out: to whom, on which day, and how."""

    hearing: str
    who: str
    on: date
    how: str


@dataclass(frozen=True, slots=True)
class OutcomeGiven:
    """How a hearing ended; `why` is needed where it was held without its notices."""

    hearing: str
    outcome: Outcome
    text: str
    why: str | None = None


def set_hearing(
    session: Session, desk: Desk, case: str, given: HearingGiven, *, seen: int | None = None, key: str | None = None
) -> Done:
    """Sets a hearing; `made["proceeding"]` is its id. Raises ContactRefused for a day that is past."""

    def act() -> Done:
        hand = hand_to_note(session, desk, case, seen)
        unknown = [who for who in given.notices if who not in WHO]
        if unknown:
            raise ContactRefused(f"Notices of a hearing go to {' and '.join(WHO)}, not to {', '.join(unknown)}.")
        if given.on < desk.today:
            raise ContactRefused(f"A hearing is set for today or later, not for {given.on}.")
        data = {
            "time": given.at.isoformat("minutes") if given.at else None,
            "place": given.place,
            "notices": list(given.notices),
            "notices_by": day_before(given.on, desk.targets.notice_before_hearing, desk.processes.time).isoformat(),
        }
        due_at = end_of(given.on, desk.processes.time)
        began = Began("hearing", given.what, given.on, due_at, hand.case.officer or desk.actor.name, data)
        return noted(session, hand, begin(session, desk, hand, began))

    return carried_out(session, desk, "set_hearing", asdict(given) | {"case": case, "seen": seen}, key, act)


def note_notice(
    session: Session, desk: Desk, case: str, given: NoticeGiven, *, seen: int | None = None, key: str | None = None
) -> Done:
    """Notes that a notice of a hearing went out; raises ContactRefused, ContactUnknown."""

    def act() -> Done:
        hand = hand_to_note(session, desk, case, seen)
        running = running_named(session, hand, "hearing", given.hearing)
        if given.who not in running.row.data["notices"]:
            raise ContactRefused(f"This hearing asks for no notice to the {given.who[:80]!r}.")
        if given.on > desk.today or (running.row.on_day is not None and given.on > running.row.on_day):
            raise ContactRefused(f"A notice goes out before its hearing, and not after today; not on {given.on}.")
        became = Became("notice", f"to the {given.who}, {said_checked(given.how)}", given.on, {"who": given.who})
        become(session, desk, hand, running, became)
        return noted(session, hand, running.row)

    return carried_out(session, desk, "note_notice", asdict(given) | {"case": case, "seen": seen}, key, act)


def end_hearing(
    session: Session, desk: Desk, case: str, given: OutcomeGiven, *, seen: int | None = None, key: str | None = None
) -> Done:
    """Notes the outcome of a hearing; one that was held without its notices needs a reason.

    Raises ContactRefused, also for one that is said to have been held before its day.
    """

    def act() -> Done:
        hand = hand_to_note(session, desk, case, seen)
        running = running_named(session, hand, "hearing", given.hearing)
        if given.outcome not in OUTCOMES:
            raise ContactRefused(f"A hearing is {', '.join(OUTCOMES)}, not {given.outcome!r}.")
        reason = (given.why or "").strip()
        _refuse_before_its_day(desk, running, given)
        missing = without_notice(running)
        if given.outcome in _HELD and missing and not reason:
            who = " and ".join(missing)
            raise ContactRefused(f"No notice of this hearing to the {who} is noted; note it, or say why it was held.")
        text = said_checked(given.text) + (
            f"; held without notice to the {' and '.join(missing)}: {reason}" if reason else ""
        )
        become(session, desk, hand, running, Became(given.outcome, text, desk.today, {"missing": missing}, ends=True))
        return noted(session, hand, running.row)

    return carried_out(session, desk, "end_hearing", asdict(given) | {"case": case, "seen": seen}, key, act)


def _refuse_before_its_day(desk: Desk, running: Running, given: OutcomeGiven) -> None:
    """Raises ContactRefused for the outcome of a hearing whose day has not come; one may be called off before."""
    on = running.row.on_day
    if given.outcome in _HELD and on is not None and on > desk.today:
        raise ContactRefused(
            f"The hearing is on {named(on)}: it is {' or '.join(_HELD)} on that day at the earliest; "
            "before it, it can only be withdrawn or continued."
        )


def without_notice(running: Running) -> list[str]:
    """Who should get a notice of a hearing and has none noted, or one that went out too late."""
    last = running.row.data["notices_by"]
    entries = [entry for entry in running.entries if entry.kind == "notice" and entry.on_day is not None]
    told = {entry.data["who"] for entry in entries if str(entry.on_day) <= last}
    return [who for who in running.row.data["notices"] if who not in told]
