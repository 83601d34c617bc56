"""The folder of contents: each file lies under the hash of its bytes, whole or not at all.

`<folder>/<first two digits>/<sha256>`; what is still arriving lies in `<folder>/incoming`.
"""

from __future__ import annotations

import hashlib
import os
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from gis_ce.attachments.limits import LIMITS, Limits, in_megabytes
from gis_ce.errors import AttachmentMissing, AttachmentNotKept, AttachmentTooLarge
from layers.snapshot import UNFINISHED, digest_of, sync_folder

INCOMING = "incoming"
SHA256 = re.compile(r"[0-9a-f]{64}")
_CHUNK = 1 << 20
_READ_ONLY = 0o444


class Readable(Protocol):
    """A file as it arrives: an upload, an open file, a buffer."""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; none at the end."""


@dataclass(frozen=True, slots=True)
class AttachmentFolder:
    """Where contents are kept, and what is taken. Nothing is made on disk before the first file arrives."""

    path: Path
    limits: Limits = LIMITS


def content_path(folder: Path, sha256: str) -> Path:
    """Where the content of a hash lies, if it is there; raises AttachmentMissing for what is no hash."""
    if not SHA256.fullmatch(sha256):
        raise AttachmentMissing(f"{sha256[:80]!r} is no hash of a content; one has 64 digits from 0 to f.")
    return folder / sha256[:2] / sha256


def open_content(folder: Path, sha256: str) -> BinaryIO:
    """The content of a hash, open for reading; raises AttachmentMissing where it is gone."""
    try:
        return content_path(folder, sha256).open("rb")
    except OSError as error:
        raise AttachmentMissing(
            f"The content {sha256} is not in the folder of attachments: {error.strerror}."
        ) from error


@contextmanager
def arriving(folder: Path) -> Iterator[Path]:
    """The path of a new file in the folder of what is arriving; gone when the block ends, unless it was moved.

    Raises AttachmentNotKept for whatever the disk refuses within the block.
    """
    unfinished = folder / INCOMING / f"{uuid.uuid4().hex}{UNFINISHED}"
    try:
        unfinished.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield unfinished
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise AttachmentNotKept(f"The attachment could not be kept: {error.strerror or error}.") from error


def receive(stream: Readable, unfinished: Path, name: str, most: int) -> int:
    """Write a stream to a file and give its size; raises AttachmentTooLarge once it has more than `most` bytes."""
    size = 0
    with unfinished.open("xb") as target:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > most:
                raise AttachmentTooLarge(f"{name!r} is larger than {in_megabytes(most)}, the most that is taken.")
            target.write(chunk)
    return size


def settle(folder: Path, unfinished: Path) -> tuple[str, bool]:
    """Move a finished file to its place; gives its hash, and whether the same content lay there already.

    The content is on disk, under its name, when this returns. What lies there damaged is replaced.
    """
    with unfinished.open("rb+") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        os.fsync(stream.fileno())
    final = content_path(folder, digest)
    final.parent.mkdir(exist_ok=True)
    there = _holds(final, digest)
    if not there:
        unfinished.chmod(_READ_ONLY)
        unfinished.replace(final)
    sync_folder(final.parent)
    sync_folder(folder)
    return digest, there


def clear_unfinished(folder: Path, before: datetime) -> int:
    """Remove what stopped processes left behind, if last written before a time; gives how many files.

    Take a time well in the past (a day): what is younger may still be arriving.
    """
    count = 0
    for path in (folder / INCOMING).glob(f"*{UNFINISHED}"):
        try:
            if datetime.fromtimestamp(path.stat().st_mtime, UTC) < before:
                path.unlink()
                count += 1
        except FileNotFoundError:
            continue
    return count


def _holds(path: Path, digest: str) -> bool:
    try:
        return digest_of(path) == digest
    except FileNotFoundError:
        return False
