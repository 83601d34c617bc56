"""A folder of backups: each with a note of what it must hold, and one copy of every attached file."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select

from gis_ce.attachments.folder import SHA256, content_path
from gis_ce.backup import back_up
from gis_ce.case_store import CaseStore
from gis_ce.errors import BackupRefused
from gis_ce.tables import Attachment, Case, DecisionRecord, Event
from layers.snapshot import UNFINISHED, digest_of, sync_folder

ATTACHMENTS = "attachments"
_NOTE = ".note.json"
COUNTED = {"cases": Case, "events": Event, "decision_lines": DecisionRecord, "attachments": Attachment}
"""What is counted in a backup; none of it is ever deleted, so that counts only grow."""


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup: its hash, and how much the store held just before it (`least`) and just after (`most`)."""

    file: Path
    made_at: datetime
    sha256: str
    least: dict[str, int]
    most: dict[str, int]


def counts(store: CaseStore) -> dict[str, int]:
    """How much a store holds of what is counted."""
    with store.reading() as session:
        return {name: session.scalar(select(func.count()).select_from(table)) or 0 for name, table in COUNTED.items()}


def make_backup(store: CaseStore, folder: Path, now: datetime) -> Backup:
    """Writes a backup and its note into a folder, whole or not at all; raises BackupRefused."""
    ending = "sqlite" if store.engine.dialect.name == "sqlite" else "dump"
    file = folder / f"cases-{now.astimezone(UTC):%Y%m%dT%H%M%S.%f}Z.{ending}"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    least = counts(store)
    back_up(store, file)
    made = Backup(file, now, digest_of(file), least, counts(store))
    _put(_note_of(file), json.dumps(asdict(made) | {"file": file.name, "made_at": now.isoformat()}).encode())
    return made


def backups(folder: Path) -> list[Backup]:
    """The backups of a folder, newest first; without those whose note cannot be read."""
    found = sorted(folder.glob(f"cases-*{_NOTE}"), reverse=True)
    return [made for note in found if (made := _read(note)) is not None]


def keep_newest(folder: Path, kept: int) -> list[Path]:
    """Deletes all but so many of the newest backups; which."""
    gone = [each.file for each in backups(folder)[kept:]]
    for file in gone:
        file.unlink(missing_ok=True)
        _note_of(file).unlink(missing_ok=True)
    return gone


def copy_attachments(source: Path, folder: Path) -> int:
    """Copies what is not in a folder of backups yet; how many files. Raises BackupRefused for a damaged one."""
    copied = 0
    for file in _contents(source):
        target = content_path(folder / ATTACHMENTS, file.name)
        if target.is_file():
            continue
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        unfinished = target.with_name(f"{target.name}{UNFINISHED}")
        shutil.copyfile(file, unfinished)
        if digest_of(unfinished) != file.name:
            unfinished.unlink()
            raise BackupRefused(f"The attached file {file.name} is damaged; `gis-ce db check --attachments` says more.")
        unfinished.replace(target)
        copied += 1
    return copied


def _contents(source: Path) -> Iterator[Path]:
    return (path for path in sorted(source.glob("??/*")) if SHA256.fullmatch(path.name) and path.is_file())


def _note_of(file: Path) -> Path:
    return file.with_name(f"{file.name}{_NOTE}")


def _read(note: Path) -> Backup | None:
    try:
        said = json.loads(note.read_text("utf-8"))
        file = note.with_name(said["file"])
        return Backup(file, datetime.fromisoformat(said["made_at"]), said["sha256"], said["least"], said["most"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _put(file: Path, content: bytes) -> None:
    unfinished = file.with_name(f"{file.name}{UNFINISHED}")
    with unfinished.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.replace(file)
    sync_folder(file.parent)
