"""How the three spatial questions are written for PostGIS and for SQLite, and the functions SQLite calls for them."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler

from gis_ce.geometry_column import Distance, Nearest, SpatialColumn, Within, column_of, srid_of

FIRST_RING_FT = 64.0
LAST_RING_FT = 1e9


def box_table(table: str, column: str) -> str:
    """The name of the R*Tree that SQLite keeps of a geometry column."""
    return f"{table}_{column}_box"


@compiles(Distance, "postgresql")
def _distance_postgis(element: Distance, compiler: SQLCompiler, **kw: Any) -> str:
    column, shape = _parts(element, compiler, kw)
    return f"ST_Distance({column}, {shape})"


@compiles(Distance, "sqlite")
def _distance_sqlite(element: Distance, compiler: SQLCompiler, **kw: Any) -> str:
    column, shape = _parts(element, compiler, kw)
    return f"gis_distance({column}, {shape})"


@compiles(Within, "postgresql")
def _within_postgis(element: Within, compiler: SQLCompiler, **kw: Any) -> str:
    """Box and distance apart: of ST_DWithin the planner expects a row or two, however large the area is."""
    column, shape, reach = (compiler.process(part, **kw) for part in list(element.clauses)[:3])
    return f"({column} && ST_Expand({shape}, {reach}) AND ST_Distance({column}, {shape}) <= {reach})"


@compiles(Within, "sqlite")
def _within_sqlite(element: Within, compiler: SQLCompiler, **kw: Any) -> str:
    """What lies inside the rectangle that is asked about needs no measuring; the rest of the candidates do."""
    column, shape, reach, *sides = element.clauses
    outer, inner = sides[:4], sides[4:]
    say, name, table, boxes = _say(compiler, kw), _name(column, compiler), _table(column, compiler), _box(column)
    touching = _sided(boxes, ("max_x >=", "max_y >=", "min_x <=", "min_y <="), [say(side) for side in outer])
    inside = _sided(boxes, ("min_x >=", "min_y >=", "max_x <=", "max_y <="), [say(side) for side in inner])
    measured = _measured_rows(table, f"SELECT row_no FROM {boxes} WHERE {touching} AND NOT ({inside})")
    return (
        f"{_row(column, compiler)} IN (SELECT row_no FROM {boxes} WHERE {inside} UNION ALL "
        f"SELECT row_no {measured} AND gis_distance({name}, {say(shape)}) <= {say(reach)})"
    )


@compiles(Nearest, "postgresql")
def _nearest_postgis(element: Nearest, compiler: SQLCompiler, **kw: Any) -> str:
    column, shape, equally, *_, k = element.clauses
    say, name, table = _say(compiler, kw), _name(column, compiler), _table(column, compiler)
    knn = f"SELECT {name} <-> {say(shape)} AS far FROM {table} WHERE {name} IS NOT NULL ORDER BY 1 LIMIT {say(k)}"
    reach = f"(SELECT max(knn.far) FROM ({knn}) AS knn) + {say(equally)}"
    rows = f"SELECT row_no FROM {table} WHERE ST_DWithin({name}, {say(shape)}, {reach})"
    return f"{_row(column, compiler)} IN ({rows})"


@compiles(Nearest, "sqlite")
def _nearest_sqlite(element: Nearest, compiler: SQLCompiler, **kw: Any) -> str:
    """Rings that double until they hold k boxes, the k-th distance among those, then all within that distance."""
    column, shape, equally, min_x, min_y, max_x, max_y, k = element.clauses
    say, name, table, boxes = _say(compiler, kw), _name(column, compiler), _table(column, compiler), _box(column)

    def near(reach: str) -> str:
        signed = ((min_x, "-"), (min_y, "-"), (max_x, "+"), (max_y, "+"))
        edges = [f"{say(edge)} {sign} {reach}" for edge, sign in signed]
        return _sided(boxes, ("max_x >=", "max_y >=", "min_x <=", "min_y <="), edges)

    def held(reach: str) -> str:
        return f"(SELECT count(*) FROM (SELECT 1 FROM {boxes} WHERE {near(reach)} LIMIT {say(k)}))"

    def far() -> str:
        return f"gis_distance({name}, {say(shape)})"

    def rows(reach: str) -> str:
        return _measured_rows(table, f"SELECT row_no FROM {boxes} WHERE {near(reach)}")

    return (
        f"{_row(column, compiler)} IN (WITH RECURSIVE ring(reach, held) AS ("
        f"SELECT {FIRST_RING_FT}, {held(str(FIRST_RING_FT))} UNION ALL "
        f"SELECT reach * 2, {held('ring.reach * 2')} FROM ring WHERE held < {say(k)} AND reach < {LAST_RING_FT}), "
        f"farthest(far) AS (SELECT max(far) FROM (SELECT {far()} AS far "
        f"{rows('(SELECT max(reach) FROM ring)')} ORDER BY far LIMIT {say(k)})) "
        f"SELECT row_no {rows('(SELECT far FROM farthest)')} "
        f"AND {far()} <= (SELECT far FROM farthest) + {say(equally)})"
    )


def _measured_rows(table: str, candidates: str) -> str:
    """The candidates' rows, by a list: for a join SQLite makes a Bloom filter, and measures every row of the table."""
    return f"FROM {table} WHERE {table}.row_no IN ({candidates})"


def boxes_meeting(
    session: Session, column: SpatialColumn, geometry: BaseGeometry, reach_ft: float, at_most: int
) -> int:
    """How many places have a box that meets the box around a geometry, counted up to `at_most`."""
    found = column_of(column)
    min_x, min_y, max_x, max_y = geometry.bounds
    sides = {"x1": min_x - reach_ft, "y1": min_y - reach_ft, "x2": max_x + reach_ft, "y2": max_y + reach_ft}
    if session.get_bind().dialect.name == "postgresql":
        box = "ST_SetSRID(ST_MakeEnvelope(:x1, :y1, :x2, :y2), :srid)"
        rows = f"SELECT 1 FROM {_base(found).name} WHERE {found.name} && {box}"
        sides["srid"] = srid_of(session.get_bind().dialect)
    else:
        met = _sided(_box(found), ("max_x >=", "max_y >=", "min_x <=", "min_y <="), [":x1", ":y1", ":x2", ":y2"])
        rows = f"SELECT 1 FROM {_box(found)} WHERE {met}"
    counted = text(f"SELECT count(*) FROM ({rows} LIMIT :at_most) AS met")
    return int(session.execute(counted, {**sides, "at_most": at_most}).scalar_one())


def add_functions(connection: Any) -> None:
    """Give a SQLite connection the functions that the questions and the triggers of the spatial index call."""
    connection.create_function("gis_distance", 2, _distance_ft, deterministic=True)
    for name, side in (("gis_min_x", 0), ("gis_min_y", 1), ("gis_max_x", 2), ("gis_max_y", 3)):
        connection.create_function(name, 1, _side(side), deterministic=True)


def _distance_ft(stored: bytes | None, shape: bytes | None) -> float | None:
    if stored is None or shape is None:
        return None
    return float(shapely.distance(shapely.from_wkb(stored), _read(shape)))


@lru_cache(maxsize=32)
def _read(shape: bytes) -> BaseGeometry:
    """The geometry that is asked about, read once for all rows of a query."""
    return shapely.from_wkb(shape)


def _side(side: int) -> Any:
    def bound(stored: bytes | None) -> float | None:
        return None if stored is None else float(shapely.from_wkb(stored).bounds[side])

    return bound


def _sided(boxes: str, sides: tuple[str, ...], edges: list[str]) -> str:
    return " AND ".join(f"{boxes}.{side} {edge}" for side, edge in zip(sides, edges, strict=True))


def _parts(element: Any, compiler: SQLCompiler, kw: dict[str, Any]) -> list[str]:
    return [compiler.process(part, **kw) for part in element.clauses]


def _say(compiler: SQLCompiler, kw: dict[str, Any]) -> Any:
    def say(part: Any) -> str:
        return compiler.process(part, **kw)

    return say


def _row(column: Any, compiler: SQLCompiler) -> str:
    return compiler.process(column.table.c.row_no)


def _name(column: Any, compiler: SQLCompiler) -> str:
    return compiler.preparer.quote(column.name)


def _table(column: Any, compiler: SQLCompiler) -> str:
    return compiler.preparer.format_table(_base(column))


def _base(column: Any) -> Any:
    """The table itself, where the column belongs to an alias of it."""
    return getattr(column.table, "element", column.table)


def _box(column: Any) -> str:
    return box_table(_base(column).name, column.name)
