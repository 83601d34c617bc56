"""One look around places serves many questions: what is nearest, of whatever kind, and what lies little farther."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import pairwise
from math import isfinite

import numpy as np
import numpy.typing as npt
import shapely

from layers.grid import AT_LIMIT_FT, Floats, Geometries, Rows
from layers.one_place import OnePlace, around_one, look_of_one, measured_of_one, numbers_of, pairs_of_one
from layers.pairs import Pairs, joined, least_ft, taken
from layers.spatial_index import Index, first_points, in_strips

THREADS = min(os.cpu_count() or 1, 4)
"""How many threads work on one question about many places."""
FEW_PLACES = 16
"""Of so few places it matters how often the geometry library is called, not how much it does."""
LOOKED_FT = 5280.0
"""Looks go so far at least, so that questions with different reaches share one."""
_SLICE_PLACES = 2000
_WIDER, _WIDER_FT = 2.0, 20.0
"""By how much a reach grows that held fewer than what was asked for."""

Mask = npt.NDArray[np.bool_]
"""Which features count."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Places as they are asked about: the rows of those that have a position, neighbours next to each other.

    `points` are the places themselves where they are points, else a point of each, for few places only.
    """

    count: int
    rows: Rows
    shapes: Geometries
    points: Geometries
    one: OnePlace | None = None

    @classmethod
    def about(cls, places: Geometries) -> Asked:
        """What is there to be asked about some places; None and empty ones are left out."""
        if len(places) == 1:
            box = shapely.bounds(places)[0].tolist()
            if isfinite(box[0]):
                points = first_points(places)
                return cls(1, np.zeros(1, dtype=np.intp), places, points, OnePlace(places, points, box))
        rows = in_strips(places)
        shapes = places[rows]
        return cls(len(places), rows, shapes, first_points(shapes) if len(rows) <= FEW_PLACES else shapes)

    def only(self, some: Rows) -> Asked:
        """Some of them."""
        one = self.one if len(some) else None
        return Asked(self.count, self.rows[some], self.shapes[some], self.points[some], one)

    def of_all(self, values: Floats, elsewhere: float) -> Floats:
        """Values of the places asked about as a column of all places."""
        column = np.full(self.count, elsewhere)
        column[self.rows] = values
        return column


@dataclass(frozen=True, slots=True)
class Look:
    """All entries that lie at most `reach_ft` (one a place, infinite without a position) away, in no order.

    That holds the nearest of all within `cap_ft`, and whatever is at most `beyond_ft` farther away.
    """

    pairs: Pairs
    reach_ft: Floats
    beyond_ft: float
    cap_ft: float

    def serves(self, beyond_ft: float, reach_ft: float) -> bool:
        """Whether it tells what is nearest within a reach, and what lies little farther."""
        return beyond_ft <= self.beyond_ft and reach_ft <= self.cap_ft


def look_around(index: Index, asked: Asked, beyond_ft: float, reach_ft: float) -> Look:
    """Looks for what lies nearest to places, and what lies at most `beyond_ft` farther."""
    cap = max(reach_ft, LOOKED_FT)
    if asked.one is not None:
        near, far = look_of_one(index, asked.one, beyond_ft, cap)
        return Look(pairs_of_one(near), np.array([far]), beyond_ft, cap)
    if len(asked.rows) <= FEW_PLACES:
        reach = np.minimum(index.nearest_distance(asked.points, cap), cap)
    else:
        reach = index.reach_of_nearest(asked.shapes, cap)
    reach = reach + (beyond_ft + 2 * AT_LIMIT_FT)
    return Look(measured(index, asked, reach), asked.of_all(reach, np.inf), beyond_ft, cap)


def measured(index: Index, asked: Asked, reach_ft: Floats) -> Pairs:
    """Every pair at most `reach_ft` apart, or within 0.01 ft of it, in no order."""
    if asked.one is not None and len(reach_ft):
        return measured_of_one(index, asked.one, float(reach_ft[0]))
    if len(asked.rows) < 2 * _SLICE_PLACES:
        found = _measured(index, asked.shapes, reach_ft)
    else:
        found = _side_by_side(lambda part: _measured(index, asked.shapes[part], reach_ft[part]), len(asked.rows))
    return Pairs(asked.rows[found.place], found.feature, found.distance_ft)


def around(
    index: Index, counts: Mask | None, places: Geometries, look: Look, beyond_ft: float, reach_ft: float
) -> Pairs:
    """The nearest of each place, of those that count, and all that lie at most `beyond_ft` farther; in no order.

    Only where it lies within `reach_ft`. Where the look does not go far enough for what counts, another does.
    """
    pairs, count, beyond = counted_pairs(look.pairs, counts), len(look.reach_ft), beyond_ft + AT_LIMIT_FT
    if count == 1:
        found = around_one(numbers_of(pairs), float(look.reach_ft[0]), beyond_ft, reach_ft)
        if found is not None:
            return pairs_of_one(found)
    nearest = least_ft(pairs, count)
    short = np.minimum(nearest, reach_ft) + beyond > look.reach_ft
    if short.any():
        rows = short.nonzero()[0]
        wider = _wider(index, counts, places[rows], look.reach_ft[rows], beyond, reach_ft)
        wider = replace(wider, place=rows[wider.place])
        pairs = joined([taken(pairs, np.flatnonzero(~short[pairs.place])), wider])
        nearest = least_ft(pairs, count)
    kept = pairs.distance_ft <= (np.where(nearest <= reach_ft + AT_LIMIT_FT, nearest, -np.inf) + beyond)[pairs.place]
    return pairs if np.count_nonzero(kept) == len(kept) else taken(pairs, kept.nonzero()[0])


def k_nearest(index: Index, counts: Mask | None, asked: Asked, reach_ft: float, k: int) -> Pairs:
    """Pairs that hold the k nearest of each place, of those that count, and all that tie with them."""
    parts, open_rows = [], np.arange(len(asked.rows))
    reach = index.reach_of_nearest(asked.shapes, reach_ft)
    while len(open_rows):
        some = Asked(len(open_rows), np.arange(len(open_rows)), asked.shapes[open_rows], asked.points)
        pairs = counted_pairs(measured(index, some, reach), counts)
        in_reach = np.bincount(pairs.place[pairs.distance_ft <= reach[pairs.place]], minlength=len(open_rows))
        served = (in_reach >= k) | (reach >= reach_ft)
        kept = taken(pairs, np.flatnonzero(served[pairs.place]))
        parts.append(replace(kept, place=asked.rows[open_rows[kept.place]]))
        open_rows, reach = open_rows[~served], np.minimum(reach[~served] * _WIDER + _WIDER_FT, reach_ft)
    return joined(parts)


def _wider(
    index: Index, counts: Mask | None, places: Geometries, reach_ft: Floats, beyond_ft: float, farthest_ft: float
) -> Pairs:
    """The same by looking farther and farther, at places that all have a position."""
    parts, open_rows, limit = [], np.arange(len(places)), farthest_ft + beyond_ft
    while len(open_rows):
        reach_ft = np.minimum(reach_ft * _WIDER + _WIDER_FT, limit)
        some = Asked.about(places[open_rows])
        pairs = counted_pairs(measured(index, some, reach_ft[some.rows]), counts)
        nearest = least_ft(pairs, len(open_rows))
        served = (np.minimum(nearest, farthest_ft) + beyond_ft <= reach_ft) | (reach_ft >= limit)
        kept = taken(pairs, np.flatnonzero(served[pairs.place]))
        parts.append(replace(kept, place=open_rows[kept.place]))
        open_rows, reach_ft = open_rows[~served], reach_ft[~served]
    return joined(parts)


def counted_pairs(pairs: Pairs, counts: Mask | None) -> Pairs:
    """The pairs whose features count; None: all do."""
    if counts is None or not len(pairs):
        return pairs
    kept = counts[pairs.feature]
    return pairs if np.count_nonzero(kept) == len(kept) else taken(pairs, kept.nonzero()[0])


def _measured(index: Index, places: Geometries, reach_ft: Floats) -> Pairs:
    limit = reach_ft + AT_LIMIT_FT
    place, entry = index.candidates(places, limit + AT_LIMIT_FT)
    distance = index.distance(places[place], entry)
    near = distance <= limit[place]
    if np.count_nonzero(near) < len(near):
        place, entry, distance = place[near], entry[near], distance[near]
    return Pairs(place, index.rows_of(entry), distance)


def _side_by_side(ask: Callable[[slice], Pairs], count: int) -> Pairs:
    """Asks for many places in slices, one a core: the geometry library lets go of the interpreter meanwhile.

    Slices are of places that follow one another in their strips, so each keeps to its own part of town.
    """
    slices = min(THREADS, count // _SLICE_PLACES)
    ends = [count * number // slices for number in range(slices + 1)]
    parts = [slice(start, end) for start, end in pairwise(ends)]
    with ThreadPoolExecutor(slices) as pool:
        found = list(pool.map(ask, parts))
    return joined([replace(pairs, place=pairs.place + part.start) for pairs, part in zip(found, parts, strict=True)])
