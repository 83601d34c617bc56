"""The three spatial questions, for many places at once; distance, limits and ties are settled here."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from layers.errors import LayerMissing
from layers.features import EVERYTHING, Features, Selection
from layers.grid import AT_LIMIT_FT, Floats, Geometries, Rows
from layers.model import LayerVersion
from layers.spatial_index import Index, first_points, in_strips

_WIDER = 1.5
"""By how much a reach grows that held fewer than the k nearest."""


THREADS = min(os.cpu_count() or 1, 4)
"""How many threads work on one question about many places."""
_SLICE_PLACES = 2000
FEW_PLACES = 16
"""Of so few places it matters how often the geometry library is called, not how much it does."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Which place meets which feature, and how far apart they are.

    Three arrays of one length: the row of the place asked about, the row of the feature in
    `LayerQuery.features(role)`, and the distance between them in feet (0 where they touch or
    overlap). Ordered by place, then distance, then rank of the feature's id.
    """

    place: Rows
    feature: Rows
    distance_ft: Floats

    def __len__(self) -> int:
        return len(self.place)


_NO_PAIRS = Pairs(np.empty(0, np.intp), np.empty(0, np.intp), np.empty(0))


class LayerQuery:
    """Spatial questions about one set of layer versions, which never changes under a question.

    Places are arrays of shapely geometries of any kind on the local grid in feet; None and empty
    ones meet nothing. Two lengths within 0.01 ft of each other count as equal, here and everywhere.
    """

    def __init__(self, features: Iterable[Features], grid_epsg: int) -> None:
        self._features = {feature.role: feature for feature in features}
        self.grid_epsg = grid_epsg

    def versions_of(self, roles: Iterable[str]) -> Mapping[str, str]:
        """Layer name to version id, of the layers behind some roles."""
        return {version.name: version.version for role in roles for version in self.layers(role)}

    @property
    def versions(self) -> Mapping[str, str]:
        """Layer name to version id, of every layer that can be asked."""
        return self.versions_of(self._features)

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles that have at least one layer."""
        return tuple(sorted(self._features))

    def has(self, role: str) -> bool:
        """Whether a role has a layer that can be asked."""
        return role in self._features

    def layers(self, role: str) -> tuple[LayerVersion, ...]:
        """The versions behind a role; empty where it has none."""
        return self._features[role].versions if role in self._features else ()

    def features(self, role: str) -> Features:
        """The features of a role; raises LayerMissing where there is no such layer."""
        if role not in self._features:
            raise LayerMissing(f"No layer of the role {role} is published here.")
        return self._features[role]

    def largest(self, role: str, field: str) -> float:
        """The largest value of a number column of a role; 0 where none is above it."""
        return self.features(role).largest(field)

    def rows_of_ids(self, role: str, ids: Sequence[str | None]) -> Rows:
        """The first row of each id; -1 where there is none."""
        features = self.features(role)
        row_of = features.once("row by id", lambda: _rows_by_id(features))
        return np.array([-1 if each is None else row_of.get(each, -1) for each in ids], dtype=np.intp)

    def derived(self, features: Features, sources: Sequence[str]) -> LayerQuery:
        """A query over features that were made from those of other roles, near which they lie."""
        return LayerQuery([features], self.grid_epsg)

    def narrowed(self, roles: Iterable[str]) -> LayerQuery:
        """The same query that knows only the given roles."""
        kept = set(roles)
        return LayerQuery((f for role, f in self._features.items() if role in kept), self.grid_epsg)

    def intersecting(self, role: str, places: Geometries, select: Selection = EVERYTHING) -> Pairs:
        """Every feature that touches or overlaps a place (distance at most 0.01 ft), by id for each place."""
        pairs = LayerQuery.within(self, role, places, 0.0, select)
        if len(pairs) < 2:
            return pairs
        return _taken(pairs, np.lexsort((self.features(role).rank[pairs.feature], pairs.place)))

    def within(self, role: str, places: Geometries, reach_ft: float | Floats, select: Selection = EVERYTHING) -> Pairs:
        """Every feature at most `reach_ft` from a place; at the limit (within 0.01 ft) is within."""
        features = self.features(role)
        rows = in_strips(places)
        reach = np.full(len(rows), reach_ft) if isinstance(reach_ft, float) else np.asarray(reach_ft)[rows]
        asked = reach >= 0
        if not asked.all():
            rows, reach = rows[asked], reach[asked]
        index = features.index(select)
        found = _side_by_side(lambda part: _measured(index, places[rows[part]], reach[part]), len(rows))
        return _ordered(features, Pairs(rows[found.place], found.feature, found.distance_ft))

    def nearest(
        self,
        role: str,
        places: Geometries,
        *,
        reach_ft: float,
        k: int = 1,
        select: Selection = EVERYTHING,
    ) -> Pairs:
        """The k features nearest to each place, at most `reach_ft` away, nearest first.

        Of features whose distance differs by no more than 0.01 ft from the nearest one left, the
        smallest id comes first. Places with nothing in reach have no pair.
        """
        features = self.features(role)
        rows = in_strips(places)
        index = features.index(select)
        found = _side_by_side(lambda part: _with_k_nearest(index, places[rows[part]], reach_ft, k), len(rows))
        return _first_k(features, _ordered(features, Pairs(rows[found.place], found.feature, found.distance_ft)), k)

    def edge_distance(self, role: str, places: Geometries, reach_ft: float) -> tuple[Floats, Rows]:
        """Distance in feet from each place to the nearest boundary of a role's polygons.

        Gives the distances (NaN where no boundary is in reach) and the rows of the features whose
        boundary it is (-1 there); of boundaries within 0.01 ft of the nearest, the smallest id's.
        """
        features = self.features(role)
        rows = in_strips(places)
        edges = features.edges()
        found = _side_by_side(lambda part: _with_k_nearest(edges, places[rows[part]], reach_ft, 1), len(rows))
        pairs = _ordered(features, Pairs(rows[found.place], found.feature, found.distance_ft))
        owners = _first_k(features, pairs, 1)
        distance, row = np.full(len(places), np.nan), np.full(len(places), -1, dtype=np.intp)
        distance[owners.place] = pairs.distance_ft[starts_of(pairs.place)]
        row[owners.place] = owners.feature
        return distance, row

    def edges_near(self, role: str, places: Geometries, reach_ft: Floats) -> tuple[Index, Rows, Rows]:
        """The boundaries of a role's polygons as short lines, and the pairs of place and line about in reach.

        No pair in reach is left out; who asks decides what counts.
        """
        index = self.features(role).edges()
        place, entry = index.candidates(places, reach_ft)
        return index, place, entry


def _rows_by_id(features: Features) -> dict[str, int]:
    return {str(name): row for row, name in reversed(list(enumerate(features.ids)))}


def _side_by_side(ask: Callable[[slice], Pairs], count: int) -> Pairs:
    """Asks for many places in slices, one a core: the geometry library lets go of the interpreter meanwhile.

    Slices are of places that follow one another in their strips, so each keeps to its own part of town.
    """
    slices = min(THREADS, count // _SLICE_PLACES)
    if slices < 2:
        return ask(slice(0, count))
    ends = [count * number // slices for number in range(slices + 1)]
    parts = [slice(start, end) for start, end in pairwise(ends)]
    with ThreadPoolExecutor(slices) as pool:
        found = list(pool.map(ask, parts))
    return _joined([replace(pairs, place=pairs.place + part.start) for pairs, part in zip(found, parts, strict=True)])


def _measured(index: Index, places: Geometries, reach_ft: Floats) -> Pairs:
    """Every pair at most `reach_ft` apart, or within 0.01 ft of it, in no order."""
    limit = reach_ft + AT_LIMIT_FT
    place, entry = index.candidates(places, limit + AT_LIMIT_FT)
    distance = index.distance(places[place], entry)
    near = distance <= limit[place]
    return Pairs(place[near], index.rows[entry[near]], distance[near])


def _with_k_nearest(index: Index, places: Geometries, reach_ft: float, k: int) -> Pairs:
    """Pairs that hold the k nearest entries of each place, and all that tie with them."""
    if k == 1 and len(places) <= FEW_PLACES:
        return _few_nearest(index, places, reach_ft)
    reach = index.reach_of_nearest(places, reach_ft)
    if k == 1:
        return _tied_with_nearest(_measured(index, places, reach), len(places))
    unserved, parts = np.arange(len(places)), []
    while len(unserved):
        pairs = _measured(index, places[unserved], reach)
        in_reach = np.bincount(pairs.place[pairs.distance_ft <= reach[pairs.place]], minlength=len(unserved))
        served = (in_reach >= k) | (reach >= reach_ft)
        kept = served[pairs.place]
        parts.append(Pairs(unserved[pairs.place[kept]], pairs.feature[kept], pairs.distance_ft[kept]))
        unserved = unserved[~served]
        reach = np.minimum(reach[~served] * _WIDER + 1.0, reach_ft)
    return _joined(parts)


def _few_nearest(index: Index, places: Geometries, reach_ft: float) -> Pairs:
    """The same for few places: where one candidate alone is that near, nothing is left to choose.

    What lies near a corner of a place is found sooner than what is near all of it, and is no farther.
    """
    nearest = index.nearest_distance(first_points(places), reach_ft)
    place, entry = index.candidates(places, np.minimum(nearest, reach_ft) + 2 * AT_LIMIT_FT)
    pairs = Pairs(place, index.rows[entry], index.distance(places[place], entry))
    if len(place) == np.count_nonzero(nearest <= reach_ft):
        return pairs
    near = np.flatnonzero(pairs.distance_ft <= reach_ft + AT_LIMIT_FT)
    return _tied_with_nearest(_taken(pairs, near), len(places))


def _joined(parts: Sequence[Pairs]) -> Pairs:
    return Pairs(
        np.concatenate([_NO_PAIRS.place, *(part.place for part in parts)]),
        np.concatenate([_NO_PAIRS.feature, *(part.feature for part in parts)]),
        np.concatenate([_NO_PAIRS.distance_ft, *(part.distance_ft for part in parts)]),
    )


def _tied_with_nearest(pairs: Pairs, places: int) -> Pairs:
    """Only the pairs of each place that lie within 0.01 ft of its nearest: fewer to sort."""
    nearest = np.full(places, np.inf)
    np.minimum.at(nearest, pairs.place, pairs.distance_ft)
    return _taken(pairs, np.flatnonzero(pairs.distance_ft <= nearest[pairs.place] + AT_LIMIT_FT))


def _ordered(features: Features, pairs: Pairs) -> Pairs:
    if len(pairs) < 2:
        return pairs
    return _taken(pairs, np.lexsort((features.rank[pairs.feature], pairs.distance_ft, pairs.place)))


def starts_of(place: Rows) -> Rows:
    """Where each place begins in an ordered column of places, such as `Pairs.place`."""
    begins = np.ones(len(place), dtype=bool)
    np.not_equal(place[1:], place[:-1], out=begins[1:])
    return np.flatnonzero(begins)


def _first_k(features: Features, pairs: Pairs, k: int) -> Pairs:
    """The k first of each place: again and again the nearest, ties within 0.01 ft by rank."""
    if len(pairs) < 2:
        return pairs
    if k == 1:
        return _taken(pairs, _first_of_tied(features, pairs))
    turns: list[Rows] = []
    left = np.ones(len(pairs), dtype=bool)
    for _ in range(k):
        rows = np.flatnonzero(left)
        turns.append(rows[_first_of_tied(features, _taken(pairs, rows))])
        left[turns[-1]] = False
    rows = np.concatenate(turns)
    return _taken(pairs, rows[np.argsort(pairs.place[rows], kind="stable")])


def _taken(pairs: Pairs, rows: Rows) -> Pairs:
    return Pairs(pairs.place[rows], pairs.feature[rows], pairs.distance_ft[rows])


def _first_of_tied(features: Features, pairs: Pairs) -> Rows:
    """For each place the row of the smallest id among those that tie with its nearest."""
    place, distance = pairs.place, pairs.distance_ft
    starts = starts_of(place)
    if len(starts) == len(place):
        return starts
    nearest = np.repeat(distance[starts], np.diff(starts, append=len(place)))
    tied = np.flatnonzero(distance <= nearest + AT_LIMIT_FT)
    if len(tied) == len(starts):
        return starts
    by_rank = tied[np.lexsort((features.rank[pairs.feature[tied]], place[tied]))]
    return by_rank[starts_of(place[by_rank])]
