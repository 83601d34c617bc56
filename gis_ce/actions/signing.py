"""What a person says to a flip: the map's new answer holds, or the older decision stays."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy.orm import Session

from gis_ce.actions.at_hand import Hand, refuse_other_lane, refuse_stranger, take
from gis_ce.actions.carried_out import Done, carried_out, done
from gis_ce.actions.desk import Desk
from gis_ce.actions.histories import tell_change
from gis_ce.actions.judging import ToReview, current_answer, settle, told
from gis_ce.actions.on_record import record_change
from gis_ce.actions.proposals import decides, outdate
from gis_ce.actions.recorded_inputs import recorded
from gis_ce.actions.reviewing import corrected
from gis_ce.decision_numbers import decision_named
from gis_ce.errors import NotNow, ReasonNeeded
from gis_ce.process import in_words
from gis_ce.tables import Decision


@dataclass(frozen=True, slots=True)
class Signature:
    """Whether the map's new answer holds (or the older decision stays), the answer where it is another, and why."""

    holds: bool
    answer: str | None = None
    why: str | None = None


def sign(
    session: Session,
    desk: Desk,
    decision: str,
    signature: Signature,
    *,
    seen: int | None = None,
    key: str | None = None,
) -> Done:
    """Signs a decision that waits for it, by its number or id.

    Where it `holds` its answer counts from now on (or `answer`, which must be given where the map cannot tell), and
    the older decision no longer does: an open case goes on by it where it decides a step, a closed one stays as it
    is until it is reopened. Else the older decision stays, and `why` says why. Raises DecisionUnknown, NotNow where
    it waits for no signature, NotYourLane, ReasonNeeded.
    """

    def act() -> Done:
        row = decision_named(session, decision)
        hand = take(session, desk, row.case_id, seen)
        _refuse(desk, hand, row)
        old = _older(session, row)
        if not signature.holds:
            return _stays(session, desk, hand, row, signature.why)
        return _counts(session, desk, hand, row, old, signature)

    asked = {"decision": decision, **asdict(signature), "seen": seen}
    return carried_out(session, desk, "sign", asked, key, act)


def _refuse(desk: Desk, hand: Hand, row: Decision) -> None:
    if row.state != "to_sign":
        raise NotNow(f"This decision of {hand.case.number} waits for no signature: it is {in_words(row.state)}.")
    if row.step in hand.process.steps:
        refuse_other_lane(hand.process, str(row.step), desk.actor)
    else:
        refuse_stranger(hand.process, desk.actor)


def _older(session: Session, row: Decision) -> Decision | None:
    known = recorded(session, [row]).get(row.id)
    return session.get(Decision, str(known.said.get("of"))) if known is not None else None


def _stays(session: Session, desk: Desk, hand: Hand, row: Decision, why: str | None) -> Done:
    reason = (why or "").strip()
    if not reason:
        raise ReasonNeeded("Say why the older decision stays, though the map now says otherwise.")
    row.state, row.by, row.at, row.why = "set_aside", desk.actor.name, desk.now, reason
    record_change(session, desk, row)
    said = f"the older decision stays, though the map now says {_words(row.proposed)}: {reason}"
    tell_change(session, hand.case, desk.act, "signed", said, decision=row.id, holds=False, why=reason)
    return done(session, hand.case, decision=row.id, holds=False)


def _counts(
    session: Session, desk: Desk, hand: Hand, row: Decision, old: Decision | None, signature: Signature
) -> Done:
    value, why = signature.answer or row.proposed, signature.why
    step = hand.process.steps.get(str(row.step))
    decided = step is not None and decides(step)
    if value is None and decided:
        raise ReasonNeeded(f"The map cannot tell any more, so say what holds. {row.reason}")
    outdate(session, desk, [] if old is None else [old])
    settle(session, desk, row, value, why)
    if step is not None and decided and not hand.state.closed:
        current = current_answer(step, hand.state)
        if value != current and step.id in hand.state.way and step.id != hand.state.step:
            return corrected(session, desk, hand, ToReview(row, step, current), str(value), why)
    said = f"signed: {_words(value)} holds now, since a layer has changed"
    closed = "; the case stays closed as it is: reopen it to act on this" if hand.state.closed else ""
    line = told(row) if value is not None else None
    tell_change(session, hand.case, desk.act, "signed", said + closed, **(dict(line.data) if line else {}), holds=True)
    return done(session, hand.case, decision=row.id, holds=True)


def _words(answer: str | None) -> str:
    return in_words(answer) if answer is not None else "that it cannot tell"
