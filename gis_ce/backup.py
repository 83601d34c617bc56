"""Backups of a case store, made while it is in use, and brought back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from gis_ce import backup_postgis
from gis_ce.case_migrations import versions
from gis_ce.case_store import CaseStore
from gis_ce.errors import BackupRefused
from gis_ce.tables import Case, Event


@dataclass(frozen=True, slots=True)
class Held:
    """How much a store holds."""

    cases: int
    events: int


def held(store: CaseStore) -> Held:
    """How many cases and events a store holds; none in one without tables."""
    if store.version() is None:
        return Held(0, 0)
    with store.reading() as session:
        cases, events = (session.scalar(select(func.count()).select_from(table)) for table in (Case, Event))
        return Held(cases or 0, events or 0)


def back_up(store: CaseStore, target: Path) -> None:
    """Write one moment of a store into a new file, while others go on writing; raises BackupRefused.

    The file is there whole or not at all. A backup of SQLite is a store by itself; one of PostgreSQL is pg_dump's.
    """
    if target.exists():
        raise BackupRefused(f"{target} is there already; name a new file for the backup.")
    if store.version() is None:
        raise BackupRefused("The case store is empty; there is nothing to back up.")
    unfinished = target.with_name(f"{target.name}.unfinished")
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished.unlink(missing_ok=True)
    try:
        if store.engine.dialect.name == "sqlite":
            _copy_out(Path(store.engine.url.database or ""), unfinished)
        else:
            backup_postgis.dump(store.engine.url, unfinished)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


def restore(store: CaseStore, source: Path, keep: Path | None = None) -> None:
    """Put the cases of a backup in place of those of the store; raises BackupRefused and then changes nothing.

    A store that holds cases is itself backed up to `keep` first; without `keep` it is refused. An older backup is
    brought to the newest version. Others who have the store open see the backup's cases from then on.
    """
    if not source.is_file():
        raise BackupRefused(f"There is no backup {source}.")
    before = held(store)
    if before.cases and keep is None:
        raise BackupRefused(f"The case store holds {before.cases} cases; a restore would replace them.")
    if store.engine.dialect.name == "sqlite":
        _look_at(source)
        _keep(store, before, keep)
        _copy_in(source, Path(store.engine.url.database or ""))
    else:
        backup_postgis.look_at(source)
        _keep(store, before, keep)
        backup_postgis.load(store.engine.url, source)
    store.engine.dispose()
    store.upgrade()


def _keep(store: CaseStore, before: Held, keep: Path | None) -> None:
    if before.cases and keep is not None:
        back_up(store, keep)


def _copy_out(file: Path, target: Path) -> None:
    with _opened(file) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")  # One file, without companions.
        copy.execute("PRAGMA synchronous = FULL")
        _refuse_damaged(copy, target)


def _copy_in(source: Path, file: Path) -> None:
    with _opened(source) as backup, closing(sqlite3.connect(file, timeout=30)) as live:
        live.execute("PRAGMA synchronous = FULL")
        backup.backup(live)


def _look_at(source: Path) -> None:
    """Raises BackupRefused for a file that is no sound backup of a case store of this or an older version."""
    try:
        with _opened(source) as backup:
            version = str(backup.execute("SELECT version_num FROM alembic_version").fetchone()[0])
            backup.execute("SELECT count(*) FROM case_")
            _refuse_damaged(backup, source)
    except (sqlite3.DatabaseError, TypeError) as error:
        raise BackupRefused(f"{source} is no backup of a case store on SQLite.") from error
    if version not in versions():
        raise BackupRefused(f"{source} is of version {version}, newer than this program: install a newer one.")


def _refuse_damaged(connection: sqlite3.Connection, file: Path) -> None:
    said = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if said != "ok":
        raise BackupRefused(f"{file} is damaged: {said}.")


@contextmanager
def _opened(file: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=30)) as connection:
        yield connection
