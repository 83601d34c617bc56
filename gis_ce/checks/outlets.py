"""The sector in front of a hydrant's large outlet."""

from __future__ import annotations

import numpy as np
import shapely

from layers.features import Features
from layers.grid import Floats, Geometries, Rows

_FAR_FT = 200.0


def before_outlet_ft(features: Features, hydrants: Rows, shapes: Geometries, half_angle_deg: float) -> Floats:
    """Distance in feet from each hydrant to the part of a shape that lies in front of its large outlet.

    The sector opens `half_angle_deg` to each side of `outlet_bearing_deg` (degrees clockwise from
    grid north). Infinite where the shape lies outside it; NaN where the bearing is not known.
    """
    bearing = features.numbers("outlet_bearing_deg")[hydrants]
    distance = np.full(len(hydrants), np.nan)
    known = np.flatnonzero(~np.isnan(bearing))
    if not len(known):
        return distance
    asset = features.geometry[hydrants[known]]
    sector = _sectors(shapely.get_x(asset), shapely.get_y(asset), bearing[known], half_angle_deg)
    part = shapely.intersection(sector, shapes[known])
    found = shapely.distance(asset, part)
    distance[known] = np.where(np.isnan(found), np.inf, found)
    return distance


def _sectors(x: Floats, y: Floats, bearing_deg: Floats, half_angle_deg: float) -> Geometries:
    """Triangles and more from each hydrant outwards, far beyond any clearance."""
    turns = np.radians(bearing_deg[:, None] + half_angle_deg * np.array([-1.0, -0.5, 0.0, 0.5, 1.0]))
    rim = np.stack([x[:, None] + _FAR_FT * np.sin(turns), y[:, None] + _FAR_FT * np.cos(turns)], axis=2)
    apex = np.stack([x, y], axis=1)[:, None, :]
    return np.asarray(shapely.polygons(np.concatenate([apex, rim, apex], axis=1)), dtype=object)
