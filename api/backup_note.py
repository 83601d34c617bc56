"""When the cases were last backed up, as `gis-ce db backup` notes it beside a city's layers."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

_NAME = "last-backup.json"


def note_backup(folder: Path, at: datetime, file: Path) -> None:
    """Keep when a backup was made, and where; the note is there whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f"{_NAME}.unfinished"
    unfinished.write_text(json.dumps({"at": at.isoformat(), "file": str(file.resolve())}), "utf-8")
    unfinished.replace(folder / _NAME)


def last_backup(folder: Path) -> tuple[datetime, Path] | None:
    """The moment of the last backup and its file; None without one, or where the note cannot be read."""
    try:
        note = json.loads((folder / _NAME).read_text("utf-8"))
        return datetime.fromisoformat(note["at"]), Path(note["file"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
