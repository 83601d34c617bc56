"""How far parcels and sites lie from the mains of a service that count, under each day's rule."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from gis_ce.checks.check import Sites
from gis_ce.checks.frontage import frontages
from gis_ce.checks.measuring import each_once, first_of_each
from gis_ce.rules import Chosen, Rule
from layers.catalog import ABANDONED, PRIVATE
from layers.features import Rows, Selection
from layers.grid import Floats
from layers.query import LayerQuery, Pairs

SEARCH_REACH_FT = 5000.0
"""How far mains are looked for; with none in reach the answer is no, by at least this much."""
FRONTAGE_REACH_LIMITS = 2.0
"""Mains along the frontage are looked for this many limits away."""


@dataclass(frozen=True, slots=True)
class Service:
    """A service that a parcel may have: its name, the role of its mains, the subject of its rule."""

    name: str
    role: str
    subject: str


WATER = Service("Water", "water_main", "water_availability")
SEWER = Service("Sewer", "sewer_main", "sewer_availability")


def counted(rule: Rule) -> Selection:
    """The mains that count under a rule: in service, the utility's, and of a use that may be tapped."""
    return _of_other_uses(rule.texts("not_counted_use"))


@lru_cache(maxsize=64)
def _of_other_uses(not_counted: tuple[str, ...]) -> Selection:
    return Selection((("owner", PRIVATE), ("status", ABANDONED), ("use", not_counted)))


@dataclass(frozen=True, slots=True)
class ParcelWays:
    """For each pair of place and parcel: by the rule's measure, and straight from the edge.

    `front_ft` is the length of the frontage where the rule measures along it, else NaN.
    """

    distance_ft: Floats
    main: Rows
    edge_ft: Floats
    edge_main: Rows
    front_ft: Floats


def parcel_ways(service: Service, place: Rows, parcel: Rows, chosen: Chosen, query: LayerQuery) -> ParcelWays:
    """The ways of each pair of place and parcel; each parcel is measured once for each rule."""
    count = len(place)
    found = ParcelWays(
        np.full(count, np.nan),
        np.full(count, -1, dtype=np.intp),
        np.full(count, SEARCH_REACH_FT),
        np.full(count, -1, dtype=np.intp),
        np.full(count, np.nan),
    )
    if count:
        for rule, rows in chosen.at(place).each:
            _measure_under(rule, service, rows, parcel, query, found)
    return found


class KnownWays:
    """The distance by the rule's measure of parcels under rules; each is measured once."""

    def __init__(self, service: Service, pairs: Pairs, distance_ft: Floats, chosen: Chosen, query: LayerQuery) -> None:
        self.chosen, self.service, self._query = chosen, service, query
        self._pairs, self._given_ft = pairs, distance_ft
        self._more: tuple[Rows, Floats] | None = None

    def distance_ft(self, place: Rows, parcel: Rows) -> Floats:
        """The distance of each pair of place and parcel."""
        if not len(place):
            return np.empty(0)
        code, (codes, distance_ft) = self._code(place, parcel), self._more or self._first
        new = np.flatnonzero(~np.isin(code, codes))
        if len(new):
            found = parcel_ways(self.service, place[new], parcel[new], self.chosen, self._query).distance_ft
            codes, first = np.unique(np.concatenate([codes, code[new]]), return_index=True)
            distance_ft = np.concatenate([distance_ft, found])[first]
            self._more = (codes, distance_ft)
        return np.asarray(distance_ft[np.searchsorted(codes, code)], dtype=np.float64)

    @cached_property
    def _first(self) -> tuple[Rows, Floats]:
        codes, first = np.unique(self._code(self._pairs.place, self._pairs.feature), return_index=True)
        return codes, self._given_ft[first]

    def _code(self, place: Rows, parcel: Rows) -> Rows:
        return np.asarray(parcel * (len(self.chosen.rules) + 1) + self.chosen.index[place] + 1, dtype=np.intp)


def _measure_under(
    rule: Rule, service: Service, rows: Rows, parcel: Rows, query: LayerQuery, found: ParcelWays
) -> None:
    asked, back = each_once(parcel[rows])
    shapes = query.features("parcel").geometry[asked]
    near = query.nearest(service.role, shapes, reach_ft=SEARCH_REACH_FT, select=counted(rule))
    main, distance = first_of_each(near, len(asked))
    distance[main < 0] = SEARCH_REACH_FT
    found.edge_main[rows] = found.main[rows] = main[back]
    found.edge_ft[rows] = found.distance_ft[rows] = distance[back]
    limit = rule.number("limit_ft")
    if rule.values.get("measured_from") == "frontage":
        found.main[rows], found.distance_ft[rows] = -1, np.nan
        if query.has("right_of_way") and limit >= 0:
            front = frontages(shapes, query, service.role, counted(rule), limit, FRONTAGE_REACH_LIMITS * limit)
            measured = np.where(front.main < 0, FRONTAGE_REACH_LIMITS * limit, front.distance_ft)
            found.main[rows], found.front_ft[rows] = front.main[back], front.length_ft[back]
            found.distance_ft[rows] = np.where(front.length_ft > 0, measured, np.nan)[back]


def from_sites(service: Service, sites: Sites, chosen: Chosen, query: LayerQuery) -> tuple[Rows, Floats]:
    """The nearest main that counts for each site itself and its distance; -1 and NaN where there is none."""
    main, distance = np.full(len(sites), -1, dtype=np.intp), np.full(len(sites), np.nan)
    for rule, rows in chosen.each:
        places = sites.place if len(rows) == len(sites) else sites.place[rows]
        near = query.nearest(service.role, places, reach_ft=SEARCH_REACH_FT, select=counted(rule))
        main[rows], distance[rows] = first_of_each(near, len(rows))
    return main, distance
