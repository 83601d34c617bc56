"""What a camera noted in a picture: read where it can be used, remarked on where not, never guessed."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kept_files import ZONE, refusal, send
from made_pictures import GPS, encoded, gps_tags, jpeg, notes, rational, scene, sexagesimal, taken
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from gis_ce.attachments import exif_values
from gis_ce.attachments.exif import photo_of
from gis_ce.attachments.photo import NO_NOTES, Photo
from gis_ce.errors import AttachmentRefused

LON, LAT = -78.638176, 35.779590


def photo(exif: Image.Exif, writer: str = "JPEG") -> Photo:
    """The notes of a picture, after a way through the bytes of a real file."""
    with Image.open(BytesIO(encoded(scene(), writer, exif=exif))) as picture:
        return photo_of(picture, ZONE)


@pytest.mark.parametrize("writer", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_everything_that_a_phone_notes_is_read_from_each_format(writer: str) -> None:
    more = {
        "MapDatum": "WGS-84",
        "ImgDirection": rational(312.25),
        "ImgDirectionRef": "T",
        "HPositioningError": rational(4.75),
        "DateStamp": "2026:11:20",
        "TimeStamp": sexagesimal(14 + 30 / 60 + 5 / 3600),
    }
    exif = notes(gps_tags(LON, LAT, **more), taken("2026:11:20 09:30:07", "-05:00"), Make="Example", Model="Phone 7")
    found = photo(exif, writer)
    assert (found.lon, found.lat) == (pytest.approx(LON, abs=1e-8), pytest.approx(LAT, abs=1e-8))
    assert found.datum == "WGS-84"
    assert (found.bearing, found.north, found.true_bearing) == (312.25, "true", 312.25)
    assert found.error_ft == pytest.approx(4.75 / 0.3048)
    assert found.captured_at == datetime(2026, 11, 20, 14, 30, 7, tzinfo=UTC)
    assert found.zone_said
    assert found.fix_at == datetime(2026, 11, 20, 14, 30, 5, tzinfo=UTC)
    assert found.camera == "Example Phone 7"
    assert found.remarks == ()


def test_a_picture_without_notes_says_nothing() -> None:
    assert photo(Image.Exif()) == NO_NOTES


@pytest.mark.parametrize(("lon", "lat"), [(151.2, -33.9), (-70.6, -33.4), (139.7, 35.7), (180.0, 90.0)])
def test_each_quarter_of_the_earth_has_its_signs(lon: float, lat: float) -> None:
    found = photo(notes(gps_tags(lon, lat)))
    assert (found.lon, found.lat) == (pytest.approx(lon), pytest.approx(lat))


@pytest.mark.parametrize(
    "change",
    [
        {GPS.GPSLongitudeRef: ""},
        {GPS.GPSLongitudeRef: "X"},
        {GPS.GPSLongitude: sexagesimal(181.0)},
        {GPS.GPSLatitude: sexagesimal(90.5)},
        {GPS.GPSLatitude: (IFDRational(35, 0), IFDRational(0, 0), IFDRational(0, 0))},
        {GPS.GPSLatitude: (rational(35), rational(75), rational(0))},
        {GPS.GPSLatitude: (rational(35), rational(46))},
        {GPS.GPSLatitude: rational(35.7)},
    ],
)
def test_a_position_that_cannot_be_used_is_left_out_and_told(change: dict[int, object]) -> None:
    found = photo(notes(gps_tags(LON, LAT) | change))
    assert (found.lon, found.lat) == (None, None)
    assert found.remarks == ("The photo's position cannot be used: it is incomplete or no position.",)


def test_zero_zero_is_no_position() -> None:
    found = photo(notes(gps_tags(0.0, 0.0)))
    assert (found.lon, found.lat) == (None, None)
    assert found.remarks == ("The photo's position is 0, 0, which a receiver writes that has none.",)


def test_a_receiver_without_satellites_is_told() -> None:
    found = photo(notes(gps_tags(LON, LAT, Status="V")))
    assert found.lon == pytest.approx(LON)
    assert "lost its satellites" in found.remarks[0]


@pytest.mark.parametrize(
    ("direction", "reference", "bearing", "north"),
    [(90.0, "M", 90.0, "magnetic"), (90.0, None, 90.0, "not said"), (360.0, "T", 0.0, "true"), (400.0, "T", None, "")],
)
def test_a_bearing_counts_from_true_north_only_where_the_camera_says_so(
    direction: float, reference: str | None, bearing: float | None, north: str
) -> None:
    tags = gps_tags(LON, LAT, ImgDirection=rational(direction))
    if reference is not None:
        tags[GPS.GPSImgDirectionRef] = reference
    found = photo(notes(tags))
    assert found.bearing == bearing
    assert bearing is None or found.north == north
    assert found.true_bearing == (bearing if north == "true" else None)


def test_a_time_without_an_offset_is_read_in_the_citys_zone_and_said_so() -> None:
    winter, summer = (photo(notes(exif=taken(f"2026:{month}:01 09:30:00"))) for month in ("01", "07"))
    assert winter.captured_at == datetime(2026, 1, 1, 14, 30, tzinfo=UTC)
    assert summer.captured_at == datetime(2026, 7, 1, 13, 30, tzinfo=UTC)
    assert not winter.zone_said


@pytest.mark.parametrize(
    "written", ["0000:00:00 00:00:00", "    :  :     :  :  ", "2026:02:30 10:00:00", "", "yesterday"]
)
def test_a_time_that_is_none_is_left_out(written: str) -> None:
    assert photo(notes(exif=taken(written, "-05:00"))).captured_at is None


@pytest.mark.parametrize("written", ["+5", "-99:00", "-05:75", "Z", ""])
def test_an_offset_that_is_none_leaves_the_citys_zone(written: str) -> None:
    found = photo(notes(exif=taken("2026:01:01 09:30:00", written)))
    assert found.captured_at == datetime(2026, 1, 1, 14, 30, tzinfo=UTC)
    assert not found.zone_said


def test_clocks_that_differ_are_told() -> None:
    tags = gps_tags(LON, LAT, DateStamp="2026:11:20", TimeStamp=sexagesimal(14.5))
    found = photo(notes(tags, taken("2026:11:20 06:30:00", "-05:00")))
    assert found.remarks == (
        "By the city's clocks the receiver says 2026-11-20 09:30, the camera's clock 2026-11-20 06:30.",
    )


@pytest.mark.parametrize("metres", [IFDRational(0, 1), IFDRational(5, 0)])
def test_an_error_that_is_none_is_left_out(metres: IFDRational) -> None:
    assert photo(notes(gps_tags(LON, LAT, HPositioningError=metres))).error_ft is None


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_broken_notes_do_not_keep_a_photo_from_being_taken(tmp_path: Path) -> None:
    whole = jpeg(notes(gps_tags(LON, LAT)))
    at = whole.index(b"Exif\0\0") + 6
    kept = send(tmp_path, whole[:at] + b"II*\0\xff\xff\xff\x7f" + whole[at + 8 :])
    assert kept.stored.lon is None
    assert kept.stored.stripped_sha256


@pytest.mark.filterwarnings("ignore::UserWarning")
@given(st.data())
def test_no_garble_of_the_notes_escapes(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    whole = bytearray(jpeg(notes(gps_tags(LON, LAT, MapDatum="WGS-84"), taken("2026:11:20 09:30:00", "-05:00"))))
    start = whole.index(b"Exif\0\0") + 6
    end = start + int.from_bytes(whole[4:6], "big") - 8
    for at in data.draw(st.lists(st.integers(start, end - 1), max_size=12)):
        whole[at] = data.draw(st.sampled_from([0, 1, 2, 5, 127, 255]))
    folder = tmp_path_factory.mktemp("folder")
    try:
        found = send(folder, bytes(whole)).photo
    except AttachmentRefused:
        refusal(folder, bytes(whole))
        return
    assert found.lon is None or -180 <= found.lon <= 180
    assert found.lat is None or -90 <= found.lat <= 90
    assert found.bearing is None or 0 <= found.bearing < 360
    assert found.captured_at is None or found.captured_at.utcoffset() == timedelta(0)


anything = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.binary(), st.lists(st.floats(), max_size=4)
)


@given(anything, anything)
def test_a_tag_may_hold_anything(one: object, other: object) -> None:
    assert exif_values.number(one) is None or isinstance(exif_values.number(one), float)
    assert exif_values.degrees(one, other, "W", "E", 180.0) is None or isinstance(one, list)
    assert isinstance(exif_values.words(one), str)
    assert exif_values.moment(one, UTC) is None or re.search(r"\d{4}", str(one))
    assert exif_values.offset(one) is None or isinstance(exif_values.offset(one), timezone)
    assert exif_values.utc_moment(one, other) is None or isinstance(other, list)
