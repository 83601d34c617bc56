"""Files that commands write: they appear whole or not at all."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from pathlib import Path

from gis_ce.file_errors import ExportRefused


def write_whole(path: Path, pieces: Iterable[bytes], ending: str | None = None) -> Path:
    """Writes the pieces one after the other; raises ExportRefused for a file that cannot be, or of another ending."""
    if ending is not None and path.suffix.lower() != ending:
        raise ExportRefused(f"{path.name}: this is written as {ending}.")
    if not path.parent.is_dir():
        raise ExportRefused(f"There is no folder {path.parent}.")
    if path.is_dir():
        raise ExportRefused(f"{path} is a folder; name a file.")
    unfinished = path.with_name(f".{uuid.uuid4().hex}.unfinished")
    try:
        with unfinished.open("wb") as stream:
            stream.writelines(pieces)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return path
