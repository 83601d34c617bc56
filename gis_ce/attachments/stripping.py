"""A copy of a picture for anyone but the file of evidence: the pixels, upright, and nothing else.

The copy is made from the pixels anew, so nothing rides along: no EXIF, XMP, IPTC, comments, previews,
colour profiles, moving parts or bytes behind the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import BinaryIO

from PIL import ExifTags, Image, ImageCms

from gis_ce.attachments.kinds import Kind
from gis_ce.attachments.limits import Limits
from gis_ce.attachments.pictures import UNREADABLE, frames

_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_WRITTEN: dict[str, tuple[str, dict[str, object]]] = {
    "image/jpeg": ("JPEG", {"quality": 90}),
    "image/heic": ("JPEG", {"quality": 90}),
    "image/png": ("PNG", {}),
    "image/webp": ("WEBP", {"quality": 90}),
    "image/tiff": ("TIFF", {"compression": "tiff_deflate"}),
}
_JPEG_MODES = ("L", "RGB")


def stripped_media_type(media_type: str) -> str:
    """The media type of the stripped copy of a picture of that type."""
    return "image/jpeg" if media_type == "image/heic" else media_type


def bare_pages(picture: Image.Image, limits: Limits) -> list[Image.Image]:
    """The pages of a picture, unpacked, upright, with nothing beside their pixels."""
    return [_bare(page) for page in frames(picture, limits)]


def write_stripped(pages: Sequence[Image.Image], kind: Kind, target: BinaryIO) -> None:
    """Write bare pages in the format of their kind (HEIC as JPEG)."""
    writer, options = _WRITTEN[kind.media_type]
    first = pages[0]
    if writer == "JPEG" and first.mode not in _JPEG_MODES:
        first = first.convert("RGB")
    if len(pages) > 1:
        options = options | {"save_all": True, "append_images": list(pages[1:])}
    first.save(target, writer, **options)


def _bare(page: Image.Image) -> Image.Image:
    page.load()
    turned = _UPRIGHT.get(_orientation(page))
    pixels = _in_common_colours(page if turned is None else page.transpose(turned))
    if "transparency" in pixels.info:
        pixels = pixels.convert("RGBA")
    bare = pixels.copy() if pixels is page else pixels
    bare.info = {}
    return bare


def _orientation(page: Image.Image) -> int:
    """How the camera was held, once the pixels are there: a TIFF turns itself as it is unpacked."""
    try:
        value = page.getexif().get(ExifTags.Base.Orientation, 1)
    except UNREADABLE:
        return 1
    return value if isinstance(value, int) else 1


def _in_common_colours(picture: Image.Image) -> Image.Image:
    """The colours as sRGB, since the profile that says what they mean does not go along."""
    profile = picture.info.get("icc_profile")
    if not profile or picture.mode not in ("RGB", "RGBA", "CMYK"):
        return picture
    mode = "RGBA" if picture.mode == "RGBA" else "RGB"
    try:
        meant = ImageCms.ImageCmsProfile(BytesIO(profile))
        moved = ImageCms.profileToProfile(picture, meant, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, *UNREADABLE):
        return picture
    return moved if moved is not None else picture
