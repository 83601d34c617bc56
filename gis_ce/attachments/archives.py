"""Office files are zip archives: what is in one, and whether it would burst when opened."""

from __future__ import annotations

import copy
import sys
import zipfile
import zlib
from pathlib import Path

from gis_ce.attachments.kinds import Content
from gis_ce.attachments.limits import Limits, in_megabytes
from gis_ce.errors import AttachmentRefused, AttachmentTooLarge

_CHUNK = 1 << 20
_ENTRY = b"PK\x01\x02"
_TYPES = "[Content_Types].xml"
_MAIN: tuple[tuple[bytes, Content], ...] = (
    (b"spreadsheetml.sheet.main+xml", "xlsx"),
    (b"wordprocessingml.document.main+xml", "docx"),
)
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_MAY_REPEAT = 1_000_000
"""Bytes that an archive may unpack to whatever its ratio: small tables repeat themselves."""
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError)
_XML = (".xml", ".rels", ".vml")
_DECLARATIONS = (b"<!doctype", b"<!entity")
_OVERLAP = max(map(len, _DECLARATIONS)) - 1


def office_content(path: Path, name: str, limits: Limits) -> Content:
    """`xlsx` or `docx`; raises AttachmentRefused for any other archive, AttachmentTooLarge for a bomb.

    Sizes that the archive declares are checked before anything is unpacked; then every member is
    unpacked once, in pieces that are thrown away, since what is declared may be a lie.
    """
    _refuse_many_entries(path, name, limits)
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            _refuse_declared(members, path.stat().st_size, name, limits)
            _refuse_members(members, name)
            for member in members:
                _unpack(archive, member, name)
            return _content(archive, name)
    except _BROKEN as error:
        raise AttachmentRefused(f"{name!r} is a damaged archive and cannot be opened.") from error


def _refuse_many_entries(path: Path, name: str, limits: Limits) -> None:
    """Counts entries in the raw bytes: reading the directory itself takes memory for each of them."""
    count, tail = 0, b""
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            piece = tail + chunk
            count += piece.count(_ENTRY)
            tail = piece[-(len(_ENTRY) - 1) :]
    if count > limits.members:
        raise AttachmentTooLarge(f"{name!r} packs {count:,} files; at most {limits.members:,} are unpacked.")


def _refuse_declared(members: list[zipfile.ZipInfo], packed: int, name: str, limits: Limits) -> None:
    unpacked = sum(member.file_size for member in members)
    if unpacked > limits.unpacked:
        limit = in_megabytes(limits.unpacked)
        raise AttachmentTooLarge(f"{name!r} would unpack to {in_megabytes(unpacked)}; the limit is {limit}.")
    if unpacked > max(_MAY_REPEAT, limits.ratio * packed):
        times = unpacked // packed
        raise AttachmentTooLarge(f"{name!r} would unpack to {times:,} times its size; the limit is {limits.ratio}.")


def _refuse_members(members: list[zipfile.ZipInfo], name: str) -> None:
    names = [member.filename for member in members]
    if len(set(names)) < len(names):
        raise AttachmentRefused(f"{name!r} holds two files of one name, as no office program writes it.")
    if any(member.flag_bits & 1 for member in members):
        raise AttachmentRefused(f"{name!r} is protected by a password; send it without one.")
    if any(member.compress_type not in _METHODS for member in members):
        raise AttachmentRefused(f"{name!r} is packed in a way that no office program uses.")
    if any(each.startswith("/") or ".." in each.replace("\\", "/").split("/") for each in names):
        raise AttachmentRefused(f"{name!r} holds files that would be unpacked outside of their folder.")
    if any(each.lower().endswith("vbaproject.bin") for each in names):
        raise AttachmentRefused(f"{name!r} holds macros; save it without them.")


def _unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> None:
    """Read a member to its real end, which must be the declared one; zipfile compares the checksum there."""
    probe = copy.copy(member)
    probe.file_size = sys.maxsize
    size, tail = 0, b""
    with archive.open(probe) as stream:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > member.file_size:
                raise AttachmentTooLarge(f"{name!r} unpacks to more than it declares; it can be a bomb.")
            if member.filename.lower().endswith(_XML):
                tail = _refuse_entities(tail + chunk.replace(b"\0", b"").lower(), name)


def _refuse_entities(piece: bytes, name: str) -> bytes:
    """The end of a piece, to be joined with the next; raises AttachmentRefused where it declares entities."""
    if any(declaration in piece for declaration in _DECLARATIONS):
        raise AttachmentRefused(f"{name!r} declares entities, as no office program does; they can be a bomb.")
    return piece[-_OVERLAP:]


def _content(archive: zipfile.ZipFile, name: str) -> Content:
    types = archive.read(_TYPES) if _TYPES in archive.namelist() else b""
    for word, content in _MAIN:
        if word in types:
            return content
    raise AttachmentRefused(
        f"{name!r} is an archive, but neither an Excel workbook (.xlsx) nor a Word document (.docx)."
    )
