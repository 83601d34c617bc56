"""The engine of a case store: how each database is opened, and how writers take turns."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from gis_ce import geometry_sql
from gis_ce.errors import StoreNotReady, TextRefused
from gis_ce.geometry_column import use_srid
from gis_ce.tables.base import storable

READING: Mapping[str, Any] = {"gis_ce_reading": True}
"""The execution option of a connection that only reads."""

WAIT_S = 30
"""How long a writer waits for its turn."""

HOLD_S = 300
"""After how long a writer that says nothing loses its turn, where the database can tell."""

_WRITERS, _UPGRADES = 0x6769_7363, 0x6769_7364
"""Keys of PostgreSQL's advisory locks: `gisc` and `gisd`."""

_SCHEMES = "sqlite:///FILE or postgresql://USER@HOST/NAME"


def make_engine(url: str | URL, srid: int) -> Engine:
    """An engine for an address; geometry that goes through it carries `srid`. Raises StoreNotReady."""
    parsed = _parsed(url)
    engine = _sqlite(parsed) if parsed.get_backend_name() == "sqlite" else _postgis(parsed)
    use_srid(engine, srid)
    return engine


@contextmanager
def one_upgrade_at_a_time(engine: Engine) -> Iterator[Connection]:
    """A connection in a transaction that commits when the block ends; another upgrade waits for it."""
    with engine.connect() as connection:
        sqlite = engine.dialect.name == "sqlite"
        if sqlite:  # A table that is rebuilt must not take its rows' children with it; only settable outside.
            connection.connection.driver_connection.execute("PRAGMA foreign_keys = OFF")  # type: ignore[union-attr]
        try:
            with connection.begin():
                if sqlite:
                    yield connection
                    _refuse_broken_references(connection)
                else:
                    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_UPGRADES})")
                    _want_postgis(connection)
                    yield connection
        finally:
            if sqlite:
                connection.connection.driver_connection.execute("PRAGMA foreign_keys = ON")  # type: ignore[union-attr]


def _want_postgis(connection: Connection) -> None:
    try:
        connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS postgis")
    except DBAPIError as error:
        raise StoreNotReady(
            "The database has no PostGIS, and this user may not add it: let its owner run CREATE EXTENSION postgis."
        ) from error


def _refuse_broken_references(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise StoreNotReady(f"The upgrade was undone: {len(broken)} rows would refer to nothing.")


def _parsed(url: str | URL) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StoreNotReady(f"The case store's address cannot be read; it is like {_SCHEMES}.") from error
    if parsed.drivername in ("postgresql", "postgres"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in ("sqlite", "postgresql+psycopg"):
        raise StoreNotReady(f"A case store cannot lie on {parsed.drivername}; its address is like {_SCHEMES}.")
    if parsed.drivername == "sqlite" and parsed.database in (None, "", ":memory:"):
        raise StoreNotReady("A case store needs a file: sqlite:///FILE.")
    return parsed


def _sqlite(url: URL) -> Engine:
    Path(url.database or "").absolute().parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": WAIT_S}, json_serializer=_as_json, hide_parameters=True)
    event.listen(engine, "connect", _open_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _open_sqlite(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # The driver begins nothing by itself; _begin_sqlite does.
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "recursive_triggers = ON"):
        connection.execute(f"PRAGMA {pragma}")
    geometry_sql.add_functions(connection)


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get("gis_ce_reading")
    connection.exec_driver_sql(f"PRAGMA query_only = {int(bool(reading))}")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _postgis(url: URL) -> Engine:
    engine = create_engine(url, json_serializer=_as_json, pool_pre_ping=True, hide_parameters=True)
    event.listen(engine, "connect", _open_postgis)
    event.listen(engine, "begin", _begin_postgis)
    return engine


def _open_postgis(connection: psycopg.Connection[Any], _: ConnectionPoolEntry) -> None:
    """Pages of some rows: to compile a query or to start workers for it takes longer than to answer it."""
    connection.execute("SET jit = off")
    connection.execute("SET max_parallel_workers_per_gather = 0")
    connection.commit()


def _begin_postgis(connection: Connection) -> None:
    if connection.get_execution_options().get("gis_ce_reading"):
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return
    connection.exec_driver_sql(
        f"SET LOCAL lock_timeout = '{WAIT_S}s'; SET LOCAL idle_in_transaction_session_timeout = '{HOLD_S}s'"
    )
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITERS})")


def _as_json(value: object) -> str:
    try:
        return _checked(json.dumps(value, ensure_ascii=False, allow_nan=False))
    except ValueError as error:
        raise TextRefused("A number is not finite; leave it out where it is not known.") from error


def _checked(text: str) -> str:
    if "\\u0000" in text.replace("\\\\", ""):
        raise TextRefused("A text has a NUL character in it; take it out.")
    return storable(text)
