"""What must hold for every check, whatever the place."""

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

from gis_ce.assess import assess
from gis_ce.checks.all import CHECKS
from gis_ce.checks.check import Findings, Sites
from gis_ce.rule_files import open_pack
from layers.query import LayerQuery

TOWN = yaml.safe_load((Path(__file__).parent / "situations.yaml").read_text(encoding="utf-8"))["town"]
RULES = open_pack("nc-raleigh-2016")
# Quarter feet keep every distance of the drawn town exact when it is moved by whole feet.
QUARTER = st.integers(-1200, 8800).map(lambda quarters: quarters / 4)
PLACE = st.tuples(QUARTER, QUARTER, st.sampled_from([0.0, 0.5, 3.0, 20.0]), st.booleans())


def _town(east: float = 0.0, north: float = 0.0) -> LayerQuery:
    def moved(wkt: str) -> str:
        return shapely.to_wkt(shapely.transform(shapely.from_wkt(wkt), lambda xy: np.add(xy, (east, north))), 6)

    return drawn_query(
        *(drawn_layer(role, [{**row, "wkt": moved(row["wkt"])} for row in rows]) for role, rows in TOWN.items())
    )


def _sites(places: Sequence[tuple[float, float, float, bool]], east: float = 0.0, north: float = 0.0) -> Sites:
    x = np.array([place[0] for place in places]) + east
    y = np.array([place[1] for place in places]) + north
    structure = np.where([place[3] for place in places], shapely.box(x, y, x + 12, y + 8), None)
    day = np.full(len(places), np.datetime64(date(2026, 11, 1)))
    return Sites(shapely.points(x, y), structure, np.array([place[2] for place in places]), day)


def _answers(findings: Mapping[str, Findings]) -> dict[str, list[Any]]:
    return {
        name: [(found.answer_of(row), found.reason_of(row)) for row in range(len(found))]
        for name, found in findings.items()
    }


@settings(max_examples=60)
@given(st.lists(PLACE, min_size=1, max_size=12), st.integers(-5000, 5000), st.integers(-5000, 5000))
def test_moving_everything_by_the_same_vector_changes_no_answer(
    places: list[tuple[float, float, float, bool]], east: int, north: int
) -> None:
    here = assess(_sites(places), _town(), RULES, CHECKS)
    there = assess(_sites(places, east, north), _town(east, north), RULES, CHECKS)
    assert _answers(here) == _answers(there)
    for name in here:
        np.testing.assert_allclose(here[name].measures.margin_ft, there[name].measures.margin_ft, atol=1e-6)


@settings(max_examples=60)
@given(st.lists(PLACE, min_size=1, max_size=12))
def test_many_at_once_answer_as_each_alone(places: list[tuple[float, float, float, bool]]) -> None:
    query = _town()
    together = assess(_sites(places), query, RULES, CHECKS)
    for row, place in enumerate(places):
        alone = assess(_sites([place]), query, RULES, CHECKS)
        for name, found in together.items():
            assert found.answer_of(row) == alone[name].answer_of(0)
            assert found.reason_of(row) == alone[name].reason_of(0)
            assert found.probability[row] == pytest.approx(alone[name].probability[0], nan_ok=True)
            for fact, values in found.measures.facts.items():
                np.testing.assert_equal(values[row], alone[name].measures.facts[fact][0], err_msg=f"{name}.{fact}")


@settings(max_examples=60)
@given(st.lists(PLACE, min_size=2, max_size=12), st.randoms(use_true_random=False))
def test_the_order_of_the_places_does_not_matter(places: list[tuple[float, float, float, bool]], random: Any) -> None:
    query = _town()
    order = list(range(len(places)))
    random.shuffle(order)
    straight = _answers(assess(_sites(places), query, RULES, CHECKS))
    shuffled = _answers(assess(_sites([places[row] for row in order]), query, RULES, CHECKS))
    assert {name: [rows[row] for row in order] for name, rows in straight.items()} == shuffled


def test_no_places_at_all_give_no_answers() -> None:
    findings = assess(_sites([]), _town(), RULES, CHECKS)
    assert all(len(found) == 0 for found in findings.values())
