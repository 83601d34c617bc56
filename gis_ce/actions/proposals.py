"""Proposals: what the map says when a case comes to a step, and what becomes of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis_ce.actions.at_hand import Hand
from gis_ce.actions.desk import Desk
from gis_ce.actions.histories import tell
from gis_ce.actions.map_answers import Answered, Question, answered_by_map
from gis_ce.actions.on_record import record_answer, record_change
from gis_ce.process import Step
from gis_ce.tables import Case, Decision, LayerVersionSeen

STANDING = ("proposed", "confirmed", "overridden")
"""The states of a decision that still counts."""


def propose(session: Session, desk: Desk, hands: Sequence[Hand]) -> list[Decision]:
    """Asks the map for the steps at which cases stand; what it said before for the same visit is stale then."""
    here = [(hand, check) for hand in hands if (check := _asked_now(hand)) is not None]
    questions = [Question(hand.case, hand.site, hand.state.step, check) for hand, check in here]
    for question in questions:
        outdate(session, desk, open_at(session, question.case.id, question.step))
    return keep_proposals(session, desk, [hand.case for hand, _ in here], answered_by_map(desk, questions))


def keep_proposals(session: Session, desk: Desk, cases: Iterable[Case], answers: Sequence[Answered]) -> list[Decision]:
    """Stores what the map said, on record and with an event in each case's history."""
    by_id = {case.id: case for case in cases}
    for answer in answers:
        row = answer.row
        session.add(row)
        record_answer(session, desk, row, answer.evaluation)
        for version in row.versions.values():
            if session.get(LayerVersionSeen, version) is None:
                session.add(LayerVersionSeen(id=version, first_seen=desk.now))
                session.flush()
        said = f"{row.sentence} {row.reason or ''}".strip()
        data = {"decision": row.id, "check": row.check, "answer": row.proposed, "of_step": row.step}
        tell(session, by_id[row.case_id], desk.act, "proposed", said, **data)
    return [answer.row for answer in answers]


def decisions_of(session: Session, case_id: str) -> list[Decision]:
    """All decisions of a case, in the order in which they were proposed."""
    rows = session.scalars(select(Decision).where(Decision.case_id == case_id)).all()
    return sorted(rows, key=lambda row: (row.proposed_at, row.site_revision, row.state == "proposed", row.id))


def standing(session: Session, case_id: str) -> list[Decision]:
    """The decisions of a case that still count, in the order in which they were proposed."""
    return [row for row in decisions_of(session, case_id) if row.state in STANDING]


def open_at(session: Session, case_id: str, step: str) -> list[Decision]:
    """What the map says for a step and nobody has made anything of yet, the newest last."""
    return [row for row in standing(session, case_id) if row.step == step and row.state == "proposed"]


def outdate(session: Session, desk: Desk, rows: Iterable[Decision]) -> None:
    """Marks decisions as no longer counting; what was answered, by whom and why stays in them."""
    for row in rows:
        row.state = "stale"
        record_change(session, desk, row)
    session.flush()


def outdate_undone(session: Session, desk: Desk, case_id: str, way: Sequence[str]) -> None:
    """Before a case goes back: decisions of visits to steps that will not be on its way do not count any more."""
    visits: dict[str, int] = {}
    for row in standing(session, case_id):
        name = str(row.step)
        visits[name] = visits.get(name, 0) + 1
        if visits[name] > way.count(name):
            outdate(session, desk, [row])


def decides(step: Step) -> bool:
    """Whether what a step's check says is the answer of the step, or of a field; else it only informs."""
    return step.check is not None and (step.kind == "decision" or step.fills is not None)


def _asked_now(hand: Hand) -> str | None:
    if hand.state.closed or hand.state.waiting_for is not None:
        return None
    return hand.process.steps[hand.state.step].check
