"""The local grid: projected coordinates, always in feet."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from layers.errors import GridError

Geometries = npt.NDArray[np.object_]
Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]

AT_LIMIT_FT = 0.01
"""Two lengths closer than this count as the same length (no map is better than this)."""

_FEET = {"US survey foot", "foot"}
_FOOT: dict[str, Any] = {"type": "LinearUnit", "name": "foot", "conversion_factor": 0.3048}


@dataclass(frozen=True, slots=True)
class Grid:
    """A city's grid. Where the EPSG grid is in metres, ours is the same grid in feet of 0.3048 m."""

    epsg: int

    @property
    def crs(self) -> CRS:
        """The coordinate system of stored geometry, easting first, in feet."""
        return _crs_in_feet(self.epsg)

    @property
    def foot(self) -> str:
        """Which foot: `US survey foot` or `foot` (international)."""
        return str(self.crs.axis_info[0].unit_name)

    def to_lonlat(self, geometries: Geometries) -> Geometries:
        """The same geometries in degrees, longitude first, on the grid's own datum."""
        return _transformed(geometries, _to_lonlat(self))

    def from_lonlat(self, geometries: Geometries) -> Geometries:
        """The same geometries on the grid in feet; degrees are taken to be on the grid's own datum."""
        return _transformed(geometries, _from_lonlat(self))

    def from_crs(self, geometries: Geometries, crs: CRS) -> Geometries:
        """The same geometries moved from another coordinate system (x first) to the grid."""
        return _transformed(geometries, _transformer(crs, self.crs))

    @property
    def geodetic(self) -> CRS:
        """The degrees of the grid's own datum; raises GridError where it has none."""
        geodetic = self.crs.geodetic_crs
        if geodetic is None:
            raise GridError(f"EPSG:{self.epsg} has no datum of its own; choose another grid.")
        return geodetic


@functools.lru_cache(maxsize=64)
def _crs_in_feet(epsg: int) -> CRS:
    try:
        crs = CRS.from_epsg(epsg)
    except CRSError as error:
        raise GridError(f"EPSG:{epsg} is not a coordinate system that PROJ knows.") from error
    if not crs.is_projected:
        raise GridError(f"EPSG:{epsg} ({crs.name}) is in degrees; a city needs a projected grid in feet or metres.")
    unit = crs.axis_info[0].unit_name
    if unit in _FEET:
        return crs
    if unit != "metre":
        raise GridError(f"EPSG:{epsg} ({crs.name}) is in {unit}; a city needs a grid in feet or metres.")
    return _metres_as_feet(crs)


def _metres_as_feet(crs: CRS) -> CRS:
    described = crs.to_json_dict()
    described.pop("id", None)
    described["name"] = f"{crs.name} in feet"
    for axis in described["coordinate_system"]["axis"]:
        axis["unit"] = _FOOT
    return CRS.from_json_dict(described)


@functools.lru_cache(maxsize=64)
def _to_lonlat(grid: Grid) -> Transformer:
    """Kept by grid: to compare coordinate systems costs more than to move a point between them."""
    return _transformer(grid.crs, grid.geodetic)


@functools.lru_cache(maxsize=64)
def _from_lonlat(grid: Grid) -> Transformer:
    return _transformer(grid.geodetic, grid.crs)


@functools.lru_cache(maxsize=256)
def _transformer(source: CRS, target: CRS) -> Transformer:
    return Transformer.from_crs(source, target, always_xy=True)


def _transformed(geometries: Geometries, transformer: Transformer) -> Geometries:
    def move(coordinates: Floats) -> Floats:
        x, y = transformer.transform(coordinates[:, 0], coordinates[:, 1])
        return np.column_stack([x, y])

    moved: Geometries = shapely.transform(np.asarray(geometries, dtype=object), move)
    return moved
