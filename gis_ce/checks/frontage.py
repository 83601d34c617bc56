"""A parcel's frontage: its edge on the right of way, and the mains that run along it there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from gis_ce.checks.measuring import first_of_each
from layers.features import Features, Rows, Selection
from layers.grid import AT_LIMIT_FT, Floats, Geometries
from layers.pairs import least_ft, taken
from layers.query import LayerQuery, Pairs

SHORTEST_FT = 1.0
"""A shorter piece of a parcel's edge on the right of way is a corner and no frontage."""
STEP_FT = 5.0
"""The way from the frontage to a main must lie in the right of way at every step of at most this length."""


@dataclass(frozen=True, slots=True)
class Frontages:
    """One row a parcel.

    `length_ft` is how much of the parcel's edge lies on the right of way (0: none). `distance_ft` is
    the shortest straight way from there to a main (row `main`) that stays in the right of way; where
    no main within reach has one, NaN and -1. `faced_ft` is how much of the frontage lies within the
    limit of that main.
    """

    length_ft: Floats
    distance_ft: Floats
    main: Rows
    faced_ft: Floats


def frontages(
    parcels: Geometries, query: LayerQuery, role: str, counted: Selection, limit_ft: float, reach_ft: float
) -> Frontages:
    """The frontage of each parcel, and the nearest main of a role that runs before it."""
    fronts = _on_right_of_way(parcels, query)
    mains = query.features(role)
    pairs = query.within(role, fronts, reach_ft, counted)
    kept = _nearest_with_a_way(fronts, mains.geometry, pairs, query)
    main, distance = first_of_each(_ties_by_rank(kept, mains), len(parcels))
    return Frontages(shapely.length(fronts), distance, main, _faced(fronts, main, mains, limit_ft))


def _on_right_of_way(parcels: Geometries, query: LayerQuery) -> Geometries:
    """The parts of each parcel's boundary that lie on an edge of the right of way; empty where none does."""
    index, place, entry = query.edges_near("right_of_way", parcels, np.full(len(parcels), AT_LIMIT_FT))
    touching = np.flatnonzero(shapely.dwithin(index.geometry[entry], parcels[place], AT_LIMIT_FT))
    place, entry = place[touching], entry[touching]
    order = np.argsort(place, kind="stable")
    edges = np.full(len(parcels), shapely.MultiLineString(), dtype=object)
    touched = np.unique(place)
    if len(touched):
        edges[touched] = shapely.multilinestrings(
            index.geometry[entry[order]], indices=np.searchsorted(touched, place[order])
        )
    shared = shapely.intersection(shapely.boundary(parcels), shapely.buffer(edges, AT_LIMIT_FT / 2, quad_segs=2))
    parts, owner = shapely.get_parts(shapely.line_merge(shared), return_index=True)
    long = shapely.length(parts) >= SHORTEST_FT
    fronts: Geometries = np.full(len(parcels), shapely.MultiLineString(), dtype=object)
    owners = np.unique(owner[long])
    if len(owners):
        fronts[owners] = shapely.multilinestrings(parts[long], indices=np.searchsorted(owners, owner[long]))
    return fronts


def _nearest_with_a_way(fronts: Geometries, mains: Geometries, pairs: Pairs, query: LayerQuery) -> Pairs:
    """The pair of each place whose main is the nearest with a way, and those at most 0.01 ft farther.

    Ways are looked at from the nearest main on, since that of the nearest mostly stays in the right of way.
    """
    stays, looked = np.zeros(len(pairs), dtype=bool), np.zeros(len(pairs), dtype=bool)
    limit_ft = least_ft(pairs, len(fronts)) + AT_LIMIT_FT
    while len(now := np.flatnonzero(~looked & (pairs.distance_ft <= limit_ft[pairs.place]))):
        ways = shapely.shortest_line(fronts[pairs.place[now]], mains[pairs.feature[now]])
        looked[now], stays[now] = True, _stay_in_right_of_way(ways, query)
        found_ft, left_ft = (least_ft(taken(pairs, some), len(fronts)) for some in (stays, ~looked))
        limit_ft = np.where(np.isfinite(found_ft), found_ft, left_ft) + AT_LIMIT_FT
    return taken(pairs, stays)


def _stay_in_right_of_way(ways: Geometries, query: LayerQuery) -> npt.NDArray[np.bool_]:
    """Whether the middle of every step of each straight way lies in the right of way."""
    steps = np.maximum(np.ceil(shapely.length(ways) / STEP_FT), 1).astype(np.intp)
    way = np.repeat(np.arange(len(ways)), steps)
    number = np.arange(len(way)) - np.repeat(np.cumsum(steps) - steps, steps)
    points = shapely.line_interpolate_point(ways[way], (number + 0.5) / steps[way], normalized=True)
    inside = np.zeros(len(way), dtype=bool)
    inside[query.intersecting("right_of_way", points).place] = True
    # A main that touches the frontage needs no way.
    outside = np.bincount(way[~inside], minlength=len(ways))
    return np.asarray((outside == 0) | (shapely.length(ways) <= AT_LIMIT_FT), dtype=np.bool_)


def _ties_by_rank(pairs: Pairs, mains: Features) -> Pairs:
    """The pairs with the nearest of each place first; of those within 0.01 ft of it, the smallest id."""
    nearest = np.full(int(pairs.place.max(initial=-1)) + 1, np.inf)
    np.minimum.at(nearest, pairs.place, pairs.distance_ft)
    later = pairs.distance_ft > nearest[pairs.place] + AT_LIMIT_FT
    order = np.lexsort((mains.rank[pairs.feature], later, pairs.place))
    return Pairs(pairs.place[order], pairs.feature[order], pairs.distance_ft[order])


def _faced(fronts: Geometries, main: Rows, mains: Features, limit_ft: float) -> Floats:
    faced = np.zeros(len(fronts))
    rows = np.flatnonzero(main >= 0)
    near = shapely.buffer(mains.geometry[main[rows]], limit_ft, quad_segs=16)
    faced[rows] = shapely.length(shapely.intersection(fronts[rows], near))
    return faced
