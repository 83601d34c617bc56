"""From a table of cases to sites: each row located, or listed with the reason why not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import shapely

from gis_ce.checks.check import Sites
from gis_ce.file_errors import CaseTableError
from gis_ce.locate import AddressBook
from gis_ce.positions import Terms, on_grid
from layers.features import Texts
from layers.grid import Floats, Geometries, Grid

LARGEST_SIGMA_FT = 5_000.0

COLUMNS: dict[str, tuple[str, ...]] = {
    "lon": ("lon", "longitude", "lng"),
    "lat": ("lat", "latitude"),
    "easting": ("easting_ft", "easting"),
    "northing": ("northing_ft", "northing"),
    "address": ("address", "full_address", "situs_address"),
    "sigma": ("sigma_ft",),
    "radius": ("radius_ft",),
    "day": ("on", "day", "date"),
    "datum": ("datum",),
    "epoch": ("epoch",),
    "geometry": ("geometry",),
}
"""What a case table may say, and the names of columns that say it (in any case of letters)."""


_WAYS = ({"lon", "lat"}, {"easting", "northing"}, {"address"}, {"geometry"})


@dataclass(frozen=True, slots=True)
class Cases:
    """Sites with how each was located (None: it was not) and the problem of those that were not."""

    sites: Sites
    located_by: Texts
    problem: Texts


def known_columns(table: pa.Table) -> dict[str, str]:
    """Which column of the table says what; raises CaseTableError where nothing says where the cases lie."""
    by_lower = {name.lower(): name for name in reversed(table.column_names)}
    found = {what: by_lower[alias] for what, names in COLUMNS.items() for alias in reversed(names) if alias in by_lower}
    if not (
        {"lon", "lat"} <= set(found) or {"easting", "northing"} <= set(found) or {"address", "geometry"} & set(found)
    ):
        raise CaseTableError(
            "Nothing in the table says where the cases lie: it needs columns lon and lat, easting_ft and "
            f"northing_ft, address, or a geometry. It has: {', '.join(table.column_names) or 'none'}."
        )
    return found


def read_cases(table: pa.Table, terms: Terms, book: AddressBook, grid: Grid) -> Cases:
    """The sites of a table, in its order.

    A row is located by longitude and latitude, else by easting and northing in feet, else by its
    geometry (WKB on the grid), else by its address. `terms` count where a column says nothing.
    """
    columns = known_columns(table)
    reader = _Reader(table, columns)
    sites = Sites(
        np.full(len(table), None, dtype=object),
        np.full(len(table), None, dtype=object),
        reader.sigma_ft(terms.sigma_ft),
        reader.days(terms.day),
    )
    _by_lonlat(reader, sites, terms, grid)
    _by_feet(reader, sites)
    _by_geometry(reader, sites)
    _by_address(reader, sites, book)
    reader.note(reader.located_by == None, "It has no position and no address.")  # noqa: E711
    _structures(reader, sites)
    bad = np.array([text is not None for text in reader.problem], dtype=bool)
    sites.place[bad], sites.structure[bad], reader.located_by[bad] = None, None, None
    return Cases(sites, reader.located_by, reader.problem)


class _Reader:
    """The columns of one table, with what is wrong with each row."""

    def __init__(self, table: pa.Table, columns: dict[str, str]) -> None:
        self.table = table
        self.columns = columns
        self.count = len(table)
        self.located_by: Texts = np.full(self.count, None, dtype=object)
        self.problem: Texts = np.full(self.count, None, dtype=object)

    def note(self, rows: npt.NDArray[np.bool_], problem: str | Sequence[str]) -> None:
        """Keeps the first problem of each row."""
        new = np.flatnonzero(rows & np.array([text is None for text in self.problem], dtype=bool))
        texts = [problem] * len(new) if isinstance(problem, str) else [problem[int(row)] for row in new]
        self.problem[new] = texts

    @property
    def open(self) -> npt.NDArray[np.bool_]:
        """Rows that are still to be located."""
        pairs = zip(self.located_by, self.problem, strict=True)
        return np.array([how is None and problem is None for how, problem in pairs], dtype=bool)

    def values(self, what: str) -> list[Any]:
        """A column as Python values; None throughout where the table lacks it."""
        name = self.columns.get(what)
        return self.table.column(name).to_pylist() if name else [None] * self.count

    def numbers(self, what: str) -> Floats:
        """A column as numbers, NaN where empty; rows with something else are noted."""
        name = self.columns.get(what)
        if name is None:
            return np.full(self.count, np.nan)
        column = self.table.column(name)
        if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
            return np.asarray(column.cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)
        values = [_number(value) for value in column.to_pylist()]
        self.note(np.array([value is None for value in values], dtype=bool), f"Its {name} is not a number.")
        return np.array([np.nan if value is None else value for value in values], dtype=np.float64)

    def sigma_ft(self, default: float) -> Floats:
        """The sigma of each row in feet."""
        sigma = self.numbers("sigma")
        sigma = np.where(np.isnan(sigma), default, sigma)
        wrong = ~((sigma >= 0) & (sigma <= LARGEST_SIGMA_FT))
        self.note(wrong, f"Its sigma_ft does not lie between 0 and {LARGEST_SIGMA_FT:,.0f} ft.")
        return np.where(wrong, default, sigma)

    def days(self, default: date) -> npt.NDArray[np.datetime64]:
        """The day of each row's event."""
        days = [_day(value, default) for value in self.values("day")]
        self.note(np.array([day is None for day in days], dtype=bool), "Its day is not a date such as 2026-11-01.")
        return np.array([day or default for day in days], dtype="datetime64[D]")

    def locate(self, rows: npt.NDArray[np.intp], sites: Sites, places: Geometries, how: str) -> None:
        """Takes the places of some rows."""
        sites.place[rows] = places
        self.located_by[rows] = how


def _by_lonlat(reader: _Reader, sites: Sites, terms: Terms, grid: Grid) -> None:
    if "lon" not in reader.columns or "lat" not in reader.columns:
        return
    lon, lat = reader.numbers("lon"), reader.numbers("lat")
    epochs, datums = reader.numbers("epoch"), reader.values("datum")
    given = reader.open & ~(np.isnan(lon) & np.isnan(lat))
    reader.note(given & (np.isnan(lon) | np.isnan(lat)), "It has only one of longitude and latitude.")
    reader.note(given & ((np.abs(lon) > 180) | (np.abs(lat) > 90)), "Its lon and lat are not degrees.")
    rows = np.flatnonzero(given & reader.open)
    points = _points(lon[rows], lat[rows])
    days = sites.day.astype(object)
    asked = [terms.at(datums[row], float(epochs[row]), days[row]) for row in rows]
    for one in dict.fromkeys(asked):
        chosen = np.array([each == one for each in asked], dtype=bool)
        placed = on_grid(points[chosen], one, grid)
        reader.locate(rows[chosen], sites, placed.places, "lon and lat")
        sites.sigma_ft[rows[chosen]] = np.hypot(sites.sigma_ft[rows[chosen]], placed.sigma_ft)
        if placed.problem is not None:
            reader.note(_mask(reader.count, rows[chosen]), placed.problem)
    _note_lost(reader, sites, rows)


def _note_lost(reader: _Reader, sites: Sites, rows: npt.NDArray[np.intp]) -> None:
    lost = rows[~np.isfinite(shapely.bounds(sites.place[rows])).all(axis=1)]
    reader.note(_mask(reader.count, lost), "Its position lies outside what the city's grid can hold.")


def _by_feet(reader: _Reader, sites: Sites) -> None:
    if "easting" not in reader.columns or "northing" not in reader.columns:
        return
    easting, northing = reader.numbers("easting"), reader.numbers("northing")
    given = reader.open & ~(np.isnan(easting) & np.isnan(northing))
    reader.note(given & (np.isnan(easting) | np.isnan(northing)), "It has only one of easting and northing.")
    degrees = (np.abs(easting) <= 180) & (np.abs(northing) <= 90)
    reader.note(given & degrees, "Its easting and northing look like degrees, not feet.")
    rows = np.flatnonzero(given & reader.open)
    reader.locate(rows, sites, _points(easting[rows], northing[rows]), "easting and northing")


def _by_geometry(reader: _Reader, sites: Sites) -> None:
    """A point is a place; a line or an area is both the place and the structure."""
    if "geometry" not in reader.columns:
        return
    shapes = shapely.from_wkb(np.array(reader.values("geometry"), dtype=object), on_invalid="ignore")
    there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    there &= np.isfinite(shapely.bounds(shapes)).all(axis=1)
    rows = np.flatnonzero(there & reader.open)
    broken = rows[~shapely.is_valid(shapes[rows])]
    reader.note(_mask(reader.count, broken), "Its outline is not valid: it crosses itself.")
    reader.locate(rows, sites, shapes[rows], "geometry")
    extended = rows[shapely.get_dimensions(shapes[rows]) > 0]
    sites.structure[extended] = shapes[extended]


def _by_address(reader: _Reader, sites: Sites, book: AddressBook) -> None:
    addresses = reader.values("address")
    rows = np.flatnonzero(reader.open & np.array([bool(text) for text in addresses], dtype=bool))
    found, reasons = book.find_all([str(addresses[row]) for row in rows])
    for row, place, reason in zip(rows, found, reasons, strict=True):
        if place is None:
            reader.problem[row] = reason
        else:
            sites.place[row] = place.place
            sites.sigma_ft[row] = math.hypot(sites.sigma_ft[row], place.sigma_ft)
            reader.located_by[row] = place.told


def _structures(reader: _Reader, sites: Sites) -> None:
    """A point with a radius is a round structure."""
    radius = reader.numbers("radius")
    wrong = radius < 0
    reader.note(wrong, "Its radius_ft is negative.")
    rows = np.flatnonzero((radius > 0) & ~shapely.is_missing(sites.place))
    rows = rows[shapely.get_dimensions(sites.place[rows]) == 0]
    sites.structure[rows] = shapely.buffer(sites.place[rows], radius[rows], quad_segs=32)


def _points(x: Floats, y: Floats) -> Geometries:
    return np.asarray(shapely.points(x, y), dtype=object)


def _mask(count: int, rows: npt.NDArray[np.intp]) -> npt.NDArray[np.bool_]:
    mask = np.zeros(count, dtype=bool)
    mask[rows] = True
    return mask


def _number(value: object) -> float | None:
    """A number; NaN for nothing, None for what is no number."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return math.nan
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None


def _day(value: object, default: date) -> date | None:
    """A day; the default for nothing, None for what is no day."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return default
    if isinstance(value, date):
        return date(value.year, value.month, value.day)
    try:
        return date.fromisoformat(str(value).strip()[:10])
    except ValueError:
        return None
