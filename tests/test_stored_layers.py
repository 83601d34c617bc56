"""Large layers stay in memory as stored bytes; whatever is asked of them is answered as if they did not."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from made_layers import EAST, NORTH, hydrants, publish, snapshot_table
from oracle_places import hard_places, hard_structures
from oracle_towns import demo_town
from shapely.geometry.base import BaseGeometry

import layers.snapshot
from gis_ce.assess import assess
from gis_ce.checks.all import CHECKS
from gis_ce.checks.check import Sites
from gis_ce.rule_files import open_pack
from layers.errors import VersionMissing
from layers.grid import Geometries
from layers.packed_index import PackedIndex, packed_boundary_index
from layers.query import LayerQuery
from layers.ready import make_ready
from layers.snapshot import Snapshot
from layers.spatial_index import Index, boundary_index
from layers.stored_shapes import StoredShapes, block_of
from layers.stored_texts import StoredTexts
from layers.versions import LayerStore

BASE: BaseGeometry = shapely.Point(EAST, NORTH)
SQUARE = shapely.box(0, 0, 40, 30)
RING = shapely.Point(300, 20).buffer(60).difference(shapely.Point(300, 20).buffer(20))
LAKE = shapely.Point(700, 200).buffer(150, quad_segs=200)
KINDS: Geometries = np.array(
    [
        shapely.Point(3, 4),
        shapely.LineString([(0, 0), (50, 70), (90, 10)]),
        SQUARE,
        RING,
        None,
        LAKE,
        shapely.MultiPolygon([SQUARE, shapely.box(100, 100, 130, 140)]),
        shapely.Polygon(),
        shapely.MultiLineString([[(0, 0), (5, 5)], [(9, 9), (20, 3)]]),
        shapely.Point(),
    ],
    dtype=object,
)


def stored(shapes: Geometries) -> StoredShapes:
    return StoredShapes([block_of(shapes[:3]), block_of(shapes[3:])])


def same(one: Any, other: Any) -> bool:
    return bool(shapely.equals_identical(one, other).all() if np.ndim(other) else one == other)


PICKED = (
    *(0, 5, -1, slice(None), slice(6, 1, -2), [1, 3], []),
    np.array([5, 5, 2, -4]),
    np.array([[0, 1], [6, 3]]),
    np.arange(7) % 2 == 0,
)


@pytest.mark.parametrize("rows", PICKED)
def test_stored_shapes_are_indexed_like_an_array(rows: Any) -> None:
    shapes = KINDS[[0, 1, 2, 3, 5, 6, 8]]
    assert same(stored(shapes)[rows], shapes[np.array(rows, dtype=int)] if isinstance(rows, list) else shapes[rows])


def test_stored_shapes_hold_missing_and_empty_ones() -> None:
    made = np.asarray(stored(KINDS))
    assert [shape is None for shape in made] == [shape is None for shape in KINDS]
    assert shapely.to_wkt(made).tolist() == shapely.to_wkt(KINDS).tolist()
    assert list(stored(KINDS))[4] is None


def test_the_boxes_of_stored_shapes_are_those_of_the_shapes() -> None:
    assert np.array_equal(stored(KINDS).bounds, shapely.bounds(KINDS), equal_nan=True)
    assert stored(KINDS).present.tolist() == (~(shapely.is_missing(KINDS) | shapely.is_empty(KINDS))).tolist()


def test_a_large_shape_is_made_only_once() -> None:
    shapes = stored(KINDS)
    assert shapes[5] is shapes[np.array([5])][0]
    assert shapes.large.tolist() == [5]


def test_stored_texts_are_indexed_like_an_array() -> None:
    words = np.array(["a", None, "c", "d"], dtype=object)
    texts = StoredTexts([pa.chunked_array([["a", None]]), pa.chunked_array([["c"], ["d"]])])
    for rows in (
        slice(None, None, -1),
        np.array([3, 0, -1]),
        np.array([True, False, True, False]),
        np.array([[0], [3]]),
    ):
        assert texts[rows].tolist() == words[rows].tolist()
    assert (texts[1], texts[np.int64(2)], len(texts), list(texts)) == (None, "c", 4, words.tolist())
    assert np.append(texts, "e").tolist() == [*words, "e"]


@st.composite
def towns(draw: st.DrawFn) -> Geometries:
    """Lots in rows as they lie in a snapshot, some with holes, a creek, a lake, and points between."""
    random = np.random.default_rng(draw(st.integers(0, 10_000)))
    count = draw(st.integers(1, 120))
    x, y = 60.0 * (np.arange(count) % 12), 90.0 * (np.arange(count) // 12)
    shapes = shapely.box(x, y, x + random.uniform(1, 60, count), y + random.uniform(1, 90, count)).tolist()
    shapes += [LAKE, RING, shapely.LineString(np.column_stack([np.arange(40) * 17.0, random.uniform(0, 400, 40)]))]
    shapes += shapely.points(random.uniform(0, 800, (9, 2))).tolist()
    return np.array(shapes, dtype=object)[random.permutation(len(shapes)) if draw(st.booleans()) else slice(None)]


@given(towns(), st.sampled_from([1, 7, 150]), st.floats(0, 300), st.integers(0, 99))
def test_a_packed_index_leaves_out_nothing_and_measures_the_same(
    shapes: Geometries, count: int, reach_ft: float, seed: int
) -> None:
    random = np.random.default_rng(seed)
    places = np.asarray(shapely.points(random.uniform(-200, 1200, (count, 2))), dtype=object)
    rows = np.sort(random.choice(len(shapes), size=len(shapes) * 3 // 4, replace=False))
    plain, packed = Index(shapes[rows], rows), PackedIndex(StoredShapes([block_of(shapes)]), rows, rows)
    reach = np.full(count, reach_ft)
    assert _in_reach(packed, places, reach) == _in_reach(plain, places, reach)
    assert np.array_equal(packed.nearest_distance(places, reach_ft), plain.nearest_distance(places, reach_ft))
    found, true = packed.reach_of_nearest(places, reach_ft), plain.nearest_distance(places, reach_ft)
    assert (found <= reach_ft).all()
    assert (found[np.isfinite(true)] >= np.minimum(true[np.isfinite(true)], reach_ft)).all()
    assert same(packed.geometry[np.arange(3)], plain.geometry[:3])


@given(towns(), st.floats(0, 200), st.integers(0, 99))
def test_packed_edges_lie_where_the_edges_do(shapes: Geometries, reach_ft: float, seed: int) -> None:
    polygons = np.append(shapes[shapely.get_dimensions(shapes) == 2], KINDS[4:8])
    places = np.asarray(shapely.points(np.random.default_rng(seed).uniform(-200, 1200, (5, 2))), dtype=object)
    plain = boundary_index(polygons)
    packed, reach = packed_boundary_index(stored(polygons)), np.full(len(places), reach_ft)
    near = {(place, packed.rows[entry]) for place, entry, _ in _in_reach(packed, places, reach)}
    assert near == {(place, plain.rows[entry]) for place, entry, _ in _in_reach(plain, places, reach)}
    assert np.array_equal(packed.nearest_distance(places, reach_ft), plain.nearest_distance(places, reach_ft))
    assert set(shapely.get_type_id(packed.geometry[np.arange(len(packed))]).tolist()) == {1}


def _in_reach(index: Index, places: Geometries, reach_ft: Any) -> list[tuple[int, int, float]]:
    place, entry = index.candidates(places, reach_ft)
    distance = index.distance(places[place], entry)
    near = distance <= reach_ft[place]
    return sorted(zip(place[near].tolist(), entry[near].tolist(), distance[near].tolist(), strict=True))


@pytest.fixture(scope="module")
def town_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stored")
    demo_town(folder)
    return folder / "layers"


def opened(folder: Path, stored_from: int) -> LayerQuery:
    """The town with layers of so many rows as stored bytes, everything read."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(layers.snapshot, "STORED_FROM", stored_from)
        query = LayerStore(folder).open()
        make_ready(query)
        for role in ("parcel", "easement", "right_of_way"):
            query.features(role).edges()
    return query


@pytest.mark.parametrize("at_once", [1, 300])
def test_every_check_finds_the_same_in_stored_layers(town_folder: Path, at_once: int) -> None:
    plain, packed = opened(town_folder, 10**9), opened(town_folder, 1)
    assert isinstance(packed.features("parcel").index(), PackedIndex)
    places = hard_places(plain, at_once * 3)[: max(at_once, 30)]
    days = np.full(len(places), np.datetime64("2026-03-02"))
    sites = Sites(places, hard_structures(places), np.full(len(places), 2.0), days)
    for start in range(0, len(places), at_once):
        some = sites.take(np.arange(start, start + at_once))
        one, other = (assess(some, query, open_pack("nc-raleigh-2016"), CHECKS) for query in (plain, packed))
        for name, findings in one.items():
            for part in ("answer", "probability", "sigma_ft", "reason"):
                assert np.array_equal(getattr(findings, part), getattr(other[name], part), equal_nan=True), (name, part)
            margins = findings.measures.margin_ft, other[name].measures.margin_ft
            assert np.array_equal(*margins, equal_nan=True), name


def test_opening_reads_nothing_of_what_is_not_asked(tmp_path: Path) -> None:
    store = LayerStore(tmp_path)
    publish(store, "hydrants", "hydrant", hydrants(0, 10))
    damaged = publish(store, "valves", "valve", hydrants(0, 10))
    path = tmp_path / f"{damaged.version}.parquet"
    path.write_bytes(b"PAR1" + b"\0" * 200 + path.read_bytes()[204:])
    query = store.open()
    assert len(query.features("valve")) == 2
    assert query.within("hydrant", np.array([BASE]), 1.0).distance_ft.tolist() == [0.0]
    with pytest.raises(VersionMissing, match=r"valves/.* is damaged"):
        query.within("valve", np.array([BASE]), 1.0)


def test_an_open_layer_can_be_read_after_it_was_pruned(tmp_path: Path) -> None:
    store = LayerStore(tmp_path)
    publish(store, "hydrants", "hydrant", hydrants(3))
    query = store.open()
    publish(store, "hydrants", "hydrant", hydrants(4))
    store.prune(keep=1)
    assert query.within("hydrant", np.array([BASE]), 10.0).distance_ft.tolist() == [3.0]
    assert query.features("hydrant").ids[0] == "H0"


def test_threads_that_ask_first_at_once_get_the_same(town_folder: Path) -> None:
    wanted = opened(town_folder, 1)
    places = hard_places(wanted, 200)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(layers.snapshot, "STORED_FROM", 1)
        query = LayerStore(town_folder).open()
        with ThreadPoolExecutor(8) as pool:
            asked = [pool.submit(query.intersecting, "parcel", places) for _ in range(4)]
            asked += [pool.submit(query.nearest, "water_main", places, reach_ft=500.0) for _ in range(4)]
            texts = [pool.submit(query.features("parcel").texts, "owner_name") for _ in range(4)]
    parcels, mains = wanted.intersecting("parcel", places), wanted.nearest("water_main", places, reach_ft=500.0)
    for answer, future in zip([parcels] * 4 + [mains] * 4, asked, strict=True):
        assert np.array_equal(future.result().feature, answer.feature)
        assert np.array_equal(future.result().distance_ft, answer.distance_ft)
    assert all(text.result() is texts[0].result() for text in texts)


def test_a_layer_of_two_sizes_is_one_layer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layers.snapshot, "STORED_FROM", 2)
    store = LayerStore(tmp_path)
    publish(store, "few", "hydrant", hydrants(7))
    publish(store, "many", "hydrant", snapshot_table(["A", "B"], [shapely.Point(EAST, NORTH + n) for n in (1, 2)]))
    features = store.open().features("hydrant")
    assert features.ids[np.arange(3)].tolist() == ["H0", "A", "B"]
    assert features.layer_of.tolist() == [0, 1, 1]
    assert features.rank.tolist() == [2, 0, 1]
    assert store.open().within("hydrant", np.array([BASE]), 5.0).distance_ft.tolist() == [1.0, 2.0]


def test_a_snapshot_reads_one_column_at_a_time(tmp_path: Path) -> None:
    version = publish(LayerStore(tmp_path), "hydrants", "hydrant", hydrants(0, 10)).version
    snapshot = Snapshot(tmp_path, version)
    assert snapshot.column("id").to_pylist() == ["H0", "H1"]
    assert (snapshot.num_rows, snapshot.column_names) == (2, ["id", "source_row"])
