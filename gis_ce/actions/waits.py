"""Waits that end before their deadline, or run longer."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from gis_ce.actions.at_hand import refuse_other_lane, take
from gis_ce.actions.carried_out import Done, carried_out
from gis_ce.actions.desk import Desk
from gis_ce.actions.judging import stand_by
from gis_ce.actions.passing import pass_if_due
from gis_ce.actions.stepping import kept
from gis_ce.process_corrections import extend_wait as extended
from gis_ce.process_engine import end_wait as ended


def end_wait(
    session: Session, desk: Desk, case: str, why: str, *, seen: int | None = None, key: str | None = None
) -> Done:
    """Goes on from a wait before its deadline; raises NotNow where none is to end, StepRefused without a reason."""

    def act() -> Done:
        hand = take(session, desk, case, seen)
        pass_if_due(session, desk, hand)
        refuse_other_lane(hand.process, hand.state.step, desk.actor)
        moved = ended(hand.process, hand.state, why, desk.act)
        return kept(session, desk, hand, moved, stand_by(session, desk, hand, None))

    return carried_out(session, desk, "end_wait", {"case": case, "why": why, "seen": seen}, key, act)


def extend_wait(
    session: Session, desk: Desk, case: str, until: date, why: str, *, seen: int | None = None, key: str | None = None
) -> Done:
    """Lets a running wait end on a later day; raises NotNow where none runs, StepRefused for an earlier day."""

    def act() -> Done:
        hand = take(session, desk, case, seen)
        pass_if_due(session, desk, hand)
        refuse_other_lane(hand.process, hand.state.step, desk.actor)
        return kept(session, desk, hand, extended(hand.process, hand.state, until, why, desk.act))

    asked = {"case": case, "until": until.isoformat(), "why": why, "seen": seen}
    return carried_out(session, desk, "extend_wait", asked, key, act)
