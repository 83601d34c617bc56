"""A shape of very many vertices, looked up by pieces of its outline, answers as the geometry library answers of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from layers.large_shape import LargeShape

EAST, NORTH = 2_000_000.0, 700_000.0
_LOTS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=60, unique=True)
_HALVES = st.integers(-4, 84).map(lambda halves: halves * 25 / 4)


def town_of(lots: list[tuple[int, int]]) -> Any:
    """Streets around lots of 50 ft: an area with holes, or in parts, all on round coordinates."""
    corners = [(EAST + 50 * x, NORTH + 50 * y) for x, y in lots]
    boxes = [shapely.box(east + 10, north + 10, east + 50, north + 50) for east, north in corners]
    return shapely.box(EAST, NORTH, EAST + 510, NORTH + 510).difference(shapely.union_all(boxes))


@given(_LOTS, st.lists(st.tuples(_HALVES, _HALVES), min_size=1, max_size=20), st.booleans())
def test_places_on_corners_in_line_with_edges_and_anywhere_are_as_far_as_they_are(
    lots: list[tuple[int, int]], at: list[tuple[float, float]], lots_themselves: bool
) -> None:
    streets = town_of(lots)
    shape = shapely.box(EAST, NORTH, EAST + 510, NORTH + 510).difference(streets) if lots_themselves else streets
    places = shapely.points([[EAST + x, NORTH + y] for x, y in at])
    large, apart = LargeShape(shape), shapely.distance(shape, places)
    assert large.distance(places) == pytest.approx(apart, abs=1e-6)
    assert [large.distance(places[[row]])[0] for row in range(len(places))] == large.distance(places).tolist()
    for reach_ft in (0.01, 12.51):
        assert (large.near(places, np.full(len(places), reach_ft)) == (apart <= reach_ft)).all()


def test_a_structure_wholly_within_lies_at_no_distance_and_one_across_the_edge_neither() -> None:
    shape = shapely.Point(EAST, NORTH).buffer(1000, quad_segs=200).difference(shapely.Point(EAST, NORTH).buffer(300))
    sheds = [shapely.box(EAST + x, NORTH, EAST + x + 20, NORTH + 20) for x in (-10, 500, 290, 990, 1010)]
    apart = LargeShape(shape).distance(np.array(sheds))
    assert apart == pytest.approx(shapely.distance(shape, sheds), abs=1e-9)
    assert apart[1:4].tolist() == [0.0, 0.0, 0.0]


def test_a_structure_around_the_whole_shape_touches_it() -> None:
    shape = shapely.Point(EAST, NORTH).buffer(100, quad_segs=200)
    assert LargeShape(shape).distance(np.array([shape.buffer(50)])).tolist() == [0.0]


@pytest.mark.parametrize("kind", ["line", "lines", "points"])
def test_what_has_no_area_holds_no_place(kind: str) -> None:
    rim = shapely.get_coordinates(shapely.Point(EAST, NORTH).buffer(1000, quad_segs=200))
    shape = {
        "line": shapely.LineString(rim),
        "lines": shapely.MultiLineString([rim[:100], rim[300:]]),
        "points": shapely.MultiPoint(rim),
    }[kind]
    places = shapely.points([[EAST, NORTH], [EAST + 990, NORTH], rim[5]])
    assert LargeShape(shape).distance(places) == pytest.approx(shapely.distance(shape, places), abs=1e-9)


def test_places_beside_a_crooked_edge_are_on_the_side_on_which_they_lie() -> None:
    chance = np.random.default_rng(7)
    angle = np.sort(chance.uniform(0, 2 * np.pi, 3000))
    far = chance.uniform(600, 1000, len(angle))
    rim = np.column_stack([EAST + far * np.cos(angle), NORTH + far * np.sin(angle)])
    shape = shapely.Polygon(rim)
    places = shapely.points(rim[chance.integers(0, len(rim), 4000)] + chance.normal(0, 1.0, (4000, 2)))
    assert shape.is_valid
    assert LargeShape(shape).distance(places) == pytest.approx(shapely.distance(shape, places), abs=1e-9)


def test_many_threads_may_ask_at_once() -> None:
    shape = town_of([(x, y) for x in range(10) for y in range(10)])
    places = shapely.points(np.random.default_rng(3).uniform([EAST, NORTH], [EAST + 510, NORTH + 510], (2000, 2)))
    large = LargeShape(shape)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(large.distance, np.array_split(places, 40)))
    assert np.concatenate(found) == pytest.approx(shapely.distance(shape, places), abs=1e-9)
