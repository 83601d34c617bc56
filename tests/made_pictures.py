"""Pictures and office files made on the spot, with the notes that cameras and phones put into them."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Mapping
from fractions import Fraction
from io import BytesIO

import openpyxl
import pillow_heif
from PIL import ExifTags, Image
from PIL.TiffImagePlugin import IFDRational

GPS = ExifTags.GPS
BASE = ExifTags.Base
SECRET = "Officer Ann Example"
"""Words that are planted in every place where a picture can carry words."""


def rational(value: float) -> IFDRational:
    """A fraction as cameras write it."""
    fraction = Fraction(value).limit_denominator(1_000_000)
    return IFDRational(fraction.numerator, fraction.denominator)


def sexagesimal(degrees: float) -> tuple[IFDRational, IFDRational, IFDRational]:
    """Degrees, minutes and seconds."""
    minutes, seconds = divmod(abs(degrees) * 3600, 60)
    whole, minutes = divmod(minutes, 60)
    return rational(whole), rational(minutes), rational(seconds)


def gps_tags(lon: float, lat: float, **more: object) -> dict[int, object]:
    """Tags of a position; further ones by the name of the tag without `GPS`."""
    tags: dict[int, object] = {
        GPS.GPSLatitudeRef: "N" if lat >= 0 else "S",
        GPS.GPSLatitude: sexagesimal(lat),
        GPS.GPSLongitudeRef: "E" if lon >= 0 else "W",
        GPS.GPSLongitude: sexagesimal(lon),
    }
    return tags | {GPS[f"GPS{name}"]: value for name, value in more.items()}


def notes(
    gps: Mapping[int, object] | None = None, exif: Mapping[int, object] | None = None, **general: object
) -> Image.Exif:
    """The notes of a camera: position, details, and general tags by name."""
    made = Image.Exif()
    for name, value in ({"Artist": SECRET} | general).items():
        made[BASE[name]] = value
    made.get_ifd(ExifTags.IFD.GPSInfo).update(gps or {})
    made.get_ifd(ExifTags.IFD.Exif).update(exif or {})
    return made


def taken(at: str, offset: str | None = None) -> dict[int, object]:
    """The tags of the time of a photo."""
    tags: dict[int, object] = {BASE.DateTimeOriginal: at}
    return tags if offset is None else tags | {BASE.OffsetTimeOriginal: offset}


def scene(size: tuple[int, int] = (40, 24), mode: str = "RGB") -> Image.Image:
    """A picture that is red on its left half and blue on its right, with a white top left corner."""
    picture = Image.new("RGB", size, (200, 0, 0))
    picture.paste((0, 0, 200), (size[0] // 2, 0, *size))
    picture.paste((255, 255, 255), (0, 0, size[0] // 4, size[1] // 4))
    return picture.convert(mode)


def encoded(picture: Image.Image, writer: str = "JPEG", **options: object) -> bytes:
    """The bytes of a picture; notes are given to the writer as bytes, since that for TIFF drops positions otherwise."""
    if isinstance(exif := options.get("exif"), Image.Exif):
        options["exif"] = exif.tobytes()
    target = BytesIO()
    picture.save(target, writer, **options)
    return target.getvalue()


def jpeg(exif: Image.Exif | None = None, size: tuple[int, int] = (40, 24)) -> bytes:
    """A JPEG with notes, as a phone sends it."""
    return encoded(scene(size), exif=notes() if exif is None else exif)


def heic(exif: Image.Exif | None = None, size: tuple[int, int] = (80, 48), *before: Image.Image) -> bytes:
    """A HEIC picture with notes, as a phone sends it; pictures `before` it in the file are not its own."""
    pictures = [*before, scene(size)]
    made = pillow_heif.from_pillow(pictures[0])
    for picture in pictures[1:]:
        made.add_from_pillow(picture)
    target = BytesIO()
    made.save(target, quality=90, exif=(exif or notes()).tobytes(), primary_index=len(before))
    return target.getvalue()


def claiming(picture: bytes, size: tuple[int, int], other: tuple[int, int]) -> bytes:
    """A HEIC picture of a size whose head claims another."""
    told, lie = (b"ispe" + struct.pack(">III", 0, *each) for each in (size, other))
    assert told in picture
    return picture.replace(told, lie)


def with_segments(picture: bytes, *segments: tuple[int, bytes]) -> bytes:
    """A JPEG with further segments (marker and content) behind its start."""
    made = b"".join(struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content for marker, content in segments)
    return picture[:2] + made + picture[2:]


def png_claiming(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose head claims a size."""
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + _chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def workbook(cells: int = 3) -> bytes:
    """An Excel workbook."""
    made = openpyxl.Workbook()
    for row in range(cells):
        made.active.append([row, f"valve {row}"])
    target = BytesIO()
    made.save(target)
    return target.getvalue()


def archive(members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive of named contents."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w", method) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return target.getvalue()


def workbook_with(members: Mapping[str, bytes]) -> bytes:
    """An Excel workbook with further contents packed into it."""
    with zipfile.ZipFile(BytesIO(workbook())) as whole:
        return archive({name: whole.read(name) for name in whole.namelist()} | dict(members))
