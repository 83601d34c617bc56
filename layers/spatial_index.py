"""Spatial indexes over the features of a role: they select candidates and decide nothing."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from math import sqrt
from threading import Lock

import numpy as np
import shapely
from scipy.spatial import KDTree

from layers.grid import Floats, Geometries, Rows
from layers.large_shape import LargeShape, built, ring_pieces

Box = Sequence[float]
"""West, south, east, north, in feet."""
LARGE_VERTICES = 256
_FEW_VERTICES = 32
"""Places that have so few on average are looked for by their boxes."""
_SORTED_FROM = 64
_STRIP_PLACES = 32
_BATCH_FROM = 64
_ALL_PAIRS = 8
_GUIDE_FT = 50.0
_GUIDE_CELL_FT = 16.0
_ANYWHERE_FT = 1e9
_SLACK_FT = 1e-6
"""Two ways of computing one distance may differ by less than this."""


class Index:
    """A spatial index over some geometries; `rows` leads back from its entries to their features.

    A candidate query asks small entries as they are; large entries are looked up by pieces of their outlines,
    since looking through all their vertices for each place would cost more. `outline`: a tree of those
    pieces, where there is one already and just one entry.
    """

    def __init__(self, geometry: Geometries, rows: Rows, outline: shapely.STRtree | None = None) -> None:
        self.rows = rows
        self._all_rows = _is_count(rows)
        self.geometry = geometry
        self._is_large = shapely.get_num_coordinates(geometry) > LARGE_VERTICES
        self._small, self._large = np.flatnonzero(~self._is_large), np.flatnonzero(self._is_large)
        self._small_tree = built(geometry[self._small])
        self._large_tree = built(geometry[self._large])
        self._outline = outline
        self._large_shapes: dict[int, LargeShape] = {}
        self._lock = Lock()
        self._guides: KDTree | None = None

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def tree(self) -> shapely.STRtree:
        """The tree of its entries, none of them large."""
        return self._small_tree

    def rows_of(self, entries: Rows) -> Rows:
        """The features of some entries."""
        return entries if self._all_rows else self.rows[entries]

    @cached_property
    def spacing_ft(self) -> float:
        """About how far apart entries lie: so far from a place there is usually one, and there are few."""
        if not len(self):
            return 0.0
        west, south, east, north = self._extent()
        return sqrt((east - west) * (north - south) / len(self))

    def _extent(self) -> Box:
        return [float(side) for side in shapely.total_bounds(self.geometry)]

    def near_one(self, box: Box, reach_ft: float) -> Rows:
        """Entries whose boxes are at most `reach_ft` from the box of one place; none in reach is left out."""
        around = _one(shapely.box(box[0] - reach_ft, box[1] - reach_ft, box[2] + reach_ft, box[3] + reach_ft))
        near: Rows = self._small_tree.query(around)[1]
        if not len(self._large):
            return near
        return np.concatenate([self._small[near], self._large[self._large_tree.query(around)[1]]])

    def distance_of_one(self, place: Geometries, entries: Rows) -> Floats:
        """Distance in feet of one place (an array that holds it) from each entry; 0 where they touch or overlap."""
        if not len(self._large):
            return np.asarray(shapely.distance(self.geometry[entries], place), dtype=np.float64)
        if len(entries) == 1 and self._is_large[entries[0]]:
            return self._shape(int(entries[0])).distance(place)
        return self.distance(place[np.zeros(len(entries), dtype=np.intp)], entries)

    def candidates(self, places: Geometries, reach_ft: Floats) -> tuple[Rows, Rows]:
        """Pairs of place and entry that may be at most `reach_ft` apart; no pair in reach is left out.

        Where places have few vertices, all whose boxes come so near: preparing each place to say more of them
        costs more than measuring some in vain.
        """
        if not len(self._small):
            return self._large_candidates(places, reach_ft)
        if _of_few_vertices(places):
            place, entry = self._small_tree.query(boxes_around(places, reach_ft))
        else:
            place, entry = self._small_tree.query(places, predicate="dwithin", distance=reach_ft)
        if not len(self._large):  # then all entries are small ones, in their order
            return place, entry
        large_place, large_entry = self._large_candidates(places, reach_ft)
        return np.concatenate([place, large_place]), np.concatenate([self._small[entry], large_entry])

    def distance(self, places: Geometries, entries: Rows) -> Floats:
        """Distance in feet of each place from the entry of the same row; 0 where they touch or overlap."""
        if not len(self._large):
            return np.asarray(shapely.distance(self.geometry[entries], places), dtype=np.float64)
        is_large = self._is_large[entries]
        if np.count_nonzero(is_large) == len(is_large):
            return self._large_distance(places, entries)
        distance = np.empty(len(entries))
        small, large = np.flatnonzero(~is_large), np.flatnonzero(is_large)
        distance[small] = shapely.distance(self.geometry[entries[small]], places[small])
        distance[large] = self._large_distance(places[large], entries[large])
        return distance

    def _large_distance(self, places: Geometries, entries: Rows) -> Floats:
        distance = np.empty(len(entries))
        for entry in np.unique(entries).tolist():
            of = np.flatnonzero(entries == entry)
            distance[of] = self._shape(entry).distance(places[of])
        return distance

    def build_large(self) -> None:
        """Build now what the first question about each large entry would wait for."""
        for entry in self._large.tolist():
            self._shape(entry)

    def _shape(self, entry: int) -> LargeShape:
        known = self._large_shapes.get(entry)
        if known is None:
            with self._lock:
                if entry not in self._large_shapes:
                    self._large_shapes[entry] = LargeShape(self.geometry[entry], self._outline)
                known = self._large_shapes[entry]
        return known

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
        if len(self._small):
            (place, _), found = self._small_tree.query_nearest(
                places, max_distance=reach_ft + _SLACK_FT, return_distance=True, all_matches=False
            )
            distance[place] = found
        if len(self._large):
            reach = np.minimum(distance, min(reach_ft, _ANYWHERE_FT) + _SLACK_FT)
            place, large = self._large_tree.query(boxes_around(places, reach))
            np.minimum.at(distance, place, self._large_distance(places[place], self._large[large]))
            distance[distance > reach_ft + _SLACK_FT] = np.inf
        return distance

    def nearest_of_one(self, point: Geometries, reach_ft: float) -> float:
        """The same of one place (an array that holds it)."""
        if len(self._large) or not len(self._small):
            return float(self.nearest_distance(point, reach_ft)[0])
        (nearest,) = self._small_tree.nearest(point)
        found = float(shapely.distance(self.geometry[nearest], point[0]))
        return found if found <= reach_ft + _SLACK_FT else np.inf

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
        if len(self._large) * len(places) <= _ALL_PAIRS:
            place, entry = np.divmod(np.arange(len(places) * len(self._large)), len(self._large))
        else:
            place, entry = self._large_tree.query(boxes_around(places, reach_ft))
        near = np.zeros(len(place), dtype=np.bool_)
        for number in np.unique(entry).tolist():
            of = np.flatnonzero(entry == number)
            near[of] = self._shape(int(self._large[number])).near(places[place[of]], reach_ft[place[of]])
        if np.count_nonzero(near) < len(near):
            place, entry = place[near], entry[near]
        return place, self._large[entry]


def _one(shape: shapely.Geometry) -> Geometries:
    array: Geometries = np.empty(1, dtype=object)
    array[0] = shape
    return array


def boxes_around(places: Geometries, reach_ft: Floats) -> Geometries:
    """The box around each place, so much wider on all sides."""
    west, south, east, north = shapely.bounds(places).T
    boxes = shapely.box(west - reach_ft, south - reach_ft, east + reach_ft, north + reach_ft)
    return np.asarray(boxes, dtype=object)


def _of_few_vertices(places: Geometries) -> bool:
    return int(shapely.get_num_coordinates(places).sum()) <= _FEW_VERTICES * len(places)


def _is_count(rows: Rows) -> bool:
    """Whether rows are 0, 1, 2, ..."""
    return bool(len(rows) == 0 or (rows[0] == 0 and rows[-1] == len(rows) - 1 and (np.diff(rows) == 1).all()))


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
    if np.count_nonzero(shapely.get_type_id(places)) == 0:  # 0 is the number of points
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


def guide_points(geometry: Geometries) -> Floats:
    """Points on the geometries, at most 50 ft apart along them; of those in one small cell, one."""
    return thinned(shapely.get_coordinates(shapely.segmentize(geometry, _GUIDE_FT)))


def thinned(points: Floats) -> Floats:
    """Of the points in one small cell, the first."""
    east, north = np.floor(points / _GUIDE_CELL_FT).astype(np.int64).T
    _, first = np.unique((east << 32) ^ (north & 0xFFFFFFFF), return_index=True)
    return np.asarray(points[np.sort(first)], dtype=np.float64)
