"""The probability of answers about whole shapes."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from drawn_towns import drawn_layer, drawn_query, sites
from scipy.special import ndtr

from gis_ce.assess import assess
from gis_ce.checks.asset_clearance import CHECK as CLEARANCE
from gis_ce.checks.easement_encroachment import CHECK as ENCROACHMENT
from gis_ce.rule_files import open_pack

RULES = open_pack("nc-raleigh-2016")
STRIP = "POLYGON((-500 0,500 0,500 20,-500 20,-500 0))"
NARROW = "POLYGON((-500 0,500 0,500 4,-500 4,-500 0))"


def _encroachment(easement: str, structure: str, sigma_ft: float) -> tuple[str | None, float]:
    query = drawn_query(drawn_layer("easement", [{"id": "E", "wkt": easement}]))
    found = assess(sites(["POINT(0 0)"], [structure], sigma_ft), query, RULES, [ENCROACHMENT])["easement_encroachment"]
    return found.answer_of(0), float(found.probability[0])


def _counted(easement: str, structure: str, sigma_ft: float) -> float:
    """The share of 20,000 drawn positions in which the structure touches the easement."""
    east, north = np.random.default_rng(5).normal(0.0, sigma_ft, (2, 20_000))
    shape, land = shapely.from_wkt(structure), shapely.from_wkt(easement)
    moved = [shapely.transform(shape, lambda xy, d=d: xy + d) for d in zip(east, north, strict=True)]
    shapely.prepare(land)
    return float(shapely.intersects(land, np.array(moved, dtype=object)).mean())


@pytest.mark.parametrize(
    ("easement", "structure", "sigma"),
    [
        (STRIP, "POLYGON((0 -8,10 -8,10 3,0 3,0 -8))", 2.0),
        (STRIP, "LINESTRING(0 17,40 17)", 3.0),
        (NARROW, "POINT(0 2)", 1.2),
        ("POLYGON((0 0,30 0,30 20,0 20,0 0))", "POLYGON((28 18,40 18,40 30,28 30,28 18))", 3.0),
    ],
)
def test_the_probability_of_an_encroachment_is_that_of_a_monte_carlo_count(
    easement: str, structure: str, sigma: float
) -> None:
    _, probability = _encroachment(easement, structure, sigma)
    assert probability == pytest.approx(_counted(easement, structure, sigma), abs=0.015)


def test_a_post_in_the_middle_of_a_narrow_easement_may_stand_off_on_both_sides() -> None:
    answer, probability = _encroachment(NARROW, "POINT(0 2)", 1.2)
    assert ndtr(2 / 1.2) > 0.95
    assert probability == pytest.approx(2 * ndtr(2 / 1.2) - 1, abs=0.01)
    assert answer is None


def test_before_a_straight_edge_it_is_the_normal_probability() -> None:
    _, probability = _encroachment(STRIP, "POLYGON((0 -8,10 -8,10 -2,0 -2,0 -8))", 2.0)
    assert probability == pytest.approx(ndtr(1.0), abs=3e-3)


def test_the_clearance_of_a_hydrant_is_a_ring_and_no_straight_edge() -> None:
    query = drawn_query(drawn_layer("hydrant", [{"id": "H", "wkt": "POINT(0 0)"}]))
    found = assess(sites(["POINT(1.5 0)"], None, 1.5), query, RULES, [CLEARANCE])["asset_clearance"]
    drawn = np.hypot(*np.add(np.random.default_rng(9).normal(0.0, 1.5, (2, 200_000)), [[1.5], [0.0]]))
    assert found.probability[0] == pytest.approx(float((drawn < 3.0).mean()), abs=0.01)
    assert found.answer_of(0) is None
