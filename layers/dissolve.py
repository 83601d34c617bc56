"""Polygons that touch as one surface: the seams between them are not edges of anything."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import shapely

from layers.grid import Geometries
from layers.remarks import Positions


def dissolved(polygons: Geometries) -> tuple[Geometries, Positions]:
    """The continuous surfaces, and for each polygon given the surface it went into."""
    if not len(polygons):
        return polygons, np.empty(0, np.intp)
    surfaces = shapely.get_parts(shapely.union_all(polygons))
    inner = shapely.point_on_surface(polygons)
    polygon, surface = shapely.STRtree(surfaces).query(inner, predicate="intersects")
    into = np.zeros(len(polygons), dtype=np.intp)
    into[polygon] = surface
    return surfaces, into


def shared_values(columns: pa.Table, group: Positions, groups: int) -> pa.Table:
    """For each group the values that all its rows share; null where they differ."""
    arrays = []
    for name in columns.column_names:
        kind = columns.schema.field(name).type
        codes, words = pd.factorize(columns.column(name).to_numpy(zero_copy_only=False), use_na_sentinel=False)
        by_group = pd.Series(codes).groupby(group)
        low = by_group.min().reindex(range(groups), fill_value=-1).to_numpy()
        high = by_group.max().reindex(range(groups), fill_value=-2).to_numpy()
        values = pa.array(words, from_pandas=True).cast(kind)
        arrays.append(values.take(pa.array(np.where(low == high, low, 0), mask=low != high)))
    return pa.table(arrays, schema=columns.schema)
