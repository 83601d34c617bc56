"""Zip archives of map files, unpacked with care."""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from layers.errors import SourceError
from layers.sources.table import Limits

_PIECE = 1 << 20


@contextmanager
def unpacked(path: Path, workspace: Path, limits: Limits) -> Iterator[Path]:
    """A folder with the archive's files, removed afterwards.

    Raises SourceError where the archive is damaged, leads out of its folder, or is larger than the
    limits: what it says of its own size is not believed.
    """
    workspace.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=workspace, prefix="unpacked-") as folder:
        try:
            with zipfile.ZipFile(path) as archive:
                _unpack(archive, Path(folder), path.name, limits)
        except (zipfile.BadZipFile, EOFError, NotImplementedError, zipfile.LargeZipFile) as error:
            raise SourceError(f"{path.name} is not a complete zip archive; copy or pack it again.") from error
        except RuntimeError as error:
            raise SourceError(f"{path.name} is locked with a password; unpack it first.") from error
        yield Path(folder)


def _unpack(archive: zipfile.ZipFile, folder: Path, name: str, limits: Limits) -> None:
    members = archive.infolist()
    if len(members) > limits.members:
        raise SourceError(f"{name} holds {len(members):,} files, more than the {limits.members:,} allowed.")
    left = limits.unpacked_bytes
    for member in members:
        target = folder / _safe(member, name)
        if member.is_dir():
            target.mkdir(parents=True, exist_ok=True)
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        left -= _copy(archive, member, target, left, SourceError(_too_large(name, limits)))


def _too_large(name: str, limits: Limits) -> str:
    return (
        f"{name} unpacks to more than the {limits.unpacked_bytes:,} bytes allowed; unpack it and name the file inside."
    )


def _safe(member: zipfile.ZipInfo, name: str) -> PurePosixPath:
    inside = PurePosixPath(member.filename.replace("\\", "/"))
    link = stat.S_ISLNK(member.external_attr >> 16)
    if inside.is_absolute() or ".." in inside.parts or ":" in member.filename or link:
        raise SourceError(f"{name} holds {member.filename!r}, which leads out of the archive; it is refused.")
    return inside


def _copy(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, left: int, refusal: SourceError) -> int:
    written = 0
    if member.file_size > left:
        raise refusal
    with archive.open(member) as source, target.open("wb") as file:
        while piece := source.read(_PIECE):
            written += len(piece)
            if written > left:
                raise refusal
            file.write(piece)
    return written
