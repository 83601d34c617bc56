"""The store of cases: one engine for SQLite or PostGIS, sessions that write in turn, upgrades and checks.

On both databases one transaction writes at a time and readers never wait: SQLite begins it with BEGIN IMMEDIATE,
PostgreSQL with a lock of its own. So events commit in the order of their ids, and no two writers can block each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import URL, Engine
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from gis_ce import case_migrations
from gis_ce.case_engine import READING, make_engine, one_upgrade_at_a_time
from gis_ce.case_words import fill_words, keep_words
from gis_ce.errors import StoreNotReady
from gis_ce.geometry_column import stored_srid
from gis_ce.store_answers import in_our_words
from gis_ce.store_checks import Finding, findings
from gis_ce.store_guards import ensure_guards, missing_guards

__all__ = ["CaseStore", "Finding", "ensure_spatial_index", "open_store"]


@dataclass(frozen=True, slots=True)
class CaseStore:
    """An open store; `srid` is what its geometry carries."""

    engine: Engine
    srid: int

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session that may write, once its turn has come; the caller commits, anything else is undone.

        Raises StoreBusy when the turn does not come in time, CaseChanged for a row that changed since it was read.
        """
        with in_our_words(), Session(self.engine) as session:
            keep_words(session)
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads: it waits for nobody and sees one moment to its end."""
        with in_our_words(), Session(self.engine.execution_options(**READING)) as session:
            yield session

    def upgrade(self) -> None:
        """Bring the tables to the newest version, then the words, indexes and guards; nothing is half done."""
        with in_our_words(), one_upgrade_at_a_time(self.engine) as connection:
            _refuse_newer(case_migrations.version_of(connection))
            case_migrations.run_migrations(connection)
            fill_words(connection)
            ensure_guards(connection, rebuild=True)

    def version(self) -> str | None:
        """The version of the store's tables, or None while it is empty."""
        with in_our_words(), self.engine.execution_options(**READING).connect() as connection:
            return case_migrations.version_of(connection)

    def ready(self) -> CaseStore:
        """This store, if this program can work with it; an empty one gets its tables. Raises StoreNotReady."""
        found = self.version()
        if found is None:
            self.upgrade()
        elif found != case_migrations.newest():
            _refuse_newer(found)
            raise StoreNotReady("The case store is of an older version: run `gis-ce db upgrade` (after a backup).")
        return self

    def check(self) -> list[Finding]:
        """What is wrong in the store; nothing where all is well."""
        with in_our_words(), self.engine.execution_options(**READING).connect() as connection:
            return findings(connection, self.srid)

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()


def open_store(url: str | URL, grid_epsg: int) -> CaseStore:
    """The store at an address (`sqlite:///FILE` or `postgresql://...`) for cases on this grid.

    Where its tables are there and up to date, a missing spatial index or guard is put back. Raises StoreNotReady
    where the address is none of ours or cannot be opened.
    """
    srid = stored_srid(grid_epsg)
    store = CaseStore(make_engine(url, srid), srid)
    try:
        if store.version() == case_migrations.newest():
            ensure_spatial_index(store.engine)
    except DatabaseError as error:
        raise StoreNotReady(f"The case store cannot be opened: {_first_line(error)}.") from error
    return store


def ensure_spatial_index(engine: Engine) -> list[str]:
    """Put back what is missing of the spatial index and the guards; returns the names of what was missing."""
    with in_our_words(), engine.execution_options(**READING).connect() as connection:
        if not missing_guards(connection):
            return []
    with in_our_words(), engine.connect() as connection, connection.begin():
        return ensure_guards(connection)


def _refuse_newer(version: str | None) -> None:
    if version is not None and version not in case_migrations.versions():
        raise StoreNotReady(f"The case store is of version {version}, newer than this program: install a newer one.")


def _first_line(error: DatabaseError) -> str:
    return str(error.orig).strip().splitlines()[0].rstrip(".")
