"""One look around a place serves several questions; what it gives is what each question alone would find."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from drawn_towns import drawn_layer, drawn_query
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.features import EVERYTHING, Selection
from layers.footprint import FootprintQuery
from layers.grid import AT_LIMIT_FT
from layers.query import LayerQuery, Pairs
from layers.remembered import RememberedQuery

Places = np.ndarray[Any, np.dtype[np.object_]]

OURS = Selection((("owner", ("PRIVATE",)),))


def town(seed: int, private: float, count: int = 60) -> LayerQuery:
    """Short mains all over 1,000 ft, some share of them private."""
    random = np.random.default_rng(seed)
    at, way = random.uniform(0, 1000, (count, 2)), random.uniform(-40, 40, (count, 2))
    rows = [
        {
            "id": f"M{number:03d}",
            "wkt": shapely.LineString([start, start + along]).wkt,
            "owner": "PRIVATE" if random.uniform() < private else "CITY",
        }
        for number, (start, along) in enumerate(zip(at, way, strict=True))
    ]
    return drawn_query(drawn_layer("water_main", rows))


def places(seed: int, count: int) -> Places:
    """Points and boxes, some without a position."""
    random = np.random.default_rng(seed + 1)
    x, y = random.uniform(-100, 1100, (2, count))
    shapes = np.where(random.uniform(size=count) < 0.3, shapely.box(x, y, x + 30, y + 20), shapely.points(x, y))
    shapes[random.uniform(size=count) < 0.1] = None
    return np.asarray(shapes, dtype=object)


def beyond(
    query: LayerQuery, asked: Places, beyond_ft: float, reach_ft: float, select: Selection
) -> list[tuple[int, int]]:
    """The same by measuring every pair."""
    mains = query.features("water_main")
    distance = shapely.distance(asked[:, None], mains.geometry[None, :])
    distance[:, ~mains.selected(select)] = np.nan
    nearest = np.nanmin(np.where(np.isnan(distance), np.inf, distance), axis=1, initial=np.inf)
    kept = (
        distance <= (np.where(nearest <= reach_ft + AT_LIMIT_FT, nearest, -np.inf) + beyond_ft + AT_LIMIT_FT)[:, None]
    )
    return [(int(place), int(row)) for place, row in zip(*np.nonzero(kept), strict=True)]


def listed(pairs: Pairs) -> list[tuple[int, int]]:
    return sorted(zip(pairs.place.tolist(), pairs.feature.tolist(), strict=True))


@settings(max_examples=60)
@given(
    st.integers(0, 10_000),
    st.sampled_from([0.0, 0.2, 0.45, 0.9, 1.0]),
    st.sampled_from([1, 2, 16, 17, 90]),
    st.sampled_from([0.0, 3.0, 60.0]),
    st.sampled_from([10.0, 150.0, 5000.0]),
    st.sampled_from([OURS, EVERYTHING]),
)
def test_what_lies_little_farther_than_the_nearest_is_found_as_by_measuring_every_pair(
    seed: int, private: float, count: int, beyond_ft: float, reach_ft: float, select: Selection
) -> None:
    query, asked = town(seed, private), places(seed, count)
    for one in (query, RememberedQuery(query, asked)):
        found = one.around_nearest("water_main", asked, beyond_ft=beyond_ft, reach_ft=reach_ft, select=select)
        assert listed(found) == beyond(query, asked, beyond_ft, reach_ft, select)


def test_places_of_many_vertices_are_answered_as_by_measuring_every_pair() -> None:
    query = town(11, 0.3)
    asked = shapely.buffer(shapely.points(np.random.default_rng(4).uniform(0, 1000, (20, 2))), 70.0, quad_segs=40)
    for reach_ft in (10.0, 150.0):
        found = query.around_nearest("water_main", asked, beyond_ft=25.0, reach_ft=reach_ft)
        assert listed(found) == beyond(query, asked, 25.0, reach_ft, EVERYTHING)


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.sampled_from([1, 16, 90]), st.sampled_from([0.2, 0.9]))
def test_the_questions_of_several_checks_do_not_disturb_one_another(seed: int, count: int, private: float) -> None:
    query, asked = town(seed, private), places(seed, count)
    remembered = RememberedQuery(query, asked)
    for reach_ft in (50.0, 9000.0, 200.0):
        for select in (EVERYTHING, OURS):
            mine = remembered.nearest("water_main", asked, reach_ft=reach_ft, select=select)
            alone = query.nearest("water_main", asked, reach_ft=reach_ft, select=select)
            assert listed(mine) == listed(alone)
            near = remembered.within("water_main", asked, 40.0, select)
            assert listed(near) == listed(query.within("water_main", asked, 40.0, select))
        wide = remembered.around_nearest("water_main", asked, beyond_ft=30.0, reach_ft=reach_ft)
        assert listed(wide) == beyond(query, asked, 30.0, reach_ft, EVERYTHING)


@pytest.mark.parametrize(("private", "shared"), [(0.0, True), (0.3, True), (0.9, False)])
def test_a_selection_of_most_features_needs_no_index_of_its_own(private: float, shared: bool) -> None:
    mains = town(5, private).features("water_main")
    assert (mains.served(OURS)[0] is mains.index()) is shared


def test_the_rule_of_one_hundredth_of_a_foot_holds_for_one_place_and_for_many() -> None:
    rows = [
        {"id": name, "wkt": f"LINESTRING(0 {north}, 100 {north})"}
        for name, north in (("B", 10.0), ("A", -10.009), ("C", 13.005), ("D", -13.02))
    ]
    query = drawn_query(drawn_layer("water_main", rows))
    for count in (1, 3, 40):
        asked = np.full(count, shapely.Point(50, 0), dtype=object)
        nearest = query.nearest("water_main", asked, reach_ft=10.0)
        assert query.features("water_main").ids[nearest.feature].tolist() == ["A"] * count
        found = query.around_nearest("water_main", asked, beyond_ft=3.0, reach_ft=9.995)
        assert sorted(query.features("water_main").ids[found.feature[found.place == 0]]) == ["A", "B", "C"]
        assert not len(query.nearest("water_main", asked, reach_ft=9.98))


@pytest.mark.parametrize(("reach_ft", "noted_ft"), [(100.0, 18.0), (10.0, 10.0)])
def test_what_an_answer_rests_on_reaches_as_far_as_was_looked(reach_ft: float, noted_ft: float) -> None:
    query = drawn_query(drawn_layer("water_main", [{"id": "M", "wkt": "LINESTRING(0 15, 100 15)"}]))
    noting = FootprintQuery(query)
    noting.around_nearest("water_main", np.array([shapely.Point(50, 0)]), beyond_ft=3.0, reach_ft=reach_ft)
    (asked,) = noting.footprint().asked
    assert asked.reach_ft == pytest.approx(noted_ft, abs=3 * AT_LIMIT_FT)
