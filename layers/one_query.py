"""A query that also answers in plain numbers about one place alone."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from layers.features import EVERYTHING, Features, Selection
from layers.grid import Geometries, Rows
from layers.looks import LOOKED_FT, Asked, Mask, around
from layers.one_place import Near, around_one, look_of_one, near_of_one, numbers_of
from layers.query import LayerQuery
from layers.remembered import RememberedQuery
from layers.spatial_index import Index

NOTHING: Near = (-1, float("nan"))
"""Where there is no such feature."""


class OnePlaceQuery(RememberedQuery):
    """Says of one place that has a position what the columns of LayerQuery say, without columns of one row.

    Looks and answers are shared with the questions in columns, which it answers too. `shape`, where it is given,
    is another place to ask about: an array that holds one geometry with a position.
    """

    def __init__(self, query: LayerQuery, place: Geometries, *batches: Geometries) -> None:
        super().__init__(query, place, *batches)
        self._place = place
        self._about = self._asked(place)
        self._touching: dict[str, list[Near]] = {}
        self._seen: dict[tuple[Index, int | None], _Seen] = {}

    def touching_one(self, role: str) -> list[Near]:
        """Every feature that touches or overlaps the place, by id (see `intersecting`)."""
        known = self._touching.get(role)
        if known is None:
            known = self._touching[role] = self.within_one(role, 0.0)
            if len(known) > 1:
                rank = self.features(role).rank
                known.sort(key=lambda near: rank[near[0]])
        return known

    def within_one(self, role: str, reach_ft: float, shape: Geometries | None = None) -> list[Near]:
        """Every feature at most `reach_ft` away (see `within`), from the place or a shape, in no order."""
        index, _ = self.features(role).served(EVERYTHING)
        about = self._about if shape is None else Asked.about(shape)
        if about.one is None:
            return []
        return near_of_one(index, about.one, reach_ft)

    def nearest_one(
        self, role: str, reach_ft: float, select: Selection = EVERYTHING, shape: Geometries | None = None
    ) -> Near:
        """The nearest feature (see `nearest`)."""
        return self.nearest_among(self.features(role), reach_ft, select, shape)

    def nearest_among(
        self, features: Features, reach_ft: float, select: Selection = EVERYTHING, shape: Geometries | None = None
    ) -> Near:
        """The same of features that were made from those of a role."""
        index, counts = features.served(select)
        near = self._near(index, counts, shape, 0.0, reach_ft)
        if not near:
            return NOTHING
        return near[0] if len(near) == 1 else _first_by_id(near, features.rank)

    def around_one(self, role: str, beyond_ft: float, reach_ft: float, select: Selection = EVERYTHING) -> list[Near]:
        """The nearest feature and all that lie little farther (see `around_nearest`), in no order."""
        index, counts = self.features(role).served(select)
        return self._near(index, counts, None, beyond_ft, reach_ft)

    def edge_one(self, role: str, reach_ft: float) -> Near:
        """The feature whose boundary lies nearest, and how far that boundary is (see `edge_distance`)."""
        features = self.features(role)
        near = self._near(features.edges(), None, None, 0.0, reach_ft)
        if not near:
            return NOTHING
        if len(near) == 1:
            return near[0]
        return _first_by_id(near, features.rank)[0], min(apart for _, apart in near)

    def _near(
        self, index: Index, counts: Mask | None, shape: Geometries | None, beyond_ft: float, reach_ft: float
    ) -> list[Near]:
        """See `looks.around`."""
        key = (index, None if shape is None else id(shape[0]))
        look = self._seen.get(key)
        if look is None or beyond_ft > look.beyond_ft or reach_ft > look.cap_ft:
            look = self._seen[key] = self._looked(index, shape, beyond_ft, reach_ft)
        near = look.near
        if counts is not None:
            near = [each for each in near if counts[each[0]]]
        found = around_one(near, look.far_ft, beyond_ft, reach_ft)
        if found is not None:
            return found
        place = self._place if shape is None else shape  # the look did not go far enough for what counts
        return numbers_of(
            around(index, counts, place, super()._look(index, place, beyond_ft, reach_ft), beyond_ft, reach_ft)
        )

    def _looked(self, index: Index, shape: Geometries | None, beyond_ft: float, reach_ft: float) -> _Seen:
        about, cap = self._about if shape is None else Asked.about(shape), max(reach_ft, LOOKED_FT)
        if about.one is None:
            return _Seen([], np.inf, beyond_ft, cap, shape)
        return _Seen(*look_of_one(index, about.one, beyond_ft, cap), beyond_ft, cap, shape)


class _Seen(NamedTuple):
    """A look at one place (see `looks.Look`); the shape is kept so that no other has its identity."""

    near: list[Near]
    far_ft: float
    beyond_ft: float
    cap_ft: float
    shape: Geometries | None


def _first_by_id(near: list[Near], rank: Rows) -> Near:
    """Of features that tie, that of the smallest id; of its own distances the least."""
    return min(near, key=lambda each: (rank[each[0]], each[1]))
