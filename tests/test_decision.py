"""From margin and uncertainty to an answer."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_ce.decision import (
    RADIUS_68,
    RADIUS_95,
    decide,
    first_where_positive,
    joint_sigma_ft,
    straight_band,
    straight_edge,
)

FEET = st.floats(-500, 500, allow_nan=False)
SIGMA = st.floats(0.0, 100, allow_nan=False)


def _one(margin: float, sigma: float, included: bool = True, band: float | None = None) -> tuple[int, float]:
    margins, sigmas = np.array([margin]), np.array([sigma])
    side = straight_edge(margins, sigmas) if band is None else straight_band(margins, sigmas, np.array([band]))
    decided = decide(first_where_positive(margins, np.array([included])), margins, sigmas, side)
    return int(decided.answer[0]), float(decided.probability[0])


@pytest.mark.parametrize(
    ("margin", "included", "answer"), [(0.02, False, 0), (-0.02, True, 1), (0.009, False, 1), (-0.009, True, 0)]
)
def test_within_a_hundredth_of_a_foot_the_rule_says_which_side_the_limit_is_on(
    margin: float, included: bool, answer: int
) -> None:
    assert _one(margin, 0.0, included) == (answer, 1.0)


def test_on_the_centre_line_of_a_narrow_zone_a_poor_position_is_hardly_within() -> None:
    answer, probability = _one(2.33, 8.0, band=4.66)
    assert answer == -1
    assert probability == pytest.approx(0.229, abs=1e-3)


@pytest.mark.parametrize("offset", [0.0, 1.0, 2.0, 5.0])
def test_the_probability_of_a_band_agrees_with_a_monte_carlo_count(offset: float) -> None:
    drawn = np.random.default_rng(7).normal(offset, 1.5, 400_000)
    within = float((np.abs(drawn) <= 2.33).mean())
    _, probability = _one(2.33 - offset, 1.5, band=4.66)
    assert probability == pytest.approx(within if offset < 2.33 else 1 - within, abs=3e-3)


def test_nothing_measured_is_undecided() -> None:
    answer, probability = _one(float("nan"), 0.0)
    assert answer == -1
    assert np.isnan(probability)


@given(FEET, SIGMA, SIGMA, st.one_of(st.none(), st.floats(0.5, 50)))
def test_a_worse_position_never_turns_undecided_into_decided(
    margin: float, sigma: float, more: float, band: float | None
) -> None:
    if band is not None and margin > band / 2:
        margin = band / 2
    better, worse = _one(margin, sigma, band=band)[0], _one(margin, sigma + more, band=band)[0]
    assert worse in (better, -1)


@given(FEET, st.floats(0.01, 100))
def test_a_decided_answer_is_at_least_as_probable_as_asked(margin: float, sigma: float) -> None:
    answer, probability = _one(margin, sigma)
    assert 0.5 <= probability <= 1.0
    assert answer == -1 or probability >= 0.95


def test_independent_uncertainties_add_in_quadrature() -> None:
    assert joint_sigma_ft(np.array([3.0]), np.array([4.0]))[0] == pytest.approx(5.0)


def test_the_radii_that_phones_and_surveyors_report_are_those_of_a_round_normal_position() -> None:
    drawn = np.hypot(*np.random.default_rng(11).normal(0.0, 1.0, (2, 400_000)))
    assert float((drawn <= RADIUS_68).mean()) == pytest.approx(0.6827, abs=3e-3)
    assert float((drawn <= RADIUS_95).mean()) == pytest.approx(0.95, abs=1e-3)
