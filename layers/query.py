"""The three spatial questions, for many places at once; distance, limits and ties are settled here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from layers.errors import LayerMissing
from layers.features import EVERYTHING, Features, Selection
from layers.grid import Floats, Geometries, Rows
from layers.looks import Asked, Look, around, counted_pairs, k_nearest, look_around, measured
from layers.model import LayerVersion
from layers.network_settings import NetworkSettings
from layers.one_place import measured_of_one
from layers.pairs import Pairs, first_k, ordered, starts_of, taken
from layers.spatial_index import Index

__all__ = ["LayerQuery", "Pairs", "starts_of"]
_ANY_NETWORK = NetworkSettings()


class LayerQuery:
    """Spatial questions about one set of layer versions, which never changes under a question.

    Places are arrays of shapely geometries of any kind on the local grid in feet; None and empty
    ones meet nothing. Two lengths within 0.01 ft of each other count as equal, here and everywhere.
    `network_settings` say how the lines of these layers become networks.
    """

    def __init__(
        self, features: Iterable[Features], grid_epsg: int, network_settings: NetworkSettings = _ANY_NETWORK
    ) -> None:
        self._features = {feature.role: feature for feature in features}
        self._versions: dict[tuple[str, ...], Mapping[str, str]] = {}
        self.grid_epsg = grid_epsg
        self.network_settings = network_settings

    def versions_of(self, roles: Iterable[str]) -> Mapping[str, str]:
        """Layer name to version id, of the layers behind some roles; looked up once, so nobody may write into it."""
        asked = tuple(roles)
        if asked not in self._versions:
            self._versions[asked] = {version.name: version.version for role in asked for version in self.layers(role)}
        return self._versions[asked]

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

    def whole(self, role: str) -> Features:
        """The same for an answer that any of them may turn wherever it lies, as a network is made of all mains."""
        return self.features(role)

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
        features = (f for role, f in self._features.items() if role in kept)
        return LayerQuery(features, self.grid_epsg, self.network_settings)

    def intersecting(self, role: str, places: Geometries, select: Selection = EVERYTHING) -> Pairs:
        """Every feature that touches or overlaps a place (distance at most 0.01 ft), by id for each place."""
        pairs = self._within(role, places, 0.0, select)
        if len(pairs) < 2:
            return pairs
        return taken(pairs, np.lexsort((self.features(role).rank[pairs.feature], pairs.place)))

    def within(self, role: str, places: Geometries, reach_ft: float | Floats, select: Selection = EVERYTHING) -> Pairs:
        """Every feature at most `reach_ft` from a place; at the limit (within 0.01 ft) is within."""
        return ordered(self._within(role, places, reach_ft, select), self.features(role).rank)

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
        if k == 1:
            pairs = self._around(role, places, 0.0, reach_ft, select)
        else:
            index, counts = features.served(select)
            pairs = k_nearest(index, counts, self._asked(places), reach_ft, k)
        if len(pairs) < 2:
            return pairs
        return first_k(ordered(pairs, features.rank), features.rank, k)

    def around_nearest(
        self, role: str, places: Geometries, *, beyond_ft: float, reach_ft: float, select: Selection = EVERYTHING
    ) -> Pairs:
        """Every feature at most `beyond_ft` farther from a place than the nearest one, that one included.

        Places whose nearest lies farther than `reach_ft` have no pair.
        """
        return ordered(self._around(role, places, beyond_ft, reach_ft, select), self.features(role).rank)

    def edge_distance(self, role: str, places: Geometries, reach_ft: float) -> tuple[Floats, Rows]:
        """Distance in feet from each place to the nearest boundary of a role's polygons.

        Gives the distances (NaN where no boundary is in reach) and the rows of the features whose
        boundary it is (-1 there); of boundaries within 0.01 ft of the nearest, the smallest id's.
        """
        features = self.features(role)
        edges = features.edges()
        pairs = around(edges, None, places, self._look(edges, places, 0.0, reach_ft), 0.0, reach_ft)
        distance, row = np.full(len(places), np.nan), np.full(len(places), -1, dtype=np.intp)
        if len(pairs) < 2:
            distance[pairs.place], row[pairs.place] = pairs.distance_ft, pairs.feature
            return distance, row
        pairs = ordered(pairs, features.rank)
        owners = first_k(pairs, features.rank, 1)
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

    def _within(self, role: str, places: Geometries, reach_ft: float | Floats, select: Selection) -> Pairs:
        """The same in no order."""
        asked, (index, counts) = self._asked(places), self.features(role).served(select)
        if isinstance(reach_ft, float):
            if asked.one is not None:
                return counted_pairs(measured_of_one(index, asked.one, reach_ft), counts)
            reach = np.full(len(asked.rows), reach_ft)
        else:
            reach = np.asarray(reach_ft)[asked.rows]
            there = reach >= 0
            if not there.all():
                asked, reach = asked.only(there.nonzero()[0]), reach[there]
        return counted_pairs(measured(index, asked, reach), counts)

    def _around(self, role: str, places: Geometries, beyond_ft: float, reach_ft: float, select: Selection) -> Pairs:
        index, counts = self.features(role).served(select)
        return around(index, counts, places, self._look(index, places, beyond_ft, reach_ft), beyond_ft, reach_ft)

    def _look(self, index: Index, places: Geometries, beyond_ft: float, reach_ft: float) -> Look:
        return look_around(index, self._asked(places), beyond_ft, reach_ft)

    def _asked(self, places: Geometries) -> Asked:
        return Asked.about(places)


def _rows_by_id(features: Features) -> dict[str, int]:
    return {str(name): row for row, name in reversed(list(enumerate(features.ids)))}
