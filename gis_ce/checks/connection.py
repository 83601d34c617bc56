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
    """The shortest straight line from each parcel's edge to the main (of equals, one); None where either is -1."""
    lines: Geometries = np.full(len(parcel), None, dtype=object)
    rows = np.flatnonzero((parcel >= 0) & (main >= 0))
    parcels, mains = query.features("parcel").geometry, query.features(role).geometry
    lines[rows] = shapely.shortest_line(parcels[parcel[rows]], mains[main[rows]])
    return lines


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
    place, feature = pairs.place[kept], pairs.feature[kept]
    listed: Texts = np.full(len(parcel), None, dtype=object)
    shapes = shapely.buffer(features.geometry[feature], AT_LIMIT_FT, join_style="mitre")
    asked, group = np.unique(place, return_inverse=True)
    if not len(asked):
        return listed
    joined = shapely.union_all(np.asarray(shapely.geometrycollections(shapes, indices=group))[:, None], axis=1)
    inside = shapely.buffer(joined, -2 * AT_LIMIT_FT, join_style="mitre")
    through = shapely.length(shapely.intersection(lines[asked], inside)) > AT_LIMIT_FT
    along = shapely.length(shapely.intersection(lines[place], shapes)) > _MERE_TOUCH_FT
    for number in np.flatnonzero(through):
        ids = features.ids[feature[(group == number) & along]]
        listed[asked[number]] = ", ".join(sorted(str(name) for name in ids))
    return listed
