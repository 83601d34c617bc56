"""Which main each parcel fronts on: its edge runs along it, within the rule's distance, and no other land between."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
import shapely

from gis_ce.checks.line_rule import LineRule
from layers.features import Rows, Selection
from layers.grid import AT_LIMIT_FT, Floats, Geometries
from layers.query import LayerQuery, Pairs, starts_of

GRAVITY = Selection((("owner", ("private",)), ("status", ("abandoned", "removed")), ("kind", ("force",))))
"""Mains that houses drain to: no pressure pipes, nothing private or out of service."""
_BETWEEN_FT = 1.0
"""A way over less of somebody else's land than this only cuts a corner."""
_SURROUNDED = 0.75
"""A parcel that shares this much of its outline with one other lies inside that one, as a condominium's units do."""
_CLOSE_FT = 5.0
"""A second main not farther off than this beyond the first makes the choice doubtful."""
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Fronts:
    """Pairs of a parcel (row) and a main (row) at most the rule's distance apart, the nearest of each parcel first.

    `faced_ft` is how much of the parcel's edge runs along the main; `fronts` says that this is enough, `behind` that
    somebody else's land lies between.
    """

    parcel: Rows
    main: Rows
    distance_ft: Floats
    faced_ft: Floats
    long_enough: Flags
    behind: Flags

    def taken(self, rows: Rows) -> Fronts:
        """Those of some rows, in that order."""
        return Fronts(*(getattr(self, each.name)[rows] for each in fields(self)))

    @property
    def counts(self) -> Flags:
        """Which pairs are frontages."""
        return self.long_enough & ~self.behind


@dataclass(frozen=True, slots=True)
class Fronted:
    """For each asked parcel: the main it fronts on (-1: none), its distance, and whether a
    main that is not on the line is about as near."""

    main: Rows
    distance_ft: Floats
    contested: Flags


def fronts_of(query: LayerQuery, parcels: Rows, rule: LineRule) -> Fronts:
    """Every main near each of some parcels (rows, ascending), and whether the parcel fronts on it."""
    land, mains = query.features("parcel"), query.features("sewer_main")
    pairs = query.within("sewer_main", land.geometry[parcels], rule.frontage_ft, GRAVITY)
    faced = _faced_ft(land.geometry[parcels], mains.geometry, pairs, rule.frontage_ft)
    order = _nearest_first(pairs, faced, mains.rank)
    parcel, main, faced = parcels[pairs.place[order]], pairs.feature[order], faced[order]
    return Fronts(
        parcel,
        main,
        pairs.distance_ft[order],
        faced,
        faced >= rule.least_frontage_ft - AT_LIMIT_FT,
        _behind(query, parcel, main),
    )


def fronted(fronts: Fronts, parcels: Rows, segments: Rows) -> Fronted:
    """The nearest main that each of some parcels (rows, ascending) fronts on, asked for the line of some segments."""
    row = np.full(len(parcels), -1, dtype=np.intp)
    distance = np.full(len(parcels), np.nan)
    contested = np.zeros(len(parcels), dtype=bool)
    kept = np.flatnonzero(fronts.counts)
    place = np.searchsorted(parcels, fronts.parcel[kept])
    starts = starts_of(place)
    row[place[starts]] = fronts.main[kept[starts]]
    distance[place[starts]] = fronts.distance_ft[kept[starts]]
    apart = fronts.distance_ft[kept] - distance[place]
    contested[place[(apart <= _CLOSE_FT) & ~np.isin(fronts.main[kept], segments)]] = True
    return Fronted(row, distance, contested)


def _nearest_first(pairs: Pairs, faced_ft: Floats, rank: Rows) -> Rows:
    """The order by parcel and distance; of mains within 0.01 ft of the nearest the one longest faced, then the id."""
    nearest = np.full(int(pairs.place.max(initial=-1)) + 1, np.inf)
    np.minimum.at(nearest, pairs.place, pairs.distance_ft)
    tied = pairs.distance_ft <= nearest[pairs.place] + AT_LIMIT_FT
    by_length = np.where(tied, -np.round(faced_ft, 2), 0.0)
    return np.lexsort((rank[pairs.feature], by_length, np.where(tied, 0.0, pairs.distance_ft), pairs.place))


def _faced_ft(parcels: Geometries, lines: Geometries, pairs: Pairs, reach_ft: float) -> Floats:
    """Over what length of each pair's main the parcel's edge runs beside it, or the main on the parcel, if more."""
    rows, once = np.unique(pairs.feature, return_inverse=True)
    strips = shapely.buffer(lines[rows], reach_ft + AT_LIMIT_FT, cap_style="flat", quad_segs=4)
    beside = shapely.intersection(shapely.boundary(parcels)[pairs.place], strips[once])
    mains = lines[rows][once]
    points, of = shapely.get_coordinates(beside, return_index=True)
    along = shapely.line_locate_point(mains[of], shapely.points(points))
    first, last = np.full(len(pairs), np.inf), np.full(len(pairs), -np.inf)
    np.minimum.at(first, of, along)
    np.maximum.at(last, of, along)
    inside, met = np.zeros(len(pairs)), np.flatnonzero(pairs.distance_ft == 0.0)
    inside[met] = shapely.length(shapely.intersection(mains[met], parcels[pairs.place[met]]))
    return np.asarray(np.maximum(np.maximum(last - first, 0.0), inside), dtype=np.float64)


def _behind(query: LayerQuery, parcel: Rows, main: Rows) -> Flags:
    """Whether the straight way from each parcel to its main crosses somebody else's land."""
    land = query.features("parcel")
    shapes = land.geometry[parcel]
    ways = shapely.shortest_line(shapes, query.features("sewer_main").geometry[main])
    met = query.intersecting("parcel", ways)
    other = np.flatnonzero(met.feature != parcel[met.place])
    place, crossed = met.place[other], land.geometry[met.feature[other]]
    long = shapely.length(shapely.intersection(ways[place], crossed)) > _BETWEEN_FT
    place, crossed = place[long], crossed[long]
    own_edge = shapely.boundary(shapes[place])
    shared = shapely.length(shapely.intersection(own_edge, shapely.buffer(shapely.boundary(crossed), AT_LIMIT_FT)))
    outside = shared < _SURROUNDED * shapely.length(own_edge)
    behind = np.zeros(len(parcel), dtype=bool)
    behind[place[outside]] = True
    return behind
