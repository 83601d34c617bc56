"""The looks around one place alone: numbers instead of arrays, since here the calls cost more than the work."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from layers.grid import AT_LIMIT_FT, Geometries
from layers.pairs import NO_PAIRS, Pairs, taken
from layers.spatial_index import Box, Index


@dataclass(frozen=True, slots=True)
class OnePlace:
    """One place that has a position: itself, a point of it, and the box around it."""

    place: Geometries
    point: Geometries
    box: Box


def measured_of_one(index: Index, one: OnePlace, reach_ft: float) -> Pairs:
    """Every pair at most `reach_ft` apart, or within 0.01 ft of it, in no order."""
    limit = reach_ft + AT_LIMIT_FT
    entries = index.near_one(one.place, one.box, limit + AT_LIMIT_FT)
    if not len(entries):
        return NO_PAIRS
    distance = index.distance_of_one(one.place, entries)
    near = [row for row, apart in enumerate(distance.tolist()) if apart <= limit]
    if len(near) < len(entries):
        entries, distance = entries[near], distance[near]
    return Pairs(np.zeros(len(near), dtype=np.intp), index.rows_of(entries), distance)


def reach_of_one(index: Index, one: OnePlace, cap_ft: float) -> float:
    """A reach that holds the nearest of one place, if that lies within `cap_ft`; at most that."""
    return min(index.nearest_of_one(one.point, cap_ft), cap_ft)


def nearest_of_one(pairs: Pairs, look_ft: float, beyond_ft: float, reach_ft: float) -> Pairs | None:
    """The nearest and all that lie at most `beyond_ft` farther, of pairs found up to `look_ft`.

    None where the look did not go far enough for that.
    """
    apart: list[float] = pairs.distance_ft.tolist()
    nearest = min(apart, default=np.inf)
    if min(nearest, reach_ft) + beyond_ft > look_ft:
        return None
    if nearest > reach_ft + AT_LIMIT_FT:
        return NO_PAIRS
    kept = [row for row, distance in enumerate(apart) if distance <= nearest + beyond_ft]
    return pairs if len(kept) == len(apart) else taken(pairs, np.array(kept, dtype=np.intp))
