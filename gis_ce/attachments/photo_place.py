"""How far from a case's place a photo was taken, with what is not known about either."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis_ce.attachments.photo import Photo
from gis_ce.decision import RADIUS_68, RADIUS_95
from gis_ce.positions import DatumName, Reference, decimal_year, on_grid
from layers.grid import Grid

UNSTATED_ERROR_FT = 50.0
"""Taken as the 68 % radius of a photo whose receiver states none; a setting of the utility, no law."""
FEET_IN_MILE = 5280.0
_FARTHEST_FT = 50 * FEET_IN_MILE
"""Beyond this the grid's feet are no longer feet on the ground, and nobody needs them."""
_COMPASS = ("north", "northeast", "east", "southeast", "south", "southwest", "west", "northwest")
_TOWARDS_DEGREES = 45.0
_AWAY_DEGREES = 90.0


@dataclass(frozen=True, slots=True)
class CasePlace:
    """Where a case is: its geometry on the grid in feet (None: not located), and the sigma of it on one axis."""

    geometry: BaseGeometry | None
    sigma_ft: float
    grid: Grid


@dataclass(frozen=True, slots=True)
class PhotoPlace:
    """How far from the case's place a photo was taken, and one sentence that says so.

    `distance_ft` is measured on the grid to the nearest point of the place, 0 within a polygon.
    `sigma_ft` joins photo, datum and place on one axis; the real distance lies within
    `give_or_take_ft` of the measured one 19 times in 20. All are None where it cannot be told, and
    the sentence says why.
    """

    sentence: str
    distance_ft: float | None = None
    sigma_ft: float | None = None
    give_or_take_ft: float | None = None


def photo_place(photo: Photo, place: CasePlace, day: date, unstated_error_ft: float = UNSTATED_ERROR_FT) -> PhotoPlace:
    """A photo's position against a case's place.

    `day` dates the position where the photo itself has no time. A datum that the photo does not name,
    or calls `WGS-84`, is unknown: the shift that may hide in it goes into sigma (layers.datum).
    """
    if photo.lon is None or photo.lat is None:
        return PhotoPlace("The photo does not say where it was taken.")
    if place.geometry is None or place.geometry.is_empty:
        return PhotoPlace("The case has no place yet that the photo could be held against.")
    datum = datum_of(photo.datum)
    if datum is None:
        return PhotoPlace(f"The photo's position is in the datum {photo.datum!r}, which is not moved to the grid here.")
    epoch = decimal_year(photo.captured_at.date() if photo.captured_at else day)
    lonlat = np.array([shapely.Point(photo.lon, photo.lat)], dtype=object)
    moved = on_grid(lonlat, Reference(datum, epoch), place.grid)
    if moved.problem is not None:
        return PhotoPlace(f"The photo's position cannot be brought to the grid: {moved.problem}")
    error_ft = photo.error_ft if photo.error_ft is not None else unstated_error_ft
    sigma_ft = math.hypot(error_ft / RADIUS_68, float(moved.sigma_ft[0]), place.sigma_ft)
    return _measured(moved.places[0], place.geometry, sigma_ft, photo.true_bearing)


def datum_of(written: str | None) -> DatumName | None:
    """The datum that a camera names, or None for one that is not known here; `GPS` where it names none."""
    word = "".join(letter for letter in (written or "").upper() if letter.isalnum())
    if word.startswith(("NAD83", "NAD1983", "NORTHAMERICANDATUM1983")):
        return "NAD83(2011)"
    if word in ("ITRF2014", "ITRF2020"):
        return "ITRF2014" if word == "ITRF2014" else "ITRF2020"
    return "GPS" if word == "" or word.startswith(("WGS", "GPS", "ITRF")) else None


def _measured(at: BaseGeometry, place: BaseGeometry, sigma_ft: float, bearing: float | None) -> PhotoPlace:
    distance_ft = float(shapely.distance(at, place))
    if not distance_ft <= _FARTHEST_FT:
        return PhotoPlace(f"Photo taken more than {_FARTHEST_FT / FEET_IN_MILE:.0f} miles away.")
    give_or_take_ft = RADIUS_95 * sigma_ft
    told = f"give or take {in_words(give_or_take_ft)}"
    if distance_ft <= give_or_take_ft:
        sentence = f"Photo taken at the place, as far as can be told: {in_words(distance_ft)} away, {told}"
        return PhotoPlace(f"{sentence}{_looking(bearing, None)}.", distance_ft, sigma_ft, give_or_take_ft)
    here, there = shapely.get_coordinates(shapely.shortest_line(at, place))
    direction = math.degrees(math.atan2(there[0] - here[0], there[1] - here[1]))
    sentence = f"Photo taken {in_words(distance_ft)} away, {told}{_looking(bearing, direction)}."
    return PhotoPlace(sentence, distance_ft, sigma_ft, give_or_take_ft)


def in_words(distance_ft: float) -> str:
    """A distance as one says it: whole feet, tens from 100 ft, hundreds from 1,000 ft, miles from one mile."""
    if distance_ft >= FEET_IN_MILE:
        miles = f"{distance_ft / FEET_IN_MILE:,.1f}"
        return f"{miles} mile" if miles == "1.0" else f"{miles} miles"
    step = 1 if distance_ft < 100 else 10 if distance_ft < 1000 else 100
    return f"{round(distance_ft / step) * step:,} ft"


def _looking(bearing: float | None, direction: float | None) -> str:
    """Which way the camera looked, and whether the place lay that way; the grid's north is near enough for words."""
    if bearing is None:
        return ""
    words = f", looking {_COMPASS[round(bearing / 45) % 8]}"
    if direction is None:
        return words
    turn = abs((bearing - direction + 180) % 360 - 180)
    if turn <= _TOWARDS_DEGREES:
        return f"{words}, towards it"
    return f"{words}, away from it" if turn > _AWAY_DEGREES else words
