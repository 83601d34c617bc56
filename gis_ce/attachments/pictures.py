"""Opening a picture that a stranger sent: its size is known before a pixel is unpacked, and every pixel is read."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from pi_heif import register_heif_opener
from PIL import Image
from PIL.Image import DecompressionBombError

from gis_ce.attachments.kinds import Kind
from gis_ce.attachments.limits import Limits
from gis_ce.errors import AttachmentRefused, AttachmentTooLarge

UNREADABLE = (
    *(OSError, SyntaxError, ValueError, TypeError, LookupError, EOFError),
    *(OverflowError, RuntimeError, struct.error, zlib.error),
)
"""What Pillow and its reader of HEIC raise on broken files, by format and by place of the break."""


@contextmanager
def opened(path: Path, kind: Kind, name: str, limits: Limits) -> Iterator[Image.Image]:
    """The picture of a file, not yet unpacked, of no format but those of its kind.

    Raises AttachmentRefused where it cannot be read, AttachmentTooLarge where all its frames together
    have more pixels than the limit.
    """
    _read_heic_too()
    try:
        with Image.open(path, formats=kind.picture) as picture:
            _refuse_many_pixels(picture, name, limits)
            yield picture
    except DecompressionBombError as error:
        raise AttachmentTooLarge(f"{name!r} has more pixels than can be opened safely.") from error
    except MemoryError as error:
        raise AttachmentTooLarge(f"{name!r} takes more memory than there is to open it.") from error
    except UNREADABLE as error:
        raise AttachmentRefused(f"{name!r} cannot be read as {kind.title}; it is damaged or was cut short.") from error


def frames(picture: Image.Image, limits: Limits) -> Iterator[Image.Image]:
    """The picture at each of its pages; only a TIFF has pages that count, others move or hold previews."""
    yield picture
    if not _has_pages(picture):
        return
    for number in range(1, limits.frames + 1):
        try:
            picture.seek(number)
        except EOFError:
            return
        yield picture


def _refuse_many_pixels(picture: Image.Image, name: str, limits: Limits) -> None:
    pixels = 0
    for number, frame in enumerate(frames(picture, limits)):
        pixels += frame.width * frame.height
        if pixels > limits.pixels:
            many, limit = f"{pixels / 1e6:,.0f} million", f"{limits.pixels / 1e6:,.0f} million"
            raise AttachmentTooLarge(f"{name!r} has {many} pixels or more; the limit is {limit}.")
        if number == limits.frames:
            raise AttachmentTooLarge(f"{name!r} has more than {limits.frames} pages.")
    if _has_pages(picture):
        picture.seek(0)


def _has_pages(picture: Image.Image) -> bool:
    return picture.format == "TIFF"


@cache
def _read_heic_too() -> None:
    """Pillow reads HEIC once it is told how; of such a file only the picture that it calls its own is read."""
    register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)
