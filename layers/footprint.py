"""What an answer rests on: a query that notes every question it is asked, and so what could change the answer.

An answer is worked out from nothing but what the query says. So as long as no feature that is added, removed, moved
or changed lies where the query was asked, every one of its answers is the same, and with them the result.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from layers.features import EVERYTHING, Features, Selection
from layers.grid import AT_LIMIT_FT, Floats, Geometries, Rows
from layers.pairs import least_ft
from layers.query import LayerQuery, Pairs
from layers.spatial_index import Index

_TIES_FT = 2 * AT_LIMIT_FT
"""So much farther than the feature that was found another could be, and still take its place."""
_MOST_SHAPES = 64
"""Of more places asked about under one role, the box around them is kept instead."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: features of `role` at most `reach_ft` from `shape` (in feet on the grid) had to do with it."""

    role: str
    shape: BaseGeometry
    reach_ft: float


@dataclass(frozen=True, slots=True)
class Footprint:
    """All that an answer rests on.

    `roles` are those that were looked at, `absent` those that were looked for and have no layer, `largest` the
    largest value of a column of a role, `ids` the features that were named, `whole` the roles of which any feature
    may turn the answer, wherever it lies.
    """

    asked: tuple[Asked, ...] = ()
    roles: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()
    largest: Mapping[tuple[str, str], float] = field(default_factory=dict)
    ids: Mapping[str, frozenset[str]] = field(default_factory=dict)
    whole: frozenset[str] = frozenset()

    @property
    def box(self) -> BaseGeometry | None:
        """The box around everything, in feet on the grid; None where no place was asked about."""
        if not self.asked:
            return None
        bounds = shapely.bounds(np.array([each.shape for each in self.asked], dtype=object))
        reach = np.array([each.reach_ft for each in self.asked])[:, None]
        low, high = (bounds[:, :2] - reach).min(axis=0), (bounds[:, 2:] + reach).max(axis=0)
        box: BaseGeometry = shapely.box(*low.tolist(), *high.tolist())
        return box

    def as_json(self) -> dict[str, Any]:
        """Everything in JSON's own kinds; each shape is written once, as WKB in hexadecimal digits."""
        texts = shapely.to_wkb([each.shape for each in self.asked], hex=True).tolist()
        number = {text: row for row, text in enumerate(dict.fromkeys(texts))}
        return {
            "shapes": list(number),
            "asked": [[each.role, number[text], each.reach_ft] for each, text in zip(self.asked, texts, strict=True)],
            "roles": sorted(self.roles),
            "absent": sorted(self.absent),
            "largest": [[role, name, value] for (role, name), value in sorted(self.largest.items())],
            "ids": {role: sorted(ids) for role, ids in sorted(self.ids.items())},
            "whole": sorted(self.whole),
        }


class FootprintQuery(LayerQuery):
    """Asks another query's features, and notes for one answer what was asked. Not for several threads at once."""

    def __init__(self, query: LayerQuery) -> None:
        features = (query.features(role) for role in query.roles)
        super().__init__(features, query.grid_epsg, query.network_settings)
        self._reach: dict[tuple[str, bytes], float] = {}
        self._shapes: dict[bytes, BaseGeometry] = {}
        self._used: set[str] = set()
        self._absent: set[str] = set()
        self._largest: dict[tuple[str, str], float] = {}
        self._ids: dict[str, set[str]] = {}
        self._whole: set[str] = set()

    def footprint(self) -> Footprint:
        """What has been asked up to now."""
        asked = [Asked(role, self._shapes[key], reach) for (role, key), reach in self._reach.items()]
        return Footprint(
            tuple(_few(asked)),
            frozenset(self._used),
            frozenset(self._absent),
            dict(self._largest),
            {role: frozenset(ids) for role, ids in self._ids.items()},
            frozenset(self._whole),
        )

    def has(self, role: str) -> bool:
        """See LayerQuery."""
        there = super().has(role)
        (self._used if there else self._absent).add(role)
        return there

    def features(self, role: str) -> Features:
        """See LayerQuery."""
        self._used.add(role)
        return super().features(role)

    def whole(self, role: str) -> Features:
        """See LayerQuery."""
        self._whole.add(role)
        return self.features(role)

    def within(self, role: str, places: Geometries, reach_ft: float | Floats, select: Selection = EVERYTHING) -> Pairs:
        """See LayerQuery."""
        self.note([role], places, np.broadcast_to(np.asarray(reach_ft, dtype=np.float64), len(places)))
        return super().within(role, places, reach_ft, select)

    def intersecting(self, role: str, places: Geometries, select: Selection = EVERYTHING) -> Pairs:
        """See LayerQuery."""
        self.note([role], places, np.zeros(len(places)))
        return super().intersecting(role, places, select)

    def nearest(
        self, role: str, places: Geometries, *, reach_ft: float, k: int = 1, select: Selection = EVERYTHING
    ) -> Pairs:
        """See LayerQuery."""
        pairs = super().nearest(role, places, reach_ft=reach_ft, k=k, select=select)
        self.note([role], places, reach_of(pairs, len(places), reach_ft, k))
        return pairs

    def around_nearest(
        self, role: str, places: Geometries, *, beyond_ft: float, reach_ft: float, select: Selection = EVERYTHING
    ) -> Pairs:
        """See LayerQuery."""
        ask = super().around_nearest
        pairs = ask(role, places, beyond_ft=beyond_ft, reach_ft=reach_ft, select=select)
        self.note([role], places, reach_beyond(pairs, len(places), beyond_ft, reach_ft))
        return pairs

    def edge_distance(self, role: str, places: Geometries, reach_ft: float) -> tuple[Floats, Rows]:
        """See LayerQuery."""
        distance, row = super().edge_distance(role, places, reach_ft)
        self.note([role], places, np.where(np.isnan(distance), reach_ft, distance))
        return distance, row

    def edges_near(self, role: str, places: Geometries, reach_ft: Floats) -> tuple[Index, Rows, Rows]:
        """See LayerQuery."""
        self.note([role], places, reach_ft)
        return super().edges_near(role, places, reach_ft)

    def largest(self, role: str, field: str) -> float:
        """See LayerQuery."""
        self._largest[role, field] = super().largest(role, field)
        return self._largest[role, field]

    def rows_of_ids(self, role: str, ids: Sequence[str | None]) -> Rows:
        """See LayerQuery."""
        named = {each for each in ids if each is not None}
        if named:
            self._ids.setdefault(role, set()).update(named)
        return super().rows_of_ids(role, ids)

    def derived(self, features: Features, sources: Sequence[str]) -> LayerQuery:
        """See LayerQuery; what is asked of the derived features was asked of their sources."""
        return _Derived(self, features, sources)

    def note(self, roles: Iterable[str], places: Geometries, reach_ft: Floats) -> None:
        """Keeps that features of some roles within a reach of each place had to do with the answer."""
        named = tuple(roles)
        self._used.update(named)
        for place, reach in zip(places.tolist(), reach_ft.tolist(), strict=True):
            if place is None or place.is_empty or not reach >= 0:
                continue
            key = place.wkb
            self._shapes[key] = place
            for role in named:
                self._reach[role, key] = max(self._reach.get((role, key), 0.0), reach + _TIES_FT)


class _Derived(LayerQuery):
    """A query over derived features: what is asked of it was asked of their sources."""

    def __init__(self, keeper: FootprintQuery, features: Features, sources: Sequence[str]) -> None:
        super().__init__([features], keeper.grid_epsg)
        self._keeper, self._sources = keeper, tuple(sources)

    def within(self, role: str, places: Geometries, reach_ft: float | Floats, select: Selection = EVERYTHING) -> Pairs:
        reach = np.broadcast_to(np.asarray(reach_ft, dtype=np.float64), len(places))
        self._keeper.note(self._sources, places, reach)
        return super().within(role, places, reach_ft, select)

    def nearest(
        self, role: str, places: Geometries, *, reach_ft: float, k: int = 1, select: Selection = EVERYTHING
    ) -> Pairs:
        pairs = super().nearest(role, places, reach_ft=reach_ft, k=k, select=select)
        self._keeper.note(self._sources, places, reach_of(pairs, len(places), reach_ft, k))
        return pairs

    def around_nearest(
        self, role: str, places: Geometries, *, beyond_ft: float, reach_ft: float, select: Selection = EVERYTHING
    ) -> Pairs:
        ask = super().around_nearest
        pairs = ask(role, places, beyond_ft=beyond_ft, reach_ft=reach_ft, select=select)
        self._keeper.note(self._sources, places, reach_beyond(pairs, len(places), beyond_ft, reach_ft))
        return pairs

    def intersecting(self, role: str, places: Geometries, select: Selection = EVERYTHING) -> Pairs:
        self._keeper.note(self._sources, places, np.zeros(len(places)))
        return super().intersecting(role, places, select)

    def edge_distance(self, role: str, places: Geometries, reach_ft: float) -> tuple[Floats, Rows]:
        distance, row = super().edge_distance(role, places, reach_ft)
        self._keeper.note(self._sources, places, np.where(np.isnan(distance), reach_ft, distance))
        return distance, row

    def edges_near(self, role: str, places: Geometries, reach_ft: Floats) -> tuple[Index, Rows, Rows]:
        self._keeper.note(self._sources, places, reach_ft)
        return super().edges_near(role, places, reach_ft)


def reach_of(pairs: Pairs, count: int, reach_ft: float, k: int) -> Floats:
    """How far one has looked for the k nearest of each place: to the farthest of them, or as far as was asked."""
    found = np.bincount(pairs.place, minlength=count)
    farthest = np.zeros(count)
    np.maximum.at(farthest, pairs.place, pairs.distance_ft)
    return np.where(found < k, reach_ft, farthest)


def reach_beyond(pairs: Pairs, count: int, beyond_ft: float, reach_ft: float) -> Floats:
    """How far one has looked for all that lies at most `beyond_ft` farther from each place than the nearest."""
    nearest = least_ft(pairs, count)
    return np.where(np.isinf(nearest), reach_ft, nearest + beyond_ft)


def _few(asked: Sequence[Asked]) -> list[Asked]:
    by_role: dict[str, list[Asked]] = {}
    for each in asked:
        by_role.setdefault(each.role, []).append(each)
    return [
        kept for of_role in by_role.values() for kept in (of_role if len(of_role) <= _MOST_SHAPES else _one(of_role))
    ]


def _one(asked: Sequence[Asked]) -> list[Asked]:
    box = Footprint(tuple(asked)).box
    return [Asked(asked[0].role, box, 0.0)] if box is not None else []
