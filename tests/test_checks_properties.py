"""What must hold for every check, whatever the case, in a town that has every layer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whole_town import CASES, ROWS, Case, Pose, sites, town

from gis_ce.assess import assess
from gis_ce.checks.all import CHECKS
from gis_ce.checks.check import Findings
from gis_ce.rule_files import open_pack
from layers.grid import AT_LIMIT_FT

RULES = open_pack("nc-raleigh-2016")
SEVERAL = st.lists(CASES, min_size=1, max_size=12)
TOWN = town()
TURNED = {turn: town(Pose(turn)) for turn in (90, 180, 270, 33.25, 141.5)}
_AWAY_FT = 0.05
"""How far a case must lie from each limit before a town turned by any angle must answer the same."""


def _answers(findings: Mapping[str, Findings]) -> dict[str, list[Any]]:
    return {
        name: [(found.answer_of(row), found.reason_of(row)) for row in range(len(found))]
        for name, found in findings.items()
    }


def test_the_town_has_every_layer_that_a_check_asks() -> None:
    assert {role for check in CHECKS for role in (*check.roles, *check.also)} <= {*ROWS, "blowoff", "manhole"}


@settings(max_examples=40)
@given(SEVERAL, st.integers(-5000, 5000), st.integers(-5000, 5000))
def test_moving_everything_by_the_same_vector_changes_no_answer(cases: list[Case], east: int, north: int) -> None:
    moved = Pose(0, east, north)
    here = assess(sites(cases), TOWN, RULES, CHECKS)
    there = assess(sites(cases, moved), town(moved), RULES, CHECKS)
    assert _answers(here) == _answers(there)
    for name in here:
        np.testing.assert_allclose(here[name].measures.margin_ft, there[name].measures.margin_ft, atol=1e-6)


@settings(max_examples=40)
@given(SEVERAL, st.sampled_from([90, 180, 270]))
def test_turning_everything_by_quarters_changes_no_answer(cases: list[Case], turn: int) -> None:
    here = assess(sites(cases), TOWN, RULES, CHECKS)
    there = assess(sites(cases, Pose(turn)), TURNED[turn], RULES, CHECKS)
    for name in here:
        np.testing.assert_allclose(
            here[name].measures.margin_ft, there[name].measures.margin_ft, atol=1e-6, err_msg=name
        )
        off_edge = ~(np.abs(here[name].measures.margin_ft) <= AT_LIMIT_FT)
        np.testing.assert_allclose(
            here[name].probability[off_edge], there[name].probability[off_edge], atol=1e-6, err_msg=name
        )
    assert _answers(here) == _answers(there)


@settings(max_examples=40)
@given(SEVERAL, st.sampled_from([33.25, 141.5]))
def test_turning_everything_by_any_angle_changes_no_answer_away_from_limits(cases: list[Case], turn: float) -> None:
    exact = [replace(case, sigma_ft=0.0) for case in cases]
    here = assess(sites(exact), TOWN, RULES, CHECKS)
    there = assess(sites(exact, Pose(turn)), TURNED[turn], RULES, CHECKS)
    for name, found in here.items():
        for row in np.flatnonzero(~(np.abs(found.measures.margin_ft) < _AWAY_FT)):
            assert there[name].answer_of(row) == found.answer_of(row), name


@settings(max_examples=30)
@given(st.lists(CASES, min_size=1, max_size=8))
def test_many_at_once_answer_as_each_alone(cases: list[Case]) -> None:
    together = assess(sites(cases), TOWN, RULES, CHECKS)
    for row, case in enumerate(cases):
        alone = assess(sites([case]), TOWN, RULES, CHECKS)
        for name, found in together.items():
            assert found.answer_of(row) == alone[name].answer_of(0), name
            assert found.reason_of(row) == alone[name].reason_of(0), name
            assert found.probability[row] == pytest.approx(alone[name].probability[0], nan_ok=True), name
            for fact, values in found.measures.facts.items():
                np.testing.assert_equal(values[row], alone[name].measures.facts[fact][0], err_msg=f"{name}.{fact}")


@settings(max_examples=40)
@given(st.lists(CASES, min_size=2, max_size=12), st.randoms(use_true_random=False))
def test_the_order_of_the_cases_does_not_matter(cases: list[Case], random: Any) -> None:
    order = list(range(len(cases)))
    random.shuffle(order)
    straight = _answers(assess(sites(cases), TOWN, RULES, CHECKS))
    shuffled = _answers(assess(sites([cases[row] for row in order]), TOWN, RULES, CHECKS))
    assert {name: [rows[row] for row in order] for name, rows in straight.items()} == shuffled


@settings(max_examples=40)
@given(SEVERAL, st.integers(0, 2**32 - 1))
def test_the_order_of_the_rows_of_a_layer_does_not_matter(cases: list[Case], seed: int) -> None:
    straight = assess(sites(cases), TOWN, RULES, CHECKS)
    shuffled = assess(sites(cases), town(shuffled=np.random.default_rng(seed)), RULES, CHECKS)
    assert _answers(straight) == _answers(shuffled)
    for name, found in straight.items():
        np.testing.assert_allclose(found.measures.margin_ft, shuffled[name].measures.margin_ft, atol=1e-9, err_msg=name)
        for fact in (fact for fact in found.measures.facts if fact.endswith("_id")):
            there = shuffled[name].measures.facts[fact]
            assert found.measures.facts[fact].tolist() == there.tolist(), f"{name}.{fact}"


@settings(max_examples=300)
@given(CASES, st.floats(0.05, 40), st.floats(1.0, 4.0))
def test_a_worse_position_never_decides_what_a_better_one_left_open(case: Case, sigma: float, factor: float) -> None:
    two = [replace(case, sigma_ft=one) for one in (sigma, sigma * factor)]
    for name, found in assess(sites(two), TOWN, RULES, CHECKS).items():
        better, worse = (found.answer_of(row) for row in (0, 1))
        assert worse in (better, None), f"{name}: {better} at {sigma}, {worse} at {sigma * factor}"


@settings(max_examples=100)
@given(CASES)
def test_doubt_never_turns_an_answer_into_another(case: Case) -> None:
    two = [replace(case, sigma_ft=sigma) for sigma in (0.0, 3.0)]
    for name, found in assess(sites(two), TOWN, RULES, CHECKS).items():
        assert found.answer_of(1) in (found.answer_of(0), None), name


def test_no_places_at_all_give_no_answers() -> None:
    findings = assess(sites([]), TOWN, RULES, CHECKS)
    assert all(len(found) == 0 for found in findings.values())
