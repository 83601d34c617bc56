"""A table of a PostGIS database, read in one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
import pyarrow as pa
from psycopg import sql
from pyproj import CRS

from layers.errors import SourceError
from layers.model import LayerDeclaration
from layers.sentences import sentence
from layers.sources.table import Limits, Progress, SourceTable, from_wkb, horizontal, source_table
from layers.toml_table import did_you_mean

_AT_ONCE = 20_000
_SPATIAL = ("geometry", "geography")
_KINDS: dict[str, tuple[str, pa.DataType]] = {
    **dict.fromkeys(("int2", "int4", "int8"), ("int8", pa.int64())),
    **dict.fromkeys(("float4", "float8", "numeric"), ("float8", pa.float64())),
    "bool": ("bool", pa.bool_()),
    "date": ("date", pa.date32()),
    "timestamp": ("timestamp", pa.timestamp("us")),
    "timestamptz": ("timestamptz", pa.timestamp("us", "UTC")),
}
_AS_TEXT = ("text", pa.string())

_COLUMNS = """
    SELECT a.attname, t.typname FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
    WHERE a.attrelid = %s AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum"""
_KEY = """
    SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
    WHERE i.indrelid = %s AND i.indisprimary ORDER BY array_position(i.indkey::int2[], a.attnum)"""
_TABLES = """
    SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema')"""


@dataclass(frozen=True, slots=True)
class _Table:
    """A table that was found: its name in SQL, its columns with their types, its key and its geometry."""

    name: sql.Composable
    columns: dict[str, str]
    key: tuple[str, ...]
    geometry: str | None
    shown: str


def read_postgis(declaration: LayerDeclaration, limits: Limits, progress: Progress | None = None) -> SourceTable:
    """All rows, in the order of the primary key where there is one; arcs become short straight pieces.

    Raises SourceError where the database or the table cannot be read; passwords are never shown.
    """
    shown = _shown(declaration)
    try:
        with psycopg.connect(declaration.source or "", connect_timeout=int(limits.timeout_s)) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            table = _found(connection, declaration, shown)
            whole = pa.Table.from_batches(_batches(connection, table, progress), _schema(table))
            crs = _crs(connection, table) if table.geometry else None
    except psycopg.Error as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise SourceError(f"{shown} cannot be read: {reason}.") from error
    if table.geometry is None:
        return source_table(whole, None, None, shown)
    geometry, why = from_wkb(whole.column(table.geometry))
    return source_table(whole.drop_columns([table.geometry]), geometry, crs, shown, why)


def _shown(declaration: LayerDeclaration) -> str:
    try:
        parts = psycopg.conninfo.conninfo_to_dict(declaration.source or "")
    except psycopg.Error as error:
        raise SourceError(f"The source of {declaration.name} is no valid PostgreSQL address.") from error
    host, database = parts.get("host", "localhost"), parts.get("dbname", "")
    if not declaration.source_layer:
        raise SourceError(f"{declaration.name} reads a database; set source_layer to a table such as public.mains.")
    return f"table {declaration.source_layer} of the database {database} on {host}"


def _found(connection: psycopg.Connection, declaration: LayerDeclaration, shown: str) -> _Table:
    parts = (declaration.source_layer or "").split(".")
    name = sql.Identifier(*parts)
    oid = connection.execute("SELECT to_regclass(%s)::oid", [name.as_string(connection)]).fetchone()
    if oid is None or oid[0] is None:
        known = [str(row[0]) for row in connection.execute(_TABLES)]
        raise SourceError(sentence(f"There is no {shown}; {did_you_mean('.'.join(parts), known)}"))
    columns = {str(column): str(kind) for column, kind in connection.execute(_COLUMNS, oid)}
    key = tuple(str(row[0]) for row in connection.execute(_KEY, oid))
    return _Table(name, columns, key, _geometry(columns, declaration, shown), shown)


def _geometry(columns: dict[str, str], declaration: LayerDeclaration, shown: str) -> str | None:
    spatial = [column for column, kind in columns.items() if kind in _SPATIAL]
    if declaration.role.geometry == "none":
        return None
    if not spatial:
        raise SourceError(f"{shown} has no geometry column; check the table or the layer's role.")
    if len(spatial) > 1:
        raise SourceError(f"{shown} has the geometry columns {', '.join(spatial)}; make a view with one of them.")
    return spatial[0]


def _schema(table: _Table) -> pa.Schema:
    return pa.schema([(column, _kind(table, column)[1]) for column in _read(table)])


def _read(table: _Table) -> list[str]:
    return [name for name, kind in table.columns.items() if kind not in _SPATIAL or name == table.geometry]


def _kind(table: _Table, column: str) -> tuple[str, pa.DataType]:
    return ("bytea", pa.binary()) if column == table.geometry else _KINDS.get(table.columns[column], _AS_TEXT)


def _expression(table: _Table, column: str) -> sql.Composable:
    if column == table.geometry:
        whole = sql.SQL("ST_AsBinary(ST_CurveToLine(ST_Force2D({}::geometry)))")
        return whole.format(sql.Identifier(column))
    return sql.SQL("{}::" + _kind(table, column)[0]).format(sql.Identifier(column))


def _batches(connection: psycopg.Connection, table: _Table, progress: Progress | None) -> Iterator[pa.RecordBatch]:
    """The rows, streamed from a cursor of the server."""
    schema = _schema(table)
    expressions = sql.SQL(", ").join(_expression(table, column) for column in schema.names)
    order = sql.SQL(" ORDER BY {}").format(sql.SQL(", ").join(map(sql.Identifier, table.key)))
    query = sql.SQL("SELECT {} FROM {}").format(expressions, table.name) + (order if table.key else sql.SQL(""))
    count = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(table.name)).fetchone()
    total, done = (int(count[0]) if count else 0), 0
    with connection.cursor(name="gis_ce_source", binary=True) as cursor:
        cursor.execute(query)
        while rows := cursor.fetchmany(_AT_ONCE):
            yield _batch(rows, schema)
            done += len(rows)
            if progress:
                progress("reading", done / max(total, 1))


def _batch(rows: Sequence[Sequence[Any]], schema: pa.Schema) -> pa.RecordBatch:
    columns = zip(*rows, strict=True)
    arrays = [pa.array(values, field.type) for values, field in zip(columns, schema, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _crs(connection: psycopg.Connection, table: _Table) -> CRS | None:
    """What the rows state; raises SourceError where they state more than one system."""
    column = sql.Identifier(table.geometry or "")
    query = sql.SQL("SELECT DISTINCT ST_SRID({0}::geometry) FROM {1} WHERE {0} IS NOT NULL").format(column, table.name)
    codes = sorted(int(row[0]) for row in connection.execute(query))
    if len(codes) > 1:
        raise SourceError(f"{table.shown} mixes the systems {', '.join(map(str, codes))}; bring them to one.")
    if not codes or codes[0] == 0:
        return None
    known = connection.execute(
        "SELECT auth_name, auth_srid, srtext FROM spatial_ref_sys WHERE srid = %s", codes
    ).fetchone()
    if known is None:
        return horizontal(f"EPSG:{codes[0]}", table.shown)
    return horizontal(f"{known[0]}:{known[1]}" if known[0] in ("EPSG", "ESRI") else known[2], table.shown)
