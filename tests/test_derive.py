"""Layers made from other layers: small towns whose answer is known, and the real town against published ones."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyogrio
import pytest
import shapely

from layers.derive import derive, right_of_way, sewer_nodes
from layers.errors import SourceError
from layers.grid import Geometries, Grid
from layers.model import Derivation, LayerDeclaration
from layers.sources.table import SourceTable

GRID = Grid(2264)
STRIPS = Derivation("easement", ("mains", "parcels"), width_ft=40.0, minimum_length_ft=10.0)


def shapes(*parts: object) -> Geometries:
    array = np.empty(len(parts), dtype=object)
    array[:] = parts
    return array


def line(*points: tuple[float, float]) -> shapely.LineString:
    return shapely.LineString(points)


def attributes(count: int, **columns: object) -> pa.Table:
    return pa.table({"id": [f"m{row}" for row in range(count)], **columns})


def derived(derivation: Derivation, inputs: Mapping[str, tuple[pa.Table, Geometries]]) -> SourceTable:
    declaration = LayerDeclaration("made", derivation.kind, "staff", "modelled", 5.0, derivation=derivation)
    return derive(declaration, inputs, GRID)


def strips(mains: tuple[pa.Table, Geometries], parcels: Geometries) -> SourceTable:
    return derived(STRIPS, {"mains": mains, "parcels": (attributes(len(parcels)), parcels)})


def area_of(table: SourceTable) -> float:
    assert table.geometry is not None
    return float(shapely.area(table.geometry).sum())


def test_the_right_of_way_is_what_no_parcel_covers_between_the_lots() -> None:
    lots = shapes(shapely.box(0, 0, 200, 100), shapely.box(0, 150, 200, 250), None)
    street = right_of_way(lots, shapes(shapely.box(0, 0, 200, 250)), close_ft=150.0, minimum_sqft=1000.0)
    assert len(street) == 1
    assert shapely.area(street).sum() == pytest.approx(200 * 50, rel=0.01)


def test_gaps_between_lots_that_are_too_small_are_no_right_of_way() -> None:
    lots = shapes(shapely.box(0, 0, 100, 100), shapely.box(101, 0, 200, 100))
    assert len(right_of_way(lots, shapes(shapely.box(0, 0, 200, 100)), close_ft=150.0, minimum_sqft=1000.0)) == 0


def test_a_main_across_a_lot_gets_a_strip_on_both_sides_within_the_lot() -> None:
    mains = (attributes(1, diameter_in=[8.0]), shapes(line((-100, 50), (300, 50))))
    table = strips(mains, shapes(shapely.box(0, 0, 200, 100)))
    assert area_of(table) == pytest.approx(200 * 40)
    assert table.columns.to_pylist() == [
        {"easement_id": None, "basis": "modelled", "utility": "water", "main_id": "m0", "width_ft": 40.0}
    ]


def test_mains_of_one_diameter_are_one_strip_and_pieces_too_short_are_dropped() -> None:
    lot = shapes(shapely.box(0, 0, 200, 100))
    split = shapes(line((-100, 50), (6, 50)), line((6, 50), (300, 50)))
    whole = strips((attributes(2, diameter_in=[8.0, 8.0]), split), lot)
    assert whole.columns.column("main_id").to_pylist() == ["m0;m1"]
    assert area_of(whole) == pytest.approx(200 * 40)
    two = strips((attributes(2, diameter_in=[8.0, 6.0]), split), lot)
    assert two.columns.column("main_id").to_pylist() == ["m1"]


def test_a_main_in_the_street_or_out_of_service_or_private_gets_no_strip() -> None:
    lines = shapes(line((-100, 110), (300, 110)), line((0, 30), (200, 30)), line((0, 60), (200, 60)), None)
    table = attributes(
        4, diameter_in=[8.0] * 4, status=["active", "abandoned", "active", None], owner=[None, None, "private", None]
    )
    with pytest.raises(SourceError, match="nothing can be derived from mains, parcels"):
        strips((table, lines), shapes(shapely.box(0, 0, 200, 100)))


def test_a_strip_reaches_over_the_line_between_two_lots_but_not_into_the_street() -> None:
    lots = shapes(shapely.box(0, 0, 200, 100), shapely.box(0, 100, 200, 200))
    table = strips((attributes(1, diameter_in=[8.0]), shapes(line((-50, 110), (250, 110)))), lots)
    assert table.geometry is not None
    assert shapely.bounds(table.geometry).tolist() == [[0.0, 90.0, 200.0, 130.0]]


def test_sewers_are_told_from_water_by_their_inverts() -> None:
    mains = (attributes(1, diameter_in=[8.0], upstream_invert_ft=[None]), shapes(line((-100, 50), (300, 50))))
    assert strips(mains, shapes(shapely.box(0, 0, 200, 100))).columns.column("utility").to_pylist() == ["sewer"]


def test_line_ends_that_meet_within_a_tenth_of_a_foot_are_one_manhole() -> None:
    lines = shapes(line((0, 0), (100.01, 0)), line((100.02, 0.01), (200, 0)), line((100, -0.02), (100, 90)), None)
    nodes = sewer_nodes(lines)
    assert sorted(map(tuple, shapely.get_coordinates(nodes).round(6).tolist())) == [
        (0, 0),
        (100, 0),
        (100, 90),
        (200, 0),
    ]
    table = derived(
        Derivation("manhole", ("sewer",)), {"sewer": (attributes(4, status=[None, None, "removed", None]), lines)}
    )
    assert len(table.source_row) == 3
    assert table.crs == GRID.crs


def test_an_input_that_is_not_imported_is_named() -> None:
    with pytest.raises(SourceError, match="made is derived from parcels, which is not imported"):
        derived(STRIPS, {"mains": (attributes(0), shapes())})


def real(folder: Path, layer: str, file: str = "forest_city_nc.gpkg") -> tuple[pa.Table, Geometries]:
    meta, table = pyogrio.raw.read_arrow(folder / "forest-city-nc" / file, layer=layer)
    return table, shapely.from_wkb(table.column(meta["geometry_name"]).to_numpy(zero_copy_only=False))


def test_the_right_of_way_of_the_real_town_equals_the_published_stand_in(real_data: Path) -> None:
    (_, parcels), (_, limits) = real(real_data, "parcels"), real(real_data, "city_limits")
    _, published = real(real_data, "row_complement", "forest_city_nc_derived.gpkg")
    ours, theirs = shapely.union_all(right_of_way(parcels, limits, 150.0, 1000.0)), shapely.union_all(published)
    assert ours.area / 43560 == pytest.approx(908, abs=1)
    assert ours.symmetric_difference(theirs).area / 43560 < 1.0


def test_the_strips_of_the_real_town_equal_the_published_stand_in(real_data: Path) -> None:
    parcels = real(real_data, "parcels")
    sewers, lines = real(real_data, "sewer_mains")
    named = attributes(len(lines), diameter_in=sewers.column("diameter"), upstream_invert_ft=[None] * len(lines))
    table = derived(STRIPS, {"mains": (named, lines), "parcels": parcels})
    meta, published = pyogrio.raw.read_arrow(
        real_data / "forest-city-nc" / "forest_city_nc_derived.gpkg",
        layer="easement_strips_20ft",
        where="source_layer = 'sewer_mains'",
    )
    theirs = shapely.union_all(shapely.from_wkb(published.column(meta["geometry_name"]).to_numpy(zero_copy_only=False)))
    assert table.geometry is not None
    assert shapely.union_all(table.geometry).symmetric_difference(theirs).area < 0.001 * theirs.area


def test_the_manholes_of_the_real_town_equal_the_published_stand_in(real_data: Path) -> None:
    _, published = real(real_data, "sewer_nodes_from_endpoints", "forest_city_nc_derived.gpkg")
    nodes = sewer_nodes(real(real_data, "sewer_mains")[1])
    assert len(nodes) == len(published) == 1950
    assert shapely.hausdorff_distance(shapely.union_all(nodes), shapely.union_all(published)) < 0.001
