"""Features as CSV, FlatGeobuf and GeoParquet, for analysis and for GIS."""

from __future__ import annotations

import csv
import io
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import shapely
from pyproj import CRS

from api.ogc.collections import Collection
from api.ogc.feature_table import one_array
from api.ogc.geojson import json_values, time_texts
from api.ogc.reference_systems import CRS84, System
from layers.grid import Geometries, Rows

_ROWS_AT_ONCE = 2_000
_FORMULA = re.compile(r"^[=+\-@\t\r]")
_KINDS = {"point": "Point", "line": "LineString", "polygon": "Polygon"}
_NAMES = ["Point", "LineString", "LinearRing", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon"]


def csv_pieces(collection: Collection, rows: Rows, system: System) -> Iterator[bytes]:
    """Features as CSV, some thousand at a time: id, properties, and the shape as WKT.

    A text that a spreadsheet would take for a formula gets an apostrophe before it.
    """
    described = collection.table.described
    yield _written([("id", *(column.name for column in described), "geometry")])
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        some = rows[start : start + _ROWS_AT_ONCE]
        chosen = pa.array(some)
        columns = [collection.table.ids.take(chosen).to_pylist()]
        for column in described:
            values = one_array(collection.table.columns.column(column.name).take(chosen))
            if column.kind == "number":
                values = pa.array(
                    [None if text == "null" else text for text in json_values(values, column).to_pylist()]
                )
            columns.append((values if column.kind in ("text", "number") else time_texts(values)).to_pylist())
        shapes = system.of(np.asarray(collection.table.shapes[some], dtype=object), collection.grid)
        columns.append(shapely.to_wkt(shapes, rounding_precision=system.decimals).tolist())
        texts = {at for at, column in enumerate(described, 1) if column.kind == "text"} | {0}
        yield _written(
            tuple(_harmless(value) if at in texts else value for at, value in enumerate(row))
            for row in zip(*columns, strict=True)
        )


def parquet_bytes(collection: Collection, rows: Rows, system: System) -> bytes:
    """Features as GeoParquet 1.1; its coordinates are easting first, as that format has it."""
    table, shapes = _as_table(collection, rows, system)
    kinds = sorted({_NAMES[kind] for kind in np.unique(shapely.get_type_id(shapes)) if kind >= 0})
    column: dict[str, object] = {"encoding": "WKB", "geometry_types": kinds, "crs": _crs(system).to_json_dict()}
    if collection.geometry == "polygon":
        column["orientation"] = "counterclockwise"
    if len(shapes) and np.isfinite(bounds := shapely.total_bounds(shapes)).all():
        column["bbox"] = bounds.tolist()
    geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}
    table = table.append_column("geometry", pa.array(shapely.to_wkb(shapes, byte_order=1), pa.binary()))
    written = io.BytesIO()
    pq.write_table(table.replace_schema_metadata({b"geo": orjson.dumps(geo)}), written, compression="zstd")
    return written.getvalue()


def flatgeobuf_bytes(collection: Collection, rows: Rows, system: System) -> bytes:
    """Features as FlatGeobuf, with its index; easting first. Moments are texts there."""
    table, shapes = _as_table(collection, rows, system)
    fields = [one_array(column).to_numpy(zero_copy_only=False) for column in table.columns]
    with tempfile.TemporaryDirectory(prefix="gis-ce-") as folder:
        path = Path(folder) / f"{collection.id}.fgb"
        pyogrio.raw.write(
            path,
            geometry=shapely.to_wkb(shapes),
            field_data=fields,
            fields=table.column_names,
            geometry_type=_KINDS.get(collection.geometry, "Unknown") if _single(shapes) else "Unknown",
            crs=_crs(system).to_wkt(),
            driver="FlatGeobuf",
            layer=collection.id,
            SPATIAL_INDEX="YES" if len(shapes) and not shapely.is_missing(shapes).any() else "NO",
        )
        return path.read_bytes()


def _as_table(collection: Collection, rows: Rows, system: System) -> tuple[pa.Table, Geometries]:
    chosen = pa.array(rows)
    columns = {"id": collection.table.ids.take(chosen)}
    for column in collection.table.described:
        values = one_array(collection.table.columns.column(column.name).take(chosen))
        columns[column.name] = values if column.kind in ("text", "number") else time_texts(values)
    shapes = system.of(np.asarray(collection.table.shapes[rows], dtype=object), collection.grid)
    if system.swapped:
        shapes = shapely.transform(shapes, lambda xy: xy[:, ::-1])
    return pa.table(columns), np.asarray(shapes, dtype=object)


def _single(shapes: Geometries) -> bool:
    return len(np.unique(shapely.get_type_id(shapes))) <= 1


def _crs(system: System) -> CRS:
    if system.uri == CRS84:
        return CRS.from_user_input("OGC:CRS84")
    return CRS.from_epsg(int(system.uri.rpartition("/")[2]))


def _harmless(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


def _written(rows: object) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)  # type: ignore[arg-type]
    return text.getvalue().encode()
