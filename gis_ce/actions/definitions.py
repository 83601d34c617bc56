"""The definitions that cases follow: those published in the store, else the city's own files."""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from gis_ce.actions.desk import Desk
from gis_ce.errors import NoDrawing, UnknownProcess
from gis_ce.process import Process
from gis_ce.process_drawing import draw
from gis_ce.process_files import known_checks, read_published
from gis_ce.process_mistakes import Known
from gis_ce.tables import ProcessVersion
from layers.sentences import sentence
from layers.toml_table import did_you_mean

FROM_FILES = "gis-ce"
"""Who published the first version of a process: it was taken from its file when it was first needed."""


def in_force(session: Session, desk: Desk, name: str) -> Process:
    """The definition that a new case follows; raises UnknownProcess."""
    row = session.scalars(_current(name)).one_or_none()
    if row is not None:
        return _process(desk, row)
    if name not in desk.processes.processes:
        raise UnknownProcess(
            sentence(f"There is no process {name!r}; {did_you_mean(name, list(desk.processes.processes))}")
        )
    return desk.processes.processes[name]


def published(session: Session, desk: Desk, name: str) -> Process:
    """The definition that a new case follows, kept in the store from now on; raises UnknownProcess."""
    process = in_force(session, desk, name)
    if session.get(ProcessVersion, process.version) is None:
        session.add(version_row(desk, process, FROM_FILES))
        session.flush()
    return process


def in_store(session: Session, desk: Desk) -> dict[str, Process]:
    """The current definitions of the store, by their names."""
    rows = session.scalars(select(ProcessVersion).where(ProcessVersion.current))
    return {row.process: _process(desk, row) for row in rows}


def of_version(session: Session, desk: Desk, name: str, version: str) -> Process:
    """The definition that a case follows."""
    current = desk.processes.processes.get(name)
    if current is not None and current.version == version:
        return current
    row = session.get(ProcessVersion, version)
    if row is None:
        raise UnknownProcess(f"The store has no version {version[:12]} of the process {name}; restore a backup.")
    return _process(desk, row)


def version_row(desk: Desk, process: Process, by: str) -> ProcessVersion:
    """The row of a version that becomes the current one; without a drawing where none can be made here."""
    return ProcessVersion(
        id=process.version,
        process=process.id,
        yaml=process.yaml,
        svg=_drawn(process),
        published_at=desk.now,
        by=by,
        current=True,
    )


def known(desk: Desk, name: str) -> Known:
    """What a definition of that name may name in this city."""
    processes = tuple(sorted({*desk.processes.processes, name}))
    return Known(known_checks(), processes, tuple(sorted(desk.processes.time.settings)))


def _current(name: str) -> Select[ProcessVersion]:
    return select(ProcessVersion).where(ProcessVersion.process == name, ProcessVersion.current)


def _process(desk: Desk, row: ProcessVersion) -> Process:
    current = desk.processes.processes.get(row.process)
    return current if current is not None and current.version == row.id else _read(row.yaml, row.process)


@lru_cache(maxsize=256)
def _read(text: str, name: str) -> Process:
    return read_published(text, f"{name}.yaml")


def _drawn(process: Process) -> str:
    try:
        return draw(process)
    except NoDrawing:
        return ""
