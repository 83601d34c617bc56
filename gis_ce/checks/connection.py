"""The straight connection from a parcel to a main, and the parcels of others that it would cross."""

from __future__ import annotations

import numpy as np
import shapely

from gis_ce.owner_names import same_owner
from layers.features import Rows, Texts
from layers.grid import AT_LIMIT_FT, Geometries
from layers.query import LayerQuery


def connections(parcel: Rows, main: Rows, role: str, query: LayerQuery) -> Geometries:
    """The shortest straight line from each parcel's edge to the main; None where either is -1."""
    lines: Geometries = np.full(len(parcel), None, dtype=object)
    rows = np.flatnonzero((parcel >= 0) & (main >= 0))
    parcels, mains = query.features("parcel").geometry, query.features(role).geometry
    lines[rows] = shapely.shortest_line(parcels[parcel[rows]], mains[main[rows]])
    return lines


def crossed_parcels(parcel: Rows, lines: Geometries, query: LayerQuery) -> Texts:
    """The ids of the parcels of others that each line crosses, by comma; None where it crosses none.

    A parcel that it only touches is not crossed, and one of the same owner is not another's.
    """
    features = query.features("parcel")
    pairs = query.intersecting("parcel", lines)
    own = parcel[pairs.place]
    inside = shapely.length(shapely.intersection(lines[pairs.place], features.geometry[pairs.feature]))
    crossed = np.flatnonzero((pairs.feature != own) & (inside > AT_LIMIT_FT))
    names = features.texts("owner_name")
    found: dict[int, list[str]] = {}
    for row in crossed:
        if not same_owner(names[own[row]], names[pairs.feature[row]]):
            found.setdefault(int(pairs.place[row]), []).append(str(features.ids[pairs.feature[row]]))
    listed: Texts = np.full(len(parcel), None, dtype=object)
    for place, ids in found.items():
        listed[place] = ", ".join(sorted(ids))
    return listed
