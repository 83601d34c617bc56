"""A backup is brought back into a place of its own and held against what it must be: it proves itself or says why."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, create_engine, select
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.pool import NullPool

from gis_ce.attachments.folder import content_path
from gis_ce.backup import restore
from gis_ce.backup_sets import ATTACHMENTS, Backup, counts
from gis_ce.case_store import CaseStore, open_store
from gis_ce.decision_proof import verify
from gis_ce.errors import BackupRefused
from gis_ce.tables import Attachment
from layers.snapshot import digest_of

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Drilled:
    """What a backup held once it was brought back, and everything that was wrong."""

    file: Path
    held: dict[str, int]
    files: int
    problems: tuple[str, ...]

    def said(self) -> str:
        """What came of it in words."""
        name = self.file.name
        if self.problems:
            more = len(self.problems) - _SHOWN
            listed = "; ".join(self.problems[:_SHOWN]) + (f"; and {more} more" if more > 0 else "")
            return f"{name} does NOT come back as it was: {listed}."
        told = ", ".join(f"{count:,} {what.replace('_', ' ')}" for what, count in self.held.items())
        return f"{name} came back: {told}; the record of decisions proves; {self.files:,} files have their hash."


def drill(backup: Backup, live: URL, grid_epsg: int) -> Drilled:
    """Brings a backup back beside the store at `live`, which stays as it is, and looks at everything in it.

    On PostgreSQL that is a database of its own on the same server, whose user must be allowed to make one.
    Raises BackupRefused where no such place can be had, or the backup cannot be read at all.
    """
    if not backup.file.is_file():
        raise BackupRefused(f"The backup {backup.file} is not there any more.")
    problems = [] if digest_of(backup.file) == backup.sha256 else ["its bytes are not those that were written"]
    with _place(live, grid_epsg) as store:
        restore(store, backup.file)
        held = counts(store)
        problems += [*_miscounted(backup, held), *_of_store(store)]
        files, damaged = _files(store, backup.file.parent / ATTACHMENTS)
        store.close()
    return Drilled(backup.file, held, files, (*problems, *damaged))


def _miscounted(backup: Backup, held: dict[str, int]) -> Iterator[str]:
    for name, count in held.items():
        least, most = backup.least.get(name, 0), backup.most.get(name, count)
        if not least <= count <= most:
            yield f"it holds {count:,} {name.replace('_', ' ')} and should hold {least:,} to {most:,}"


def _of_store(store: CaseStore) -> Iterator[str]:
    with store.reading() as session:
        yield from (str(problem) for problem in verify(session).problems)
    yield from (finding.what for finding in store.check() if finding.severity == "error")


def _files(store: CaseStore, folder: Path) -> tuple[int, list[str]]:
    """How many attached files the backup's copy has as they were, and what is wrong with the others."""
    with store.reading() as session:
        rows = session.execute(select(Attachment.sha256, Attachment.stripped_sha256))
        wanted = sorted({digest for row in rows for digest in row if digest is not None})
    wrong = [problem for digest in wanted if (problem := _file_problem(folder, digest)) is not None]
    return len(wanted) - len(wrong), wrong


def _file_problem(folder: Path, digest: str) -> str | None:
    path = content_path(folder, digest)
    try:
        return None if digest_of(path) == digest else f"the attached file {digest[:12]} is damaged"
    except OSError as error:
        return f"the attached file {digest[:12]} cannot be read: {error.strerror}"


@contextmanager
def _place(live: URL, grid_epsg: int) -> Iterator[CaseStore]:
    if live.get_backend_name() == "sqlite":
        with tempfile.TemporaryDirectory(prefix="gis-ce-drill-") as folder:
            yield open_store(URL.create("sqlite", database=f"{folder}/cases.sqlite"), grid_epsg)
        return
    name = f"gis_ce_drill_{secrets.token_hex(6)}"
    engine = create_engine(live, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        try:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        except ProgrammingError as error:
            raise BackupRefused("The database's user may not make a database to try backups in (CREATEDB).") from error
    try:
        yield open_store(live.set(database=name), grid_epsg)
    finally:
        with engine.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
