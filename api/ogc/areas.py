"""Shapes that a request brings, on the grid: bent as their own reference system bends them, cut to what is near."""

from __future__ import annotations

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from api.ogc.collections import Collection
from api.ogc.reference_systems import System

_PIECES = 64
"""Into so many pieces the longest side is cut at least: over a city, a parallel is off by less than 0.01 ft then."""


def limits_of(collection: Collection, system: System) -> BaseGeometry:
    """A box in a reference system, easting first, around all features; empty where nothing has a place."""
    around = collection.table.around
    if around is None:
        return shapely.Polygon()
    east, north = np.linspace(around[0], around[2], 17), np.linspace(around[1], around[3], 17)
    points = np.asarray(shapely.points(*np.meshgrid(east, north)), dtype=object).ravel()
    west, south, east_end, north_end = shapely.total_bounds(system.leave(points, collection.grid)).tolist()
    margin = 0.02 * max(east_end - west, north_end - south) + (1e-4 if system.decimals == 8 else 30.0)
    box: BaseGeometry = shapely.box(west - margin, south - margin, east_end + margin, north_end + margin)
    return box


def on_grid(shape: BaseGeometry, system: System, collection: Collection) -> BaseGeometry | None:
    """A shape of a reference system (easting first) on the grid, None where it lies far from all features."""
    near = shapely.intersection(shape, limits_of(collection, system))
    if near.is_empty:
        return None
    west, south, east, north = near.bounds
    dense = shapely.segmentize(near, max(east - west, north - south, 1e-9) / _PIECES)
    moved: BaseGeometry = system.enter(np.array([dense], dtype=object), collection.grid)[0]
    return moved
