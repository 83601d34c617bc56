"""The sector in front of a hydrant's large outlet."""

from __future__ import annotations

import numpy as np
import shapely

from layers.features import Features
from layers.grid import Floats, Geometries, Rows

_FAR_FT = 200.0


def before_outlet(
    features: Features, hydrants: Rows, shapes: Geometries, half_angle_deg: Floats, required_ft: Floats
) -> tuple[Floats, Floats]:
    """How clear each shape keeps of the space in front of a hydrant's large outlet, and how near the hydrant it is.

    The space opens `half_angle_deg` to each side of `outlet_bearing_deg` (degrees clockwise from grid
    north) and reaches `required_ft` far. The first column is the distance in feet from the shape to
    that space, negative where it stands in it: the least way out, forwards or to a side. The second is
    the distance from the hydrant to what stands in front of it, else to the whole shape. Both are NaN
    where the bearing is not known.
    """
    margin, distance = np.full(len(hydrants), np.nan), np.full(len(hydrants), np.nan)
    bearing = features.numbers("outlet_bearing_deg")[hydrants]
    known = np.flatnonzero(~np.isnan(bearing))
    if not len(known):
        return margin, distance
    asset, shape, required = features.geometry[hydrants[known]], shapes[known], required_ft[known]
    apex = np.stack([shapely.get_x(asset), shapely.get_y(asset)], axis=1)
    turns = np.radians(bearing[known, None] + half_angle_deg[known, None] * np.array([-1.0, -0.5, 0.0, 0.5, 1.0]))
    ways = np.stack([np.sin(turns), np.cos(turns)], axis=2)
    part = shapely.intersection(_sectors(apex, ways), shape)
    front = shapely.distance(asset, part)
    beside = np.minimum(*(shapely.distance(_edges(apex, ways[:, side], required), shape) for side in (0, -1)))
    outside = np.fmin(front - required, beside)
    inside = -np.minimum(required - front, _depth_from_sides(part, apex, ways))
    margin[known] = np.where(front < required, inside, outside)
    distance[known] = np.where(np.isnan(front), shapely.distance(asset, shape), front)
    return margin, distance


def _sectors(apex: Floats, ways: Floats) -> Geometries:
    """Triangles and more from each hydrant outwards, far beyond any clearance."""
    rim = apex[:, None, :] + _FAR_FT * ways
    return np.asarray(shapely.polygons(np.concatenate([apex[:, None], rim, apex[:, None]], axis=1)), dtype=object)


def _edges(apex: Floats, way: Floats, length_ft: Floats) -> Geometries:
    """The straight edges of the space on one side."""
    return np.asarray(shapely.linestrings(np.stack([apex, apex + length_ft[:, None] * way], axis=1)), dtype=object)


def _depth_from_sides(parts: Geometries, apex: Floats, ways: Floats) -> Floats:
    """How far each part reaches in from the nearer side of its sector; infinite for nothing."""
    coordinates, owner = shapely.get_coordinates(parts, return_index=True)
    offset = coordinates - apex[owner]
    depths = []
    for side in (0, -1):
        across = np.abs(offset[:, 0] * ways[owner, side, 1] - offset[:, 1] * ways[owner, side, 0])
        depth = np.full(len(parts), -np.inf)
        np.maximum.at(depth, owner, across)
        depths.append(np.where(np.isinf(depth), np.inf, depth))
    return np.minimum(*depths)
