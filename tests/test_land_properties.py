"""What must hold for the checks on land, services and owners, whatever the place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
import yaml
from drawn_towns import drawn_layer, drawn_query
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.affinity import rotate

from gis_ce.assess import assess
from gis_ce.checks.all import CHECKS
from gis_ce.checks.check import Check, Findings, Sites, by_name
from gis_ce.rule_files import open_pack
from layers.query import LayerQuery

TOWN = yaml.safe_load((Path(__file__).parent / "situations_land.yaml").read_text(encoding="utf-8"))["town"]
RULES = open_pack("nc-raleigh-2016")
DAY = np.datetime64(date(2026, 11, 1))
NAMES = (
    "water_available",
    "sewer_available",
    "services_available",
    "utility_present",
    "public_or_private",
    "same_owner",
    "jurisdiction",
    "meter_side",
)
MINE: list[Check] = [check for name in NAMES if (check := by_name(CHECKS, name)) is not None]
# Quarter feet keep every distance of the drawn town exact when it is moved by whole feet.
PLACE = st.tuples(
    st.integers(-400, 2800).map(lambda quarters: quarters / 4),
    st.integers(-400, 900).map(lambda quarters: quarters / 4),
    st.sampled_from([0.0, 0.5, 3.0, 20.0]),
    st.sampled_from(["SMITH JOHN A", "TOWN OF FOREST CITY", "MILL LLC", None]),
)
Place = tuple[float, float, float, str | None]


def _town(east: float = 0.0, north: float = 0.0, turn: float = 0.0) -> LayerQuery:
    def moved(wkt: str) -> str:
        shape = rotate(shapely.from_wkt(wkt), turn, origin=(0, 0))
        return shapely.to_wkt(shapely.transform(shape, lambda xy: np.add(xy, (east, north))), rounding_precision=-1)

    return drawn_query(
        *(drawn_layer(role, [{**row, "wkt": moved(row["wkt"])} for row in rows]) for role, rows in TOWN.items())
    )


def _sites(places: Sequence[Place], east: float = 0.0, north: float = 0.0, turn: float = 0.0) -> Sites:
    points = [rotate(shapely.Point(place[0], place[1]), turn, origin=(0, 0)) for place in places]
    shapes = np.array(points, dtype=object)
    nothing = np.full(len(places), None, dtype=object)
    owners = np.array([place[3] for place in places], dtype=object)
    moved = shapely.transform(shapes, lambda xy: np.add(xy, (east, north)))
    sigma = np.array([place[2] for place in places])
    return Sites(moved, nothing, sigma, np.full(len(places), DAY), {"other_owner": owners})


def _answers(findings: Mapping[str, Findings]) -> dict[str, list[Any]]:
    return {
        name: [(found.answer_of(row), found.reason_of(row)) for row in range(len(found))]
        for name, found in findings.items()
    }


HERE = _town()


@settings(max_examples=40)
@given(st.lists(PLACE, min_size=1, max_size=10), st.integers(-5000, 5000), st.integers(-5000, 5000))
def test_moving_everything_by_the_same_vector_changes_no_answer(places: list[Place], east: int, north: int) -> None:
    here = assess(_sites(places), HERE, RULES, MINE)
    there = assess(_sites(places, east, north), _town(east, north), RULES, MINE)
    assert _answers(here) == _answers(there)
    for name in here:
        np.testing.assert_allclose(here[name].measures.margin_ft, there[name].measures.margin_ft, atol=1e-6)


@settings(max_examples=30)
@given(st.lists(PLACE, min_size=1, max_size=10), st.sampled_from([90.0, 180.0, 270.0]))
def test_turning_everything_changes_no_measure(places: list[Place], turn: float) -> None:
    here = assess(_sites(places), HERE, RULES, MINE)
    there = assess(_sites(places, turn=turn), _town(turn=turn), RULES, MINE)
    for name in here:
        np.testing.assert_allclose(here[name].measures.margin_ft, there[name].measures.margin_ft, atol=1e-6)


@settings(max_examples=40)
@given(st.lists(PLACE, min_size=1, max_size=10))
def test_many_at_once_answer_as_each_alone(places: list[Place]) -> None:
    together = assess(_sites(places), HERE, RULES, MINE)
    for row, place in enumerate(places):
        alone = assess(_sites([place]), HERE, RULES, MINE)
        for name, found in together.items():
            assert found.answer_of(row) == alone[name].answer_of(0)
            assert found.reason_of(row) == alone[name].reason_of(0)
            assert found.probability[row] == pytest.approx(alone[name].probability[0], nan_ok=True)
            for fact, values in found.measures.facts.items():
                np.testing.assert_equal(values[row], alone[name].measures.facts[fact][0], err_msg=f"{name}.{fact}")


@settings(max_examples=150)
@given(PLACE, st.floats(0.05, 40), st.floats(1.0, 4.0))
def test_a_worse_position_never_decides_what_a_better_one_left_open(place: Place, sigma: float, factor: float) -> None:
    two = [(place[0], place[1], one, place[3]) for one in (sigma, sigma * factor)]
    for name, found in assess(_sites(two), HERE, RULES, MINE).items():
        better, worse = (found.answer_of(row) for row in (0, 1))
        assert worse in (better, None), f"{name}: {better} at {sigma}, {worse} at {sigma * factor}"


@settings(max_examples=60)
@given(PLACE)
def test_doubt_never_turns_an_answer_into_another(place: Place) -> None:
    two = [(place[0], place[1], sigma, place[3]) for sigma in (0.0, 3.0)]
    for found in assess(_sites(two), HERE, RULES, MINE).values():
        assert found.answer_of(1) in (found.answer_of(0), None)


@pytest.mark.parametrize(
    ("name", "at", "sigma", "not_there"),
    [
        ("public_or_private", (50, 6), 5, ("public",)),
        ("public_or_private", (103, 95), 6, ("private",)),
        ("water_available", (95, 95), 6, ("no",)),
        ("sewer_available", (204, 50), 5, ("no",)),
        ("same_owner", (96, 97), 5, ("no",)),
        ("utility_present", (104, 97), 5, ("no",)),
        ("jurisdiction", (694, 494), 6, ("outside",)),
    ],
)
def test_the_probability_is_that_of_a_monte_carlo_count(
    name: str, at: tuple[float, float], sigma: float, not_there: tuple[str, ...]
) -> None:
    """The share of drawn positions that do not have the other answer; land without an answer speaks for neither."""
    check = [check for check in MINE if check.name == name]
    drawn = np.random.default_rng(7).normal(at, sigma, (20_000, 2))
    exact = assess(_sites([(x, y, 0.0, "SMITH JOHN A") for x, y in drawn.tolist()]), HERE, RULES, check)[name]
    count = np.mean([exact.answer_of(row) not in not_there for row in range(len(exact))])
    found = assess(_sites([(*at, float(sigma), "SMITH JOHN A")]), HERE, RULES, check)[name]
    assert found.probability[0] == pytest.approx(count, abs=0.012)


def test_no_places_at_all_give_no_answers() -> None:
    assert all(len(found) == 0 for found in assess(_sites([]), HERE, RULES, MINE).values())
