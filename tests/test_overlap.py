"""How much of an easement is taken, held against shapes whose areas are known and a clipper of our own."""

from __future__ import annotations

from itertools import pairwise
from math import atan2, cos, hypot, pi, radians, sin
from typing import Any

import numpy as np
import pytest
import shapely
from clipping import Corner, area_of, clipped, stretch_inside
from drawn_towns import drawn_layer, drawn_query, sites
from hypothesis import assume, given
from hypothesis import strategies as st

from gis_ce.assess import assess
from gis_ce.checks import easement_encroachment
from gis_ce.rule_files import open_pack

RULES = open_pack("nc-raleigh-2016")
STRIP = "POLYGON((0 0,200 0,200 20,0 20,0 0))"
FEET = st.integers(-400, 1200).map(lambda quarters: quarters / 4)
CORNERS = st.lists(st.tuples(FEET, FEET), min_size=3, max_size=8, unique=True)
MIDDLE = st.tuples(st.floats(20, 180), st.floats(-5, 25))


def _facts(structure: str, *easements: str) -> dict[str, Any]:
    layer = drawn_layer("easement", [{"id": f"E{number}", "wkt": wkt} for number, wkt in enumerate(easements)])
    case = sites(["POINT(0 0)"], [structure])
    found = assess(case, drawn_query(layer), RULES, [easement_encroachment.CHECK])["easement_encroachment"]
    facts = {name: values[0] for name, values in found.measures.facts.items()}
    return facts | {"answer": found.answer_of(0), "margin_ft": float(found.measures.margin_ft[0])}


def _convex(points: list[Corner]) -> list[Corner]:
    """The hull of points, counter-clockwise and without its last corner repeated."""
    hull = shapely.convex_hull(shapely.multipoints(points))
    assume(hull.geom_type == "Polygon" and hull.area > 4)
    return list(shapely.orient_polygons(hull).exterior.coords)[:-1]


def _round(points: list[Corner]) -> list[Corner]:
    """Any points as a polygon that does not cross itself, mostly not convex: by angle around their middle."""
    x, y = (sum(axis) / len(points) for axis in zip(*points, strict=True))
    ring = sorted(points, key=lambda point: (atan2(point[1] - y, point[0] - x), hypot(point[0] - x, point[1] - y)))
    shape = shapely.Polygon(ring)
    assume(shape.is_valid and shape.area > 4)
    return ring


def _wkt(corners: list[Corner]) -> str:
    return shapely.to_wkt(shapely.Polygon(corners), rounding_precision=-1)


@pytest.mark.parametrize("degrees", [90, 60, 45, 30, 20])
@pytest.mark.parametrize("wide", [1.0, 6.0])
def test_a_wall_straight_through_a_strip_takes_a_parallelogram(degrees: float, wide: float) -> None:
    way, off = (cos(radians(degrees)), sin(radians(degrees))), radians(degrees) + pi / 2
    side = (wide / 2 * cos(off), wide / 2 * sin(off))
    ends = [(100 + way[0] * far, 10 + way[1] * far) for far in (-80, 80)]
    wall = [(x + sign * side[0], y + sign * side[1]) for sign, of in ((1, ends), (-1, ends[::-1])) for x, y in of]
    taken = 20 * wide / sin(radians(degrees))
    facts = _facts(_wkt(wall), STRIP)
    assert facts["overlap_sqft"] == pytest.approx(taken, abs=1e-6)
    assert facts["overlap_percent"] == pytest.approx(100 * taken / 4000, abs=1e-6)
    assert facts["width_across_ft"] == pytest.approx(20, abs=1e-6)
    along = 20 / np.tan(radians(degrees)) + wide / sin(radians(degrees))
    assert facts["length_along_ft"] == pytest.approx(along, abs=1e-6)
    assert facts["depth_ft"] == pytest.approx(10, abs=0.51)
    assert facts["free_left_ft"] == facts["free_right_ft"] == pytest.approx(0, abs=1e-9)


@given(st.integers(3, 40), MIDDLE, st.floats(1, 9), st.floats(0, 6))
def test_a_round_tank_takes_the_area_of_its_sectors(sides: int, middle: Corner, radius: float, turn: float) -> None:
    angles = [turn + 2 * pi * number / sides for number in range(sides)]
    tank = [(middle[0] + radius * cos(angle), middle[1] + radius * sin(angle)) for angle in angles]
    inside = all(0 <= y <= 20 for _, y in tank)
    full = sides / 2 * radius**2 * sin(2 * pi / sides)
    expected = full if inside else area_of(clipped(tank, [(0, 0), (200, 0), (200, 20), (0, 20)]))
    facts = _facts(_wkt(tank), STRIP)
    if facts["answer"] == "yes":
        assert facts["overlap_sqft"] == pytest.approx(expected, abs=1e-6)
    else:
        assert expected == pytest.approx(0, abs=0.2)


@given(CORNERS, CORNERS)
def test_an_overlap_is_what_a_clipper_of_our_own_cuts_out(easement: list[Corner], structure: list[Corner]) -> None:
    convex, any_shape = _convex(easement), _round(structure)
    facts = _facts(_wkt(any_shape), _wkt(convex))
    expected = area_of(clipped(any_shape, convex))
    if facts["answer"] == "yes":
        assert facts["overlap_sqft"] == pytest.approx(expected, abs=1e-6)
        assert facts["all_easements_sqft"] == pytest.approx(expected, abs=1e-6)
    else:
        assert expected < 0.02 * shapely.Polygon(convex).length


@given(CORNERS, CORNERS, CORNERS)
def test_two_easements_together_are_counted_once(one: list[Corner], two: list[Corner], shed: list[Corner]) -> None:
    first, second, structure = _convex(one), _convex(two), _convex(shed)
    facts = _facts(_wkt(structure), _wkt(first), _wkt(second))
    assume(facts["answer"] == "yes")
    in_first, in_second = clipped(structure, first), clipped(structure, second)
    both = area_of(clipped(in_first, second)) if len(in_first) > 2 else 0.0
    assert facts["all_easements_sqft"] == pytest.approx(area_of(in_first) + area_of(in_second) - both, abs=1e-5)
    chief = max(area_of(in_first), area_of(in_second))
    assert facts["overlap_sqft"] == pytest.approx(chief, abs=0.011)


@given(CORNERS, st.lists(st.tuples(FEET, FEET), min_size=2, max_size=6, unique=True))
def test_a_fence_lies_inside_as_far_and_as_often_as_we_count(easement: list[Corner], posts: list[Corner]) -> None:
    convex = _convex(easement)
    assume(shapely.LineString(posts).is_simple)
    length, pieces, reached = 0.0, 0, False
    for start, end in pairwise(posts):
        enter, leave = stretch_inside(start, end, convex)
        if leave > enter:
            length += (leave - enter) * hypot(end[0] - start[0], end[1] - start[1])
            pieces += not (reached and enter == 0.0)
        reached = leave == 1.0
    facts = _facts(shapely.to_wkt(shapely.LineString(posts), rounding_precision=-1), _wkt(convex))
    if facts["answer"] == "yes":
        assert facts["line_inside_ft"] == pytest.approx(length, abs=1e-6)
        assert facts["crossings"] == pieces
    else:
        assert facts["depth_ft"] == 0.0


@pytest.mark.parametrize(("times", "degrees"), [(1, 90), (1, 45), (2, 63.4349488), (5, 45)])
def test_a_fence_that_goes_to_and_fro_crosses_as_often_as_drawn(times: int, degrees: float) -> None:
    step = 40 / np.tan(radians(degrees))
    posts = [(10 + number * step, 30 if number % 2 else -10) for number in range(times + 1)]
    facts = _facts(shapely.to_wkt(shapely.LineString(posts)), STRIP)
    assert facts["crossings"] == times
    assert facts["crossing_angle_deg"] == pytest.approx(degrees, abs=1e-4)


def test_a_shed_that_stands_in_one_easement_and_along_another_stands_in_the_one() -> None:
    facts = _facts("POLYGON((10 19,60 19,60 40,10 40,10 19))", "POLYGON((0 40,200 40,200 60,0 60,0 40))", STRIP)
    assert (facts["answer"], facts["easement_id"], facts["overlap_sqft"]) == ("yes", "E1", 50.0)


def test_a_floor_that_fills_a_whole_easement_stands_in_it() -> None:
    facts = _facts("POLYGON((0 0,200 0,200 20,0 20,0 0))", STRIP)
    assert (facts["answer"], facts["overlap_percent"]) == ("yes", 100.0)
    assert facts["margin_ft"] == pytest.approx(10, abs=0.2)
    wider = _facts("POLYGON((-10 -10,210 -10,210 30,-10 30,-10 -10))", STRIP)
    assert (wider["answer"], wider["overlap_sqft"]) == ("yes", 4000.0)


def test_a_shed_along_an_edge_crosses_nothing() -> None:
    facts = _facts("POLYGON((10 20,60 20,60 40,10 40,10 20))", STRIP)
    assert (facts["answer"], facts["crossings"], facts["line_inside_ft"]) == ("no", 0, 0.0)


def test_a_fence_that_touches_the_edge_at_a_post_is_one_piece() -> None:
    facts = _facts("LINESTRING(50 10,100 20,150 10)", STRIP)
    assert (facts["crossings"], facts["line_inside_ft"]) == (1, pytest.approx(2 * hypot(50, 10)))
