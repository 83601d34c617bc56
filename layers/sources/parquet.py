"""GeoParquet, and plain parquet for reference tables."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from layers.errors import SourceError
from layers.model import LayerDeclaration
from layers.sources.coordinates import with_coordinates
from layers.sources.table import SourceTable, from_wkb, horizontal, source_table


def read_parquet(path: Path, declaration: LayerDeclaration) -> SourceTable:
    """The file's rows; raises SourceError where it is cut short or keeps geometry in another form than WKB."""
    try:
        table = parquet.ParquetFile(path).read()
    except (pa.ArrowInvalid, OSError) as error:
        raise SourceError(f"{path.name} is not a complete parquet file; copy or export it again.") from error
    geo = _geo_metadata(table, path.name)
    plain = table.replace_schema_metadata(None)
    if geo is None:
        return with_coordinates(plain, declaration, path.name)
    name = str(geo["primary_column"])
    about = geo["columns"][name]
    if about.get("encoding") != "WKB":
        raise SourceError(f"{path.name} keeps its geometry as {about.get('encoding')}; write it as WKB.")
    others = [key for key in geo["columns"] if key in plain.column_names]
    columns = plain.drop_columns(others)
    if declaration.role.geometry == "none":
        return source_table(columns, None, None, path.name)
    return _with_geometry(columns, plain.column(name), about, path.name)


def _with_geometry(columns: pa.Table, blobs: pa.ChunkedArray, about: dict[str, Any], name: str) -> SourceTable:
    try:
        geometry, why = from_wkb(blobs)
    except NotImplementedError as error:
        raise SourceError(f"{name} has curved geometry; write it with straight segments.") from error
    crs = horizontal(about.get("crs", "OGC:CRS84"), name)
    return source_table(columns, geometry, crs, name, why)


def _geo_metadata(table: pa.Table, name: str) -> dict[str, Any] | None:
    raw = (table.schema.metadata or {}).get(b"geo")
    if raw is None:
        return None
    try:
        geo = json.loads(raw)
        geo["columns"][geo["primary_column"]]
    except (ValueError, KeyError, TypeError) as error:
        raise SourceError(f"{name} has damaged GeoParquet metadata; write it again.") from error
    return dict(geo)
