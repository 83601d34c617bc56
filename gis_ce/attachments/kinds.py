"""Which kinds of file are taken, and how each is named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gis_ce.errors import AttachmentRefused

Content = Literal["jpeg", "png", "webp", "tiff", "heic", "pdf", "xlsx", "docx", "gpkg", "mp4", "text"]
"""What the bytes of a file say that it is."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: its media type, its name in a sentence, its endings, and what its bytes must be.

    `picture` names the Pillow formats of a picture, of which a stripped copy can be made.
    """

    media_type: str
    title: str
    endings: tuple[str, ...]
    content: Content
    picture: tuple[str, ...] = ()


KINDS = (
    Kind("image/jpeg", "a JPEG picture", ("jpg", "jpeg"), "jpeg", ("JPEG", "MPO")),
    Kind("image/png", "a PNG picture", ("png",), "png", ("PNG",)),
    Kind("image/webp", "a WebP picture", ("webp",), "webp", ("WEBP",)),
    Kind("image/tiff", "a TIFF picture", ("tif", "tiff"), "tiff", ("TIFF",)),
    Kind("image/heic", "a HEIC picture", ("heic", "heif"), "heic", ("HEIF",)),
    Kind("application/pdf", "a PDF", ("pdf",), "pdf"),
    Kind("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "an Excel workbook", ("xlsx",), "xlsx"),
    Kind(
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "a Word document", ("docx",), "docx"
    ),
    Kind("text/csv", "a CSV table", ("csv",), "text"),
    Kind("text/plain", "plain text", ("txt",), "text"),
    Kind("application/geo+json", "GeoJSON", ("geojson",), "text"),
    Kind("application/geopackage+sqlite3", "a GeoPackage", ("gpkg",), "gpkg"),
    Kind("video/mp4", "an MP4 video", ("mp4",), "mp4"),
)

_BY_ENDING = {ending: kind for kind in KINDS for ending in kind.endings}
_BY_MEDIA_TYPE = {kind.media_type: kind for kind in KINDS}
_TITLES: dict[Content, str] = {kind.content: kind.title for kind in reversed(KINDS)} | {"text": "plain text"}


def kind_of_name(name: str) -> Kind:
    """The kind that the ending of a name claims; raises AttachmentRefused for one that is not taken."""
    ending = name.rpartition(".")[2].lower()
    kind = _BY_ENDING.get(ending)
    if kind is None:
        raise AttachmentRefused(f"Files that end in .{ending} are not taken; taken are: {', '.join(_BY_ENDING)}.")
    return kind


def kind_of_media_type(media_type: str) -> Kind | None:
    """The kind of a stored attachment, or None where it is none of ours."""
    return _BY_MEDIA_TYPE.get(media_type)


def refuse_mismatch(name: str, kind: Kind, content: Content) -> None:
    """Raises AttachmentRefused where the bytes are not what the ending of the name claims."""
    if content != kind.content:
        raise AttachmentRefused(f"{name!r} is not {kind.title} as its name says: its content is {_TITLES[content]}.")
