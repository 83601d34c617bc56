"""The looks around one place alone: numbers instead of arrays, since here the calls cost more than the work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

import numpy as np

from layers.grid import AT_LIMIT_FT, Geometries
from layers.pairs import NO_PAIRS, Pairs
from layers.spatial_index import Box, Index


@dataclass(frozen=True, slots=True)
class OnePlace:
    """One place that has a position: itself, a point of it, and the box around it."""

    place: Geometries
    point: Geometries
    box: Box


Near = tuple[int, float]
"""The row of a feature, and its distance in feet."""


def near_of_one(index: Index, one: OnePlace, reach_ft: float) -> list[Near]:
    """Every entry at most `reach_ft` from one place, or within 0.01 ft of it, in no order."""
    limit = reach_ft + AT_LIMIT_FT
    entries = index.near_one(one.box, limit + AT_LIMIT_FT)
    if not len(entries):
        return []
    apart: list[float] = index.distance_of_one(one.place, entries).tolist()
    rows: list[int] = index.rows_of(entries).tolist()
    return [near for near in zip(rows, apart, strict=True) if near[1] <= limit]


def measured_of_one(index: Index, one: OnePlace, reach_ft: float) -> Pairs:
    """The same as pairs."""
    return pairs_of_one(near_of_one(index, one, reach_ft))


def pairs_of_one(near: Sequence[Near]) -> Pairs:
    """What lies near one place, as pairs."""
    if not near:
        return NO_PAIRS
    rows, apart = zip(*near, strict=True)
    return Pairs(np.zeros(len(near), dtype=np.intp), np.array(rows, dtype=np.intp), np.array(apart))


def numbers_of(pairs: Pairs) -> list[Near]:
    """Pairs of one place as numbers."""
    return list(zip(pairs.feature.tolist(), pairs.distance_ft.tolist(), strict=True))


def look_of_one(index: Index, one: OnePlace, beyond_ft: float, cap_ft: float) -> tuple[list[Near], float]:
    """What lies around one place: its nearest, if that lies within `cap_ft`, and all at most `beyond_ft` farther.

    And how far was looked. First as far as something usually lies; where that is not enough, as far as needed.
    """
    beyond = beyond_ft + 2 * AT_LIMIT_FT
    guess = min(index.spacing_ft, cap_ft) + beyond
    near = near_of_one(index, one, guess)
    if guess >= cap_ft + beyond or least_of(near) + beyond <= guess:
        return near, guess
    reach = min(index.nearest_of_one(one.point, cap_ft), cap_ft) + beyond
    return near_of_one(index, one, reach), reach


def around_one(near: Sequence[Near], look_ft: float, beyond_ft: float, reach_ft: float) -> list[Near] | None:
    """The nearest and all that lie at most `beyond_ft` farther, of what was found up to `look_ft`.

    None where the look did not go far enough for that.
    """
    nearest, beyond = least_of(near), beyond_ft + AT_LIMIT_FT
    if min(nearest, reach_ft) + beyond > look_ft:
        return None
    if nearest > reach_ft + AT_LIMIT_FT:
        return []
    return [each for each in near if each[1] <= nearest + beyond]


def least_of(near: Sequence[Near]) -> float:
    """How far the nearest lies; infinite without any."""
    return min([apart for _, apart in near], default=inf)
