"""A file that arrives in pieces: each is on disk before it is acknowledged, and one request writes at a time."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from filelock import FileLock, Timeout

from gis_ce.attachments.folder import INCOMING
from gis_ce.errors import AttachmentNotKept, ChecksumWrong, UploadBusy, UploadOffsetWrong, UploadTooLong
from layers.snapshot import sync_folder

CHECKSUMS = ("sha256", "sha1")
_ENDING = ".part"


@dataclass(frozen=True, slots=True)
class Checksum:
    """What a piece must amount to: one of CHECKSUMS and the digest."""

    algorithm: str
    digest: bytes


@dataclass(slots=True)
class Piece:
    """One piece as it arrives; after `end` it is on disk, or with a wrong checksum gone."""

    target: BinaryIO
    start: int
    length: int
    checksum: Checksum | None
    _size: int = field(default=0)
    _hash: hashlib._Hash | None = field(default=None)

    def write(self, data: bytes) -> None:
        """Add bytes; raises UploadTooLong for more than the file was said to have, AttachmentNotKept."""
        if self.start + self._size + len(data) > self.length:
            self._take_back()
            raise UploadTooLong(f"The file was said to have {self.length:,} bytes; this piece goes beyond.")
        with _disk():
            self.target.write(data)
        self._size += len(data)
        if self.checksum is not None:
            self._hash = self._hash or hashlib.new(self.checksum.algorithm, usedforsecurity=False)
            self._hash.update(data)

    def end(self, whole: bool) -> int:
        """How far the file is now; of a piece that did not arrive whole what came stays, unless it has a checksum.

        Raises ChecksumWrong, AttachmentNotKept.
        """
        if self.checksum is not None:
            came = self._hash.digest() if self._hash else hashlib.new(self.checksum.algorithm, b"").digest()
            if not whole or came != self.checksum.digest:
                self._take_back()
                raise ChecksumWrong("The piece did not arrive as it was sent; nothing of it was kept, send it again.")
        with _disk():
            self.target.flush()
            os.fsync(self.target.fileno())
        return self.start + self._size

    def _take_back(self) -> None:
        with _disk():
            self.target.flush()
            self.target.truncate(self.start)
            os.fsync(self.target.fileno())
        self._size = 0


def part_path(folder: Path, upload: str) -> Path:
    """Where the pieces of an upload lie."""
    return folder / INCOMING / f"{upload}{_ENDING}"


def begin(folder: Path, upload: str) -> None:
    """An empty file for the pieces to come; raises AttachmentNotKept."""
    path = part_path(folder, upload)
    with _disk():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        sync_folder(path.parent)


def arrived(folder: Path, upload: str) -> int:
    """How many bytes have arrived."""
    try:
        return part_path(folder, upload).stat().st_size
    except FileNotFoundError:
        return 0


def forget(folder: Path, upload: str) -> None:
    """Remove the pieces of an upload."""
    for path in (part_path(folder, upload), _lock_path(folder, upload)):
        path.unlink(missing_ok=True)


@contextmanager
def held(folder: Path, upload: str) -> Iterator[None]:
    """Nobody else writes to this upload; raises UploadBusy where somebody does. A killed process lets go."""
    lock = take_hold(folder, upload)
    try:
        yield
    finally:
        lock.release()


def take_hold(folder: Path, upload: str) -> FileLock:
    """The same, until the lock is released, by whatever thread. Raises UploadBusy, AttachmentNotKept."""
    path = _lock_path(folder, upload)
    with _disk():
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path, timeout=0, thread_local=False)
        try:
            lock.acquire()
        except Timeout as error:
            raise UploadBusy(
                "Another request is writing to this file just now; ask how far it is, then go on."
            ) from error
    return lock


def next_piece(folder: Path, upload: str, offset: int, length: int, checksum: Checksum | None) -> Piece:
    """A piece that begins at an offset; raises UploadOffsetWrong where the file ends elsewhere."""
    there = arrived(folder, upload)
    if there != offset:
        raise UploadOffsetWrong(f"The file has {there:,} bytes here, so a piece begins there and not at {offset:,}.")
    with _disk():
        return Piece(part_path(folder, upload).open("ab"), offset, length, checksum)


def _lock_path(folder: Path, upload: str) -> Path:
    return folder / INCOMING / f"{upload}.lock"


@contextmanager
def _disk() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise AttachmentNotKept(f"The file could not be kept: {error.strerror or error}.") from error
