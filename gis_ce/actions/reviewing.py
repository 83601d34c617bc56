"""Decided answers that rested on another place: looked at again, confirmed or corrected."""

from __future__ import annotations

from sqlalchemy.orm import Session

from gis_ce.actions.at_hand import Hand, refuse_other_lane, take
from gis_ce.actions.carried_out import Done, carried_out, done
from gis_ce.actions.desk import Desk
from gis_ce.actions.histories import Said, tell_change
from gis_ce.actions.judging import ToReview, settle, to_review, told
from gis_ce.actions.mending import kept_correction
from gis_ce.actions.stepping import Given
from gis_ce.errors import DecisionUnknown, ReasonNeeded
from gis_ce.process import in_words
from gis_ce.process_corrections import correct_answer, correct_field

AS_THE_MAP_SAYS = Given()


def review(
    session: Session,
    desk: Desk,
    case: str,
    decision: str,
    given: Given = AS_THE_MAP_SAYS,
    *,
    seen: int | None = None,
    key: str | None = None,
) -> Done:
    """Says what holds for an answer that was decided on another place; without one, what the map says now.

    The answer that the case has stays, and stands on the new place then. Another is a correction: from
    a decision the case goes on by that answer. Raises DecisionUnknown where nothing is to be reviewed so,
    ReasonNeeded for another answer than the map's without a reason, NotYourLane.
    """

    def act() -> Done:
        hand = take(session, desk, case, seen)
        found = _found(session, hand, decision)
        refuse_other_lane(hand.process, found.step.id, desk.actor)
        value = given.answer or found.decision.proposed
        if value is None:
            raise ReasonNeeded(f"{found.step.text}: the map cannot tell, so answer it. {found.decision.reason}")
        settle(session, desk, found.decision, value, given.why)
        if value != found.current:
            return corrected(session, desk, hand, found, value, given.why)
        said = told(found.decision)
        tell_change(session, hand.case, desk.act, said.kind, said.text, **dict(said.data))
        return done(session, hand.case)

    asked = {"case": case, "decision": decision, "answer": given.answer, "why": given.why, "seen": seen}
    return carried_out(session, desk, "review", asked, key, act)


def _found(session: Session, hand: Hand, decision: str) -> ToReview:
    waiting = to_review(session, hand)
    found = next((each for each in waiting if each.decision.id == decision), None)
    if found is None:
        listed = ", ".join(each.step.id for each in waiting) or "none"
        raise DecisionUnknown(f"No such answer is to be reviewed in {hand.case.number}; still to review: {listed}.")
    return found


def corrected(session: Session, desk: Desk, hand: Hand, found: ToReview, value: str, why: str | None) -> Done:
    """Puts another answer or value into a case that rests on a decision; see `gis_ce.actions.mending`."""
    reason = (why or "").strip() or f"the place has changed, and the map says {in_words(value)}"
    also: list[Said] = [told(found.decision)]
    if found.step.kind == "decision":
        moved = correct_answer(hand.process, hand.state, found.step.id, value, reason, desk.act)
    else:
        moved = correct_field(hand.process, hand.state, str(found.step.fills), value, reason, desk.act)
    return kept_correction(session, desk, hand, moved, also)
