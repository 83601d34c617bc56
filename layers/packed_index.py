"""The spatial index of a large layer: boxes of neighbours in a tree, boxes of single entries in an array."""

from __future__ import annotations

from threading import Lock
from typing import cast

import numpy as np
import shapely
from scipy.spatial import KDTree

from layers.grid import Floats, Geometries, Rows
from layers.large_shape import built, ring_pieces
from layers.spatial_index import Box, Index, boxes_around, first_points, guide_points, thinned
from layers.stored_shapes import StoredShapes, block_of

_GROUP = 16
_SLACK_FT = 1e-6
_SHARED_FROM = 64
_RINGS_AT_ONCE = 4096
_MEMBERS = np.arange(_GROUP)


class PackedIndex(Index):
    """The same answers as Index, over geometries that are made for the candidates only.

    `at` says where in `shapes` each entry lies. Neighbours in `at` should be neighbours on the
    ground, as the rows of a snapshot are. Candidates are those whose boxes come near, or, where that
    is `exact`, those that come near themselves.
    """

    def __init__(self, shapes: StoredShapes, at: Rows, rows: Rows, *, exact: bool = False) -> None:
        self.rows = rows
        self._all_rows = False
        self._exact = exact
        self._shapes, self._at = shapes, at
        self.geometry = cast(Geometries, shapes.chosen(at))
        is_large = np.isin(at, shapes.large) if len(shapes.large) else np.zeros(len(at), dtype=np.bool_)
        self._single = np.flatnonzero(~is_large) if is_large.any() else None
        self._boxes_at = at if self._single is None else at[self._single]
        self._groups = built(_group_boxes(shapes.bounds, self._boxes_at))
        self._whole = np.flatnonzero(is_large)
        self._of_whole = Index(shapes[at[self._whole]], self._whole)
        self._lock = Lock()
        self._guides: KDTree | None = None

    def candidates(self, places: Geometries, reach_ft: Floats) -> tuple[Rows, Rows]:
        """Pairs of place and entry whose boxes are at most about `reach_ft` apart; none in reach is left out."""
        place, group = self._groups.query(boxes_around(places, reach_ft + _SLACK_FT))
        place, entry = self._near_boxes(places, reach_ft, place, group)
        if self._exact:
            near = shapely.distance(self._made(entry), places[place]) <= reach_ft[place]
            place, entry = place[near], entry[near]
        if not len(self._whole):
            return place, entry
        large_place, large_entry = self._of_whole.candidates(places, reach_ft)
        return np.concatenate([place, large_place]), np.concatenate([entry, self._whole[large_entry]])

    def build_large(self) -> None:
        """Build now what the first question about each large entry would wait for."""
        self._of_whole.build_large()

    def _extent(self) -> Box:
        bounds = shapely.bounds(np.concatenate([self._groups.geometries, self._shapes[self._at[self._whole]]]))
        return [*bounds[:, :2].min(axis=0).tolist(), *bounds[:, 2:].max(axis=0).tolist()]

    def near_one(self, box: Box, reach_ft: float) -> Rows:
        """Entries whose boxes are at most `reach_ft` from the box of one place; none in reach is left out."""
        reach = reach_ft + _SLACK_FT
        around = np.array([box[0] - reach, box[1] - reach, box[2] + reach, box[3] + reach])
        shape = np.empty(1, dtype=object)
        shape[0] = shapely.box(*around.tolist())
        _, entry = self._members(*self._groups.query(shape))
        boxes = self._boxes(entry)
        east_west = (boxes[:, 0] <= around[2]) & (boxes[:, 2] >= around[0])
        near = np.asarray(entry[east_west & (boxes[:, 1] <= around[3]) & (boxes[:, 3] >= around[1])], dtype=np.intp)
        if not len(self._whole):
            return near
        return np.concatenate([near, self._whole[self._of_whole.near_one(box, reach_ft)]])

    def distance_of_one(self, place: Geometries, entries: Rows) -> Floats:
        """Distance in feet of one place (an array that holds it) from each entry; 0 where they touch or overlap."""
        if not len(self._whole):
            return np.asarray(shapely.distance(self._made(entries), place), dtype=np.float64)
        return self.distance(place[np.zeros(len(entries), dtype=np.intp)], entries)

    def distance(self, places: Geometries, entries: Rows) -> Floats:
        """Distance in feet of each place from the entry of the same row; 0 where they touch or overlap."""
        if not len(self._whole):
            return np.asarray(shapely.distance(self._made(entries), places), dtype=np.float64)
        distance = np.empty(len(entries))
        whole = np.searchsorted(self._whole, entries).clip(max=len(self._whole) - 1)
        large = self._whole[whole] == entries
        distance[large] = self._of_whole.distance(places[large], whole[large])
        distance[~large] = shapely.distance(self._made(entries[~large]), places[~large])
        return distance

    def nearest_distance(self, places: Geometries, reach_ft: float) -> Floats:
        """Distance in feet from each place to the nearest entry; infinite where none is in reach."""
        distance = np.full(len(places), np.inf)
        if len(self._groups):
            place, group = self._groups.query_nearest(places, max_distance=reach_ft + _SLACK_FT)
            place, entry = self._members(place, group)
            near = np.full(len(places), np.inf)
            corners = shapely.get_coordinates(first_points(places))
            np.minimum.at(near, place, _surely_within(corners[place], self._boxes(entry)))
            asked = np.flatnonzero(np.isfinite(near))
            reach = np.minimum(near[asked], reach_ft) + _SLACK_FT
            found, group = self._groups.query(places[asked], predicate="dwithin", distance=reach + _SLACK_FT)
            found, entry = self._near_boxes(places[asked], reach, found, group)
            np.minimum.at(distance, asked[found], shapely.distance(self._made(entry), places[asked[found]]))
            distance[distance > reach_ft + _SLACK_FT] = np.inf
        if len(self._whole):
            distance = np.minimum(distance, self._of_whole.nearest_distance(places, reach_ft))
        return distance

    def nearest_of_one(self, point: Geometries, reach_ft: float) -> float:
        """The same of one place (an array that holds it)."""
        return float(self.nearest_distance(point, reach_ft)[0])

    def _nearest_guide(self, places: Geometries, reach_ft: float) -> Floats:
        with self._lock:
            if self._guides is None:
                some = range(0, len(self), _RINGS_AT_ONCE)
                parts = [guide_points(self._shapes[self._at[start : start + _RINGS_AT_ONCE]]) for start in some]
                self._guides = KDTree(thinned(np.concatenate(parts)))
        return super()._nearest_guide(places, reach_ft)

    def _members(self, place: Rows, group: Rows) -> tuple[Rows, Rows]:
        """Every entry of some groups, with the place that its group was found for."""
        position = (group[:, None] * _GROUP + _MEMBERS).ravel()
        there = position < len(self._boxes_at)
        position = position[there]
        return np.repeat(place, _GROUP)[there], position if self._single is None else self._single[position]

    def _near_boxes(self, places: Geometries, reach_ft: Floats, place: Rows, group: Rows) -> tuple[Rows, Rows]:
        place, entry = self._members(place, group)
        box, around = self._boxes(entry), shapely.bounds(places)
        reach = reach_ft + _SLACK_FT
        west, south, east, north = (
            around[:, 0] - reach,
            around[:, 1] - reach,
            around[:, 2] + reach,
            around[:, 3] + reach,
        )
        near = (box[:, 0] <= east[place]) & (box[:, 2] >= west[place])
        near &= (box[:, 1] <= north[place]) & (box[:, 3] >= south[place])
        return place[near], entry[near]

    def _boxes(self, entries: Rows) -> Floats:
        boxes: Floats = self._shapes.bounds[self._at[entries]]
        return boxes

    def _made(self, entries: Rows) -> Geometries:
        """The geometry of each entry; where there are many, each is made once."""
        at = self._at[entries]
        if len(at) < _SHARED_FROM:
            return self._shapes.made(at)
        once, which = np.unique(at, return_inverse=True)
        return self._shapes.made(once)[which]


def packed_boundary_index(polygons: StoredShapes) -> PackedIndex:
    """The same as boundary_index, of stored polygons; those without holes hold the bytes of their boundary already."""
    whole = polygons.one_ring
    blocks, rows, at = list(polygons.around().blocks), [whole], [whole]
    cut = np.setdiff1d(np.flatnonzero(polygons.present), whole)
    parts, part_owner = shapely.get_parts(np.asarray(polygons[cut], dtype=object), return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    before = sum(len(block) for block in blocks)
    for start in range(0, len(rings), _RINGS_AT_ONCE):
        lines, ring = ring_pieces(rings[start : start + _RINGS_AT_ONCE])
        blocks.append(block_of(lines))
        rows.append(cut[part_owner[ring_part[start + ring]]])
        at.append(before + np.arange(len(lines)))
        before += len(lines)
    return PackedIndex(StoredShapes(blocks), np.concatenate(at), np.concatenate(rows), exact=True)


def _surely_within(points: Floats, boxes: Floats) -> Floats:
    """For each point how far the geometry in the box of the same row is at most: it touches all four sides."""
    low, high = np.abs(points - boxes[:, :2]), np.abs(points - boxes[:, 2:])
    near, far = np.minimum(low, high) ** 2, np.maximum(low, high) ** 2
    return np.asarray(np.sqrt(np.minimum(near[:, 0] + far[:, 1], far[:, 0] + near[:, 1])), dtype=np.float64)


def _group_boxes(bounds: Floats, at: Rows) -> Geometries:
    """The boxes around every 16 entries that follow one another."""
    if not len(at):
        return np.empty(0, dtype=object)
    starts = np.arange(0, len(at), _GROUP)
    low = np.minimum.reduceat(bounds[at, :2], starts)
    high = np.maximum.reduceat(bounds[at, 2:], starts)
    return np.asarray(shapely.box(*low.T, *high.T), dtype=object)
