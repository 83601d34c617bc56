"""Who has a case, and how urgent it is."""

from __future__ import annotations

from sqlalchemy.orm import Session

from gis_ce.actions.at_hand import refuse_stranger, take
from gis_ce.actions.carried_out import Done, carried_out, done
from gis_ce.actions.desk import Desk
from gis_ce.actions.histories import tell_change
from gis_ce.errors import CaseRefused
from gis_ce.process_engine import reason_given
from gis_ce.tables import User

MOST_URGENT = 100


def assign(
    session: Session, desk: Desk, case: str, officer: str | None, *, seen: int | None = None, key: str | None = None
) -> Done:
    """Gives a case to an officer, or to nobody; raises CaseRefused where the store knows no such active user."""

    def act() -> Done:
        hand = take(session, desk, case, seen)
        refuse_stranger(hand.process, desk.actor)
        name = known_officer(session, desk, officer)
        before, hand.case.officer = hand.case.officer, name
        text = f"given to {name}" if name else "given to nobody"
        tell_change(session, hand.case, desk.act, "assigned", text, before=before, after=name)
        return done(session, hand.case, officer=name)

    return carried_out(session, desk, "assign", {"case": case, "officer": officer, "seen": seen}, key, act)


def set_priority(
    session: Session,
    desk: Desk,
    case: str,
    priority: int | None,
    why: str,
    *,
    seen: int | None = None,
    key: str | None = None,
) -> Done:
    """Says how urgent a case is, from 0 to 100, the highest first; raises CaseRefused, StepRefused without a reason."""

    def act() -> Done:
        hand = take(session, desk, case, seen)
        refuse_stranger(hand.process, desk.actor)
        number, reason = priority_given(priority), reason_given(why)
        before, hand.case.priority = hand.case.priority, number
        text = f"priority {number if number is not None else 'taken away'}: {reason}"
        tell_change(session, hand.case, desk.act, "priority_set", text, before=before, after=number, why=reason)
        return done(session, hand.case, priority=number)

    asked = {"case": case, "priority": priority, "why": why, "seen": seen}
    return carried_out(session, desk, "set_priority", asked, key, act)


def priority_given(priority: int | None) -> int | None:
    """The number; raises CaseRefused for what is no priority."""
    whole = isinstance(priority, int) and not isinstance(priority, bool)
    if priority is None or (whole and 0 <= priority <= MOST_URGENT):
        return priority
    raise CaseRefused(f"A priority is a whole number from 0 to {MOST_URGENT}, not {priority!r}.")


def known_officer(session: Session, desk: Desk, officer: str | None) -> str | None:
    """The name of an active user, or of the actor; raises CaseRefused for any other."""
    if officer is None or not officer.strip():
        return None
    if officer.strip() == desk.actor.name:
        return desk.actor.name
    user = session.get(User, officer.strip())
    if user is None or not user.active:
        raise CaseRefused(f"There is no active user {officer.strip()[:80]!r} to give the case to.")
    return user.name
