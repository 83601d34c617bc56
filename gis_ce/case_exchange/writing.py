"""Writes a table to a file of the kind that its name says; the file appears whole or not at all."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapely
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from gis_ce.case_exchange.csv_text import csv_pieces
from gis_ce.case_exchange.formulas import guarded
from gis_ce.file_errors import ExportRefused
from layers.grid import Grid
from layers.snapshot import GEOMETRY

MOST_XLSX_ROWS, LONGEST_XLSX_CELL = 1_048_575, 32_767
_LEAST_WIDTH, _MOST_WIDTH = 10, 60
_BATCH = 2_000
_UNREADABLE = "\N{REPLACEMENT CHARACTER}"
_KINDS = ("Point", "LineString", "LinearRing", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon")
_OTHER_KINDS = ("GeometryCollection",)


def check_target(path: Path) -> None:
    """Raises ExportRefused where nothing can be written to that file."""
    if path.suffix.lower() not in _WRITERS:
        raise ExportRefused(f"{path.name}: cases are written as {', '.join(_WRITERS)}.")
    if not path.parent.is_dir():
        raise ExportRefused(f"There is no folder {path.parent}.")
    if path.is_dir():
        raise ExportRefused(f"{path} is a folder; name a file.")


def write_table(path: Path, table: pa.Table, name: str, grid: Grid) -> None:
    """Writes a table whose column `geometry`, if any, is WKB on the grid; `name` is the sheet's or layer's.

    CSV and XLSX have no geometry; in them no text is ever run as a formula. Raises ExportRefused.
    """
    check_target(path)
    unfinished = path.with_name(f".{uuid.uuid4().hex}{path.suffix.lower()}")
    try:
        _WRITERS[path.suffix.lower()](unfinished, table, name, grid)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _write_csv(path: Path, table: pa.Table, _: str, __: Grid) -> None:
    plain = _without_geometry(table)
    with path.open("wb") as stream:
        stream.writelines(csv_pieces(plain.column_names, _rows(plain)))


def _write_xlsx(path: Path, table: pa.Table, name: str, _: Grid) -> None:
    plain = _without_geometry(table)
    if plain.num_rows > MOST_XLSX_ROWS:
        raise ExportRefused(f"{plain.num_rows:,} rows; a sheet of XLSX has at most {MOST_XLSX_ROWS:,}: take CSV.")
    for column in (each for each in plain.columns if pa.types.is_string(each.type)):
        longest = pc.max(pc.utf8_length(column)).as_py() or 0
        if longest > LONGEST_XLSX_CELL:
            raise ExportRefused(f"A text of {longest:,} characters does not fit into a cell of XLSX: take CSV.")
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(name[:31])
    sheet.freeze_panes = "A2"
    for number, column in enumerate(plain.column_names):
        sheet.column_dimensions[get_column_letter(number + 1)].width = _width(column, plain.column(number))
    sheet.auto_filter.ref = f"A1:{get_column_letter(max(plain.num_columns, 1))}{plain.num_rows + 1}"
    sheet.append([_cell(sheet, column, bold=True) for column in plain.column_names])
    for row in _rows(plain):
        sheet.append([_cell(sheet, value) for value in row])
    book.save(path)


def _width(name: str, column: pa.ChunkedArray) -> int:
    """Wide enough for what is in the column, within reason."""
    longest = pc.max(pc.utf8_length(column)).as_py() if pa.types.is_string(column.type) else _LEAST_WIDTH
    return int(min(max(len(name) + 4, (longest or 0) + 2, _LEAST_WIDTH), _MOST_WIDTH))


def _cell(sheet: WriteOnlyWorksheet, value: object, bold: bool = False) -> object:
    """A cell; a text stays a text, whatever it begins with."""
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub(_UNREADABLE, value))
    cell.data_type = "s"
    cell.quotePrefix = guarded(value) != value
    if bold:
        cell.font = Font(bold=True)
    return cell


def _write_gpkg(path: Path, table: pa.Table, name: str, grid: Grid) -> None:
    if GEOMETRY not in table.column_names:
        table = table.append_column(GEOMETRY, pa.nulls(table.num_rows, pa.binary()))
    pyogrio: Any = import_module("pyogrio")  # brings pandas, which nobody else here waits for
    pyogrio.write_arrow(
        table,
        path,
        layer=name,
        driver="GPKG",
        geometry_name=GEOMETRY,
        geometry_type="Unknown",
        crs=grid.crs.to_wkt(),
    )


def _write_parquet(path: Path, table: pa.Table, _: str, grid: Grid) -> None:
    metadata = {b"geo": json.dumps(_geo_metadata(table, grid))} if GEOMETRY in table.column_names else {}
    pq.write_table(table.replace_schema_metadata(metadata), path, compression="zstd")


def _geo_metadata(table: pa.Table, grid: Grid) -> dict[str, object]:
    shapes = shapely.from_wkb(table.column(GEOMETRY).to_numpy(zero_copy_only=False))
    kinds = np.unique(shapely.get_type_id(shapes[~shapely.is_missing(shapes)]))
    names = sorted({(*_KINDS, *_OTHER_KINDS)[int(kind)] for kind in kinds})
    column: dict[str, object] = {"encoding": "WKB", "geometry_types": names, "crs": grid.crs.to_json_dict()}
    if not (shapely.is_missing(shapes) | shapely.is_empty(shapes)).all():
        column["bbox"] = shapely.total_bounds(shapes).tolist()
    return {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}


def _without_geometry(table: pa.Table) -> pa.Table:
    return table.drop_columns([GEOMETRY]) if GEOMETRY in table.column_names else table


def _rows(table: pa.Table) -> Iterator[tuple[str | float | int | date | None, ...]]:
    for batch in table.to_batches(max_chunksize=_BATCH):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


_WRITERS: Mapping[str, Callable[[Path, pa.Table, str, Grid], None]] = {
    ".csv": _write_csv,
    ".xlsx": _write_xlsx,
    ".gpkg": _write_gpkg,
    ".parquet": _write_parquet,
}
FORMATS = tuple(_WRITERS)
"""The endings of files that can be written."""
