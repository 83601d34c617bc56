"""The situations of situations.yaml, each drawn, asked and compared."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import yaml
from drawn_towns import BOOKS_OF_PLACES, drawn_layer, drawn_query, sites

from gis_ce.assess import assess, explain
from gis_ce.checks.all import CHECKS
from gis_ce.checks.check import by_name
from gis_ce.rule_files import open_pack

BOOKS = [yaml.safe_load(path.read_text("utf-8")) for path in BOOKS_OF_PLACES]
SITUATIONS = [(book["town"], situation) for book in BOOKS for situation in book["situations"]]
RULES = open_pack("nc-raleigh-2016")
LATEST = date(2026, 11, 1)


def _named(situation: dict[str, Any]) -> str:
    return f"{situation['check']}: {situation.get('name') or situation.get('at')}"


@pytest.mark.parametrize(("town", "situation"), SITUATIONS, ids=[_named(situation) for _, situation in SITUATIONS])
def test_every_situation_is_answered_as_an_officer_would(town: dict[str, Any], situation: dict[str, Any]) -> None:
    layers = [
        drawn_layer(role, rows, stale_after_days=30 if role in situation.get("stale", ()) else None)
        for role, rows in town.items()
        if role not in situation.get("without", ())
    ]
    query = drawn_query(*layers)
    check = by_name(CHECKS, situation["check"])
    assert check is not None
    at = situation.get("at")
    place = f"POINT({at[0]} {at[1]})" if at else None
    asked = sites(
        [place],
        [situation.get("structure")],
        situation.get("sigma_ft", 0.0),
        situation.get("day", LATEST),
        situation.get("details"),
    )
    findings = assess(asked, query, RULES, [check])[check.name]
    sentence = explain(check, asked, query, findings, 0).sentence

    if "undecided" in situation:
        assert findings.answer_of(0) is None
        assert (findings.reason_of(0) or "").startswith(situation["undecided"])
        assert situation["undecided"] in sentence
    if "answer" in situation:
        assert findings.answer_of(0) == situation["answer"], findings.reason_of(0)
    if "margin_ft" in situation:
        assert findings.measures.margin_ft[0] == pytest.approx(situation["margin_ft"], abs=1e-4)
    if "probability" in situation:
        assert findings.probability[0] == pytest.approx(situation["probability"], abs=1e-3)
    if "says" in situation:
        assert situation["says"] in sentence


def test_every_check_and_every_answer_has_a_situation() -> None:
    seen = {(row["check"], row.get("answer", "undecided" if "undecided" in row else None)) for _, row in SITUATIONS}
    wanted = {(check.name, answer) for check in CHECKS for answer in (*check.answers, "undecided")}
    assert wanted <= seen


@pytest.mark.parametrize("lack", ["without", "stale"])
def test_every_layer_that_a_check_needs_has_a_situation_without_it_and_one_where_it_is_stale(lack: str) -> None:
    seen = {(row["check"], role) for _, row in SITUATIONS if "undecided" in row for role in row.get(lack, ())}
    assert {(check.name, role) for check in CHECKS for role in check.roles} <= seen


def test_there_is_a_situation_on_both_sides_of_each_change_of_the_law() -> None:
    days = {row["day"] for _, row in SITUATIONS if "day" in row}
    changes = {rule.effective_from for rule in RULES.rules if rule.effective_from.year in (2014, 2019, 2025)}
    changes &= {rule.effective_from for rule in RULES.rules if rule.subject in ("tolerance_zone", "second_call")}
    assert changes == {date(2014, 10, 1), date(2019, 10, 1), date(2025, 10, 1)}
    assert {day - timedelta(days=before) for day in changes for before in (0, 1)} <= days
    assert len(SITUATIONS) >= 120
