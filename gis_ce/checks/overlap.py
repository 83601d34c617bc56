"""How much of an easement a structure takes: area, and its extents along and across."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from layers.features import Rows
from layers.grid import AT_LIMIT_FT, Floats, Geometries
from layers.outlines import outlines
from layers.query import LayerQuery


@dataclass(frozen=True, slots=True)
class Overlaps:
    """One row for each pair of structure and easement that overlap, in feet and square feet.

    `depth_ft` is how far the deepest point of the structure lies from the easement's edge, sampled
    every half foot along the outline of the overlap and in its middle, so never more than the truth.
    `length_ft` is the length of a line, such as a fence, inside the easement; 0 for a polygon, whose
    size is `area_sqft`. `shape` is the overlap itself.
    """

    shape: Geometries
    area_sqft: Floats
    length_ft: Floats
    depth_ft: Floats


SAMPLE_FT = 0.5
MAIN_REACH_FT = 50.0
_PROBE_FT = 0.5


def overlaps(structures: Geometries, easements: Geometries) -> Overlaps:
    """The overlap of each structure with the easement of the same row."""
    shape: Geometries = shapely.intersection(structures, easements)
    length = np.where(shapely.get_dimensions(structures) == 1, shapely.length(shape), 0.0)
    return Overlaps(shape, shapely.area(shape), length, _depths(shape, easements))


def extents(shapes: Geometries, easements: Geometries, query: LayerQuery) -> tuple[Floats, Floats]:
    """How far each overlap reaches along its easement and across it, in feet; both may be None.

    The direction is that of the main nearest to the overlap's middle, or of the easement's longer side
    where no main lies within `MAIN_REACH_FT`.
    """
    along = directions(shapely.centroid(shapes), easements, query)
    across = np.column_stack([-along[:, 1], along[:, 0]])
    coordinates, owner = shapely.get_coordinates(shapes, return_index=True)
    count = len(shapes)
    return _spread(coordinates, along, owner, count), _spread(coordinates, across, owner, count)


def _depths(shapes: Geometries, easements: Geometries) -> Floats:
    """How far the deepest sampled point of each shape lies from the edge of its easement."""
    edges = shapely.boundary(easements)
    depth = _deepest_on_outline(shapes, edges)
    middle = shapely.centroid(shapes)
    hit = np.flatnonzero(shapely.intersects(shapes, middle))
    depth[hit] = np.maximum(depth[hit], shapely.distance(middle[hit], edges[hit]))
    filling = np.flatnonzero((depth <= AT_LIMIT_FT) & (shapely.area(shapes) > 0))
    depth[filling] = np.maximum(depth[filling], shapely.distance(_inner(shapes[filling]), edges[filling]))
    return depth


def _deepest_on_outline(shapes: Geometries, edges: Geometries) -> Floats:
    """The greatest distance from an edge to any of the points every half foot along an outline.

    A distance changes by no more than one walks: of a stretch whose ends lie a and b from the edge no
    point lies farther than (a + b + length) / 2. So a stretch is halved only while it may hold more.
    """
    points, owner_of, follows = _outline(shapes)
    depth = np.zeros(len(shapes))
    if not len(points):
        return depth
    at_corner = _distances(points, edges[owner_of])
    np.maximum.at(depth, owner_of, at_corner)
    start = np.flatnonzero(follows)
    step = points[start + 1] - points[start]
    count = np.ceil(np.hypot(*step.T) / SAMPLE_FT).astype(np.intp)
    sides = _Stretches(np.arange(len(start)), np.zeros_like(count), count, at_corner[start], at_corner[start + 1])
    spacing = np.hypot(*step.T) / np.maximum(count, 1)
    while len(sides.side):
        at_most = (sides.from_ft + sides.to_ft + (sides.last - sides.first) * spacing[sides.side]) / 2
        owner = owner_of[start[sides.side]]
        sides = sides.take(np.flatnonzero((sides.last - sides.first > 1) & (at_most > depth[owner])))
        owner, middle = owner_of[start[sides.side]], (sides.first + sides.last) // 2
        share = middle / np.maximum(count[sides.side], 1)
        distance = _distances(points[start[sides.side]] + share[:, None] * step[sides.side], edges[owner])
        np.maximum.at(depth, owner, distance)
        sides = sides.halved(middle, distance)
    return depth


@dataclass(frozen=True, slots=True)
class _Stretches:
    """Parts of sides, between two of the points every half foot; how far both ends lie from the edge."""

    side: Rows
    first: Rows
    last: Rows
    from_ft: Floats
    to_ft: Floats

    def take(self, rows: Rows) -> _Stretches:
        return _Stretches(self.side[rows], self.first[rows], self.last[rows], self.from_ft[rows], self.to_ft[rows])

    def halved(self, middle: Rows, distance_ft: Floats) -> _Stretches:
        return _Stretches(
            np.concatenate([self.side, self.side]),
            np.concatenate([self.first, middle]),
            np.concatenate([middle, self.last]),
            np.concatenate([self.from_ft, distance_ft]),
            np.concatenate([distance_ft, self.to_ft]),
        )


def _outline(shapes: Geometries) -> tuple[Floats, Rows, npt.NDArray[np.bool_]]:
    """The corners of shapes: coordinates, the row of their shape, and whether the next one follows on one side."""
    around = outlines(shapes)
    points, line = shapely.get_coordinates(around.line, return_index=True)
    follows = np.zeros(len(points), dtype=np.bool_)
    follows[:-1] = line[1:] == line[:-1]
    return points, around.owner[line], follows


def _distances(points: Floats, edges: Geometries) -> Floats:
    return np.asarray(shapely.distance(shapely.points(points), edges), dtype=np.float64)


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
