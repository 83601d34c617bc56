"""Flips that are known: what waits for a signature, and what had nearly turned when it was last looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis_ce.actions.appeals import case_states
from gis_ce.actions.flip import Flip, Look, flip_of
from gis_ce.actions.recorded_inputs import Recorded, in_batches, recorded
from gis_ce.decision_areas import WATCHED
from gis_ce.tables import Case, Decision, DecisionRecord


def waiting_for_signature(session: Session) -> list[Flip]:
    """What is still to be signed, oldest first."""
    rows = session.execute(select(Decision, Case).join(Case).where(Decision.state == "to_sign")).all()
    known = recorded(session, [row for row, _ in rows])
    old = {row.id: row for row in _decisions(session, [str(known[row.id].said.get("of")) for row, _ in rows])}
    states = case_states(session, [case for _, case in rows])
    found = []
    for row, case in sorted(rows, key=lambda pair: (pair[0].proposed_at, pair[0].id)):
        before = old[str(known[row.id].said["of"])]
        number = int(known[row.id].said["of_number"])
        look = Look(before, case, Recorded(number, {}, None), row.proposed, row.margin_ft, row.probability)
        flip = flip_of(look, states, row.id)
        found.append(replace(flip, new_number=known[row.id].number, to_sign=True))
    return found


def near_flips(session: Session) -> list[Flip]:
    """Decisions that still count and had nearly turned when they were last looked at."""
    lines = select(DecisionRecord, Decision, Case).join(Decision, Decision.id == DecisionRecord.decision_id)
    lines = lines.join(Case, Case.id == DecisionRecord.case_id).where(DecisionRecord.kind == "nearly_flipped")
    rows = session.execute(lines.where(Decision.state.in_(WATCHED)).order_by(DecisionRecord.id)).all()
    newest = {row.id: (line, row, case) for line, row, case in rows}
    states = case_states(session, [case for _, _, case in newest.values()])
    found = []
    for line, row, case in newest.values():
        said = Recorded.of(line).said
        look = Look(row, case, Recorded(line.number, {}, None), row.proposed, said["margin_ft"], said["probability"])
        look.why_near = str(said["near"])
        found.append(flip_of(look, states, None))
    return found


def _decisions(session: Session, ids: Sequence[str]) -> Sequence[Decision]:
    return [row for some in in_batches(ids) for row in session.scalars(select(Decision).where(Decision.id.in_(some)))]
