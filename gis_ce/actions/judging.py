"""What a person makes of the map's proposal: confirmed, overridden with a reason, or decided where it was undecided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from gis_ce.actions.at_hand import Hand
from gis_ce.actions.desk import Desk
from gis_ce.actions.histories import Said
from gis_ce.actions.on_record import record_change
from gis_ce.actions.proposals import decides, open_at, standing
from gis_ce.errors import ReasonNeeded, StepRefused
from gis_ce.process import Step, in_words
from gis_ce.process_state import State
from gis_ce.tables import Case, Decision


@dataclass(frozen=True, slots=True)
class ToReview:
    """A decided answer that rested on another place: what the case has, and what the map says of the place now.

    `holds` is true where the map proposes that same answer again.
    """

    decision: Decision
    step: Step
    current: str | None

    @property
    def holds(self) -> bool:
        """Whether the map bears the answer out."""
        return self.current is not None and self.decision.proposed == self.current

    @property
    def said(self) -> str:
        """The step, what the case has, and what the map says."""
        proposed = in_words(self.decision.proposed) if self.decision.proposed else "that it cannot tell"
        has = in_words(self.current) if self.current else "nothing"
        return f"{self.step.text} (it has {has}; the map now says {proposed})"


def judge(session: Session, desk: Desk, case: Case, here: Step, value: str | None, why: str | None) -> list[Said]:
    """Notes on the proposal of a step what the officer answered; returns what to tell of that.

    Without a value the check only informed, and counts as seen. Raises ReasonNeeded for an override without a reason.
    """
    rows = open_at(session, case.id, here.id)
    for row in rows:
        settle(session, desk, row, value, why)
    return [told(rows[-1])] if rows and value is not None else []


def settle(session: Session, desk: Desk, row: Decision, value: str | None, why: str | None) -> None:
    """Puts a person's answer on record; raises ReasonNeeded for another than the map's without a reason."""
    reason = (why or "").strip() or None
    overrides = value is not None and row.proposed is not None and value != row.proposed
    if overrides and reason is None:
        raise ReasonNeeded(
            f"The map says {in_words(str(row.proposed))}: {row.sentence} To answer {in_words(str(value))}, say why."
        )
    row.state = "overridden" if overrides else "confirmed"
    row.answer, row.by, row.at, row.why = value, desk.actor.name, desk.now, reason
    record_change(session, desk, row)


def told(row: Decision) -> Said:
    """One line of the history on a decision that a person made."""
    answer = in_words(str(row.answer))
    data = {"decision": row.id, "check": row.check, "proposed": row.proposed, "answer": row.answer, "why": row.why}
    if row.state == "overridden":
        text = f"{answer} instead of the map's {in_words(str(row.proposed))}: {row.why}"
        return Said("overridden", str(row.step), text, data)
    if row.proposed is None:
        return Said("decided", str(row.step), f"{answer}; the map proposed nothing", data)
    return Said("confirmed", str(row.step), f"{answer}, as the map says", data)


def to_review(session: Session, hand: Hand) -> list[ToReview]:
    """The decided answers on which the map has spoken anew, since the place has changed, in the order of the way."""
    found = []
    for row in standing(session, hand.case.id):
        step = hand.process.steps.get(str(row.step))
        if row.state != "proposed" or step is None or not decides(step) or step.id not in hand.state.way:
            continue
        if step.id != hand.state.step or hand.state.closed:
            found.append(ToReview(row, step, current_answer(step, hand.state)))
    return sorted(found, key=lambda review: hand.state.way.index(review.step.id))


def current_answer(step: Step, state: State) -> str | None:
    """What a case has for a step: its answer, or the value of the field that its check fills."""
    return state.answers.get(step.id) if step.kind == "decision" else _text(state.data.get(str(step.fills)))


def stand_by(session: Session, desk: Desk, hand: Hand, given: str | None) -> list[Said]:
    """Before a letter, a hand-over or an end: answers on which the map has spoken anew are confirmed where they hold.

    Raises StepRefused where the map no longer bears one out; a person must look at it first.
    """
    if not commits(hand, given):
        return []
    refused = open_questions(session, hand)
    if refused is not None:
        raise StepRefused(refused)
    reviews = to_review(session, hand)
    for review in reviews:
        settle(session, desk, review.decision, review.current, None)
    return [told(review.decision) for review in reviews]


def open_questions(session: Session, hand: Hand) -> str | None:
    """The answers that the map no longer bears out, as the reason why a case cannot go on, or None."""
    doubted = [review.said for review in to_review(session, hand) if not review.holds]
    return f"The place has changed; first confirm or correct: {'; '.join(doubted)}." if doubted else None


def commits(hand: Hand, given: str | None) -> bool:
    """Whether doing the present step sends a letter, hands the case over or ends it."""
    if hand.state.closed:
        return False
    here = hand.process.steps[hand.state.step]
    to = here.answers.get(given or "") if here.answers else here.next
    return here.kind in ("letter", "handover") or (to is not None and hand.process.steps[to].kind == "end")


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
