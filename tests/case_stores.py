"""Empty case stores for tests, quickly: a copied file on SQLite, one emptied database on PostGIS."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import URL, text

from gis_ce.case_engine import make_engine
from gis_ce.case_migrations import newest
from gis_ce.case_store import CaseStore, open_store

GRID = 2264

_EMPTY = """
SET LOCAL session_replication_role = replica;
DO $$ DECLARE found record; BEGIN
FOR found IN SELECT tablename FROM pg_tables WHERE schemaname = 'public'
AND tablename NOT IN ('spatial_ref_sys', 'alembic_version') LOOP
EXECUTE format('DELETE FROM %I', found.tablename); END LOOP;
FOR found IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' LOOP
EXECUTE format('ALTER SEQUENCE %I RESTART', found.sequencename); END LOOP; END $$
"""


def url_of(dsn: str, database: str) -> str:
    """The address of a database on the server that a connection string names."""
    words = conninfo_to_dict(dsn)
    host, port = str(words.get("host") or ""), int(words.get("port") or 5432)
    socket = {"host": host} if host.startswith("/") else {}
    made = URL.create(
        "postgresql",
        username=str(words.get("user") or "postgres"),
        password=words.get("password"),  # type: ignore[arg-type]
        host=None if socket else host,
        port=port,
        database=database,
        query=socket,
    )
    return made.render_as_string(hide_password=False)


@contextmanager
def postgis_database(dsn: str) -> Iterator[str]:
    """The address of a new, bare database, dropped afterwards."""
    name = f"cases_{secrets.token_hex(6)}"
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield url_of(dsn, name)
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def upgraded(url: str, grid_epsg: int = GRID) -> CaseStore:
    """A store at an address, with its tables."""
    store = open_store(url, grid_epsg)
    store.upgrade()
    return store


def emptied(url: str, grid_epsg: int = GRID) -> CaseStore:
    """The store of a PostGIS database without any rows, however append-only they were."""
    engine = make_engine(url, 0)
    with engine.begin() as connection:
        connection.execute(text(_EMPTY))
        connection.execute(text("UPDATE alembic_version SET version_num = :newest"), {"newest": newest()})
    engine.dispose()
    return open_store(url, grid_epsg)


def copied(template: Path, folder: Path, grid_epsg: int = GRID) -> CaseStore:
    """A store in a copy of an empty one's file."""
    made = folder / "cases.sqlite"
    shutil.copyfile(template, made)
    return open_store(f"sqlite:///{made}", grid_epsg)


@contextmanager
def own_store(request: pytest.FixtureRequest, folder: Path) -> Iterator[CaseStore]:
    """A new store for a fixture with the parameter `sqlite` or `postgis`; on PostGIS it has a database of its own."""
    if request.param == "sqlite":
        store = upgraded(f"sqlite:///{folder / 'cases.sqlite'}")
        yield store
        store.close()
        return
    with postgis_database(request.getfixturevalue("postgis_dsn")) as url:
        store = upgraded(url)
        yield store
        store.close()
