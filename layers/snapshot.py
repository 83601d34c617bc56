"""One immutable layer version as a GeoParquet file that is named for the hash of its bytes."""

from __future__ import annotations

import hashlib
import json
import os
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from threading import RLock
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from layers.errors import VersionMissing
from layers.grid import Geometries, Grid
from layers.model import LayerDescription
from layers.stored_shapes import StoredShapes, stored_block

GEOMETRY = "geometry"
UNFINISHED = ".unfinished"
"""Ending of files that a killed process may leave behind."""
UNPUBLISHED = ".unpublished"
"""Ending of the empty file that stands beside a snapshot until the catalogue names it."""
NETWORK = ".network"
"""Ending of files that hold the network built from a snapshot; they go when it goes."""

FEATURES = ".features"
"""Ending of files that hold the features of a snapshot as texts; they go when it goes."""

STORED_FROM = 250_000
"""From so many rows on, geometries stay in memory as bytes, and are made when they are asked for."""

_VERSION = re.compile(r"([a-z][a-z0-9_]*)/([0-9a-f]{64})")
_DESCRIPTION = b"gis_ce"


def snapshot_path(store: Path, version: str) -> Path:
    """Where the file of a version lies; raises VersionMissing where that is no version id."""
    parts = _VERSION.fullmatch(version)
    if parts is None:
        raise VersionMissing(f"{version!r} is not a layer version; one looks like water_mains/<64 hex digits>.")
    return store / parts[1] / f"{parts[2]}.parquet"


def unpublished_mark(snapshot: Path) -> Path:
    """The empty file beside a snapshot that the catalogue does not name yet."""
    return snapshot.with_suffix(UNPUBLISHED)


def with_geometry(table: pa.Table, geometries: Geometries) -> pa.Table:
    """The table with a geometry column as a snapshot wants it (WKB, coordinates untouched)."""
    wkb = pa.array(shapely.to_wkb(geometries, byte_order=1), pa.binary())
    return table.append_column(GEOMETRY, wkb)


def write_snapshot(store: Path, description: LayerDescription, table: pa.Table) -> str:
    """Write a snapshot and give its version id. Equal content gives equal bytes, so an equal id.

    The file appears whole or not at all, and is on disk when this returns.
    """
    folder = store / description.name
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f"{uuid.uuid4().hex}{UNFINISHED}"
    try:
        digest = _written(unfinished, description, table)
        version = f"{description.name}/{digest}"
        final = snapshot_path(store, version)
        if not final.exists():
            unpublished_mark(final).touch()
        unfinished.replace(final)
        sync_folder(folder)
    finally:
        unfinished.unlink(missing_ok=True)
    return version


class Snapshot:
    """An open snapshot: its columns and geometries are read when they are asked for.

    The file stays open, so that a version that is pruned meanwhile can be read to the end. Raises
    VersionMissing where the file is gone or damaged. Safe for many threads.
    """

    def __init__(self, store: Path, version: str) -> None:
        path = snapshot_path(store, version)
        if not path.is_file():
            raise VersionMissing(f"The layer version {version} is not in {store}; it was pruned or never written.")
        self._lock = RLock()
        self._named = f"The layer version {version} in {store}"
        with self._damage_told():
            self._file = pq.ParquetFile(pa.OSFile(str(path)))
            self.description = LayerDescription(**json.loads(self._file.schema_arrow.metadata[_DESCRIPTION]))
        self.num_rows = int(self._file.metadata.num_rows)
        self.column_names = [name for name in self._file.schema_arrow.names if name != GEOMETRY]
        self._has_geometry = GEOMETRY in self._file.schema_arrow.names

    @property
    def nbytes(self) -> int:
        """How many bytes it has when read: named as Arrow names it of a table."""
        about = self._file.metadata
        return sum(about.row_group(number).total_byte_size for number in range(about.num_row_groups))

    def column(self, name: str) -> pa.ChunkedArray:
        """One column, not the geometry."""
        with self._lock, self._damage_told():
            return self._file.read(columns=[name]).column(name)

    def take(self, rows: pa.Array) -> pa.Table:
        """Some rows, in that order, without the geometry."""
        return self.table().take(rows)

    def table(self) -> pa.Table:
        """All columns without the geometry."""
        with self._lock, self._damage_told():
            return self._file.read(columns=self.column_names).replace_schema_metadata(None)

    def geometries(self) -> Geometries:
        """All geometries; None throughout for a reference table."""
        if not self._has_geometry:
            return np.full(self.num_rows, None, dtype=object)
        found = np.empty(self.num_rows, dtype=object)
        start = 0
        for column in self._geometry_columns():
            found[start : start + len(column)] = shapely.from_wkb(column.to_numpy(zero_copy_only=False))
            start += len(column)
        return found

    @cached_property
    def shapes(self) -> Geometries | StoredShapes:
        """All geometries as they are kept in memory: of a large layer as stored bytes."""
        with self._lock:
            if self.num_rows < STORED_FROM or not self._has_geometry:
                return self.geometries()
            return StoredShapes([stored_block(column) for column in self._geometry_columns()])

    def _geometry_columns(self) -> Iterator[pa.Array]:
        """One row group after another, so that all of them are never in memory twice."""
        with self._lock, self._damage_told():
            for number in range(self._file.num_row_groups):
                yield from self._file.read_row_group(number, columns=[GEOMETRY]).column(0).chunks

    @contextmanager
    def _damage_told(self) -> Iterator[None]:
        try:
            yield
        except (pa.ArrowException, OSError, KeyError, TypeError, ValueError, shapely.GEOSException) as error:
            raise VersionMissing(f"{self._named} is damaged: {error}.") from error


def read_snapshot(store: Path, version: str) -> tuple[LayerDescription, pa.Table, Geometries]:
    """What the snapshot says of itself, its columns without the geometry, and its geometries.

    Geometries are None throughout for a reference table. Raises VersionMissing where the file is
    gone or damaged.
    """
    snapshot = Snapshot(store, version)
    return snapshot.description, snapshot.table(), snapshot.geometries()


def sync_folder(folder: Path) -> None:
    """Make renames in a folder last through a power cut (where the system lets a folder be synced)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def digest_of(path: Path) -> str:
    """The sha256 of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _written(path: Path, description: LayerDescription, table: pa.Table) -> str:
    metadata = {_DESCRIPTION: json.dumps(asdict(description), sort_keys=True)}
    if GEOMETRY in table.column_names:
        metadata[b"geo"] = json.dumps(_geo_metadata(description, table), sort_keys=True)
    pq.write_table(table.replace_schema_metadata(metadata), path, compression="zstd", row_group_size=131_072)
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())
    return digest_of(path)


def _geo_metadata(description: LayerDescription, table: pa.Table) -> dict[str, Any]:
    geometries = _geometries(table)
    kinds = np.unique(shapely.get_type_id(geometries))
    names = ["Point", "LineString", "LinearRing", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon"]
    column: dict[str, Any] = {
        "encoding": "WKB",
        "geometry_types": sorted(names[kind] for kind in kinds if kind >= 0),
        "crs": Grid(description.grid_epsg).crs.to_json_dict(),
    }
    if len(geometries):
        column["bbox"] = shapely.total_bounds(geometries).tolist()
    return {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}


def _geometries(table: pa.Table) -> Geometries:
    if GEOMETRY not in table.column_names:
        return np.full(table.num_rows, None, dtype=object)
    geometries: Geometries = shapely.from_wkb(table.column(GEOMETRY).to_numpy(zero_copy_only=False))
    return geometries
