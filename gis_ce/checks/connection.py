"""The straight connection from a parcel to a main, and the parcels of others that it would cross."""

from __future__ import annotations

import numpy as np
import shapely

from gis_ce.owner_names import same_owner
from layers.features import Rows, Texts
from layers.grid import AT_LIMIT_FT, Geometries
from layers.query import LayerQuery

_MERE_TOUCH_FT = 10 * AT_LIMIT_FT
"""A line that meets a parcel for less than this only passes its corner."""


def connections(parcel: Rows, main: Rows, role: str, query: LayerQuery) -> Geometries:
    """The shortest straight line from each parcel's edge to the main; None where either is -1.

    Where a whole side of the parcel is equally near, the line starts in the middle of that side.
    """
    lines: Geometries = np.full(len(parcel), None, dtype=object)
    rows = np.flatnonzero((parcel >= 0) & (main >= 0))
    parcels = query.features("parcel").geometry[parcel[rows]]
    mains = query.features(role).geometry[main[rows]]
    lines[rows] = shapely.shortest_line(_starts(parcels, mains), mains)
    return lines


def _starts(parcels: Geometries, mains: Geometries) -> Geometries:
    """The middle of the corners nearest to the main, where it lies on the edge and as near; else the parcel itself."""
    least = shapely.distance(parcels, mains)
    corners, owner = shapely.get_coordinates(parcels, return_index=True)
    near = shapely.distance(shapely.points(corners), mains[owner]) <= least[owner] + AT_LIMIT_FT
    low, high = np.full((len(parcels), 2), np.inf), np.full((len(parcels), 2), -np.inf)
    np.minimum.at(low, owner[near], corners[near])
    np.maximum.at(high, owner[near], corners[near])
    sided = np.asarray((high > low).any(axis=1), dtype=np.bool_)
    middle = np.asarray(
        shapely.points(np.where(sided[:, None], low, 0.0) / 2 + np.where(sided[:, None], high, 0.0) / 2), dtype=object
    )
    sided &= shapely.distance(middle, shapely.boundary(parcels)) <= AT_LIMIT_FT
    sided &= shapely.distance(middle, mains) <= least + AT_LIMIT_FT
    starts: Geometries = np.where(sided, middle, parcels)
    return starts


def crossed_parcels(parcel: Rows, lines: Geometries, query: LayerQuery) -> Texts:
    """The ids of the parcels of others that each line crosses, by comma; None where it crosses none.

    Land that it only touches from outside is not crossed, but along the line between two parcels of
    others it runs through their land. A parcel of the same owner is not another's.
    """
    features = query.features("parcel")
    pairs = query.intersecting("parcel", lines)
    names = features.texts("owner_name")
    own = parcel[pairs.place]
    others = np.flatnonzero(pairs.feature != own)
    kept = [row for row in others if not same_owner(names[own[row]], names[pairs.feature[row]])]
    listed: Texts = np.full(len(parcel), None, dtype=object)
    if not kept:
        return listed
    place, feature = pairs.place[kept], pairs.feature[kept]
    shapes = shapely.buffer(features.geometry[feature], AT_LIMIT_FT, join_style="mitre")
    asked, group = np.unique(place, return_inverse=True)
    joined = shapely.union_all(np.asarray(shapely.geometrycollections(shapes, indices=group))[:, None], axis=1)
    inside = shapely.buffer(joined, -2 * AT_LIMIT_FT, join_style="mitre")
    through = shapely.length(shapely.intersection(lines[asked], inside)) > AT_LIMIT_FT
    along = shapely.length(shapely.intersection(lines[place], shapes)) > _MERE_TOUCH_FT
    for number in np.flatnonzero(through):
        ids = features.ids[feature[(group == number) & along]]
        listed[asked[number]] = ", ".join(sorted(str(name) for name in ids)) or None
    return listed
