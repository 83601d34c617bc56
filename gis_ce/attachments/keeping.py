"""Taking a file as it arrives: name, size and content are checked, then it is kept with a copy to show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from pathlib import Path

from PIL.Image import Image

from gis_ce.attachments.documents import refuse_broken_geopackage, refuse_broken_pdf, refuse_broken_video
from gis_ce.attachments.exif import photo_of
from gis_ce.attachments.folder import AttachmentFolder, Readable, arriving, open_content, receive, settle
from gis_ce.attachments.kinds import Kind, kind_of_media_type, kind_of_name, refuse_mismatch
from gis_ce.attachments.limits import Limits
from gis_ce.attachments.names import clean_name
from gis_ce.attachments.photo import NO_NOTES, Photo
from gis_ce.attachments.photo_place import CasePlace, photo_place
from gis_ce.attachments.pictures import opened
from gis_ce.attachments.signatures import content_of
from gis_ce.attachments.stripping import bare_pages, write_stripped
from gis_ce.attachments.texts import refuse_unless_geojson


@dataclass(frozen=True, slots=True)
class StoredAttachment:
    """What the table of attachments keeps of a file; the case, step, field, time and person are the caller's.

    `stripped_sha256` is None for what is no picture: there is no copy of it for anyone but staff.
    `bearing` counts from true north; `distance_from_site_ft` is None until held against a place.
    """

    sha256: str
    stripped_sha256: str | None
    name: str
    media_type: str
    size: int
    captured_at: datetime | None = None
    lon: float | None = None
    lat: float | None = None
    bearing: float | None = None
    distance_from_site_ft: float | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that is on disk now: its row, what its camera noted, and whether the same content lay there before."""

    stored: StoredAttachment
    photo: Photo
    again: bool


def keep(folder: AttachmentFolder, stream: Readable, claimed_name: str, zone: tzinfo) -> Kept:
    """Take a file; when this returns, its content and its stripped copy are on disk under their hashes.

    `zone` is the city's, for cameras that name none. Raises AttachmentRefused (AttachmentTooLarge) for
    a file that is not taken and AttachmentNotKept where the disk refuses it; then nothing was kept.
    """
    name = clean_name(claimed_name)
    kind = kind_of_name(name)
    with arriving(folder.path) as original:
        size = receive(stream, original, name, folder.limits.size)
        refuse_mismatch(name, kind, content_of(original, name, folder.limits))
        photo, pages = _inspected(original, kind, name, folder.limits, zone)
        stripped_sha256 = _stripped(folder.path, pages, kind) if pages else None
        sha256, again = settle(folder.path, original)
    stored = StoredAttachment(
        sha256=sha256,
        stripped_sha256=stripped_sha256,
        name=name,
        media_type=kind.media_type,
        size=size,
        captured_at=photo.captured_at,
        lon=photo.lon,
        lat=photo.lat,
        bearing=photo.true_bearing,
    )
    return Kept(stored, photo, again)


def held_against(kept: Kept, place: CasePlace, day: date) -> StoredAttachment:
    """The row with the photo's distance from a case's place (None where it cannot be told)."""
    return replace(kept.stored, distance_from_site_ft=photo_place(kept.photo, place, day).distance_ft)


def read_photo(folder: AttachmentFolder, sha256: str, media_type: str, zone: tzinfo) -> Photo:
    """The camera's notes of a kept picture again, as when its case moves; none for what is no picture.

    Raises AttachmentMissing where the content is gone.
    """
    kind = kind_of_media_type(media_type)
    with open_content(folder.path, sha256) as content:
        if kind is None or not kind.picture:
            return NO_NOTES
        with opened(Path(content.name), kind, sha256, folder.limits) as picture:
            return photo_of(picture, zone)


def _inspected(path: Path, kind: Kind, name: str, limits: Limits, zone: tzinfo) -> tuple[Photo, Sequence[Image]]:
    """The camera's notes and the bare pages of a picture; neither for other files, which must be whole."""
    if kind.picture:
        with opened(path, kind, name, limits) as picture:
            return photo_of(picture, zone), bare_pages(picture, limits)
    if kind.media_type == "application/geo+json":
        refuse_unless_geojson(path, name, limits)
    elif kind.content == "pdf":
        refuse_broken_pdf(path, name)
    elif kind.content == "gpkg":
        refuse_broken_geopackage(path, name)
    elif kind.content == "mp4":
        refuse_broken_video(path, name)
    return NO_NOTES, ()


def _stripped(folder: Path, pages: Sequence[Image], kind: Kind) -> str:
    with arriving(folder) as copy:
        with copy.open("x+b") as target:
            write_stripped(pages, kind, target)
        return settle(folder, copy)[0]
