"""A parcel by its number."""

from __future__ import annotations

import numpy as np
import shapely
from rapidfuzz import process
from shapely.geometry.base import BaseGeometry

from gis_ce.errors import PlaceUnknown
from layers.query import LayerQuery
from layers.reference import matching

_ALIKE_PERCENT = 75.0
_LISTED = 3


def parcel_named(query: LayerQuery, number: str) -> BaseGeometry:
    """The outline of the parcel of that number, in feet; raises PlaceUnknown with what comes near where there is none.

    Raises LayerMissing without a parcel layer. Several features of one number are taken together.
    """
    parcels = query.features("parcel")
    for field in ("parcel_id", "id"):
        rows = matching(parcels, field, np.array([number], dtype=object)).feature
        shapes = parcels.geometry[rows]
        shapes = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
        if len(shapes):
            shape: BaseGeometry = shapely.union_all(shapes) if len(shapes) > 1 else shapes[0]
            return shape
    known = [str(name) for name in parcels.texts("parcel_id") if name is not None]
    near = [name for name, _, _ in process.extract(number, known, limit=_LISTED, score_cutoff=_ALIKE_PERCENT)]
    hint = f"Did you mean {' or '.join(near)}?" if near else "Nothing on the map comes near."
    raise PlaceUnknown(f"There is no parcel {number!r} on the map. {hint}")
