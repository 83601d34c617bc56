"""Writes a field pack: tables, styles and project in one GeoPackage, which is there whole or not at all."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from api.field_pack.tables import PackTable
from layers.grid import Grid
from layers.snapshot import GEOMETRY
from maps.qgis.project import Drawn, stored_form, style_qml

PROJECT = "field_pack"
"""The name of the project in the GeoPackage."""
_VERSION = "1.3"
"""Of GeoPackage: what tablets with an older GDAL read without a word."""
_KINDS = {"Point": "Point", "LineString": "MultiLineString", "Polygon": "MultiPolygon"}
_PROJECTS = "CREATE TABLE qgis_projects (name TEXT PRIMARY KEY, metadata BLOB, content BLOB)"
_STYLES = """CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT, f_table_catalog TEXT,
f_table_schema TEXT, f_table_name TEXT, f_geometry_column TEXT, styleName TEXT, styleQML TEXT, styleSLD TEXT,
useAsDefault BOOLEAN, description TEXT, owner TEXT, ui TEXT, update_time DATETIME)"""
_LISTED = """INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change)
VALUES (?, 'attributes', ?, '', ?)"""


def write_pack(path: Path, tables: Sequence[PackTable], drawn: Drawn, grid: Grid, at: datetime, by: str) -> None:
    """Writes all tables, then the styles and the project; the file appears when it is whole."""
    unfinished = path.with_name(f".{uuid.uuid4().hex}.gpkg")
    try:
        for table in tables:
            _write_table(unfinished, table, grid)
        _write_project(unfinished, tables, drawn, at, by)
        unfinished.replace(path)
    finally:
        for left in (unfinished, *path.parent.glob(f"{unfinished.name}-*")):
            left.unlink(missing_ok=True)


def _write_table(path: Path, table: PackTable, grid: Grid) -> None:
    pyogrio: Any = import_module("pyogrio")  # brings pandas, which nobody else here waits for
    shape = table.drawn.shape
    shaped = {"geometry_name": GEOMETRY, "geometry_type": _KINDS[shape], "crs": grid.crs.to_wkt()} if shape else {}
    pyogrio.write_arrow(
        table.table,
        path,
        layer=table.drawn.table,
        driver="GPKG",
        append=path.exists(),
        dataset_options={"VERSION": _VERSION},
        **shaped,
    )


def _write_project(path: Path, tables: Sequence[PackTable], drawn: Drawn, at: datetime, by: str) -> None:
    moment = at.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(_PROJECTS)
        database.execute("INSERT INTO qgis_projects VALUES (?, ?, ?)", stored_form(drawn, PROJECT, at, by))
        database.execute(_STYLES)
        database.execute(_LISTED, ("layer_styles", "layer_styles", moment))
        for table in tables:
            if table.drawn.shape is not None:
                values = ("", "", table.drawn.table, GEOMETRY, table.drawn.title, style_qml(table.drawn).decode())
                database.execute(
                    "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, "
                    "styleName, styleQML, styleSLD, useAsDefault, description, owner, update_time) "
                    "VALUES (?, ?, ?, ?, ?, ?, '', 1, '', '', ?)",
                    (*values, moment),
                )
