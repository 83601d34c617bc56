"""Spatial indexes over the features of a role: they select candidates and decide nothing."""

from __future__ import annotations

from threading import Lock

import numpy as np
import shapely
from scipy.spatial import KDTree

from layers.grid import Floats, Geometries, Rows
from layers.outlines import outlines, position_in_group

LARGE_VERTICES = 256
_PIECE_VERTICES = 16
_SORTED_FROM = 64
_STRIP_PLACES = 32
_BATCH_FROM = 64
_GUIDE_FT = 50.0
_GUIDE_CELL_FT = 16.0
_SLACK_FT = 1e-6
"""Two ways of computing one distance may differ by less than this."""


class Index:
    """A spatial index over some geometries; `rows` leads back from its entries to their features.

    A candidate query prepares each place and asks small entries; large entries are prepared
    themselves, once, since looking through all their vertices for each place would cost more.
    """

    def __init__(self, geometry: Geometries, rows: Rows) -> None:
        self.rows = rows
        self.geometry = geometry
        large = shapely.get_num_coordinates(geometry) > LARGE_VERTICES
        self._small, self._large = np.flatnonzero(~large), np.flatnonzero(large)
        self._small_tree = built(geometry[self._small])
        self._large_tree = built(_prepared_copies(geometry[self._large]))
        self._prepared = np.full(len(geometry), -1, dtype=np.intp)
        self._prepared[self._large] = np.arange(len(self._large))
        self._lock = Lock()
        self._guides: KDTree | None = None
        self._outlines: dict[int, shapely.STRtree] = {}

    def __len__(self) -> int:
        return len(self.rows)

    def candidates(self, places: Geometries, reach_ft: Floats) -> tuple[Rows, Rows]:
        """Pairs of place and entry at most about `reach_ft` apart; no pair in reach is left out."""
        place, entry = self._small_tree.query(places, predicate="dwithin", distance=reach_ft)
        if not len(self._large):  # then all entries are small ones, in their order
            return place, entry
        large_place, large_entry = self._large_candidates(places, reach_ft)
        return np.concatenate([place, large_place]), np.concatenate([self._small[entry], large_entry])

    def distance(self, places: Geometries, entries: Rows) -> Floats:
        """Distance in feet of each place from the entry of the same row; 0 where they touch or overlap."""
        if not len(self._large):
            return np.asarray(shapely.distance(self.geometry[entries], places), dtype=np.float64)
        distance, is_large = np.zeros(len(entries)), self._prepared[entries] >= 0
        small, large = np.flatnonzero(~is_large), np.flatnonzero(is_large)
        distance[small] = shapely.distance(self.geometry[entries[small]], places[small])
        with self._lock:
            prepared = self._large_tree.geometries[self._prepared[entries[large]]]
            apart = large[~shapely.intersects(prepared, places[large])]
        for entry in np.unique(entries[apart]).tolist():
            of = apart[entries[apart] == entry]
            distance[of] = self._from_outline(entry, places[of])
        return distance

    def _from_outline(self, entry: int, places: Geometries) -> Floats:
        """Distance of places from a large entry that they do not touch: its outline is looked up piece by piece."""
        if shapely.get_dimensions(self.geometry[entry]) == 0:
            return np.asarray(shapely.distance(self.geometry[entry], places), dtype=np.float64)
        with self._lock:
            if entry not in self._outlines:
                self._outlines[entry] = built(_outline_pieces(self.geometry[entry]))
        _, found = self._outlines[entry].query_nearest(places, return_distance=True, all_matches=False)
        return np.asarray(found, dtype=np.float64)

    def reach_of_nearest(self, places: Geometries, reach_ft: float) -> Floats:
        """A reach for each place that holds its nearest entry if one lies within `reach_ft`; at most that.

        Tight where few places ask. A batch is served by points on the entries instead, which cost
        little to find: no entry is farther than a point on it.
        """
        if not len(self):
            return np.full(len(places), reach_ft)
        found = (
            self.nearest_distance(places, reach_ft)
            if len(places) < _BATCH_FROM
            else self._nearest_guide(places, reach_ft)
        )
        return np.minimum(found + _SLACK_FT, reach_ft)

    def nearest_distance(self, places: Geometries, reach_ft: float) -> Floats:
        """Distance in feet from each place to the nearest entry; infinite where none is in reach."""
        distance = np.full(len(places), np.inf)
        for tree, entries in ((self._small_tree, self._small), (self._large_tree, self._large)):
            if len(entries):
                (place, _), found = tree.query_nearest(
                    places, max_distance=reach_ft + _SLACK_FT, return_distance=True, all_matches=False
                )
                distance[place] = np.minimum(distance[place], found)
        return distance

    def _nearest_guide(self, places: Geometries, reach_ft: float) -> Floats:
        with self._lock:
            if self._guides is None:
                self._guides = KDTree(guide_points(self.geometry))
        coordinates, place = shapely.get_coordinates(places, return_index=True)
        found, _ = self._guides.query(coordinates, distance_upper_bound=reach_ft + _SLACK_FT)
        distance = np.full(len(places), np.inf)
        np.minimum.at(distance, place, found)
        return distance

    def _large_candidates(self, places: Geometries, reach_ft: Floats) -> tuple[Rows, Rows]:
        west, south, east, north = shapely.bounds(places).T
        boxes = shapely.box(west - reach_ft, south - reach_ft, east + reach_ft, north + reach_ft)
        place, entry = self._large_tree.query(boxes)
        with self._lock:  # a prepared geometry fills its caches at the first question: one thread at a time
            near = shapely.dwithin(self._large_tree.geometries[entry], places[place], reach_ft[place])
        return place[near], self._large[entry[near]]


def in_strips(places: Geometries) -> Rows:
    """The rows of places that have a position, neighbours next to each other: kinder to the memory."""
    if len(places) < _SORTED_FROM:
        return np.flatnonzero(~shapely.is_empty(places) & ~shapely.is_missing(places))
    west, south = shapely.bounds(places)[:, :2].T
    rows = np.flatnonzero(np.isfinite(west))
    if not len(rows):
        return rows
    x, y = west[rows], south[rows]
    strips = max(1.0, np.sqrt(len(rows) / _STRIP_PLACES))
    height = max(float(np.ptp(y)) / strips, 1.0)
    strip = ((y - y.min()) / height).astype(np.int32)
    return rows[np.lexsort((np.where(strip % 2, -x, x), strip))]


def first_points(places: Geometries) -> Geometries:
    """Points as they are, and of other places the first of their coordinates."""
    if (shapely.get_type_id(places) == shapely.GeometryType.POINT).all():
        return places
    coordinates, place = shapely.get_coordinates(places, return_index=True)
    points = shapely.points(coordinates[np.searchsorted(place, np.arange(len(places)))])
    return np.asarray(points, dtype=object)


def boundary_index(polygons: Geometries) -> Index:
    """An index over the boundaries of polygons, cut into short pieces."""
    parts, part_owner = shapely.get_parts(polygons, return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    lines, ring = ring_pieces(rings)
    return Index(lines, np.asarray(part_owner[ring_part[ring]], dtype=np.intp))


def _outline_pieces(shape: shapely.Geometry) -> Geometries:
    """The lines of a shape, and those around its areas, as lines of few vertices."""
    pieces, _ = ring_pieces(outlines(np.array([shape], dtype=object)).line)
    return pieces


def ring_pieces(rings: Geometries) -> tuple[Geometries, Rows]:
    """Every ring as lines of few vertices, with the ring that each belongs to."""
    coordinates, ring_of = shapely.get_coordinates(rings, return_index=True)
    counts = np.bincount(ring_of, minlength=len(rings))
    starts = np.cumsum(counts) - counts
    steps = _PIECE_VERTICES - 1
    pieces_in = np.maximum(1, -(-(counts - 1) // steps))
    ring = np.repeat(np.arange(len(rings)), pieces_in)
    first = starts[ring] + steps * position_in_group(pieces_in)
    last = np.minimum(first + steps, starts[ring] + counts[ring] - 1)
    lengths = last - first + 1
    vertex = np.repeat(first, lengths) + position_in_group(lengths)
    lines = shapely.linestrings(coordinates[vertex], indices=np.repeat(np.arange(len(first)), lengths))
    return np.asarray(lines, dtype=object), ring


def guide_points(geometry: Geometries) -> Floats:
    """Points on the geometries, at most 50 ft apart along them; of those in one small cell, one."""
    return thinned(shapely.get_coordinates(shapely.segmentize(geometry, _GUIDE_FT)))


def thinned(points: Floats) -> Floats:
    """Of the points in one small cell, the first."""
    east, north = np.floor(points / _GUIDE_CELL_FT).astype(np.int64).T
    _, first = np.unique((east << 32) ^ (north & 0xFFFFFFFF), return_index=True)
    return np.asarray(points[np.sort(first)], dtype=np.float64)


def built(geometry: Geometries) -> shapely.STRtree:
    """A tree that is built now: built at the first question, two threads could meet in it."""
    tree = shapely.STRtree(geometry)
    tree.query(shapely.Point(0, 0))
    return tree


def _prepared_copies(geometry: Geometries) -> Geometries:
    copies: Geometries = shapely.force_2d(geometry)
    shapely.prepare(copies)
    return copies
