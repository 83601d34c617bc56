"""What follows from each answer of the present step: the next step, its clock, its letter; or why it is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from gis_ce.actions.at_hand import Hand
from gis_ce.actions.closing import lacking
from gis_ce.actions.desk import Desk
from gis_ce.actions.judging import commits, open_questions
from gis_ce.actions.shut_offs import refuse_unapproved
from gis_ce.errors import StepRefused
from gis_ce.process import Step


@dataclass(frozen=True, slots=True)
class Follow:
    """What comes after an answer (None: the step asks for none).

    `opens` are processes of which a case is opened, `waits_for_it` whether this one waits for that. `clock` is the
    period of the next step in words. `blocked` is why it cannot be answered so now; `lacks` has what the closing
    lacks, by the reason that may stand for it.
    """

    answer: str | None
    step: Step
    done_by: str
    opens: str | None = None
    waits_for_it: bool = False
    clock: str | None = None
    blocked: str | None = None
    lacks: Mapping[str, str] = field(default_factory=dict)


def follows(session: Session, desk: Desk, hand: Hand) -> tuple[Follow, ...]:
    """What follows from each answer that the present step has; empty once the case is closed."""
    if hand.state.closed:
        return ()
    here = hand.process.steps[hand.state.step]
    return tuple(_follow(session, desk, hand, here, word) for word in here.choices or (None,))


def _follow(session: Session, desk: Desk, hand: Hand, here: Step, word: str | None) -> Follow:
    next_step = hand.process.steps[str(here.answers[str(word)] if here.answers else here.next)]
    opens = (word or here.process) if here.kind == "handover" else None
    closes = next_step.kind == "end" and opens is None
    return Follow(
        answer=word,
        step=next_step,
        done_by=hand.process.lanes[next_step.lane],
        opens=opens,
        waits_for_it=here.returns,
        clock=next_step.deadline.in_words if next_step.deadline is not None else None,
        blocked=_blocked(session, desk, hand, word),
        lacks=lacking(session, desk, hand) if closes else {},
    )


def _blocked(session: Session, desk: Desk, hand: Hand, word: str | None) -> str | None:
    try:
        refuse_unapproved(session, desk, hand)
    except StepRefused as error:
        return str(error)
    return open_questions(session, hand) if commits(hand, word) else None
