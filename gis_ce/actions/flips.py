"""Flip alerts: when layers change, the decisions that this could turn are looked at again, and only those.

The old decision stays. Where the map now says otherwise a new one is proposed that waits for a signature.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isclose
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from gis_ce.actions.appeals import case_states
from gis_ce.actions.desk import Desk
from gis_ce.actions.evaluating import evaluate, footprint_of
from gis_ce.actions.flip import Flip, Look, finite, flip_of
from gis_ce.actions.histories import tell
from gis_ce.actions.map_answers import Answered, decision_row
from gis_ce.actions.on_record import keep_area, keep_areas, layer_set, record_answer, record_change
from gis_ce.actions.proposals import keep_proposals, open_at, outdate
from gis_ce.actions.recorded_inputs import in_batches, recorded
from gis_ce.assess import assess
from gis_ce.checks.all import CHECKS
from gis_ce.checks.check import Check, Findings, by_name
from gis_ce.decision_areas import PartOf, areas_of, differences, sets_of, touched
from gis_ce.decision_chain import number_of
from gis_ce.decision_inputs import Inputs, sites_from
from gis_ce.process import in_words
from gis_ce.tables import Case, Decision, DecisionArea
from layers.grid import AT_LIMIT_FT

NEAR_PROBABILITY = 0.02
"""An answer whose probability lies no more than this above what is needed has nearly turned."""


@dataclass(frozen=True, slots=True)
class Rechecked:
    """What came of a look at the layers of now.

    `decisions` still count and had not been held against these layers; `evaluated` of them lay where something
    differs; `lost` are numbers of decisions whose inputs are not known any more.
    """

    decisions: int
    evaluated: int
    flips: tuple[Flip, ...] = ()
    near: tuple[Flip, ...] = ()
    lost: tuple[int, ...] = ()


@dataclass(slots=True)
class _Made:
    flips: list[Flip] = field(default_factory=list)
    near: list[Flip] = field(default_factory=list)


def recheck_all(session: Session, desk: Desk, part_of: PartOf, *, everything: bool = False) -> Rechecked:
    """Holds every decision that counts against the layers of the desk, and proposes anew where the map says otherwise.

    `part_of` gives earlier layer versions; where one is kept no longer, or with `everything`, all decisions that
    rest on it are evaluated. The caller commits. Cost: one comparison of each changed layer, one look-up of all
    areas in an index, and the evaluation of what is touched, check by check for many places at once.
    """
    now = layer_set(session, desk.query)
    beyond = "" if everything else now
    sets = sets_of(session, beyond=beyond)
    found = {} if everything else differences(sets, desk.query, part_of)
    count, ids = 0, set[str]()
    for areas in areas_of(session, beyond=beyond):
        count, ids = count + len(areas), ids | touched(areas, found)
    looks, lost = _looks(session, sorted(ids))
    made = _Made()
    for name in sorted({look.row.check for look in looks}):
        check = by_name(CHECKS, name)
        if check is not None:
            _look_again(session, desk, check, [look for look in looks if look.row.check == name], now, made)
    held = update(DecisionArea).where(DecisionArea.layer_set.in_(set(sets) - {now})).values(layer_set=now)
    session.execute(held)
    return Rechecked(count, len(looks), tuple(made.flips), tuple(made.near), tuple(lost))


def answers_now(desk: Desk, looks: Sequence[tuple[Check, Inputs]]) -> list[tuple[Findings, int]]:
    """The findings of checks of recorded places by the layers and rules of the desk, each check asked once."""
    by_check: dict[str, list[int]] = {}
    for number, (check, _) in enumerate(looks):
        by_check.setdefault(check.name, []).append(number)
    answers: dict[int, tuple[Findings, int]] = {}
    for numbers in by_check.values():
        check = looks[numbers[0]][0]
        sites = sites_from([looks[number][1] for number in numbers])
        found = assess(sites, desk.query, desk.rules.rulebook, [check], desk.rules.confidence)[check.name]
        answers |= {number: (found, row) for row, number in enumerate(numbers)}
    return [answers[number] for number in range(len(looks))]


def _looks(session: Session, ids: Sequence[str]) -> tuple[list[Look], list[int]]:
    found: list[Look] = []
    lost: list[int] = []
    for some in in_batches(ids):
        rows = session.execute(select(Decision, Case).join(Case).where(Decision.id.in_(some))).all()
        known = recorded(session, [row for row, _ in rows], inputs_only=True)
        for row, case in sorted(rows, key=lambda pair: pair[0].id):
            of_row = known.get(row.id)
            if of_row is None or of_row.inputs is None:
                lost.append(of_row.number if of_row is not None else 0)
            else:
                found.append(Look(row, case, of_row))
    return found, lost


def _look_again(session: Session, desk: Desk, check: Check, looks: Sequence[Look], now: str, made: _Made) -> None:
    answers = answers_now(desk, [(check, _inputs(look)) for look in looks])
    pending = _pending(session, [look.case.id for look in looks])
    for look, (found, row) in zip(looks, answers, strict=True):
        look.answer = found.answer_of(row)
        look.margin_ft, look.probability = finite(found.measures.margin_ft[row]), finite(found.probability[row])
        look.why_near = _nearly(desk, look, finite(found.sigma_ft[row]))
        look.footprint = footprint_of(check, _inputs(look), desk.query, desk.rules)
    keep_areas(session, {look.row.id: look.footprint for look in looks}, now)
    turned = [look for look in looks if look.answer != look.row.proposed]
    near = [look for look in looks if look.answer == look.row.proposed and look.why_near]
    states = case_states(session, [look.case for look in (*turned, *near)])
    for look in looks:
        _withdraw(session, desk, look, pending)
    made.flips += [_propose(session, desk, check, look, pending, states) for look in turned]
    made.near += [_note_near(session, desk, look, states) for look in near]


def _inputs(look: Look) -> Inputs:
    assert look.recorded.inputs is not None
    return look.recorded.inputs


def _nearly(desk: Desk, look: Look, sigma_ft: float | None) -> str:
    """Why an answer that has not turned has nearly; empty where nothing is different, or it is far from turning."""
    if look.answer is None or (
        _alike(look.margin_ft, look.row.margin_ft) and _alike(look.probability, look.row.probability)
    ):
        return ""
    if look.probability is not None and look.probability - desk.rules.confidence <= NEAR_PROBABILITY:
        return f"its probability is {look.probability:.1%}; {desk.rules.confidence:.0%} are needed"
    if look.margin_ft is not None and abs(look.margin_ft) <= max(sigma_ft or 0.0, AT_LIMIT_FT):
        return f"its margin is {abs(look.margin_ft):.2f} ft, no more than sigma"
    return ""


def _alike(one: float | None, other: float | None) -> bool:
    """Whether two numbers are one: many places at once are measured like one alone but for the last digits."""
    return one == other if one is None or other is None else isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)


def _pending(session: Session, cases: Sequence[str]) -> dict[str, Decision]:
    """What waits for a signature, by the id of the decision that it would take the place of."""
    found: dict[str, Decision] = {}
    for some in in_batches(sorted(set(cases))):
        rows = session.scalars(select(Decision).where(Decision.state == "to_sign", Decision.case_id.in_(some))).all()
        known = recorded(session, rows)
        found |= {str(known[row.id].said.get("of")): row for row in rows if row.id in known}
    return found


def _withdraw(session: Session, desk: Desk, look: Look, pending: dict[str, Decision]) -> None:
    """What waits for a signature does not wait any more where the map says something else again."""
    waits = pending.get(look.row.id)
    if waits is not None and waits.proposed != look.answer:
        waits.state = "set_aside"
        record_change(session, desk, waits, "withdrawn")
        del pending[look.row.id]


def _propose(
    session: Session, desk: Desk, check: Check, look: Look, pending: Mapping[str, Decision], states: Mapping[str, str]
) -> Flip:
    waits = pending.get(look.row.id)
    if waits is None:
        waits = _new_decision(session, desk, check, look)
    else:
        keep_area(session, waits.id, look.footprint, layer_set(session, desk.query))
    flip = flip_of(look, states, waits.id)
    return replace(flip, new_number=number_of(session, waits.id), to_sign=waits.state == "to_sign")


def _new_decision(session: Session, desk: Desk, check: Check, look: Look) -> Decision:
    found = evaluate(check, _inputs(look), desk.query, desk.rules)
    row = decision_row(desk, look.case.id, look.row.step, found)
    if look.row.state == "proposed" and look.case.status == "open" and look.case.step == look.row.step:
        outdate(session, desk, open_at(session, look.case.id, str(look.row.step)))
        keep_proposals(session, desk, [look.case], [Answered(row, found)])
        return row
    row.state = "to_sign"
    session.add(row)
    of = {"of": look.row.id, "of_number": look.recorded.number, "before": look.row.proposed}
    record_answer(session, desk, row, found, "re-evaluated", of)
    said = (
        f"since a layer has changed, the map says {_said(row.proposed)} instead of {_said(look.row.proposed)}: "
        f"{row.sentence} Decision {look.recorded.number} stays until somebody signs."
    )
    tell(session, look.case, desk.act, "flipped", said, decision=row.id, of=look.row.id, check=row.check)
    return row


def _note_near(session: Session, desk: Desk, look: Look, states: Mapping[str, str]) -> Flip:
    said: dict[str, Any] = {"margin_ft": look.margin_ft, "probability": look.probability, "near": look.why_near}
    record_change(session, desk, look.row, "nearly_flipped", **said)
    return flip_of(look, states, None)


def _said(answer: str | None) -> str:
    return in_words(answer) if answer is not None else "that it cannot tell"
