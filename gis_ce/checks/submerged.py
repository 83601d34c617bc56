"""Which part of an underground line lies under a water body."""

from __future__ import annotations

import numpy as np
import shapely

from layers.grid import Geometries, Rows
from layers.query import LayerQuery


def submerged(query: LayerQuery, role: str, rows: Rows) -> Geometries:
    """Of each line the part under water bodies; None where it is dry or no water body is mapped.

    Each line is looked at once, however often its row is named.
    """
    wet = np.full(len(rows), None, dtype=object)
    if not query.has("water_body") or not len(rows):
        return wet
    lines, back = np.unique(rows, return_inverse=True)
    geometry = query.features(role).geometry[lines]
    pairs = query.intersecting("water_body", geometry)
    parts = np.full(len(lines), None, dtype=object)
    if len(pairs):
        water = query.features("water_body").geometry
        starts = np.flatnonzero(np.r_[True, pairs.place[1:] != pairs.place[:-1]])
        for line, bodies in zip(pairs.place[starts], np.split(pairs.feature, starts[1:]), strict=True):
            part = shapely.intersection(geometry[line], shapely.union_all(water[bodies]))
            parts[line] = None if shapely.is_empty(part) else part
    wet[:] = parts[back]
    return wet
