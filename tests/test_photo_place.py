"""A photo's position and time against its case: distance with its doubt, and a sentence."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from kept_files import send
from made_pictures import gps_tags, jpeg, notes, rational, taken
from pyproj import Geod
from shapely.geometry.base import BaseGeometry

from gis_ce.attachments.keeping import held_against
from gis_ce.attachments.photo import NO_NOTES, Photo
from gis_ce.attachments.photo_place import UNSTATED_ERROR_FT, CasePlace, datum_of, in_words, photo_place
from gis_ce.attachments.photo_time import photo_time
from layers.datum import shapes_to_grid
from layers.grid import Grid

GRID = Grid(2264)
LON, LAT = -78.638176, 35.779590
DAY = date(2026, 11, 20)
ZONE = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
HERE = GRID.from_lonlat(np.array([shapely.Point(LON, LAT)], dtype=object))[0]
FOOT = 0.3048
ON_NAD83 = {"datum": "NAD83(2011)", "error_ft": 15.15}


def place(geometry: BaseGeometry | None = HERE, sigma_ft: float = 0.0) -> CasePlace:
    return CasePlace(geometry, sigma_ft, GRID)


def photo_at(east_ft: float, north_ft: float, **more: object) -> Photo:
    """A photo so many feet of the grid away from HERE."""
    point = shapely.Point(HERE.x + east_ft, HERE.y + north_ft)
    lonlat = GRID.to_lonlat(np.array([point], dtype=object))[0]
    return Photo(lon=lonlat.x, lat=lonlat.y, **(ON_NAD83 | more))  # type: ignore[arg-type]


def test_a_photo_140_ft_away_is_said_to_be() -> None:
    found = photo_place(photo_at(0, 140), place(), DAY)
    assert found.distance_ft == pytest.approx(140, abs=0.01)
    assert found.sigma_ft == pytest.approx(10.0, abs=0.01)
    assert found.sentence == "Photo taken 140 ft away, give or take 24 ft."


@pytest.mark.parametrize("azimuth", [0, 77, 180, 301])
def test_the_distance_is_that_on_the_ground(azimuth: float) -> None:
    lon, lat, _ = Geod(ellps="GRS80").fwd(LON, LAT, azimuth, 700 * FOOT)
    found = photo_place(Photo(lon=lon, lat=lat, datum="NAD83(2011)"), place(), DAY)
    assert found.distance_ft == pytest.approx(700, rel=2e-4)


def test_a_photo_nearer_than_can_be_told_counts_as_at_the_place() -> None:
    found = photo_place(photo_at(20, 0), place(), DAY)
    assert found.sentence == "Photo taken at the place, as far as can be told: 20 ft away, give or take 24 ft."


def test_within_a_polygon_the_distance_is_zero() -> None:
    found = photo_place(photo_at(0, 0), place(HERE.buffer(200)), DAY)
    assert found.distance_ft == 0.0
    assert "at the place" in found.sentence


def test_from_a_line_the_distance_is_to_its_nearest_point() -> None:
    line = shapely.LineString([(HERE.x - 500, HERE.y), (HERE.x + 500, HERE.y)])
    assert photo_place(photo_at(300, -140), place(line), DAY).distance_ft == pytest.approx(140, abs=0.01)


def test_an_unknown_datum_adds_the_shift_that_may_hide_in_it() -> None:
    moved, shift = shapes_to_grid(np.array([shapely.Point(LON, LAT)], dtype=object), "GPS, datum unknown", 2026.9, GRID)
    known = photo_place(photo_at(0, 140), place(), DAY)
    for named in ("WGS-84", None):
        unknown = photo_place(photo_at(0, 140, datum=named), place(), DAY)
        assert unknown.distance_ft == pytest.approx(known.distance_ft)
        assert unknown.sigma_ft == pytest.approx(math.hypot(10.0, shift[0]), abs=0.02)
    assert shift[0] > 3.0
    assert moved[0].distance(HERE) < 0.01


def test_a_position_in_itrf_is_moved_by_the_years_since() -> None:
    captured = datetime(2026, 11, 20, 15, tzinfo=UTC)
    itrf = photo_place(photo_at(0, 0, datum="ITRF2020", captured_at=captured), place(), date(1999, 1, 1))
    assert itrf.distance_ft == pytest.approx(3.76, abs=0.05)
    assert itrf.sigma_ft == pytest.approx(10.0, abs=0.01)


def test_a_datum_that_cannot_be_moved_gives_no_distance() -> None:
    found = photo_place(photo_at(0, 140, datum="NAD27"), place(), DAY)
    assert found.distance_ft is None
    assert found.sentence == "The photo's position is in the datum 'NAD27', which is not moved to the grid here."


@pytest.mark.parametrize(
    ("written", "datum"),
    [
        (None, "GPS"),
        ("", "GPS"),
        ("WGS-84", "GPS"),
        ("WGS 84", "GPS"),
        ("wgs84", "GPS"),
        ("NAD83", "NAD83(2011)"),
        ("NAD-83(2011)", "NAD83(2011)"),
        ("ITRF2014", "ITRF2014"),
        ("ITRF2020", "ITRF2020"),
        ("ITRF2008", "GPS"),
        ("TOKYO", None),
        ("NAD-27", None),
    ],
)
def test_a_datum_is_known_by_what_cameras_call_it(written: str | None, datum: str | None) -> None:
    assert datum_of(written) == datum


def test_a_place_that_is_not_well_known_adds_to_the_doubt() -> None:
    assert photo_place(photo_at(0, 140), place(sigma_ft=50.0), DAY).sigma_ft == pytest.approx(
        math.hypot(10, 50), abs=0.01
    )


def test_an_error_that_is_not_stated_is_taken_as_large() -> None:
    stated = photo_place(photo_at(0, 140, error_ft=UNSTATED_ERROR_FT), place(), DAY)
    assert photo_place(photo_at(0, 140, error_ft=None), place(), DAY) == stated
    other = photo_place(photo_at(0, 140, error_ft=None), place(), DAY, unstated_error_ft=15.15)
    assert other == photo_place(photo_at(0, 140), place(), DAY)


def test_a_photo_without_a_position_says_so() -> None:
    assert photo_place(NO_NOTES, place(), DAY).sentence == "The photo does not say where it was taken."


@pytest.mark.parametrize("geometry", [None, shapely.Point()])
def test_a_case_without_a_place_says_so(geometry: BaseGeometry | None) -> None:
    found = photo_place(photo_at(0, 140), place(geometry), DAY)
    assert found.sentence == "The case has no place yet that the photo could be held against."
    assert found.distance_ft is None


@pytest.mark.parametrize(("lon", "lat"), [(151.2, -33.9), (-80.0, 26.0), (101.0, 35.0), (-78.6, 90.0)])
def test_a_photo_from_far_away_is_said_to_be(lon: float, lat: float) -> None:
    found = photo_place(Photo(lon=lon, lat=lat), place(), DAY)
    assert found.sentence == "Photo taken more than 50 miles away."
    assert found.distance_ft is None


@pytest.mark.parametrize(
    ("bearing", "words"),
    [(180, "south, towards it"), (220, "southwest, towards it"), (260, "west"), (350, "north, away from it")],
)
def test_a_photo_tells_whether_it_looks_at_the_place(bearing: float, words: str) -> None:
    found = photo_place(photo_at(0, 140, bearing=bearing, north="true"), place(), DAY)
    assert found.sentence == f"Photo taken 140 ft away, give or take 24 ft, looking {words}."


def test_a_compass_that_was_not_corrected_tells_nothing_of_the_direction() -> None:
    assert "looking" not in photo_place(photo_at(0, 140, bearing=180, north="magnetic"), place(), DAY).sentence


@given(st.floats(0, 300), st.floats(0, 360), st.floats(1, 60), st.integers(0, 2**32 - 1))
def test_the_real_distance_lies_within_the_stated_doubt(far: float, azimuth: float, error_ft: float, seed: int) -> None:
    """Positions thrown around the real one with the stated error: 19 in 20 must hold the real distance."""
    sigma_ft = error_ft / 1.515
    east, north = far * math.sin(math.radians(azimuth)), far * math.cos(math.radians(azimuth))
    thrown = np.random.default_rng(seed).normal((east, north), sigma_ft, (200, 2))
    doubt = photo_place(photo_at(east, north, error_ft=error_ft), place(), DAY).give_or_take_ft
    assert doubt is not None
    held = np.abs(np.hypot(*thrown.T) - far) <= doubt
    assert held.mean() >= 0.90


@pytest.mark.parametrize(
    ("distance_ft", "words"),
    [
        (0.2, "0 ft"),
        (42.4, "42 ft"),
        (137.0, "140 ft"),
        (1234.0, "1,200 ft"),
        (5280, "1.0 mile"),
        (16_000, "3.0 miles"),
    ],
)
def test_a_distance_is_said_as_one_says_it(distance_ft: float, words: str) -> None:
    assert in_words(distance_ft) == words


def test_the_row_of_a_photo_gets_its_distance_from_a_real_file(tmp_path: Path) -> None:
    point = GRID.to_lonlat(np.array([shapely.Point(HERE.x + 140, HERE.y)], dtype=object))[0]
    tags = gps_tags(point.x, point.y, MapDatum="WGS-84", HPositioningError=rational(4.6))
    kept = send(tmp_path, jpeg(notes(tags, taken("2026:11:20 09:30:00", "-05:00"))))
    row = held_against(kept, place(), DAY)
    assert row.distance_from_site_ft == pytest.approx(140, abs=0.1)
    assert kept.stored.distance_from_site_ft is None
    assert held_against(kept, place(None), DAY).distance_from_site_ft is None


def captured(at: datetime, zone_said: bool = True) -> Photo:
    return Photo(captured_at=at, zone_said=zone_said)


@pytest.mark.parametrize(
    ("at", "days", "words"),
    [
        (datetime(2026, 11, 20, 14, 30, tzinfo=UTC), 0, "on the day of the event (2026-11-20 09:30)"),
        (datetime(2026, 11, 21, 4, 59, tzinfo=UTC), 0, "on the day of the event (2026-11-20 23:59)"),
        (datetime(2026, 11, 21, 5, 0, tzinfo=UTC), 1, "1 day after the day of the event (2026-11-21 00:00)"),
        (datetime(2026, 11, 17, 15, 0, tzinfo=UTC), -3, "3 days before the day of the event (2026-11-17 10:00)"),
        (datetime(2020, 11, 20, 15, 0, tzinfo=UTC), -2191, "2,191 days before the day of the event (2020-11-20 10:00)"),
    ],
)
def test_a_photo_is_dated_by_the_citys_days(at: datetime, days: int, words: str) -> None:
    found = photo_time(captured(at), DAY, ZONE, NOW)
    assert found.days_after == days
    assert found.sentence == f"Photo taken {words}."


def test_a_zone_that_was_taken_for_granted_is_told() -> None:
    found = photo_time(captured(datetime(2026, 11, 20, 14, 30, tzinfo=UTC), zone_said=False), DAY, ZONE, NOW)
    assert found.sentence.endswith("(2026-11-20 09:30; the camera names no zone, the city's is taken).")


def test_a_clock_that_runs_ahead_settles_nothing() -> None:
    found = photo_time(captured(NOW + timedelta(hours=1)), DAY, ZONE, NOW)
    assert found.days_after is None
    assert found.sentence == "The camera's clock is wrong: it says 2026-11-24 11:00, which is still to come."
    assert photo_time(captured(NOW + timedelta(minutes=4)), DAY, ZONE, NOW).days_after == 4


def test_a_photo_without_a_time_says_so() -> None:
    assert photo_time(NO_NOTES, DAY, ZONE, NOW).sentence == "The photo does not say when it was taken."
