"""The probability of a place over real shapes."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from drawn_towns import drawn_layer, drawn_query
from hypothesis import given, settings
from hypothesis import strategies as st

from gis_ce.uncertainty import own_side
from layers.grid import Floats, Geometries

SHAPES = (
    "POLYGON((0 -60,200 -60,200 0,0 0,0 -60),(80 -30,90 -30,90 -20,80 -20,80 -30))",
    "POLYGON((0 40,200 40,200 60,0 60,0 40))",
    "POLYGON((300 0,340 0,340 5,310 5,310 30,340 30,340 40,300 40,300 0))",
)
QUERY = drawn_query(drawn_layer("right_of_way", [{"id": str(row), "wkt": shape} for row, shape in enumerate(SHAPES)]))
SURFACE = shapely.union_all(QUERY.features("right_of_way").geometry)
shapely.prepare(SURFACE)


def _asked(places: Geometries, sigma: Floats) -> tuple[Floats, Floats]:
    margin = shapely.distance(shapely.boundary(SURFACE), places)
    side = own_side(QUERY, "right_of_way", places, margin, sigma)
    return side.probability, side.seen


@pytest.mark.parametrize(
    ("x", "y", "sigma"),
    [
        (100, -3, 3),
        (100, 5, 3),
        (100, 50, 8),
        (85, -25, 4),
        (199, -1, 6),
        (100, 30, 20),
        (325, 15, 9),
        (100, 0, 4),
        (200, 0, 4),
        (80, -25, 4),
    ],
)
def test_the_probability_is_that_of_a_monte_carlo_count(x: float, y: float, sigma: float) -> None:
    place = np.array([shapely.Point(x, y)], dtype=object)
    drawn = np.random.default_rng(3).normal((x, y), sigma, (200_000, 2))
    inside = shapely.contains_xy(SURFACE, drawn[:, 0], drawn[:, 1]).mean()
    own = inside if shapely.intersects(SURFACE, place[0]) else 1 - inside
    probability, seen = _asked(place, np.array([float(sigma)]))
    assert probability[0] == pytest.approx(own, abs=5e-3)
    assert seen[0] <= probability[0] + 1e-9


@settings(max_examples=150)
@given(st.floats(-40, 380), st.floats(-100, 100), st.floats(0.1, 30), st.floats(1.0, 5.0))
def test_what_is_seen_never_grows_with_sigma(x: float, y: float, sigma: float, factor: float) -> None:
    places = np.full(2, shapely.Point(x, y), dtype=object)
    _, seen = _asked(places, np.array([sigma, sigma * factor]))
    assert seen[1] <= seen[0] + 1e-5


def test_polygons_that_overlap_or_touch_count_as_one() -> None:
    whole = drawn_query(drawn_layer("easement", [{"id": "1", "wkt": "POLYGON((0 0,100 0,100 20,0 20,0 0))"}]))
    parts = drawn_query(
        drawn_layer(
            "easement",
            [
                {"id": "1", "wkt": "POLYGON((0 0,60 0,60 20,0 20,0 0))"},
                {"id": "2", "wkt": "POLYGON((40 0,80 0,80 20,40 20,40 0))"},
                {"id": "3", "wkt": "POLYGON((80 0,100 0,100 20,80 20,80 0))"},
            ],
        )
    )
    places = shapely.points([[50.3, 9], [79.1, 4], [101.2, 3], [60, 27], [10, 1]])
    sigma, margin = np.array([6.0, 3.0, 2.0, 8.0, 4.0]), np.zeros(5)
    one, three = (own_side(query, "easement", places, margin, sigma) for query in (whole, parts))
    np.testing.assert_allclose(one.probability, three.probability, atol=1e-9)
    np.testing.assert_allclose(one.seen, three.seen, atol=1e-9)


def test_only_the_polygons_that_count_have_edges() -> None:
    place, sigma = np.array([shapely.Point(100, 50)], dtype=object), np.array([8.0])
    without = own_side(QUERY, "right_of_way", place, np.array([0.0]), sigma, of=np.array([True, False, True]))
    assert without.probability[0] == pytest.approx(1.0, abs=1e-6)


def test_a_place_far_from_every_edge_is_sure() -> None:
    probability, seen = _asked(np.array([shapely.Point(100, 5000)], dtype=object), np.array([3.0]))
    assert probability[0] == seen[0] == pytest.approx(1.0)


def test_on_the_seam_between_two_polygons_a_place_is_as_sure_as_in_one() -> None:
    halves = [
        {"id": "1", "wkt": "POLYGON((0 0,50 0,50 20,0 20,0 0))"},
        {"id": "2", "wkt": "POLYGON((50 0,99 0,99 20,50 20,50 0))"},
    ]
    query = drawn_query(drawn_layer("easement", halves))
    place = np.array([shapely.Point(50, 10)], dtype=object)
    side = own_side(query, "easement", place, np.zeros(1), np.array([2.0]))
    assert side.probability[0] == pytest.approx(1.0, abs=1e-4)
