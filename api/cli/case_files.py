"""Reads and writes tables of cases: CSV, Parquet, and anything that is a map file."""

from __future__ import annotations

import csv
import tempfile
import uuid
from pathlib import Path

import geopandas
import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq
import shapely

from gis_ce.file_errors import CaseTableError
from layers.grid import Geometries, Grid
from layers.model import LayerDeclaration
from layers.snapshot import GEOMETRY, with_geometry
from layers.sources.read import read_source
from layers.sources.table import SourceTable

WRITTEN = (".csv", ".parquet", ".gpkg", ".geojson")


def read_case_file(path: Path, layer: str | None, grid: Grid) -> pa.Table:
    """A file of cases as a table; shapes become a geometry column in feet, points in degrees lon and lat."""
    if not path.is_file() and path.suffix.lower() != ".gdb":
        raise CaseTableError(f"There is no file {path}.")
    if path.suffix.lower() == ".csv":
        return _read_csv(path)
    if path.suffix.lower() == ".parquet" and not _is_geoparquet(path):
        return pq.read_table(path)
    declared = LayerDeclaration("cases", "building", "staff", "recorded", 0.0, source=path.name, source_layer=layer)
    with tempfile.TemporaryDirectory() as workspace:
        return _with_places(read_source(declared, path.parent, workspace=Path(workspace)), path, grid)


def check_output(path: Path, cases: Path) -> None:
    """Raises CaseTableError where findings cannot go to that file."""
    if path.suffix.lower() not in WRITTEN:
        raise CaseTableError(f"{path.name}: findings are written as {', '.join(WRITTEN)}.")
    if not path.parent.is_dir():
        raise CaseTableError(f"There is no folder {path.parent}.")
    if path.exists() and path.samefile(cases):
        raise CaseTableError(f"{path} is the file of cases itself; name another one.")


def write_findings(path: Path, table: pa.Table, grid: Grid) -> None:
    """The findings as a file of the kind that its name says; it appears whole or not at all."""
    unfinished = path.with_name(f".{uuid.uuid4().hex}{path.suffix.lower()}")
    try:
        _write(unfinished, table, grid)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _read_csv(path: Path) -> pa.Table:
    """Every column as text, so that 007 stays 007."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            names = next(csv.reader(stream), [])
        kinds = arrow_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True)
        parsing = arrow_csv.ParseOptions(newlines_in_values=True)
        return arrow_csv.read_csv(path, parse_options=parsing, convert_options=kinds)
    except (pa.ArrowInvalid, UnicodeDecodeError, csv.Error) as error:
        raise CaseTableError(f"{path} is not a table in CSV and UTF-8: {' '.join(str(error).split())}.") from error


def _is_geoparquet(path: Path) -> bool:
    try:
        return b"geo" in (pq.read_schema(path).metadata or {})
    except (pa.ArrowException, OSError) as error:
        raise CaseTableError(f"{path} is not a Parquet file, or it is cut short.") from error


def _with_places(source: SourceTable, path: Path, grid: Grid) -> pa.Table:
    columns, shapes = source.columns, source.geometry
    if shapes is None:
        return columns
    if source.crs is None:
        raise CaseTableError(f"{path} states no coordinate system; store it with one.")
    kept = columns.select([name for name in columns.column_names if name.lower() != GEOMETRY])
    points = np.isin(shapely.get_type_id(shapes), (-1, 0))
    named = {name.lower() for name in kept.column_names}
    if source.crs.is_geographic and points.all() and not {"lon", "lat", "longitude", "latitude"} & named:
        kept = kept.append_column("lon", _numbers(shapely.get_x(shapes)))
        return kept.append_column("lat", _numbers(shapely.get_y(shapes)))
    return with_geometry(kept, grid.from_crs(shapes, source.crs))


def _numbers(values: object) -> pa.Array:
    return pa.array(np.asarray(values, dtype=np.float64), from_pandas=True)


def _write(path: Path, table: pa.Table, grid: Grid) -> None:
    if path.suffix == ".csv":
        arrow_csv.write_csv(_with_degrees(table, grid), path)
        return
    plain = table.drop_columns([GEOMETRY])
    frame = geopandas.GeoDataFrame(plain.to_pandas(), geometry=_shapes(table), crs=grid.crs)
    if path.suffix == ".parquet":
        frame.to_parquet(path, index=False)
        return
    clashing = {name: f"given_{name}" for name in frame.columns if name.lower() in ("fid", "ogc_fid", "geom")}
    frame = frame.rename(columns=clashing)
    if path.suffix == ".geojson":
        degrees = grid.to_lonlat(np.asarray(frame.geometry.to_numpy(), dtype=object))
        frame = frame.set_geometry(geopandas.GeoSeries(degrees, index=frame.index, crs=4326))
        frame.to_file(path, driver="GeoJSON", engine="pyogrio", COORDINATE_PRECISION=8)
        return
    frame.to_file(path, driver="GPKG", layer="findings", engine="pyogrio")


def _with_degrees(table: pa.Table, grid: Grid) -> pa.Table:
    """The table without geometry, with the place in degrees where the cases did not say it so."""
    plain = table.drop_columns([GEOMETRY])
    if "lon" in plain.column_names or "lat" in plain.column_names:
        return plain
    degrees = grid.to_lonlat(np.asarray(shapely.centroid(_shapes(table)), dtype=object))
    there = ~(shapely.is_missing(degrees) | shapely.is_empty(degrees))
    xy = np.full((len(degrees), 2), np.nan)
    xy[there] = np.round(shapely.get_coordinates(degrees[there]), 8)
    return plain.append_column("lon", _numbers(xy[:, 0])).append_column("lat", _numbers(xy[:, 1]))


def _shapes(table: pa.Table) -> Geometries:
    return np.asarray(shapely.from_wkb(table.column(GEOMETRY).to_numpy(zero_copy_only=False)), dtype=object)
