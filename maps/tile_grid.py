"""The tiles of the web's maps: WebMercatorQuad, its rows and columns, and where they lie."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from layers.grid import Floats

EARTH_M = 6378137.0
HALF_M = math.pi * EARTH_M
MOST_LAT = 85.0511287798066
EXTENT = 4096
"""Units along the side of a tile."""
BUFFER = 80
"""Units by which a tile's shapes go on beyond its edge, so that lines and outlines meet."""
MOST_ZOOM = 18
"""At this zoom a unit is 0.10 ft on the ground at 36 degrees north."""
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile: `column` counts from the west, `row` from the north."""

    zoom: int
    column: int
    row: int

    @property
    def side_m(self) -> float:
        """Its side, in metres of the map."""
        return 2 * HALF_M / float(1 << self.zoom)

    @property
    def north_west_m(self) -> tuple[float, float]:
        """Its north-western corner, in metres of the map."""
        return -HALF_M + self.column * self.side_m, HALF_M - self.row * self.side_m

    @property
    def exists(self) -> bool:
        """Whether there is such a tile."""
        across = 1 << self.zoom
        return 0 <= self.column < across and 0 <= self.row < across

    def units(self, metres: Floats) -> Floats:
        """Metres of the map in units of the tile, y downwards."""
        west, north = self.north_west_m
        per_metre = EXTENT / self.side_m
        return np.column_stack([(metres[:, 0] - west) * per_metre, (north - metres[:, 1]) * per_metre])

    def lonlat(self, units: Floats) -> Floats:
        """Units of the tile in degrees."""
        west, north = self.north_west_m
        metre = self.side_m / EXTENT
        return lonlat_of_mercator(np.column_stack([west + units[:, 0] * metre, north - units[:, 1] * metre]))


def mercator(lonlat: Floats) -> Floats:
    """Degrees as metres of the web maps' grid."""
    lon, lat = lonlat[:, 0], np.clip(lonlat[:, 1], -MOST_LAT, MOST_LAT)
    north = np.log(np.tan(np.pi / 4 + np.radians(lat) / 2))
    return np.column_stack([np.radians(lon), north]) * EARTH_M


def lonlat_of_mercator(metres: Floats) -> Floats:
    """The way back."""
    lon, lat = metres[:, 0] / EARTH_M, 2 * np.arctan(np.exp(np.clip(metres[:, 1] / EARTH_M, -50, 50))) - math.pi / 2
    return np.degrees(np.column_stack([lon, lat]))


def tiles_over(extent_lonlat: Box, zoom: int) -> tuple[int, int, int, int]:
    """The first and last column, the first and last row of the tiles that an extent touches."""
    west, south, east, north = extent_lonlat
    corners = mercator(np.array([[west, north], [east, south]]))
    last = 2**zoom - 1
    columns = np.clip(np.floor((corners[:, 0] + HALF_M) / (2 * HALF_M) * 2**zoom), 0, last).astype(int)
    rows = np.clip(np.floor((HALF_M - corners[:, 1]) / (2 * HALF_M) * 2**zoom), 0, last).astype(int)
    return int(columns[0]), int(columns[1]), int(rows[0]), int(rows[1])
