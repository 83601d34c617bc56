"""What the map says of cases: the checks asked, for many cases at once, and their answers as decision rows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from gis_ce.actions.desk import Desk
from gis_ce.actions.in_the_field import in_the_field
from gis_ce.actions.kept_evidence import kept_evidence, known
from gis_ce.assess import assess, explain
from gis_ce.checks.all import CHECKS
from gis_ce.checks.check import Check, Findings, Sites, by_name
from gis_ce.ids import new_id
from gis_ce.readings import digest
from gis_ce.rules import Rule
from gis_ce.tables import Case, Decision, Json, Site

_SHAPES = ("marks", "exposed")
FROM_DATA = {"ticket_number": ("ticket_number", "reported_ticket_number"), "firm": ("firm", "contractor")}
"""Details of a place that steps of the maps notate, under their names there; what the site has goes before."""


@dataclass(frozen=True, slots=True)
class Question:
    """One check to be asked of one case, for one of its steps."""

    case: Case
    site: Site
    step: str
    check: str


def answered_by_map(desk: Desk, questions: Sequence[Question]) -> list[Decision]:
    """A decision row for each question, in order, not yet in the session; none for checks that are to come.

    Each check is asked of all its cases at once. Undecided proposes nothing; the reason then says what
    to do in the field.
    """
    rows: dict[int, Decision] = {}
    for name in dict.fromkeys(question.check for question in questions):
        check = by_name(CHECKS, name)
        numbers = [number for number, question in enumerate(questions) if question.check == name]
        if check is not None:
            asked = [questions[number] for number in numbers]
            rows |= dict(zip(numbers, _answers(desk, check, asked), strict=True))
    return [rows[number] for number in sorted(rows)]


def sites_of(cases: Sequence[tuple[Case, Site]]) -> Sites:
    """The places of cases as the checks look at them; the day is that of the event."""
    names = {name for case, site in cases for name in (*site.details, *_named_in(case))}
    details = {name: _column([_detail(case, site, name) for case, site in cases]) for name in sorted(names)}
    return Sites(
        _column([site.geometry for _, site in cases]),
        _column([site.structure for _, site in cases]),
        np.array([site.sigma_ft or 0.0 for _, site in cases]),
        np.array([case.event_on for case, _ in cases], dtype="datetime64[D]"),
        details,
    )


def _answers(desk: Desk, check: Check, asked: Sequence[Question]) -> list[Decision]:
    sites = sites_of([(question.case, question.site) for question in asked])
    book, confidence = desk.rules.rulebook, desk.rules.confidence
    found = assess(sites, desk.query, book, [check], confidence)[check.name]
    return [_row(desk, check, sites, found, row, question) for row, question in enumerate(asked)]


def _row(desk: Desk, check: Check, sites: Sites, found: Findings, row: int, question: Question) -> Decision:
    account = explain(check, sites, desk.query, found, row)
    answer, why = found.answer_of(row), found.reason_of(row)
    return Decision(
        id=new_id(desk.now),
        case_id=question.case.id,
        check=check.name,
        step=question.step,
        proposed_at=desk.now,
        proposed=answer,
        reason=in_the_field(check.name, why) if why is not None else None,
        margin_ft=known(found.measures.margin_ft[row]),
        probability=known(found.probability[row]),
        sigma_ft=known(found.sigma_ft[row]),
        rule=_rule(found.rule_of(row), desk.rules.rulebook.pack),
        versions=dict(found.versions),
        sentence=account.sentence,
        evidence=kept_evidence(account.evidence, found, row),
        site_revision=question.site.revision,
        state="proposed",
    )


def _rule(rule: Rule | None, pack: str) -> Json:
    """The rule as a decision keeps it: enough to find the row again, and to tell whether it has changed."""
    if rule is None:
        return {}
    return {
        "id": rule.id,
        "pack": pack,
        "citation": rule.citation,
        "text": rule.text,
        "status": rule.status,
        "effective_from": rule.effective_from.isoformat(),
        "digest": digest(rule),
    }


def _named_in(case: Case) -> list[str]:
    return [detail for detail, fields in FROM_DATA.items() if any(case.data.get(name) for name in fields)]


def _detail(case: Case, site: Site, name: str) -> Any:
    value = site.details.get(name)
    if value is None:
        value = next((found for field in FROM_DATA.get(name, ()) if (found := case.data.get(field))), None)
    return shapely.from_geojson(json.dumps(value)) if name in _SHAPES and value is not None else value


def _column(values: Sequence[Any]) -> np.ndarray[Any, np.dtype[np.object_]]:
    column = np.empty(len(values), dtype=object)
    column[:] = values
    return column
