"""Where a measured position lies on the city's grid: positions carry their datum.

A satellite receiver answers in ITRF, maps of the United States stand on NAD83, and the two differ
by feet that grow every year: more than the half-width of many a tolerance zone. PROJ's default step
from WGS 84 to NAD83 moves nothing, so it is never used here. ITRF goes through NAD83(2011)
(EPSG:6318) at its epoch; coordinates in NAD83(2011) then count as coordinates on a city grid of any
older realisation of NAD83, such as EPSG:2264, without a further step. That identity is ours: the
realisations differ by inches, and old maps do not say which one they stand on.
"""

from __future__ import annotations

import functools
from typing import Literal, get_args

import numpy as np
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import ProjError

from layers.errors import GridError
from layers.grid import Floats, Geometries, Grid

Datum = Literal["GPS, datum unknown", "NAD83(2011)", "ITRF at epoch"]
Frame = Literal["ITRF2014", "ITRF2020"]

DATUMS: tuple[Datum, ...] = get_args(Datum)

_FRAMES: dict[Frame, int] = {"ITRF2014": 9000, "ITRF2020": 9990}
_NAD83 = ("NAD83", "NAD83(HARN)", "NAD83(FBN)", "NAD83(CORS96)", "NAD83(NSRS2007)", "NAD83(2011)")
_NAD83_2011 = 6318
_LEAST_SHIFT_FT = 0.1
_UNKNOWN_STEP_FT = 6.6
"""What an unknown datum may hide where no step from ITRF is known: the 2 m that EPSG states for WGS 84."""
_EPOCHS = (1990.0, 2100.0)


def to_grid(
    lon: Floats, lat: Floats, datum: Datum, epoch_year: float | Floats, grid: Grid, frame: Frame = "ITRF2020"
) -> tuple[Geometries, Floats]:
    """Points on the grid in feet, and the sigma in feet that their datum adds to that of each.

    The added sigma belongs in quadrature to the position's own. It is 0 for a known datum; for
    `GPS, datum unknown` it is the whole shift that may or may not be in the position at that place
    and epoch (a decimal year), or 6.6 ft where no step from ITRF to the grid is known. Rows that are
    no place on earth give None. Raises GridError where a known datum cannot come onto the grid.
    """
    x, y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    known = (np.abs(x) <= 180.0) & (np.abs(y) <= 90.0)
    points = np.full(len(x), None, dtype=object)
    points[known] = shapely.points(x[known], y[known])
    return shapes_to_grid(points, datum, epoch_year, grid, frame)


def shapes_to_grid(
    shapes: Geometries, datum: Datum, epoch_year: float | Floats, grid: Grid, frame: Frame = "ITRF2020"
) -> tuple[Geometries, Floats]:
    """The same for geometries of any kind in degrees, longitude first; None stays None."""
    if datum not in DATUMS:
        raise GridError(f"The datum {datum!r} is not known; known are: {'; '.join(DATUMS)}.")
    if datum == "NAD83(2011)" and not _on_nad83(grid):
        raise GridError(f"EPSG:{grid.epsg} is not on NAD83; give the position as ITRF at its epoch.")
    as_stated = grid.from_lonlat(shapes)
    if datum == "NAD83(2011)":
        return as_stated, np.zeros(len(shapes))
    epochs = _epochs(epoch_year, shapes)
    step = _step(frame, grid.epsg)
    moved = as_stated if step is None else _moved(shapes, epochs, step, grid)
    shift = _shift_ft(as_stated, moved)
    if datum == "GPS, datum unknown":
        return as_stated, np.nan_to_num(shift if step else np.where(np.isnan(shift), 0.0, _UNKNOWN_STEP_FT))
    if bool((shift < _LEAST_SHIFT_FT).any()):
        raise GridError(f"There is no real step from ITRF to EPSG:{grid.epsg}; give the position in the grid's datum.")
    return moved, np.zeros(len(shapes))


def datum_note(datum: Datum, grid: Grid, frame: Frame = "ITRF2020") -> str:
    """One sentence on how positions of a datum come onto the grid, for reports and answers."""
    name = f"EPSG:{grid.epsg}"
    if datum == "GPS, datum unknown":
        return f"Degrees of an unknown datum are read as {_datum_name(grid)}; the possible shift to ITRF is in sigma."
    counted = f"NAD83(2011) counts as {_datum_name(grid)} of {name}"
    if datum == "NAD83(2011)":
        return f"{counted}, without a further step."
    step = f"{frame} at its epoch is moved to {'NAD83(2011)' if _on_nad83(grid) else _datum_name(grid)}"
    return f"{step}; {counted}." if _on_nad83(grid) else f"{step}, the datum of {name}."


def _epochs(epoch_year: float | Floats, shapes: Geometries) -> Floats:
    epochs = np.broadcast_to(np.asarray(epoch_year, dtype=np.float64), shapes.shape)
    outside = ~((epochs >= _EPOCHS[0]) & (epochs <= _EPOCHS[1]))
    if outside.any():
        raise GridError(f"{epochs[outside][0]:g} is no epoch; give a decimal year such as 2026.5.")
    return epochs


def _moved(shapes: Geometries, epochs: Floats, step: Transformer, grid: Grid) -> Geometries:
    coordinates, row = shapely.get_coordinates(shapes, return_index=True)
    lon, lat, _, _ = step.transform(coordinates[:, 0], coordinates[:, 1], np.zeros(len(row)), epochs[row])
    degrees: Geometries = np.asarray(shapes, dtype=object).copy()
    return grid.from_lonlat(shapely.set_coordinates(degrees, np.column_stack([lon, lat])))


@functools.lru_cache(maxsize=16)
def _step(frame: Frame, grid_epsg: int) -> Transformer | None:
    """The transformation from ITRF degrees, or None; WGS 84 is too vague a name for any step."""
    grid = Grid(grid_epsg)
    target = CRS.from_epsg(_NAD83_2011) if _on_nad83(grid) else grid.crs.geodetic_crs
    if target is None or target.name == "WGS 84":
        return None
    try:
        return Transformer.from_crs(CRS.from_epsg(_FRAMES[frame]), target, always_xy=True, allow_ballpark=False)
    except ProjError:
        return None


def _shift_ft(one: Geometries, other: Geometries) -> Floats:
    """How far apart the two are in feet (NaN for None and empty ones)."""
    apart: Floats = np.hypot(*(_centre(other) - _centre(one)).T)
    return apart


def _centre(geometries: Geometries) -> Floats:
    bounds = shapely.bounds(geometries)
    return np.asarray((bounds[:, :2] + bounds[:, 2:]) / 2)


def _on_nad83(grid: Grid) -> bool:
    return _datum_name(grid) in _NAD83


def _datum_name(grid: Grid) -> str:
    geodetic = grid.crs.geodetic_crs
    return "" if geodetic is None else str(geodetic.name)
