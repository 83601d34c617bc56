"""How much of an easement a structure takes: area, and its extents along and across."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from layers.features import Rows
from layers.grid import AT_LIMIT_FT, Floats, Geometries
from layers.query import LayerQuery


@dataclass(frozen=True, slots=True)
class Overlaps:
    """One row for each pair of structure and easement that overlap, in feet and square feet.

    `depth_ft` is how far the deepest point of the structure lies from the easement's edge, sampled
    every half foot along the outline of the overlap and in its middle, so never more than the truth.
    `length_along_ft` and `width_across_ft` are the extents of the overlap along and across the
    easement. The direction is that of the main nearest to the overlap's middle, or of the
    easement's longer side where no main lies within `MAIN_REACH_FT`. `length_ft` is the length of
    a line, such as a fence, inside the easement; 0 for a polygon, whose size is `area_sqft`.
    """

    area_sqft: Floats
    length_ft: Floats
    depth_ft: Floats
    length_along_ft: Floats
    width_across_ft: Floats


SAMPLE_FT = 0.5
_EVERY = 8
MAIN_REACH_FT = 50.0
_PROBE_FT = 0.5


def overlaps(structures: Geometries, easements: Geometries, query: LayerQuery) -> Overlaps:
    """The overlap of each structure with the easement of the same row."""
    shape: Geometries = shapely.intersection(structures, easements)
    along = directions(shapely.centroid(shape), easements, query)
    length_along, width_across = _extents(shape, along)
    area = shapely.area(shape)
    length = np.where(shapely.get_dimensions(structures) == 1, shapely.length(shape), 0.0)
    return Overlaps(area, length, _depths(shape, easements), length_along, width_across)


def _depths(shapes: Geometries, easements: Geometries) -> Floats:
    """How far the deepest sampled point of each shape lies from the edge of its easement."""
    points, owner = shapely.get_coordinates(shapely.segmentize(shapes, SAMPLE_FT), return_index=True)
    edges = shapely.boundary(easements)
    depth = np.zeros(len(shapes))
    np.maximum.at(depth, owner, shapely.distance(shapely.points(points), edges[owner]))
    middle = shapely.centroid(shapes)
    hit = np.flatnonzero(shapely.intersects(shapes, middle))
    depth[hit] = np.maximum(depth[hit], shapely.distance(middle[hit], edges[hit]))
    filling = np.flatnonzero((depth <= AT_LIMIT_FT) & (shapely.area(shapes) > 0))
    depth[filling] = np.maximum(depth[filling], shapely.distance(_inner(shapes[filling]), edges[filling]))
    return depth


def _inner(shapes: Geometries) -> Geometries:
    """The middle of the largest circle in each shape, for bent ones that fill their easement edge to edge."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    areas = shapely.get_dimensions(parts) == 2
    circles = shapely.maximum_inscribed_circle(shapely.multipolygons(parts[areas], indices=owner[areas]))
    middles: Geometries = shapely.get_point(circles, 0)
    return middles


def directions(middle: Geometries, easements: Geometries, query: LayerQuery) -> Floats:
    """Unit vectors, shape (n, 2), along the easement at each middle."""
    direction = _long_axes(easements)
    distance = np.full(len(middle), np.inf)
    for role in (role for role in ("sewer_main", "water_main") if query.has(role)):
        near = query.nearest(role, middle, reach_ft=MAIN_REACH_FT)
        closer = near.distance_ft < distance[near.place]
        rows, mains = near.place[closer], query.features(role).geometry[near.feature[closer]]
        distance[rows] = near.distance_ft[closer]
        direction[rows] = _tangents(mains, middle[rows])
    return direction


def _tangents(lines: Geometries, points: Geometries) -> Floats:
    """The direction of each line where it passes its point."""
    at = shapely.line_locate_point(lines, points)
    length = shapely.length(lines)
    before = shapely.line_interpolate_point(lines, np.maximum(at - _PROBE_FT, 0.0))
    after = shapely.line_interpolate_point(lines, np.minimum(at + _PROBE_FT, length))
    return _unit(np.column_stack([shapely.get_x(after), shapely.get_y(after)]) - _xy(before))


def _long_axes(polygons: Geometries) -> Floats:
    """The direction of the longer side of each polygon's smallest rectangle."""
    boxes = shapely.minimum_rotated_rectangle(polygons)
    rings = shapely.get_exterior_ring(boxes)
    first, second, third = (_xy(shapely.get_point(rings, number)) for number in range(3))
    one, two = second - first, third - second
    longer = np.hypot(*one.T) >= np.hypot(*two.T)
    return _unit(np.where(longer[:, None], one, two))


def _extents(shapes: Geometries, along: Floats) -> tuple[Floats, Floats]:
    """How far each shape reaches in its direction and across it."""
    coordinates, owner = shapely.get_coordinates(shapes, return_index=True)
    across = np.column_stack([-along[:, 1], along[:, 0]])
    return _spread(coordinates, along, owner, len(shapes)), _spread(coordinates, across, owner, len(shapes))


def _spread(coordinates: Floats, direction: Floats, owner: Rows, count: int) -> Floats:
    projected = np.einsum("ij,ij->i", coordinates, direction[owner])
    low, high = np.full(count, np.inf), np.full(count, -np.inf)
    np.minimum.at(low, owner, projected)
    np.maximum.at(high, owner, projected)
    return np.where(high >= low, high - low, 0.0)


def _xy(points: Geometries) -> Floats:
    return np.column_stack([shapely.get_x(points), shapely.get_y(points)])


def _unit(vectors: Floats) -> Floats:
    length = np.hypot(*vectors.T)
    safe = np.where(length > 0, length, 1.0)
    unit: Floats = np.nan_to_num(vectors) / np.nan_to_num(safe, nan=1.0)[:, None]
    unit[~(length > 0)] = (1.0, 0.0)
    return unit
