"""Answers and fields that were noted wrongly, and closed cases that are opened again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from gis_ce.actions.at_hand import Hand, refuse_other_lane, refuse_stranger, take
from gis_ce.actions.carried_out import Done, carried_out
from gis_ce.actions.desk import Desk
from gis_ce.actions.histories import Said
from gis_ce.actions.judging import settle, told
from gis_ce.actions.passing import pass_if_due
from gis_ce.actions.proposals import decides, outdate_undone, standing
from gis_ce.actions.rechecks import recheck, reviews_made
from gis_ce.actions.stepping import kept, refuse_unknown_files
from gis_ce.decision_inputs import FROM_DATA
from gis_ce.errors import StepRefused
from gis_ce.process_corrections import correct_answer, correct_field
from gis_ce.process_corrections import reopen as reopened
from gis_ce.process_state import Moved


@dataclass(frozen=True, slots=True)
class Correction:
    """What was noted wrongly, and why: either the answer of a step, or the value of a field (None takes it away)."""

    why: str
    step: str | None = None
    answer: str | None = None
    field: str | None = None
    value: object = None


def correct(
    session: Session, desk: Desk, case: str, correction: Correction, *, seen: int | None = None, key: str | None = None
) -> Done:
    """Puts another answer or value in the place of one that was noted; the history keeps both.

    With another answer the case goes on from that step: the steps taken since are no longer on its way,
    and what was decided there no longer counts. A deadline that hangs on a corrected date is counted
    again. `made["to_review"]` has decided answers on which the map now says otherwise. Raises NotNow on
    a closed case, NotYourLane, and StepRefused where it cannot be or no reason is given.
    """

    def act() -> Done:
        hand = take(session, desk, case, seen)
        pass_if_due(session, desk, hand)
        if (correction.step is None) == (correction.field is None):
            raise StepRefused("Say which: the answer of a step, or the value of a field.")
        return _answer(session, desk, hand, correction) if correction.step else _field(session, desk, hand, correction)

    asked = {name: getattr(correction, name) for name in Correction.__slots__}
    return carried_out(session, desk, "correct", asked | {"case": case, "seen": seen}, key, act)


def reopen(
    session: Session,
    desk: Desk,
    case: str,
    why: str,
    step: str | None = None,
    *,
    seen: int | None = None,
    key: str | None = None,
) -> Done:
    """Opens a closed case again at a step of its way (without one: the last that somebody did).

    Raises NotNow where it is open, NotYourLane, StepRefused where the step is none of its way.
    """

    def act() -> Done:
        hand = take(session, desk, case, seen)
        moved = reopened(hand.process, hand.state, step, why, desk.act)
        refuse_other_lane(hand.process, moved.state.step, desk.actor)
        return kept_correction(session, desk, hand, moved)

    return carried_out(session, desk, "reopen", {"case": case, "why": why, "step": step, "seen": seen}, key, act)


def kept_correction(session: Session, desk: Desk, hand: Hand, moved: Moved, also: Sequence[Said] = ()) -> Done:
    """Stores a move backwards; what was decided at steps that are no longer on the way does not count any more."""
    outdate_undone(session, desk, hand.case.id, moved.state.way)
    return kept(session, desk, hand, moved, also)


def _answer(session: Session, desk: Desk, hand: Hand, correction: Correction) -> Done:
    step, answer = str(correction.step), correction.answer
    if step in hand.process.steps:
        refuse_other_lane(hand.process, step, desk.actor)
    if answer is None:
        raise StepRefused(f"Say what the answer of {step} is.")
    moved = correct_answer(hand.process, hand.state, step, answer, correction.why, desk.act)
    return kept_correction(session, desk, hand, moved, _settled(session, desk, hand, step, answer, correction.why))


def _field(session: Session, desk: Desk, hand: Hand, correction: Correction) -> Done:
    name = str(correction.field)
    refuse_stranger(hand.process, desk.actor)
    refuse_unknown_files(session, hand, {name: correction.value})
    moved = correct_field(hand.process, hand.state, name, correction.value, correction.why, desk.act)
    filled = next((step.id for step in hand.process.steps.values() if step.fills == name), None)
    value = moved.state.data.get(name)
    also = _settled(session, desk, hand, filled, value, correction.why) if filled and isinstance(value, str) else []
    answer = kept(session, desk, hand, moved, also)
    if name in _LOOKED_AT:
        answer.made["to_review"] = reviews_made(recheck(session, desk, hand, anew=False))
    return answer


def _settled(session: Session, desk: Desk, hand: Hand, step: str, value: str, why: str) -> list[Said]:
    """Notes on the decision of a step that its answer was corrected."""
    rows = [row for row in standing(session, hand.case.id) if row.step == step]
    if not rows or not decides(hand.process.steps[step]):
        return []
    settle(session, desk, rows[-1], value, why)
    return [told(rows[-1])]


_LOOKED_AT = frozenset(name for names in FROM_DATA.values() for name in names)
"""Fields that checks look at."""
