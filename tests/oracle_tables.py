"""Puts layers and places into PostGIS, so that it can be asked what we are asked."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan
from typing import Any

import numpy as np
import psycopg
import shapely
from psycopg import sql

from layers.catalog import ROLE_BY_NAME
from layers.grid import Geometries
from layers.query import LayerQuery

Connection = psycopg.Connection[tuple[Any, ...]]
_KINDS = {"text": 'text COLLATE "C"', "number": "double precision", "date": "date"}


def load_layers(
    connection: Connection, query: LayerQuery, edges_of: Sequence[str] = ("parcel", "right_of_way")
) -> None:
    """One table a role: `n` is our row, `id`, `modelled`, the role's fields, `geom`; indexed and analysed.

    `edges_of`: roles whose boundaries get a table of their own, one row a side.
    """
    for role in query.roles:
        features = query.features(role)
        fields = [field for field in ROLE_BY_NAME[role].fields if field.name != "id"]
        columns = [("n", "int"), ("id", 'text COLLATE "C"'), ("modelled", "bool")]
        columns += [(f"f_{field.name}", _KINDS[field.kind]) for field in fields]
        modelled = np.array([part.description.basis == "modelled" for part in features.parts])[features.layer_of]
        values: list[Any] = [np.arange(len(features)).tolist(), features.ids.tolist(), modelled.tolist()]
        for field in fields:
            read = {"text": features.texts, "number": features.numbers, "date": features.days}[field.kind]
            values.append(
                [None if isinstance(value, float) and isnan(value) else value for value in read(field.name).tolist()]
            )
        load_table(connection, role, columns, values, features.geometry)
    for role in (role for role in edges_of if query.has(role)):
        connection.execute(_EDGES.format(role=role))
    if query.has("right_of_way"):
        connection.execute(_PIECES)


_EDGES = """
CREATE TABLE {role}_edge AS
SELECT n, id, (ST_DumpSegments(ST_Boundary(geom))).geom AS geom FROM {role} WHERE NOT ST_IsEmpty(geom);
CREATE INDEX ON {role}_edge USING gist (geom);
ANALYZE {role}_edge;
"""

_PIECES = """
CREATE TABLE right_of_way_piece AS SELECT n, id, ST_Subdivide(geom, 64) AS geom FROM right_of_way;
CREATE INDEX ON right_of_way_piece USING gist (geom);
ANALYZE right_of_way_piece;
"""
"""A town's right of way may be one polygon of a million corners: in pieces, PostGIS is as fast as it can be."""


def load_table(
    connection: Connection,
    name: str,
    columns: Sequence[tuple[str, str]],
    values: Sequence[Sequence[Any]],
    geometry: Geometries,
    *,
    index: bool = True,
) -> None:
    """A table of the given columns and a geometry, with a GiST index unless not wanted, analysed."""
    table = sql.Identifier(name)
    listed = ", ".join(f"{column} {kind}" for column, kind in columns)
    connection.execute(sql.SQL("DROP TABLE IF EXISTS {} CASCADE").format(table))
    connection.execute(sql.SQL("CREATE TABLE {} (" + listed + ", geom geometry)").format(table))
    shapes = shapely.to_wkb(geometry, hex=True).tolist()
    with connection.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(table)) as copy:
        for row in zip(*values, shapes, strict=True):
            copy.write_row(row)
    if index:
        connection.execute(sql.SQL("CREATE INDEX ON {} USING gist (geom)").format(table))
    connection.execute(sql.SQL("ANALYZE {}").format(table))


def load_places(connection: Connection, places: Geometries, **more: tuple[str, Sequence[Any]]) -> None:
    """The table `place`: `n` the row, `geom`, and further columns given as name=(type, values)."""
    columns = [("n", "int PRIMARY KEY"), *((name, kind) for name, (kind, _) in more.items())]
    values = [list(range(len(places))), *(list(column) for _, column in more.values())]
    load_table(connection, "place", columns, values, places, index=False)


def fetch(connection: Connection, statement: str, **values: Any) -> dict[str, np.ndarray[Any, Any]]:
    """The columns of an answer, by name; numbers with NaN for null, texts with None."""
    cursor = connection.execute(statement, values)
    names = [column.name for column in cursor.description or ()]
    rows = cursor.fetchall()
    columns = zip(*rows, strict=True) if rows else [[] for _ in names]
    return {name: _column(list(column)) for name, column in zip(names, columns, strict=True)}


def _column(values: list[Any]) -> np.ndarray[Any, Any]:
    known = next((value for value in values if value is not None), None)
    if isinstance(known, float):
        return np.array([np.nan if value is None else value for value in values], dtype=np.float64)
    if isinstance(known, int) and None not in values:
        return np.array(values)
    return np.array(values, dtype=object)
