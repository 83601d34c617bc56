"""Places of cases between the grid in feet and degrees."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from layers.grid import Grid

_DEGREE_PLACES, _FOOT_PLACES = 8, 3

Message = dict[str, Any]
LonLat = tuple[float, float] | None


def points_in_degrees(shapes: Sequence[BaseGeometry | None], grid: Grid) -> list[LonLat]:
    """Longitude and latitude of a point of each shape, None where there is none."""
    there = np.array([shape is not None and not shape.is_empty for shape in shapes], dtype=bool)
    column = np.empty(len(shapes), dtype=object)
    column[:] = shapes
    xy = np.full((len(shapes), 2), np.nan)
    moved = grid.to_lonlat(np.asarray(shapely.point_on_surface(column[there]), dtype=object))
    xy[there] = np.round(shapely.get_coordinates(moved), _DEGREE_PLACES)
    return [(float(lon), float(lat)) if here else None for (lon, lat), here in zip(xy, there, strict=True)]


def shape_in_degrees(shape: BaseGeometry | None, grid: Grid) -> Message | None:
    """A shape of the grid as GeoJSON in degrees."""
    if shape is None or shape.is_empty:
        return None
    moved = grid.to_lonlat(np.array([shape], dtype=object))[0]
    rounded = shapely.transform(moved, lambda xy: np.round(xy, _DEGREE_PLACES))
    return dict(json.loads(shapely.to_geojson(rounded)))


def in_feet(value: float) -> float:
    """Feet as they are told."""
    return round(value, _FOOT_PLACES)
