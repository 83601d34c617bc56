"""Which cases are listed: from what was asked, as text, to the filter of the store."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import shapely
from shapely.geometry.base import BaseGeometry

from api.case_given import on_grid_checked
from api.case_office import CaseOffice
from api.errors import ApiError
from gis_ce.case_lists import CaseFilter
from gis_ce.errors import FilterRefused
from gis_ce.tables.cases import STATUSES
from layers.grid import Grid
from layers.sentences import sentence
from layers.toml_table import did_you_mean

LARGEST_REACH_FT = 100_000.0
_STEPS = 16
"""Into how many pieces the sides of a box in degrees are cut: on the grid they are curves."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asks a list for, as it was written; None asks for everything.

    `bbox` is west,south,east,north and `near` lon,lat in degrees; `area` is a GeoJSON polygon in degrees.
    """

    type: str | None = None
    status: str | None = None
    step: str | None = None
    lane: str | None = None
    priority: int | None = None
    officer: str | None = None
    opened_from: date | None = None
    opened_before: date | None = None
    older_than_days: int | None = None
    due_before: date | None = None
    bbox: str | None = None
    area: str | None = None
    near: str | None = None
    within_ft: float | None = None
    parcel: str | None = None
    text: str | None = None


def case_filter(wanted: Wanted, office: CaseOffice, now: datetime) -> CaseFilter:
    """The filter of the store; raises FilterRefused for a word that is not known, ApiError for what cannot be read."""
    _refuse_unknown("type", wanted.type, office.processes.processes)
    _refuse_unknown("status", wanted.status, STATUSES)
    if wanted.bbox and wanted.area:
        raise ApiError("Give one area: a bbox or a polygon.")
    if (wanted.near is None) != (wanted.within_ft is None):
        raise ApiError("near and within_ft go together; one of them is missing.")
    grid = office.city.grid
    return CaseFilter(
        type=wanted.type,
        status=wanted.status,
        step=wanted.step,
        lane=wanted.lane,
        priority=wanted.priority,
        officer=wanted.officer,
        opened_from=_midnight(wanted.opened_from, office),
        opened_before=_opened_before(wanted, office, now),
        due_before=_midnight(wanted.due_before, office),
        area=_area(wanted, grid),
        near=_near(wanted.near, grid),
        within_ft=wanted.within_ft or 0.0,
        parcel_id=wanted.parcel,
        text=wanted.text,
    )


def box_on_grid(text: str, grid: Grid) -> BaseGeometry:
    """A box of degrees as an area on the grid; raises ApiError."""
    west, south, east, north = _numbers(text, 4, "bbox: give four numbers, west,south,east,north, in degrees.")
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise ApiError("bbox: west,south,east,north must be degrees, with west < east and south < north.")
    box = shapely.segmentize(shapely.box(west, south, east, north), max(east - west, north - south) / _STEPS)
    return on_grid_checked(box, "lonlat", grid, "bbox")


def page_token(after: str | None) -> str | None:
    """What asks for the next page, in letters that an address can hold."""
    return base64.urlsafe_b64encode(after.encode()).decode().rstrip("=") if after is not None else None


def page_after(token: str | None) -> str | None:
    """What a token of `page_token` stands for; raises FilterRefused for one that is none."""
    if token is None:
        return None
    try:
        return base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeError, ValueError) as error:
        raise FilterRefused("The page asked for is none of ours; begin again without it.") from error


def _refuse_unknown(what: str, word: str | None, known: Collection[str]) -> None:
    if word is not None and word not in known:
        raise FilterRefused(sentence(f"There is no {what} {word[:80]!r}; {did_you_mean(word, list(known))}"))


def _opened_before(wanted: Wanted, office: CaseOffice, now: datetime) -> datetime | None:
    days = [_midnight(wanted.opened_before, office)]
    if wanted.older_than_days is not None:
        days.append(now - timedelta(days=wanted.older_than_days))
    return min((day for day in days if day is not None), default=None)


def _midnight(day: date | None, office: CaseOffice) -> datetime | None:
    """When a day begins in the city."""
    return datetime.combine(day, time(), office.processes.time.zone) if day is not None else None


def _area(wanted: Wanted, grid: Grid) -> BaseGeometry | None:
    if wanted.bbox is not None:
        return box_on_grid(wanted.bbox, grid)
    return polygon_on_grid(wanted.area, grid) if wanted.area is not None else None


def polygon_on_grid(text: str, grid: Grid) -> BaseGeometry:
    """A GeoJSON polygon of degrees as an area on the grid; raises ApiError."""
    try:
        given = json.loads(text)
        shape = shapely.from_geojson(json.dumps(given.get("geometry", given)))
    except (ValueError, AttributeError, RecursionError, shapely.errors.GEOSException) as error:
        raise ApiError("area: give a GeoJSON Polygon in degrees.") from error
    if shape is None or shape.is_empty or shape.geom_type not in ("Polygon", "MultiPolygon"):
        raise ApiError("area: give a GeoJSON Polygon in degrees.")
    return on_grid_checked(shapely.force_2d(shape), "lonlat", grid, "area")


def _near(text: str | None, grid: Grid) -> BaseGeometry | None:
    if text is None:
        return None
    lon, lat = _numbers(text, 2, "near: give two numbers, lon,lat, in degrees.")
    return on_grid_checked(shapely.Point(lon, lat), "lonlat", grid, "near")


def _numbers(text: str, count: int, said: str) -> list[float]:
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError as error:
        raise ApiError(said) from error
    if len(numbers) != count:
        raise ApiError(said)
    return numbers
