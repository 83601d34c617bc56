"""Which past decisions a changed rule would turn: each place as it was recorded, under two packs or days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis_ce.actions.appeals import case_states
from gis_ce.actions.desk import Desk
from gis_ce.actions.flip import finite
from gis_ce.actions.recorded_inputs import Recorded, recorded
from gis_ce.checks.all import CHECKS
from gis_ce.checks.check import Check
from gis_ce.decision_areas import WATCHED
from gis_ce.decision_inputs import sites_from
from gis_ce.rule_preview import Turned, preview
from gis_ce.rules import RuleBook
from gis_ce.tables import Case, Decision


@dataclass(frozen=True, slots=True)
class TurnedDecision:
    """One past decision that would turn: what the map says before and after, and what somebody made of it."""

    number: int
    case: str
    case_state: str
    check: str
    step: str | None
    state: str
    answered: str | None
    before: str
    after: str
    rule_before: str | None
    rule_after: str | None
    margin_before_ft: float | None
    margin_after_ft: float | None


@dataclass(frozen=True, slots=True)
class DecisionPreview:
    """How many decisions were asked, which turn, and the numbers of those whose inputs are not known any more."""

    decisions: int
    turned: tuple[TurnedDecision, ...]
    lost: tuple[int, ...]


def preview_decisions(
    session: Session,
    desk: Desk,
    before: RuleBook,
    after: RuleBook,
    *,
    to_day: date | None = None,
    checks: Sequence[str] | None = None,
) -> DecisionPreview:
    """The decisions that still count and whose answer is another under another book of rules.

    Each is asked as of its event's day, under the second book as of `to_day` where one is given; both over the
    layers of now, so that only the rule makes the difference. Only reads. Cost: every check twice, all its
    places at once.
    """
    wanted = select(Decision, Case).join(Case).where(Decision.state.in_(WATCHED)).order_by(Decision.id)
    rows = [(row, case) for row, case in session.execute(wanted).all() if checks is None or row.check in checks]
    known = recorded(session, [row for row, _ in rows], inputs_only=True)
    asked = [(row, case) for row, case in rows if row.id in known and known[row.id].inputs is not None]
    lost = [known[row.id].number for row, _ in rows if row.id in known and known[row.id].inputs is None]
    states = case_states(session, [case for _, case in asked])
    found: list[TurnedDecision] = []
    for check in CHECKS:
        of_check = [(row, case) for row, case in asked if row.check == check.name]
        if check.answers and of_check:
            turned = _turned(desk, check, [known[row.id] for row, _ in of_check], before, after, to_day)
            found += _listed(turned, of_check, known, states)
    return DecisionPreview(len(asked), tuple(sorted(found, key=lambda each: each.number)), tuple(lost))


def _turned(
    desk: Desk, check: Check, known: Sequence[Recorded], before: RuleBook, after: RuleBook, to_day: date | None
) -> list[Turned]:
    sites = sites_from([each.inputs for each in known if each.inputs is not None])
    return preview(sites, desk.query, before, after, [check], days=(None, to_day), confidence=desk.rules.confidence)


def _listed(
    turned: Sequence[Turned],
    rows: Sequence[tuple[Decision, Case]],
    known: Mapping[str, Recorded],
    states: Mapping[str, str],
) -> list[TurnedDecision]:
    found = []
    for each in turned:
        for at, site in enumerate(each.site.tolist()):
            row, case = rows[site]
            found.append(
                TurnedDecision(
                    number=known[row.id].number,
                    case=case.number,
                    case_state=states[case.id],
                    check=row.check,
                    step=row.step,
                    state=row.state,
                    answered=row.answer,
                    before=str(each.before[at]),
                    after=str(each.after[at]),
                    rule_before=each.rule_before[at],
                    rule_after=each.rule_after[at],
                    margin_before_ft=finite(each.margin_before_ft[at]),
                    margin_after_ft=finite(each.margin_after_ft[at]),
                )
            )
    return found
