"""One site alone is measured in plain numbers; what comes out is what its columns say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely
from drawn_towns import drawn_layer, drawn_query
from hypothesis import given, settings
from hypothesis import strategies as st
from test_looks import OURS, places, town
from whole_town import CASES, Case, sites
from whole_town import town as whole_town

from gis_ce.assess import assess, found_by
from gis_ce.checks.all import CHECKS
from gis_ce.checks.check import OneSite
from gis_ce.checks.measuring import own_side_of_one
from gis_ce.decision import CONFIDENCE
from gis_ce.rule_files import open_pack
from gis_ce.uncertainty import own_side
from layers.features import EVERYTHING, Selection
from layers.one_query import NOTHING, OnePlaceQuery
from layers.query import LayerQuery

RULES = open_pack("nc-raleigh-2016")
TOWN = whole_town()
IN_NUMBERS = tuple(check for check in CHECKS if check.measure_one is not None)
MEASURED = ("margin_ft", "feature", "layer_sigma_ft")


@settings(max_examples=80)
@given(CASES)
def test_numbers_say_what_columns_of_one_say(case: Case) -> None:
    asked = sites([case])
    found = assess(asked, TOWN, RULES, IN_NUMBERS)
    for check in IN_NUMBERS:
        mine, columns = found[check.name], found_by(check, asked, TOWN, RULES, CONFIDENCE)
        assert (mine.answer_of(0), mine.reason_of(0)) == (columns.answer_of(0), columns.reason_of(0)), check.name
        np.testing.assert_allclose(mine.probability, columns.probability, atol=1e-12, err_msg=check.name)
        for name in MEASURED:
            np.testing.assert_array_equal(getattr(mine.measures, name), getattr(columns.measures, name), check.name)
        assert {*mine.measures.facts} == {*columns.measures.facts}
        for fact, values in columns.measures.facts.items():
            np.testing.assert_array_equal(mine.measures.facts[fact], values, f"{check.name}.{fact}")


def test_five_kinds_of_checks_measure_one_site_in_numbers() -> None:
    rows = {
        "right_of_way": "POLYGON((0 0, 500 0, 500 60, 0 60, 0 0))",
        "parcel": "POLYGON((0 60, 100 60, 100 200, 0 200, 0 60))",
        "water_main": "LINESTRING(0 20, 500 20)",
        "sewer_main": "LINESTRING(0 30, 500 30)",
        "easement": "POLYGON((0 60, 500 60, 500 80, 0 80, 0 60))",
    }
    query = drawn_query(*(drawn_layer(role, [{"id": role, "wkt": wkt}]) for role, wkt in rows.items()))
    place = np.array([shapely.Point(50, 90)], dtype=object)
    asked = replace(sites([]), place=place, structure=np.array([None]), sigma_ft=np.zeros(1), day=_DAY, details={})
    one = OneSite.of(asked, OnePlaceQuery(query, place))
    assert one is not None
    in_numbers = [check.name for check in IN_NUMBERS if check.measure_one and check.measure_one(one, RULES) is not None]
    assert in_numbers == [check.name for check in IN_NUMBERS]
    assert len(in_numbers) >= 5


_DAY = np.array(["2026-03-02"], dtype="datetime64[D]")


@settings(max_examples=100)
@given(
    st.integers(0, 10_000),
    st.sampled_from([0.0, 0.2, 0.45, 0.9, 1.0]),
    st.sampled_from([0.0, 3.0, 60.0]),
    st.sampled_from([10.0, 150.0, 9000.0]),
    st.sampled_from([OURS, EVERYTHING]),
)
def test_looks_in_numbers_find_what_looks_in_columns_find(
    seed: int, private: float, beyond_ft: float, reach_ft: float, select: Selection
) -> None:
    query = town(seed, private)
    for shape in (each for each in places(seed, 8) if each is not None):
        place = np.array([shape], dtype=object)
        one = OnePlaceQuery(query, place)
        near = query.nearest("water_main", place, reach_ft=reach_ft, select=select)
        expected = (int(near.feature[0]), float(near.distance_ft[0])) if len(near) else NOTHING
        np.testing.assert_equal(one.nearest_one("water_main", reach_ft, select), expected)
        around = query.around_nearest("water_main", place, beyond_ft=beyond_ft, reach_ft=reach_ft, select=select)
        found = one.around_one("water_main", beyond_ft, reach_ft, select)
        assert sorted(found) == sorted(zip(around.feature.tolist(), around.distance_ft.tolist(), strict=True))
        within = query.within("water_main", place, beyond_ft)
        assert sorted(row for row, _ in one.within_one("water_main", beyond_ft)) == sorted(within.feature.tolist())


def _lots() -> LayerQuery:
    """Lots side by side, some of which overlap, one with a hole."""
    boxes = [shapely.box(40 * n, 0, 40 * n + 40, 50) for n in range(6)]
    boxes += [shapely.box(30, 40, 130, 70), shapely.box(0, 100, 90, 190) - shapely.box(20, 120, 70, 170)]
    return drawn_query(drawn_layer("parcel", [{"id": f"P{n}", "wkt": box.wkt} for n, box in enumerate(boxes)]))


LOTS = _lots()
CORNERS = [(0.0, 0.0), (40.0, 50.0), (80.0, 25.0), (30.0, 40.0), (20.0, 120.0), (60.0, 100.0)]


@settings(max_examples=150)
@given(
    st.one_of(st.sampled_from(CORNERS), st.tuples(st.floats(-20, 260), st.floats(-20, 210))),
    st.sampled_from([0.5, 4.0, 25.0]),
)
def test_the_integral_in_numbers_is_that_of_the_columns(at: tuple[float, float], sigma_ft: float) -> None:
    place = np.array([shapely.Point(at)], dtype=object)
    edge, row = LOTS.edge_distance("parcel", place, 500.0)
    one = OnePlaceQuery(LOTS, place)
    assert one.edge_one("parcel", 500.0) == (row[0], edge[0])
    site = OneSite(sites([]), one, sigma_ft)
    site = replace(site, sites=replace(site.sites, place=place))
    mine = own_side_of_one(site, "parcel", float(edge[0]), 0.0)
    columns = own_side(LOTS, "parcel", place, edge, np.array([sigma_ft]))
    if mine is None:
        assert edge[0] >= 5 * sigma_ft
    else:
        assert mine.probability == pytest.approx(columns.probability, abs=1e-12)
        assert mine.seen == pytest.approx(columns.seen, abs=1e-12)


def test_a_site_without_a_position_and_several_sites_are_no_one_site() -> None:
    for shapes in ([None], [shapely.Point()], [shapely.Point(1, 1)] * 2):
        place = np.array(shapes, dtype=object)
        asked = replace(sites([]), place=place, sigma_ft=np.zeros(len(shapes)))
        assert OneSite.of(asked, OnePlaceQuery(LOTS, place)) is None
