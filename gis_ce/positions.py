"""What a position may leave unsaid, and how it comes to the grid."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

import numpy as np

from layers.datum import Datum, shapes_to_grid
from layers.errors import GridError
from layers.grid import Floats, Geometries, Grid

DatumName = Literal["map", "NAD83(2011)", "GPS", "ITRF2014", "ITRF2020"]
DATUMS: tuple[DatumName, ...] = get_args(DatumName)
"""`map`: the degrees were read off a map on the city's own datum. `GPS`: the datum is not known."""


@dataclass(frozen=True, slots=True)
class Reference:
    """What the degrees of a position rest on; `epoch` is the decimal year of the measurement."""

    datum: str
    epoch: float


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for a place that does not say otherwise; the epoch of None is that of the day."""

    day: date
    sigma_ft: float = 0.0
    datum: str = "map"
    epoch: float | None = None

    def at(self, datum: str | None, epoch: float | None, day: date) -> Reference:
        """The reference of one place."""
        said = epoch if epoch is not None and not math.isnan(epoch) else self.epoch
        return Reference(str(datum or self.datum), decimal_year(day) if said is None else said)


@dataclass(frozen=True, slots=True)
class OnGrid:
    """Places on the grid in feet and what their datum adds to their sigma; or the problem with it."""

    places: Geometries
    sigma_ft: Floats
    problem: str | None = None


def on_grid(lonlat: Geometries, reference: Reference, grid: Grid) -> OnGrid:
    """Places in degrees (longitude first) on the city's grid in feet."""
    nothing = np.zeros(len(lonlat))
    if reference.datum not in DATUMS:
        listed = ", ".join(DATUMS)
        return OnGrid(lonlat, nothing, f"There is no datum {reference.datum!r} here; there are {listed}.")
    if reference.datum == "map":
        return OnGrid(grid.from_lonlat(lonlat), nothing)
    try:
        return OnGrid(*_from_datum(lonlat, reference, grid))
    except GridError as error:
        return OnGrid(lonlat, nothing, str(error))


def decimal_year(day: date) -> float:
    """The day as a decimal year: 2026-07-02 is about 2026.5."""
    first, next_first = date(day.year, 1, 1), date(day.year + 1, 1, 1)
    return day.year + (day - first).days / (next_first - first).days


def _from_datum(lonlat: Geometries, reference: Reference, grid: Grid) -> tuple[Geometries, Floats]:
    if reference.datum == "ITRF2014":
        return shapes_to_grid(lonlat, "ITRF at epoch", reference.epoch, grid, "ITRF2014")
    if reference.datum == "ITRF2020":
        return shapes_to_grid(lonlat, "ITRF at epoch", reference.epoch, grid, "ITRF2020")
    known: Datum = "NAD83(2011)" if reference.datum == "NAD83(2011)" else "GPS, datum unknown"
    return shapes_to_grid(lonlat, known, reference.epoch, grid)
