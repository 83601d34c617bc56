"""A little town of known coordinates, published in a store, for tests of the doors.

Main Street runs east between y = 0 and y = 60 ft; ten lots of 100 x 150 ft lie on each side of it. The
water main runs at y = 20, the sewer at y = 40. Offsets are feet from the corner EAST, NORTH.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pyarrow as pa
import shapely
from made_layers import DAY, EAST, GRID, NORTH, NOW, described, snapshot_table
from shapely.affinity import translate
from shapely.geometry.base import BaseGeometry

from api.settings import Settings
from api.wiring import folders_of, remember_city
from layers.city import read_city
from layers.grid import Grid
from layers.model import LayerVersion
from layers.snapshot import write_snapshot
from layers.versions import LayerStore

ROLES = {
    "parcels": "parcel",
    "addresses": "address",
    "right_of_way": "right_of_way",
    "water_mains": "water_main",
    "sewer_mains": "sewer_main",
    "hydrants": "hydrant",
    "easements": "easement",
}
STAFF = ("water_mains", "hydrants", "easements")
"""Layers that only staff may see."""
SECRETS = ("WM-1", "WM-2", "HY-1", "EA-1", "water_mains", "hydrants", "easements", "OWNER OF LOT")
"""Words that must never reach the public."""

_HEAD = """[city]
name = "Smallville"
time_zone = "America/New_York"
grid = 2264
jurisdiction = "NC"

[rules]
pack = "nc-raleigh-2016"

[closing]
after_photo = []
tell = []
approval = {}
"""
_LAYER = """
[layers.{name}]
role = "{role}"
source = "town.gpkg"
source_layer = "{name}"
audience = "{audience}"
basis = "recorded"
sigma_ft = {sigma_ft}
"""


@dataclass(frozen=True)
class Town:
    """Where a published little town lies."""

    settings: Settings
    city_file: Path
    store: LayerStore


def place(x: float, y: float) -> shapely.Point:
    """A point of the town on the grid in feet."""
    return shapely.Point(EAST + x, NORTH + y)


def lonlat(x: float, y: float) -> tuple[float, float]:
    """A point of the town in degrees."""
    moved = in_degrees(place(x, y))
    return float(moved.x), float(moved.y)


def in_degrees(shape: BaseGeometry) -> Any:
    """A shape on the grid, in degrees."""
    return Grid(GRID).to_lonlat(np.array([shape], dtype=object))[0]


def features() -> dict[str, list[Mapping[str, Any]]]:
    """Every layer's rows: id, wkt in feet from the corner, and fields."""
    return {
        "parcels": _parcels(),
        "addresses": _addresses(),
        "right_of_way": [{"id": "RW-1", "wkt": "POLYGON ((0 0, 1000 0, 1000 60, 0 60, 0 0))"}],
        "water_mains": [
            {"id": "WM-1", "wkt": "LINESTRING (0 20, 500 20)", "facility_id": "WM-1", "diameter_in": 8.0},
            {"id": "WM-2", "wkt": "LINESTRING (500 20, 1000 20)", "facility_id": "WM-2", "diameter_in": 8.0},
        ],
        "sewer_mains": [{"id": "SM-1", "wkt": "LINESTRING (0 40, 1000 40)", "diameter_in": 8.0}],
        "hydrants": [{"id": "HY-1", "wkt": "POINT (205 10)"}],
        "easements": [
            {"id": "EA-1", "wkt": "POLYGON ((250 60, 270 60, 270 210, 250 210, 250 60))", "basis": "recorded"}
        ],
    }


def _parcels() -> list[Mapping[str, Any]]:
    rows = []
    for lot in range(10):
        for side, south, number in (("N", 60, 101 + 10 * lot), ("S", -150, 100 + 10 * lot)):
            west, east, north = 100 * lot, 100 * lot + 100, south + 150
            ring = f"{west} {south}, {east} {south}, {east} {north}, {west} {north}, {west} {south}"
            named = f"{side}{lot + 1}"
            address = "0 MAIN ST" if named == "S10" else f"{number} MAIN ST"
            rows.append(
                {
                    "id": named,
                    "wkt": f"POLYGON (({ring}))",
                    "parcel_id": named,
                    "situs_address": address,
                    "owner_name": f"OWNER OF LOT {named}",
                }
            )
    return rows


def _addresses() -> list[Mapping[str, Any]]:
    rows = [
        {"id": f"A{lot}", "wkt": f"POINT ({100 * lot + 50} 120)", "full_address": f"{101 + 10 * lot} Main Street"}
        for lot in range(9)
    ]
    twice = [{"id": f"D{n}", "wkt": f"POINT ({n * 300} -100)", "full_address": "7 DOUBLE CT"} for n in (1, 2)]
    return rows + twice


def make_town(
    folder: Path,
    *,
    sigma_ft: float = 0.0,
    staff: Sequence[str] = STAFF,
    more: Mapping[str, tuple[str, list[Mapping[str, Any]]]] | None = None,
) -> Town:
    """Publish the town under a folder. `more` are further layers: name to role and rows."""
    rows = {name: (ROLES[name], found) for name, found in features().items()} | dict(more or {})
    city_file = folder / "city.toml"
    tables = [
        _LAYER.format(name=name, role=role, audience="staff" if name in staff else "public", sigma_ft=sigma_ft)
        for name, (role, _) in rows.items()
    ]
    city_file.write_text(_HEAD + "".join(tables), "utf-8")
    settings = Settings(data=folder / "data")
    store = LayerStore(folders_of(settings, read_city(city_file)).layers)
    for name, (role, found) in rows.items():
        audience = "staff" if name in staff else "public"
        publish_rows(store, name, role, found, audience=audience, sigma_ft=sigma_ft)
    remember_city(settings, city_file)
    return Town(settings, city_file, store)


def publish_rows(
    store: LayerStore, name: str, role: str, rows: Sequence[Mapping[str, Any]], **described_as: object
) -> None:
    """Publish one layer of the town."""
    fields = sorted({key for row in rows for key in row} - {"id", "wkt"})
    table = snapshot_table(
        [row["id"] for row in rows],
        [_on_grid(row["wkt"]) for row in rows],
        **{field: [row.get(field) for row in rows] for field in fields},
    )
    version = write_snapshot(store.folder, described(name, role, **described_as), _as_text(table))
    store.publish(LayerVersion(name, version, table.num_rows, DAY, NOW))


def write_sources(folder: Path) -> None:
    """The file that the town's city file names as its source."""
    for name, rows in features().items():
        frame = geopandas.GeoDataFrame(
            [
                {key: value for key, value in row.items() if key not in ("id", "wkt")} | {"src": row["id"]}
                for row in rows
            ],
            geometry=[_on_grid(row["wkt"]) for row in rows],
            crs=GRID,
        )
        frame.to_file(folder / "town.gpkg", layer=name, driver="GPKG")


def _on_grid(wkt: str) -> BaseGeometry:
    return translate(shapely.from_wkt(wkt), EAST, NORTH)


def _as_text(table: pa.Table) -> pa.Table:
    """Columns that are empty throughout become text."""
    kinds = [pa.field(f.name, pa.string() if pa.types.is_null(f.type) else f.type) for f in table.schema]
    return table.cast(pa.schema(kinds))
