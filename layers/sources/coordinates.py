"""Geometry from plain columns: x and y, or well-known text."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from layers.grid import Floats, Geometries
from layers.model import LayerDeclaration
from layers.sources.table import SourceTable, need_columns, source_table


def with_coordinates(columns: pa.Table, declaration: LayerDeclaration, description: str) -> SourceTable:
    """The table with the geometry that the declared columns describe, or with none.

    The source states no coordinate system, so `crs` is None: the declaration's `source_grid` counts.
    """
    wanted = [name for name in (declaration.x_field, declaration.y_field, declaration.wkt_field) if name]
    need_columns(columns.column_names, wanted, description)
    if declaration.wkt_field:
        geometry, why = _from_wkt(columns.column(declaration.wkt_field))
    elif declaration.x_field and declaration.y_field:
        geometry, why = _from_xy(columns, declaration.x_field, declaration.y_field)
    else:
        return source_table(columns, None, None, description)
    return source_table(columns, geometry, None, description, why)


def _from_wkt(texts: pa.ChunkedArray) -> tuple[Geometries, dict[int, str]]:
    values = np.asarray(texts.to_numpy(zero_copy_only=False), dtype=object)
    geometry = shapely.force_2d(shapely.from_wkt(values, on_invalid="ignore"))
    unread = [row for row in np.flatnonzero(shapely.is_missing(geometry)) if values[row] is not None]
    return geometry, {int(row): f"{_short(values[row])} is not well-known text" for row in unread}


def _from_xy(columns: pa.Table, x_field: str, y_field: str) -> tuple[Geometries, dict[int, str]]:
    x, wrong_x = _numbers(columns.column(x_field), x_field)
    y, wrong_y = _numbers(columns.column(y_field), y_field)
    geometry = np.full(len(x), None, dtype=object)
    good = np.isfinite(x) & np.isfinite(y)
    geometry[good] = shapely.points(x[good], y[good])
    return geometry, wrong_y | wrong_x


def _numbers(column: pa.ChunkedArray, name: str) -> tuple[Floats, dict[int, str]]:
    """The column as numbers (NaN where it has none), and by row why one could not be read."""
    if not pa.types.is_string(column.type) and not pa.types.is_large_string(column.type):
        return np.asarray(column.cast(pa.float64()).to_numpy(zero_copy_only=False)), {}
    texts = np.asarray(pc.utf8_trim_whitespace(column).to_numpy(zero_copy_only=False), dtype=object)
    numbers = np.full(len(texts), np.nan)
    wrong: dict[int, str] = {}
    for row, text in enumerate(texts):
        try:
            numbers[row] = float(text) if text else np.nan
        except ValueError:
            wrong[row] = f"{name} is {_short(text)}, which is not a number"
    return numbers, wrong


def _short(text: object) -> str:
    shown = str(text)
    return repr(shown if len(shown) <= 40 else f"{shown[:37]}...")
