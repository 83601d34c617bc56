"""The three spatial questions, for many places at once; distance, limits and ties are settled here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from layers.errors import LayerMissing
from layers.features import EVERYTHING, Features, Index, Rows, Selection
from layers.grid import AT_LIMIT_FT, Floats, Geometries
from layers.model import LayerVersion


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


class LayerQuery:
    """Spatial questions about one set of layer versions, which never changes under a question.

    Places are arrays of shapely geometries of any kind on the local grid in feet; None and empty
    ones meet nothing. Two lengths within 0.01 ft of each other count as equal, here and everywhere.
    """

    def __init__(self, features: Iterable[Features], grid_epsg: int) -> None:
        self._features = {feature.role: feature for feature in features}
        self.grid_epsg = grid_epsg

    @property
    def versions(self) -> Mapping[str, str]:
        """Layer name to version id, of every layer that can be asked."""
        return {version.name: version.version for role in self._features for version in self.layers(role)}

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles that have at least one layer."""
        return tuple(sorted(self._features))

    def has(self, role: str) -> bool:
        """Whether a role has a layer that can be asked."""
        return role in self._features

    def layers(self, role: str) -> tuple[LayerVersion, ...]:
        """The versions behind a role; empty where it has none."""
        return tuple(part.version for part in self._features[role].parts) if self.has(role) else ()

    def features(self, role: str) -> Features:
        """The features of a role; raises LayerMissing where there is no such layer."""
        if role not in self._features:
            raise LayerMissing(f"No layer of the role {role} is published here.")
        return self._features[role]

    def narrowed(self, roles: Iterable[str]) -> LayerQuery:
        """The same query that knows only the given roles."""
        kept = set(roles)
        return LayerQuery((f for role, f in self._features.items() if role in kept), self.grid_epsg)

    def intersecting(self, role: str, places: Geometries, select: Selection = EVERYTHING) -> Pairs:
        """Every feature that touches or overlaps a place (distance at most 0.01 ft)."""
        return self.within(role, places, 0.0, select)

    def within(
        self, role: str, places: Geometries, reach_ft: float | Floats, select: Selection = EVERYTHING
    ) -> Pairs:
        """Every feature at most `reach_ft` from a place; at the limit (within 0.01 ft) is within."""
        features = self.features(role)
        index = features.index(select)
        reach = np.broadcast_to(np.asarray(reach_ft, dtype=np.float64), places.shape) + AT_LIMIT_FT
        place, feature = _candidates(index, places, reach)
        distance = _distances(features, feature, places[place], reach[place])
        keep = distance <= reach[place]
        return _ordered(features, place[keep], feature[keep], distance[keep])

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
        reach = self._reach_of_kth(features.index(select), places, reach_ft, k)
        pairs = self.within(role, places, reach, select)
        return _first_k(features, pairs, k)

    def edge_distance(self, role: str, places: Geometries, reach_ft: float) -> tuple[Floats, Rows]:
        """Distance in feet from each place to the nearest boundary of a role's polygons.

        Gives the distances (NaN where no boundary is in reach) and the feature rows (-1 there).
        """
        features = self.features(role)
        index, lines = features.edges()
        place, piece, found = _nearest_rows(index.tree, places, reach_ft + AT_LIMIT_FT)
        distance = np.full(len(places), np.nan)
        distance[place] = found
        near_place, near_piece = _bounded(index.tree, places[place], found + AT_LIMIT_FT)
        near = shapely.distance(lines[near_piece], places[place][near_place])
        keep = near <= found[near_place] + AT_LIMIT_FT
        owner = np.full(len(places), np.iinfo(np.intp).max, dtype=np.intp)
        by_rank = features.rank[index.rows[near_piece[keep]]]
        np.minimum.at(owner, place[near_place[keep]], by_rank)
        row_of_rank = np.argsort(features.rank)
        rows = np.full(len(places), -1, dtype=np.intp)
        rows[place] = row_of_rank[owner[place]]
        return distance, rows

    @staticmethod
    def _reach_of_kth(index: Index, places: Geometries, reach_ft: float, k: int) -> Floats:
        """A reach for each place that surely holds its k nearest features, and few more."""
        place, _, found = _nearest_rows(index.tree, places, reach_ft + AT_LIMIT_FT)
        reach = np.full(len(places), -1.0)
        reach[place] = np.minimum(found, reach_ft)
        open_places = place if k > 1 else place[:0]
        while len(open_places):
            wider = np.minimum(np.maximum(reach[open_places] * 2, 10.0), reach_ft)
            counted, _ = _bounded(index.tree, places[open_places], wider)
            enough = np.bincount(counted, minlength=len(open_places)) >= 2 * k
            reach[open_places] = wider
            open_places = open_places[~enough & (wider < reach_ft)]
        return reach


def _nearest_rows(tree: shapely.STRtree, places: Geometries, reach: float) -> tuple[Rows, Rows, Floats]:
    """For each place in reach: its row, one nearest row of the tree, the distance."""
    asked = np.flatnonzero(~(shapely.is_missing(places) | shapely.is_empty(places)))
    if not len(asked) or not len(tree):
        return np.empty(0, np.intp), np.empty(0, np.intp), np.empty(0)
    (place, row), distance = tree.query_nearest(
        places[asked], max_distance=reach, return_distance=True, all_matches=False
    )
    return asked[place], row, distance


def _candidates(index: Index, places: Geometries, reach: Floats) -> tuple[Rows, Rows]:
    place, row = _bounded(index.tree, places, reach)
    return place, index.rows[row]


def _bounded(tree: shapely.STRtree, places: Geometries, reach: Floats) -> tuple[Rows, Rows]:
    """Pairs whose boxes lie within reach of each other; a negative reach asks for nothing."""
    bounds = shapely.bounds(places)
    asked = np.flatnonzero(np.isfinite(bounds[:, 0]) & (reach >= 0))
    west, south, east, north = bounds[asked].T
    r = reach[asked]
    boxes = shapely.box(west - r, south - r, east + r, north + r)
    place, row = tree.query(boxes)
    return asked[place], row


def _distances(features: Features, rows: Rows, places: Geometries, reach: Floats) -> Floats:
    """Distance of each pair in feet; pairs surely beyond their reach may read as infinite."""
    shapes = features.prepared()[rows]
    large = shapely.is_prepared(shapes)
    distance = np.full(len(rows), np.inf)
    distance[~large] = shapely.distance(shapes[~large], places[~large])
    inside = np.zeros(len(rows), dtype=bool)
    inside[large] = shapely.intersects(shapes[large], places[large])
    distance[inside] = 0.0
    left = np.flatnonzero(large & ~inside)
    left = left[shapely.dwithin(shapes[left], places[left], reach[left] + AT_LIMIT_FT)]
    distance[left] = shapely.distance(shapes[left], places[left])
    return distance


def _ordered(features: Features, place: Rows, feature: Rows, distance: Floats) -> Pairs:
    order = np.lexsort((features.rank[feature], distance, place))
    return Pairs(place[order], feature[order], distance[order])


def _first_k(features: Features, pairs: Pairs, k: int) -> Pairs:
    """The k first of each place: again and again the nearest, ties within 0.01 ft by rank."""
    place, feature, distance = pairs.place, pairs.feature, pairs.distance_ft
    left = np.ones(len(place), dtype=bool)
    turns: list[npt.NDArray[np.intp]] = []
    for _ in range(k):
        rows = np.flatnonzero(left)
        if not len(rows):
            break
        starts = np.flatnonzero(np.r_[True, place[rows][1:] != place[rows][:-1]])
        nearest = np.repeat(distance[rows][starts], np.diff(np.r_[starts, len(rows)]))
        tied = rows[distance[rows] <= nearest + AT_LIMIT_FT]
        by_rank = tied[np.lexsort((features.rank[feature[tied]], place[tied]))]
        chosen = by_rank[np.r_[True, place[by_rank][1:] != place[by_rank][:-1]]]
        turns.append(chosen)
        left[chosen] = False
    if not turns:
        return pairs
    turn = np.concatenate([np.full(len(chosen), number) for number, chosen in enumerate(turns)])
    rows = np.concatenate(turns)
    rows = rows[np.lexsort((turn, place[rows]))]
    return Pairs(place[rows], feature[rows], distance[rows])
