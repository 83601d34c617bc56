"""One shape of very many vertices, such as a city's right of way: looked up by pieces of its outline."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from itertools import pairwise
from math import sqrt
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from layers.grid import Floats, Geometries, Rows
from layers.outlines import outlines, position_in_group

PIECE_VERTICES = 16
_LINES_A_PIECE = 4.0
"""Scan lines lie so close that about so many fall on each row of pieces; between them few pieces are crossed."""
_OFF_ROUND = 0.3819660112501051
"""Scan lines stand at no round share of the height, where drawn corners like to lie."""
Number = Any
"""One number, or an array of them."""


class LargeShape:
    """Distances from one geometry of any kind, in feet: 0 where a place touches it or lies in it.

    A prepared geometry would answer too, but keeps over a hundred bytes for each vertex, and fills its
    caches at the first question, again in every process. Here stand only the outline, cut into pieces in a
    tree, and scan lines: where a line across the area crosses the outline, worked out when a place near that
    line is first asked about. A place lies inside if between the far west and it, along its line and then
    straight up or down to the place, the outline is crossed an odd number of times (even-odd rule; Shimrat,
    CACM 5(8), 1962). Safe for many threads.
    """

    def __init__(self, shape: shapely.Geometry, pieces: shapely.STRtree | None = None) -> None:
        """`pieces`: a tree of `outline_pieces` of this very shape, where there is one already."""
        self._is_area = bool(shapely.get_dimensions(shape) == 2)
        self._pieces = built(outline_pieces(shape)) if pieces is None else pieces
        self._west, self._south, self._east, self._north = shapely.bounds(shape).tolist()
        rows = max(1.0, _LINES_A_PIECE * sqrt(len(self._pieces)))
        self._step_ft = max((self._north - self._south) / rows, 1e-3)
        self._crossings: dict[int, array[float]] = {}

    def distance(self, places: Geometries) -> Floats:
        """Distance of each place (neither missing nor empty)."""
        inside = self._inside(places)
        if len(inside) == 1:
            return np.zeros(1) if inside[0] else self._from_outline(places)
        apart, outside = np.zeros(len(places)), np.flatnonzero(~inside)
        if len(outside):
            apart[outside] = self._from_outline(places[outside])
        return apart

    def near(self, places: Geometries, reach_ft: Floats) -> npt.NDArray[np.bool_]:
        """Whether each place lies at most so far away."""
        near = self._inside(places)
        outside = np.flatnonzero(~near)
        if len(outside):
            found, _ = self._pieces.query(places[outside], predicate="dwithin", distance=reach_ft[outside])
            near[outside[found]] = True
        return near

    def _from_outline(self, places: Geometries) -> Floats:
        _, found = self._pieces.query_nearest(places, return_distance=True, all_matches=False)
        return np.asarray(found, dtype=np.float64)

    def _inside(self, places: Geometries) -> npt.NDArray[np.bool_]:
        """Whether the first vertex of each place lies in the area; one on the outline may count either way."""
        if not self._is_area:
            return np.zeros(len(places), dtype=np.bool_)
        if len(places) == 1:
            return np.array([self._one_inside(*_first_vertex(places))])
        xy, place = shapely.get_coordinates(places, return_index=True)
        x, y = xy[np.searchsorted(place, np.arange(len(places)))].T
        boxed = (x >= self._west) & (x <= self._east) & (y >= self._south) & (y <= self._north)
        rows = np.flatnonzero(boxed)
        inside = np.zeros(len(places), dtype=np.bool_)
        if len(rows):
            inside[rows] = self._crossed(x[rows], y[rows]) % 2 == 1
        return inside

    def _crossed(self, x: Floats, y: Floats) -> Rows:
        """How often the outline is crossed on the way to each point."""
        line = np.floor((y - self._south) / self._step_ft).astype(np.int64)
        along, height = self._along(line, x), self._height_ft(line)
        way = shapely.box(x, np.minimum(y, height), x, np.maximum(y, height))
        point, piece = self._pieces.query(way)
        start, end, owner = _segments(self._pieces.geometries[piece])
        point = point[owner]
        spans = (start[:, 0] > x[point]) != (end[:, 0] > x[point])
        start, end, point = start[spans], end[spans], point[spans]
        at = start[:, 1] + (x[point] - start[:, 0]) * (end[:, 1] - start[:, 1]) / (end[:, 0] - start[:, 0])
        between = (at > y[point]) != (at > height[point])
        return np.asarray(along + np.bincount(point[between], minlength=len(x)), dtype=np.intp)

    def _along(self, line: Rows, x: Floats) -> Rows:
        """How often the outline is crossed along each point's scan line, up to the point's east."""
        along = np.empty(len(x), dtype=np.intp)
        numbers, which = np.unique(line, return_inverse=True)
        order, ends = np.argsort(which, kind="stable"), np.cumsum(np.bincount(which))
        for number, of in zip(numbers.tolist(), np.split(order, ends[:-1]), strict=True):
            along[of] = np.searchsorted(np.frombuffer(self._on_line(number)), x[of], side="right")
        return along

    def _one_inside(self, x: float, y: float) -> bool:
        """The same of one point in numbers: here the calls would cost more than the work."""
        if not (self._west <= x <= self._east and self._south <= y <= self._north):
            return False
        line = int((y - self._south) // self._step_ft)
        height = self._height_ft(line)
        crossed = bisect_right(self._on_line(line), x)
        for piece in self._pieces.query(shapely.box(x, min(y, height), x, max(y, height))).tolist():
            ends = shapely.get_coordinates(self._pieces.geometries[piece]).tolist()
            for (west, south), (east, north) in pairwise(ends):
                if (west > x) != (east > x):
                    at = south + (x - west) * (north - south) / (east - west)
                    crossed += (at > y) != (at > height)
        return crossed % 2 == 1

    def _on_line(self, number: int) -> array[float]:
        """Where one scan line crosses the outline, from west to east."""
        known = self._crossings.get(number)
        if known is None:
            height = self._height_ft(number)
            line = shapely.linestrings([[self._west - 1.0, height], [self._east + 1.0, height]])
            start, end, _ = _segments(self._pieces.geometries[self._pieces.query(line)])
            spans = (start[:, 1] > height) != (end[:, 1] > height)
            start, end = start[spans], end[spans]
            at = start[:, 0] + (height - start[:, 1]) * (end[:, 0] - start[:, 0]) / (end[:, 1] - start[:, 1])
            known = self._crossings[number] = array("d", np.sort(at))
        return known

    def _height_ft(self, number: Number) -> Number:
        """How far north a scan line stands, or each of many."""
        height: Number = self._south + (number + _OFF_ROUND) * self._step_ft
        return height


def outline_pieces(shape: shapely.Geometry) -> Geometries:
    """The lines of a shape, and those around its areas, as lines of few vertices; points as they are."""
    lines = outlines(np.array([shape], dtype=object)).line
    if shapely.get_dimensions(shape) == 0:
        return lines
    return ring_pieces(lines)[0]


def ring_pieces(rings: Geometries) -> tuple[Geometries, Rows]:
    """Every ring as lines of few vertices, with the ring that each belongs to."""
    coordinates, ring_of = shapely.get_coordinates(rings, return_index=True)
    counts = np.bincount(ring_of, minlength=len(rings))
    starts = np.cumsum(counts) - counts
    steps = PIECE_VERTICES - 1
    pieces_in = np.maximum(1, -(-(counts - 1) // steps))
    ring = np.repeat(np.arange(len(rings)), pieces_in)
    first = starts[ring] + steps * position_in_group(pieces_in)
    last = np.minimum(first + steps, starts[ring] + counts[ring] - 1)
    lengths = last - first + 1
    vertex = np.repeat(first, lengths) + position_in_group(lengths)
    lines = shapely.linestrings(coordinates[vertex], indices=np.repeat(np.arange(len(first)), lengths))
    return np.asarray(lines, dtype=object), ring


def built(geometry: Geometries) -> shapely.STRtree:
    """A tree that is built now: built at the first question, two threads could meet in it."""
    tree = shapely.STRtree(geometry)
    tree.query(shapely.Point(0, 0))
    return tree


def _first_vertex(places: Geometries) -> tuple[float, float]:
    x, y = shapely.get_coordinates(places[0])[0].tolist()
    return x, y


def _segments(lines: Geometries) -> tuple[Floats, Floats, Rows]:
    """Start and end of every segment of some lines, and which line it belongs to."""
    xy, line = shapely.get_coordinates(lines, return_index=True)
    joined = line[1:] == line[:-1]
    return xy[:-1][joined], xy[1:][joined], line[:-1][joined]
