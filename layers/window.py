"""Where a city's features can lie at all: a generous box around its extent, or around its grid's area of use."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from layers.grid import Floats, Grid
from layers.model import City

_LEAST_MARGIN_DEG = 0.1
_AREA_OF_USE_MARGIN_DEG = 0.5
_STEP_DEG = 0.1


@dataclass(frozen=True, slots=True)
class Window:
    """A box on the grid in feet (west, south, east, north) and what to call it in a sentence."""

    grid: Grid
    box: tuple[float, float, float, float]
    name: str

    def holds(self, bounds: Floats) -> npt.NDArray[np.bool_]:
        """Whether each box lies wholly inside; boxes that are no numbers do not."""
        west, south, east, north = self.box
        inside = (bounds[:, 0] >= west) & (bounds[:, 1] >= south) & (bounds[:, 2] <= east) & (bounds[:, 3] <= north)
        return np.asarray(inside & np.isfinite(bounds).all(axis=1), dtype=np.bool_)


def window_of(city: City) -> Window:
    """The city's window: half its extent wider on each side, or its grid's area of use where it names no extent."""
    grid = Grid(city.grid_epsg)
    if city.extent_lonlat is not None:
        west, south, east, north = city.extent_lonlat
        wider = max((east - west) / 2, _LEAST_MARGIN_DEG), max((north - south) / 2, _LEAST_MARGIN_DEG)
        return Window(grid, _box(grid, (west, south, east, north), *wider), "the city's extent")
    area = grid.crs.area_of_use
    if area is None:
        return Window(grid, (-np.inf, -np.inf, np.inf, np.inf), "the grid")
    margin = _AREA_OF_USE_MARGIN_DEG
    box = _box(grid, (area.west, area.south, area.east, area.north), margin, margin)
    return Window(grid, box, f"the area of use of EPSG:{grid.epsg}")


def _box(
    grid: Grid, extent: tuple[float, float, float, float], wider_x: float, wider_y: float
) -> tuple[float, float, float, float]:
    west, south, east, north = extent
    degrees = shapely.box(west - wider_x, max(south - wider_y, -89.0), east + wider_x, min(north + wider_y, 89.0))
    edge = np.array([shapely.segmentize(degrees, _STEP_DEG)], dtype=object)
    bounds = shapely.bounds(grid.from_lonlat(edge))[0]
    return float(bounds[0]), float(bounds[1]), float(bounds[2]), float(bounds[3])
