"""What the bytes of a file say that it is, whatever its name."""

from __future__ import annotations

from pathlib import Path

from gis_ce.attachments.archives import office_content
from gis_ce.attachments.kinds import Content
from gis_ce.attachments.limits import Limits
from gis_ce.attachments.texts import refuse_unless_text
from gis_ce.errors import AttachmentRefused

_HEAD = 512
_STARTS: tuple[tuple[bytes, Content], ...] = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"II+\0", "tiff"),
    (b"MM\0+", "tiff"),
    (b"%PDF-", "pdf"),
    (b"SQLite format 3\0", "gpkg"),
)
_HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_MP4 = {b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"MSNV", b"M4V ", b"M4VP", b"dash"}
_OTHERS = (
    (b"GIF8", "a GIF picture"),
    (b"BM", "a bitmap picture"),
    (b"8BPS", "a Photoshop picture"),
    (b"\xd0\xcf\x11\xe0", "an old or a password-protected Office file"),
    (b"Rar!", "an archive"),
    (b"7z\xbc\xaf", "an archive"),
    (b"\x1f\x8b", "an archive"),
    (b"MZ", "a program"),
    (b"\x7fELF", "a program"),
)


def content_of(path: Path, name: str, limits: Limits) -> Content:
    """What a file is by its content; raises AttachmentRefused for what is none of the kinds that are taken."""
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    if not head:
        raise AttachmentRefused(f"{name!r} is empty.")
    for start, content in _STARTS:
        if head.startswith(start):
            return content
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[4:8] == b"ftyp":
        return _by_brand(head[8:12], name)
    if head.startswith(b"PK\x03\x04"):
        return office_content(path, name, limits)
    _refuse_others(head, name)
    refuse_unless_text(path, name)
    return "text"


def _by_brand(brand: bytes, name: str) -> Content:
    if brand in _HEIC:
        return "heic"
    if brand in _MP4:
        return "mp4"
    shown = brand.decode("latin-1").strip()
    raise AttachmentRefused(f"{name!r} is a video or picture of a kind that is not taken ({shown!r}); taken is MP4.")


def _refuse_others(head: bytes, name: str) -> None:
    """Names what is often sent by mistake; a NUL tells it from text that begins with the same letters."""
    for start, title in _OTHERS:
        if head.startswith(start) and b"\0" in head:
            raise AttachmentRefused(f"{name!r} is {title} by its content, which is not taken.")
