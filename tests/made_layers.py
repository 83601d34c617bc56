"""Small made-up layers, as they come from a source and as they lie in a store."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import shapely

from layers.catalog import ROLE_BY_NAME
from layers.model import LayerDescription, LayerVersion
from layers.snapshot import with_geometry, write_snapshot
from layers.versions import LayerStore

GRID = 2264
EAST, NORTH = 1_150_000.0, 590_000.0
"""A corner of a made-up town in western North Carolina, in feet on EPSG:2264."""
DAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def described(name: str, role: str, **changes: object) -> LayerDescription:
    """The description of a made-up layer."""
    values: dict[str, object] = {
        "name": name,
        "role": role,
        "audience": "public",
        "basis": "recorded",
        "sigma_ft": 5.0,
        "stale_after_days": None,
        "grid_epsg": GRID,
        "source": "made up",
        "datum_note": "",
    }
    return LayerDescription(**(values | changes))  # type: ignore[arg-type]


def snapshot_table(ids: list[str], geometries: list[object] | None = None, **fields: list[object]) -> pa.Table:
    """A table as a snapshot holds it."""
    table = pa.table({"id": pa.array(ids, pa.string()), **{name: pa.array(values) for name, values in fields.items()}})
    if geometries is not None:
        table = with_geometry(table, np.array(geometries, dtype=object))
    return table.append_column("source_row", pa.array(range(len(ids)), pa.int64()))


def hydrants(*offsets_ft: float) -> pa.Table:
    """Hydrants in a row, so many feet east of the town's corner."""
    points = [shapely.Point(EAST + offset, NORTH) for offset in offsets_ft]
    return snapshot_table([f"H{number}" for number in range(len(points))], points)


def publish(store: LayerStore, name: str, role: str, table: pa.Table, now: datetime = NOW) -> LayerVersion:
    """Write and publish a made-up layer."""
    assert role in ROLE_BY_NAME
    version = write_snapshot(store.folder, described(name, role), table)
    entry = LayerVersion(name, version, table.num_rows, DAY, now)
    store.publish(entry)
    return entry


def files_in(folder: Path) -> set[str]:
    """Every file under a folder but the locks, which stay by design."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock"}
