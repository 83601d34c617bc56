"""Vector tiles: what is drawn lies where the layer has it, to the tile's own grid, and follows the rules of MVT 2.1."""

from __future__ import annotations

from typing import Any

import mapbox_vector_tile
import numpy as np
import pyarrow as pa
import pyproj
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from made_layers import EAST, GRID, NORTH
from shapely.geometry import shape
from small_town import lonlat

from layers.boxes import Boxes
from layers.grid import Grid
from maps.tile_grid import EXTENT, Tile, mercator, tiles_over
from maps.tiles import TileFrame, TileSource, tile_content
from maps.varints import written, zigzag

KINDS = {0: 1, 1: 2, 2: 3}


def source(shapes: list[Any], labelled: bool = False, **columns: list[Any]) -> TileSource:
    made = np.array(shapes, dtype=object)
    kind = KINDS[int(shapely.get_dimensions(made).max())]
    table = {name: pa.array(values) for name, values in columns.items()}
    return TileSource("things", made, Boxes(shapely.bounds(made)), table, Grid(GRID), kind, labelled)


def tile_at(x: float, y: float, zoom: int) -> Tile:
    lon, lat = lonlat(x, y)
    column, _, row, _ = tiles_over((lon, lat, lon, lat), zoom)
    return Tile(zoom, column, row)


def decoded(made: TileSource, tile: Tile, **more: Any) -> dict[str, Any]:
    content = tile_content(made, tile, **more)
    return dict(mapbox_vector_tile.decode(content, default_options={"y_coord_down": True})) if content else {}


def features(made: TileSource, tile: Tile, layer: str = "things") -> list[dict[str, Any]]:
    found = decoded(made, tile)
    return list(found[layer]["features"]) if layer in found else []


def in_units(feet: Any, tile: Tile) -> Any:
    """Exactly, by PROJ alone."""
    moved = pyproj.Transformer.from_crs(GRID, 4269, always_xy=True)

    def units(xy: Any) -> Any:
        return tile.units(mercator(np.column_stack(moved.transform(*xy.T))))

    return shapely.transform(feet, units)


def box(west: float, south: float, east: float, north: float) -> Any:
    return shapely.box(EAST + west, NORTH + south, EAST + east, NORTH + north)


@given(st.lists(st.integers(-(2**40), 2**40), max_size=60))
def test_numbers_are_written_as_protocol_buffers_read_them(numbers: list[int]) -> None:
    content, at, read = written(zigzag(np.array(numbers, dtype=np.int64))), 0, []
    while at < len(content):
        value = shift = 0
        while True:
            value |= (content[at] & 0x7F) << shift
            at, shift = at + 1, shift + 7
            if not content[at - 1] & 0x80:
                break
        read.append((value >> 1) ^ -(value & 1))
    assert read == numbers


@pytest.mark.parametrize("zoom", [12, 14, 16, 18])
def test_what_a_tile_shows_lies_where_the_layer_has_it(zoom: int) -> None:
    tile = tile_at(150, 100, zoom)
    shapes = [box(100 * n, 60, 100 * n + 80, 160) for n in range(10)]
    found = features(source(shapes), tile)
    around = shapely.box(-80, -80, EXTENT + 80, EXTENT + 80)
    seen = [n + 1 for n, lot in enumerate(shapes) if in_units(lot, tile).intersects(around)]
    assert [feature["id"] for feature in found] == seen
    for feature in found:
        drawn, exact = shape(feature["geometry"]), in_units(shapes[feature["id"] - 1], tile)
        frame = shapely.box(-60, -60, EXTENT + 60, EXTENT + 60)
        both = (shapely.intersection(drawn, frame), shapely.intersection(exact, frame))
        assert shapely.hausdorff_distance(*both) < 1.8, zoom


def test_over_a_tile_the_polynomial_is_as_good_as_proj_to_a_fiftieth_of_a_unit() -> None:
    for zoom in (8, 11, 14, 18):
        tile = tile_at(150, 100, zoom)
        frame = TileFrame(tile, Grid(GRID))
        west, south, east, north = frame.around
        some = np.random.default_rng(1).uniform((west, south), (east, north), (500, 2))
        assert np.abs(frame.units(some) - frame.exact_units(some)).max() < 0.04
        exact = shapely.get_coordinates(in_units(shapely.MultiPoint(some), tile))
        assert np.abs(frame.exact_units(some) - exact).max() < 1e-5


def test_outer_rings_are_positive_and_holes_negative_and_rings_closed_once() -> None:
    holed = shapely.difference(box(0, 0, 400, 400), box(100, 100, 200, 200))
    several = shapely.union(box(500, 0, 600, 100), box(700, 0, 800, 100))
    for feature in features(source([holed, several]), tile_at(200, 200, 15)):
        areas = shape(feature["geometry"])
        for area in getattr(areas, "geoms", [areas]):
            assert _signed(area.exterior) > 0
            assert all(_signed(ring) < 0 for ring in area.interiors)
        assert areas.is_valid
    (one,) = [f for f in features(source([holed, several]), tile_at(200, 200, 15)) if f["id"] == 1]
    assert len(shape(one["geometry"]).interiors) == 1


def _signed(ring: Any) -> float:
    x, y = np.array(ring.coords).T
    return float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum() / 2)


def test_attributes_come_with_their_features_and_what_is_missing_is_left_out() -> None:
    shapes = [shapely.Point(EAST + n, NORTH) for n in range(4)]
    made = source(shapes, name=["a", None, "ü", "a"], size=[1.5, 2.0, None, float("1e300")])
    found = features(made, tile_at(1, 0, 16))
    assert [feature["properties"] for feature in found] == [
        {"name": "a", "size": 1.5},
        {"size": 2.0},
        {"name": "ü"},
        {"name": "a", "size": 1e300},
    ]
    assert [feature["id"] for feature in found] == [1, 2, 3, 4]
    bare = decoded(made, tile_at(1, 0, 16), with_columns=False)["things"]["features"]
    assert all(feature["properties"] == {} for feature in bare)


def test_points_lines_and_several_parts_keep_their_parts() -> None:
    points = features(source([shapely.MultiPoint([(EAST, NORTH), (EAST + 50, NORTH + 20)])]), tile_at(1, 1, 17))
    assert len(shape(points[0]["geometry"]).geoms) == 2
    line = shapely.MultiLineString(
        [[(EAST, NORTH), (EAST + 90, NORTH)], [(EAST, NORTH + 40), (EAST + 90, NORTH + 60), (EAST + 99, NORTH)]]
    )
    lines = features(source([line]), tile_at(1, 1, 16))
    assert shapely.hausdorff_distance(shape(lines[0]["geometry"]), in_units(line, tile_at(1, 1, 16))) < 1.8


def test_nothing_is_drawn_where_nothing_is_and_half_a_pixel_is_nothing() -> None:
    made = source([box(0, 0, 100, 100)])
    assert tile_content(made, tile_at(90_000, 90_000, 14)) == b""
    assert tile_content(made, tile_at(10, 10, 4)) == b""
    assert tile_content(source([None, shapely.Polygon(), box(0, 0, 9, 9)]), tile_at(1, 1, 18)) != b""


def test_a_shape_is_cut_off_a_little_beyond_the_edge() -> None:
    tile = tile_at(0, 0, 16)
    (feature,) = features(source([shapely.LineString([(EAST - 90_000, NORTH), (EAST + 90_000, NORTH)])]), tile)
    bounds = shape(feature["geometry"]).bounds
    assert (bounds[0], bounds[2]) == (-80, EXTENT + 80)


@pytest.mark.parametrize("zoom", [16, 17, 18])
def test_an_area_has_one_label_in_all_tiles_together(zoom: int) -> None:
    lots = [box(70 * n, 40 * n, 70 * n + 60, 40 * n + 300) for n in range(30)]
    made = source(lots, labelled=True, name=[str(n) for n in range(30)])
    first, last = lonlat(-100, 1600), lonlat(2300, -100)
    west, east, north, south = tiles_over((first[0], last[1], last[0], first[1]), zoom)
    found = [
        feature["properties"]["name"]
        for column in range(west, east + 1)
        for row in range(north, south + 1)
        for feature in features(made, Tile(zoom, column, row), "things_labels")
    ]
    assert sorted(found, key=int) == [str(n) for n in range(30)]


def test_a_label_lies_within_its_area_even_where_the_middle_does_not() -> None:
    bent = shapely.difference(box(0, 0, 300, 300), box(50, 50, 300, 300))
    tile = tile_at(20, 20, 16)
    (feature,) = features(source([bent], labelled=True), tile, "things_labels")
    assert shape(feature["geometry"]).within(in_units(bent, tile))


def test_a_layer_near_the_edge_of_the_world_or_far_from_its_grid_breaks_nothing() -> None:
    made = source([box(0, 0, 100, 100)])
    for tile in (Tile(0, 0, 0), Tile(3, 0, 0), Tile(3, 7, 7), Tile(18, 0, 0), Tile(1, 1, 1)):
        assert tile_content(made, tile) == b""
