"""The three spatial questions: limits, ties, and odd geometries."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from drawn_towns import drawn_layer, drawn_query

from layers.errors import LayerMissing
from layers.features import Selection
from layers.query import LayerQuery, Pairs

EAST, NORTH = 2_100_000.0, 740_000.0
"""Where North Carolina's capital lies on its grid: coordinates of the size that real ones have."""


def mains(*lines: tuple[str, str], **columns: Any) -> LayerQuery:
    rows = [
        {"id": name, "wkt": wkt, **{key: values.get(name) for key, values in columns.items()}} for name, wkt in lines
    ]
    return drawn_query(drawn_layer("water_main", rows))


def parcels(*polygons: tuple[str, Any]) -> LayerQuery:
    rows = [{"id": name, "wkt": shape if isinstance(shape, str) else shape.wkt} for name, shape in polygons]
    return drawn_query(drawn_layer("parcel", rows))


def places(*shapes: Any) -> np.ndarray[Any, np.dtype[np.object_]]:
    array = np.empty(len(shapes), dtype=object)
    array[:] = [shapely.from_wkt(shape) if isinstance(shape, str) else shape for shape in shapes]
    return array


def ids(query: LayerQuery, role: str, pairs: Pairs) -> list[tuple[int, str]]:
    return [(int(place), query.features(role).ids[row]) for place, row in zip(pairs.place, pairs.feature, strict=True)]


STREET = ("M", f"LINESTRING ({EAST} {NORTH}, {EAST + 300} {NORTH})")


@pytest.mark.parametrize(("off_ft", "within"), [(99.98, True), (100.0, True), (100.009, True), (100.02, False)])
@pytest.mark.parametrize("shape", ["point", "line", "polygon"])
def test_the_limit_holds_to_a_hundredth_of_a_foot(off_ft: float, within: bool, shape: str) -> None:
    at = shapely.Point(EAST + 100, NORTH + off_ft)
    reaching = {
        "point": at,
        "line": shapely.LineString([at, (EAST + 100, NORTH + off_ft + 50)]),
        "polygon": shapely.box(EAST + 100, NORTH + off_ft, EAST + 150, NORTH + off_ft + 50),
    }[shape]
    found = mains(STREET).within("water_main", places(reaching), 100.0)
    assert (len(found) == 1) is within
    nearest = mains(STREET).nearest("water_main", places(reaching), reach_ft=100.0)
    assert (len(nearest) == 1) is within
    if within:
        assert found.distance_ft[0] == pytest.approx(off_ft, abs=1e-6)


def test_each_place_may_have_its_own_reach_and_a_negative_one_asks_nothing() -> None:
    asked = places(*[shapely.Point(EAST + 10, NORTH + 10)] * 4)
    found = mains(STREET).within("water_main", asked, np.array([9.0, 10.0, -1.0, np.nan]))
    assert found.place.tolist() == [1]


def test_ties_go_to_the_smallest_id_and_not_to_the_row() -> None:
    query = mains(("B", STREET[1]), ("A", f"LINESTRING ({EAST} {NORTH + 20.009}, {EAST + 300} {NORTH + 20.009})"))
    found = query.nearest("water_main", places(shapely.Point(EAST + 100, NORTH + 10)), reach_ft=100.0)
    assert ids(query, "water_main", found) == [(0, "A")]
    assert found.distance_ft[0] == pytest.approx(10.009, abs=1e-6)


def test_a_difference_of_more_than_a_hundredth_of_a_foot_is_no_tie() -> None:
    query = mains(("B", STREET[1]), ("A", f"LINESTRING ({EAST} {NORTH + 20.02}, {EAST + 300} {NORTH + 20.02})"))
    found = query.nearest("water_main", places(shapely.Point(EAST + 100, NORTH + 10)), reach_ft=100.0)
    assert ids(query, "water_main", found) == [(0, "B")]


def test_a_corner_shared_by_four_parcels_meets_all_four_by_id() -> None:
    corners = [(0, 0, "D"), (-1, 0, "B"), (0, -1, "C"), (-1, -1, "A")]
    lots = [
        (name, shapely.box(EAST + 100 * x, NORTH + 100 * y, EAST + 100 * (x + 1), NORTH + 100 * (y + 1)))
        for x, y, name in corners
    ]
    query = parcels(*lots)
    found = query.intersecting("parcel", places(shapely.Point(EAST, NORTH)))
    assert [name for _, name in ids(query, "parcel", found)] == ["A", "B", "C", "D"]
    assert found.distance_ft.tolist() == [0.0] * 4


def test_places_without_a_position_meet_nothing() -> None:
    asked = places(None, "POINT EMPTY", "POLYGON EMPTY", shapely.Point(EAST, NORTH))
    query = mains(STREET)
    assert query.within("water_main", asked, 10.0).place.tolist() == [3]
    assert query.nearest("water_main", asked, reach_ft=10.0).place.tolist() == [3]
    lots = parcels(("P", shapely.box(EAST - 5, NORTH - 5, EAST + 50, NORTH + 50)))
    distance, row = lots.edge_distance("parcel", asked, 100.0)
    assert np.isnan(distance[:3]).all()
    assert row.tolist() == [-1, -1, -1, 0]


def test_no_places_give_no_pairs() -> None:
    query = mains(STREET)
    assert len(query.within("water_main", places(), 10.0)) == 0
    assert len(query.nearest("water_main", places(), reach_ft=10.0, k=3)) == 0
    assert len(query.intersecting("water_main", places())) == 0


def test_features_without_a_geometry_are_never_met() -> None:
    query = mains(("A", "LINESTRING EMPTY"), STREET)
    found = query.nearest("water_main", places(shapely.Point(EAST, NORTH)), reach_ft=1e6, k=5)
    assert ids(query, "water_main", found) == [(0, "M")]


def test_a_layer_of_nothing_answers_nothing() -> None:
    query = mains()
    asked = places(shapely.Point(EAST, NORTH))
    assert len(query.nearest("water_main", asked, reach_ft=100.0)) == 0
    assert len(query.within("water_main", asked, 100.0)) == 0


def test_a_role_without_a_layer_is_refused() -> None:
    with pytest.raises(LayerMissing, match="sewer_main"):
        mains(STREET).within("sewer_main", places(), 10.0)


def test_excluded_values_do_not_count_and_missing_values_do() -> None:
    far = f"LINESTRING ({EAST} {NORTH + 50}, {EAST + 300} {NORTH + 50})"
    query = mains(STREET, ("N", far), status={"M": "abandoned"})
    in_service = Selection((("status", ("abandoned", "removed")),))
    found = query.nearest("water_main", places(shapely.Point(EAST, NORTH)), reach_ft=100.0, select=in_service)
    assert ids(query, "water_main", found) == [(0, "N")]


def test_the_k_nearest_come_in_order_and_stop_at_the_reach() -> None:
    lines = [(f"M{n}", f"LINESTRING ({EAST} {NORTH + 10 * n}, {EAST + 9} {NORTH + 10 * n})") for n in range(1, 9)]
    query = mains(*lines)
    found = query.nearest("water_main", places(shapely.Point(EAST, NORTH)), reach_ft=50.0, k=7)
    assert [name for _, name in ids(query, "water_main", found)] == ["M1", "M2", "M3", "M4", "M5"]
    found = query.nearest("water_main", places(shapely.Point(EAST, NORTH)), reach_ft=5000.0, k=3)
    assert found.distance_ft.tolist() == [10.0, 20.0, 30.0]


def test_long_slanted_mains_do_not_hide_nearer_ones_behind_their_boxes() -> None:
    slanted = [
        (f"S{n}", f"LINESTRING ({EAST - 2000} {NORTH - 900 + n}, {EAST + 900 + n} {NORTH + 2000})") for n in range(30)
    ]
    query = mains(*slanted, ("Z", f"LINESTRING ({EAST} {NORTH - 300}, {EAST + 1} {NORTH - 300})"))
    found = query.nearest("water_main", places(shapely.Point(EAST, NORTH)), reach_ft=5000.0, k=2)
    assert ids(query, "water_main", found)[0][1] == "Z"
    assert found.distance_ft[1] == pytest.approx(min(_distances(query, shapely.Point(EAST, NORTH))[:-1]))


def _distances(query: LayerQuery, place: Any) -> list[float]:
    return [float(shapely.distance(line, place)) for line in query.features("water_main").geometry]


RING = shapely.Point(EAST, NORTH).buffer(1000.0, quad_segs=200)
LAKE = shapely.Point(EAST + 300, NORTH).buffer(100.0, quad_segs=200)


def test_a_hole_of_a_large_polygon_is_outside_and_has_an_edge() -> None:
    query = parcels(("P", RING.difference(LAKE)))
    asked = places(shapely.Point(EAST + 300, NORTH), shapely.Point(EAST, NORTH), shapely.Point(EAST + 200.005, NORTH))
    assert query.intersecting("parcel", asked).place.tolist() == [1, 2]
    assert query.within("parcel", asked, 100.0).distance_ft == pytest.approx([100.0, 0.0, 0.005], abs=0.01)
    distance, _ = query.edge_distance("parcel", asked, 5000.0)
    assert distance == pytest.approx([100.0, 200.0, 0.005], abs=0.01)


def test_the_edges_of_all_parts_of_a_polygon_count() -> None:
    parts = shapely.union_all([shapely.box(EAST + x, NORTH, EAST + x + 50, NORTH + 50) for x in (0, 100)])
    query = parcels(("P", parts))
    distance, row = query.edge_distance("parcel", places(shapely.Point(EAST + 125, NORTH + 25)), 100.0)
    assert distance.tolist() == [25.0]
    assert row.tolist() == [0]


def test_an_edge_shared_by_two_parcels_is_named_by_the_smaller_id() -> None:
    query = parcels(
        ("B", shapely.box(EAST, NORTH, EAST + 100, NORTH + 100)),
        ("A", shapely.box(EAST + 100, NORTH, EAST + 200, NORTH + 100)),
    )
    distance, row = query.edge_distance("parcel", places(shapely.Point(EAST + 90, NORTH + 50)), 100.0)
    assert distance.tolist() == [10.0]
    assert query.features("parcel").ids[row[0]] == "A"


def test_an_edge_out_of_reach_is_not_found() -> None:
    query = parcels(("P", RING))
    distance, row = query.edge_distance("parcel", places(shapely.Point(EAST, NORTH)), 500.0)
    assert np.isnan(distance[0])
    assert row[0] == -1


def test_two_layers_of_one_role_are_one_and_keep_their_own_sigma() -> None:
    one = drawn_layer("water_main", [{"id": "A", "wkt": STREET[1]}], name="city_mains", sigma_ft=1.0)
    other = drawn_layer("water_main", [{"id": "A", "wkt": STREET[1]}], name="county_mains", sigma_ft=5.0)
    query = drawn_query(one, other)
    found = query.nearest("water_main", places(shapely.Point(EAST, NORTH)), reach_ft=10.0)
    assert query.features("water_main").sigma_ft[found.feature].tolist() == [1.0]
    assert set(query.versions) == {"city_mains", "county_mains"}


def test_a_narrowed_query_has_forgotten_the_other_roles() -> None:
    both = drawn_query(
        drawn_layer("water_main", [{"id": "A", "wkt": STREET[1]}]),
        drawn_layer("hydrant", [{"id": "H", "wkt": f"POINT ({EAST} {NORTH})"}]),
    )
    assert both.narrowed(["hydrant"]).roles == ("hydrant",)


@pytest.mark.parametrize("count", [1, 63, 64, 500])
def test_however_many_places_without_a_position_meet_nothing(count: int) -> None:
    nowhere = np.full(count, None, dtype=object)
    nowhere[::2] = shapely.Point()
    town = drawn_query(drawn_layer("parcel", [{"id": "P", "wkt": "POLYGON((0 0,10 0,10 10,0 10,0 0))"}]))
    assert len(town.intersecting("parcel", nowhere)) == 0
    assert len(town.nearest("parcel", nowhere, reach_ft=100.0)) == 0
    assert np.isnan(town.edge_distance("parcel", nowhere, 100.0)[0]).all()
