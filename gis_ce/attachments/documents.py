"""PDF, GeoPackage and MP4: whether a file is whole and what its first bytes say."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from gis_ce.errors import AttachmentRefused

_PDF_END = 2048
_GPKG_IDS = (b"GPKG", b"GP10", b"GP11")
_GPKG_ID_AT = 68
_MP4_PARTS = {b"moov", b"mdat"}
_FRAGMENTS = {b"moov", b"moof"}
_BOX_HEAD = 8
_WIDE_BOX_HEAD = 16
_MOST_BOXES = 100_000


def refuse_broken_pdf(path: Path, name: str) -> None:
    """Raises AttachmentRefused where the mark at the end of a PDF is missing."""
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - _PDF_END))
        if b"%%EOF" not in stream.read():
            raise AttachmentRefused(f"{name!r} is a PDF that was cut short: its end is missing.")


def refuse_broken_geopackage(path: Path, name: str) -> None:
    """Raises AttachmentRefused for an SQLite database that is damaged or no GeoPackage."""
    with path.open("rb") as stream:
        head = stream.read(100)
    if head[_GPKG_ID_AT : _GPKG_ID_AT + 4] not in _GPKG_IDS:
        raise AttachmentRefused(f"{name!r} is an SQLite database, but no GeoPackage.")
    if _database_size(head) > path.stat().st_size:
        raise AttachmentRefused(f"{name!r} is a GeoPackage that was cut short.")
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as database:
            database.execute("PRAGMA trusted_schema = OFF")
            database.execute("SELECT table_name FROM gpkg_contents LIMIT 1").fetchall()
    except sqlite3.Error as error:
        raise AttachmentRefused(f"{name!r} is a GeoPackage that cannot be read: {error}.") from error


def _database_size(head: bytes) -> int:
    """Bytes that the head of an SQLite database claims for it."""
    page = int.from_bytes(head[16:18], "big")
    return (65_536 if page == 1 else page) * int.from_bytes(head[28:32], "big")


def refuse_broken_video(path: Path, name: str) -> None:
    """Raises AttachmentRefused where the boxes of an MP4 do not add up to the file, or hold no film."""
    kinds = set(_boxes(path, name))
    if not (kinds >= _MP4_PARTS or kinds >= _FRAGMENTS):
        raise AttachmentRefused(f"{name!r} is an MP4 without a film in it.")


def _boxes(path: Path, name: str) -> Iterator[bytes]:
    """The kind of each box of a file, one after the other."""
    end, at = path.stat().st_size, 0
    with path.open("rb") as stream:
        for _ in range(_MOST_BOXES):
            if at == end:
                return
            stream.seek(at)
            head = stream.read(_WIDE_BOX_HEAD)
            size = _box_size(head, end - at)
            if not _BOX_HEAD <= size <= end - at:
                break
            yield head[4:8]
            at += size
    raise AttachmentRefused(f"{name!r} is an MP4 that was cut short or is damaged.")


def _box_size(head: bytes, left: int) -> int:
    """The size of a box with its head; 0 in the file means up to its end, 1 that it stands in 8 bytes more."""
    size = int.from_bytes(head[:4], "big")
    if size == 0:
        return left
    return int.from_bytes(head[8:16], "big") if size == 1 else size
