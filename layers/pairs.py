"""Which place meets which feature: pairs as columns, in order, the nearest of each place first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from layers.grid import AT_LIMIT_FT, Floats, Rows


@dataclass(frozen=True, slots=True)
class Pairs:
    """Which place meets which feature, and how far apart they are.

    Three arrays of one length: the row of the place asked about, the row of the feature in
    `LayerQuery.features(role)`, and the distance between them in feet (0 where they touch or
    overlap). What a query gives is ordered by place, then distance, then rank of the feature's id.
    """

    place: Rows
    feature: Rows
    distance_ft: Floats

    def __len__(self) -> int:
        return len(self.place)


NO_PAIRS = Pairs(np.empty(0, np.intp), np.empty(0, np.intp), np.empty(0))
"""None at all."""


def taken(pairs: Pairs, rows: Rows) -> Pairs:
    """The pairs of some rows, in that order."""
    return Pairs(pairs.place[rows], pairs.feature[rows], pairs.distance_ft[rows])


def joined(parts: Sequence[Pairs]) -> Pairs:
    """The pairs of several, one after another."""
    return Pairs(
        np.concatenate([NO_PAIRS.place, *(part.place for part in parts)]),
        np.concatenate([NO_PAIRS.feature, *(part.feature for part in parts)]),
        np.concatenate([NO_PAIRS.distance_ft, *(part.distance_ft for part in parts)]),
    )


def starts_of(place: Rows) -> Rows:
    """Where each place begins in an ordered column of places, such as `Pairs.place`."""
    if len(place) < 2:
        return np.arange(len(place))
    begins = np.ones(len(place), dtype=bool)
    np.not_equal(place[1:], place[:-1], out=begins[1:])
    return begins.nonzero()[0]


def least_ft(pairs: Pairs, places: int) -> Floats:
    """The distance of each place's nearest, of pairs in no order; infinite where it has none."""
    nearest = np.full(places, np.inf)
    if places == 1:
        nearest[0] = pairs.distance_ft.min(initial=np.inf)
    else:
        np.minimum.at(nearest, pairs.place, pairs.distance_ft)
    return nearest


def ordered(pairs: Pairs, rank: Rows) -> Pairs:
    """By place, then distance, then the rank of the feature."""
    if len(pairs) < 2:
        return pairs
    return taken(pairs, np.lexsort((rank[pairs.feature], pairs.distance_ft, pairs.place)))


def first_k(pairs: Pairs, rank: Rows, k: int) -> Pairs:
    """The k first of each place, of ordered pairs: again and again the nearest, ties within 0.01 ft by rank."""
    if len(pairs) < 2:
        return pairs
    if k == 1:
        return taken(pairs, _first_of_tied(pairs, rank))
    turns: list[Rows] = []
    left = np.ones(len(pairs), dtype=bool)
    for _ in range(k):
        rows = np.flatnonzero(left)
        turns.append(rows[_first_of_tied(taken(pairs, rows), rank)])
        left[turns[-1]] = False
    rows = np.concatenate(turns)
    return taken(pairs, rows[np.argsort(pairs.place[rows], kind="stable")])


def _first_of_tied(pairs: Pairs, rank: Rows) -> Rows:
    """For each place the row of the smallest id among those that tie with its nearest."""
    place, distance = pairs.place, pairs.distance_ft
    starts = starts_of(place)
    if len(starts) == len(place):
        return starts
    nearest = np.repeat(distance[starts], np.diff(starts, append=len(place)))
    tied = np.flatnonzero(distance <= nearest + AT_LIMIT_FT)
    if len(tied) == len(starts):
        return starts
    by_rank = tied[np.lexsort((rank[pairs.feature[tied]], place[tied]))]
    return by_rank[starts_of(place[by_rank])]
