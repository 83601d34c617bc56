"""What the map says of cases: the checks asked, and their answers as decision rows with all they rest on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gis_ce.actions.desk import Desk
from gis_ce.actions.evaluating import Evaluation, evaluate
from gis_ce.checks.all import CHECKS
from gis_ce.checks.check import by_name
from gis_ce.decision_inputs import inputs_of
from gis_ce.ids import new_id
from gis_ce.tables import Case, Decision, Json, Site


@dataclass(frozen=True, slots=True)
class Question:
    """One check to be asked of one case, for one of its steps."""

    case: Case
    site: Site
    step: str
    check: str


@dataclass(frozen=True, slots=True)
class Answered:
    """A decision row that is not yet in the session, and what goes on record with it."""

    row: Decision
    evaluation: Evaluation


def answered_by_map(desk: Desk, questions: Sequence[Question]) -> list[Answered]:
    """What the map says to each question, in order; nothing for checks that are to come.

    Undecided proposes nothing; the reason then says what to do in the field. Each place is asked by
    itself, so that what its answer rests on is known exactly.
    """
    answers = []
    for question in questions:
        check = by_name(CHECKS, question.check)
        if check is not None:
            inputs = inputs_of(question.case, question.site)
            found = evaluate(check, inputs, desk.query, desk.rules)
            answers.append(Answered(decision_row(desk, question.case.id, question.step, found), found))
    return answers


def decision_row(desk: Desk, case_id: str, step: str | None, found: Evaluation) -> Decision:
    """An answer of the map as a proposal."""
    said = found.result
    return Decision(
        id=new_id(desk.now),
        case_id=case_id,
        check=found.check,
        step=step,
        proposed_at=desk.now,
        proposed=said["answer"],
        reason=said["reason"],
        margin_ft=said["margin_ft"],
        probability=said["probability"],
        sigma_ft=said["sigma_ft"],
        rule=_rule(found),
        versions=dict(found.versions),
        sentence=said["sentence"],
        evidence={**said["evidence"], "facts": said["facts"]},
        site_revision=found.inputs.site_revision,
        state="proposed",
    )


def _rule(found: Evaluation) -> Json:
    """The rule as a decision shows it: enough to find the row again, and to tell whether it has changed."""
    if not found.rule:
        return {}
    names = ("id", "citation", "text", "status", "effective_from", "digest")
    return {name: found.rule[name] for name in names} | {"pack": found.pack["name"]}
