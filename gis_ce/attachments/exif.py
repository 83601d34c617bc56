"""Reading the camera's notes (EXIF 2.32) out of a picture; the file itself is only ever read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

from PIL import ExifTags, Image

from gis_ce.attachments.exif_values import Tags, degrees, moment, number, offset, utc_moment, words
from gis_ce.attachments.photo import NO_NOTES, North, Photo
from gis_ce.attachments.pictures import UNREADABLE

_GPS = ExifTags.GPS
_BASE = ExifTags.Base
_FEET_IN_METRE = 1 / 0.3048
_NORTHS: dict[str, North] = {"T": "true", "M": "magnetic"}
_APART = timedelta(minutes=10)
"""A fix may be some minutes old; clocks that differ by more do not show the same moment."""


def photo_of(picture: Image.Image, zone: tzinfo) -> Photo:
    """What the camera noted; a note that cannot be used is left out and remarked on, never guessed.

    `zone` is the city's: a clock time without an offset is read in it, and `zone_said` is then false.
    """
    try:
        exif = picture.getexif()
        general = dict(exif)
        detailed = dict(exif.get_ifd(ExifTags.IFD.Exif))
        position = dict(exif.get_ifd(ExifTags.IFD.GPSInfo))
    except UNREADABLE:
        return Photo(remarks=("The camera's notes are damaged and cannot be read.",))
    if not (general or detailed or position):
        return NO_NOTES
    return _photo(general, detailed, position, zone)


def _photo(general: Tags, detailed: Tags, position: Tags, zone: tzinfo) -> Photo:
    lon, lat, remarks = _position(position)
    captured_at, zone_said = _captured(detailed, zone)
    fix_at = utc_moment(position.get(_GPS.GPSDateStamp), position.get(_GPS.GPSTimeStamp))
    bearing, north = _bearing(position)
    error = number(position.get(_GPS.GPSHPositioningError))
    return Photo(
        lon=lon,
        lat=lat,
        datum=words(position.get(_GPS.GPSMapDatum)) or None,
        error_ft=error * _FEET_IN_METRE if error is not None and error > 0 else None,
        bearing=bearing,
        north=north,
        captured_at=captured_at,
        zone_said=zone_said,
        fix_at=fix_at,
        camera=" ".join(filter(None, (words(general.get(_BASE.Make)), words(general.get(_BASE.Model))))),
        remarks=(*remarks, *_clock_remarks(captured_at, fix_at, zone_said, zone)),
    )


def _position(tags: Tags) -> tuple[float | None, float | None, tuple[str, ...]]:
    lon = degrees(tags.get(_GPS.GPSLongitude), tags.get(_GPS.GPSLongitudeRef), "W", "E", 180.0)
    lat = degrees(tags.get(_GPS.GPSLatitude), tags.get(_GPS.GPSLatitudeRef), "S", "N", 90.0)
    if lon is None or lat is None:
        written = _GPS.GPSLongitude in tags or _GPS.GPSLatitude in tags
        return None, None, ("The photo's position cannot be used: it is incomplete or no position.",) if written else ()
    if lon == 0.0 and lat == 0.0:
        return None, None, ("The photo's position is 0, 0, which a receiver writes that has none.",)
    if words(tags.get(_GPS.GPSStatus)).upper() == "V":
        return lon, lat, ("The receiver had lost its satellites; the photo's position is an earlier one.",)
    return lon, lat, ()


def _bearing(tags: Tags) -> tuple[float | None, North]:
    bearing = number(tags.get(_GPS.GPSImgDirection))
    if bearing is None or not 0.0 <= bearing <= 360.0:
        return None, "not said"
    return bearing % 360.0, _NORTHS.get(words(tags.get(_GPS.GPSImgDirectionRef)).upper()[:1], "not said")


def _captured(tags: Tags, zone: tzinfo) -> tuple[datetime | None, bool]:
    said = offset(tags.get(_BASE.OffsetTimeOriginal))
    local = moment(tags.get(_BASE.DateTimeOriginal), said or zone)
    return (None, False) if local is None else (local.astimezone(UTC), said is not None)


def _clock_remarks(
    captured_at: datetime | None, fix_at: datetime | None, zone_said: bool, zone: tzinfo
) -> tuple[str, ...]:
    if captured_at is None or fix_at is None or abs(captured_at - fix_at) <= _APART:
        return ()
    told = "the camera's clock" if zone_said else "the camera's clock (read in the city's zone, as it names none)"
    fix, captured = (f"{at.astimezone(zone):%Y-%m-%d %H:%M}" for at in (fix_at, captured_at))
    return (f"By the city's clocks the receiver says {fix}, {told} {captured}.",)
