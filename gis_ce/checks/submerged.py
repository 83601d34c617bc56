"""The parts of underground lines that lie under water bodies, as features of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from threading import Lock
from weakref import WeakKeyDictionary

import numpy as np
import pyarrow as pa
import shapely

from layers.features import Features, LayerPart
from layers.grid import Geometries, Rows
from layers.query import LayerQuery, starts_of

_LOCK = Lock()


@dataclass(frozen=True, slots=True)
class Submerged:
    """The wet parts of a role's lines: a query that knows only them, and the line's row of each."""

    query: LayerQuery
    row: Rows


_KNOWN: WeakKeyDictionary[Features, tuple[Features, tuple[Features, Rows]]] = WeakKeyDictionary()


def submerged(query: LayerQuery, role: str) -> Submerged | None:
    """The parts of a role's lines that lie under water, by the lines' own ids; None without a layer of water bodies.

    Cut once for a set of layer versions, and kept as long as those are.
    """
    wet = wet_parts(query, role)
    return None if wet is None else Submerged(query.derived(wet[0], (role, "water_body")), wet[1])


def wet_parts(query: LayerQuery, role: str) -> tuple[Features, Rows] | None:
    """Those parts as features, and the line's row of each; None without a layer of water bodies."""
    if not query.has("water_body"):
        return None
    lines, water = query.features(role), query.features("water_body")
    with _LOCK:
        known = _KNOWN.get(lines)
        if known is None or known[0] is not water:
            known = (water, _cut(lines, water, query.grid_epsg))
            _KNOWN[lines] = known
    return known[1]


def _cut(lines: Features, water: Features, grid_epsg: int) -> tuple[Features, Rows]:
    rows, wet = _under_water(LayerQuery([lines, water], grid_epsg), lines.geometry)
    parts = [
        LayerPart(part.version, part.description, part.table.take(pa.array(rows[of] - start)), wet[of])
        for part, start, of in _by_part(lines, rows)
    ]
    return Features(lines.role, parts or [_nothing_of(lines.parts[0])]), rows


def _nothing_of(part: LayerPart) -> LayerPart:
    nothing = np.empty(0, dtype=object)
    return LayerPart(part.version, part.description, part.table.take(pa.array([], pa.int64())), nothing)


def _by_part(lines: Features, rows: Rows) -> Iterator[tuple[LayerPart, int, Rows]]:
    for number, part in enumerate(lines.parts):
        of = np.flatnonzero(lines.layer_of[rows] == number)
        if len(of):
            yield part, int(np.flatnonzero(lines.layer_of == number)[0]), of


def _under_water(query: LayerQuery, lines: Geometries) -> tuple[Rows, Geometries]:
    """The rows of the lines that lie under water somewhere, and their parts there."""
    water = query.features("water_body").geometry
    pairs = query.intersecting("water_body", lines)
    starts = starts_of(pairs.place)
    ends = np.r_[starts[1:], len(pairs)]
    wet: Geometries = np.empty(len(starts), dtype=object)
    for number, (first, end) in enumerate(zip(starts, ends, strict=False)):
        bodies = shapely.union_all(water[pairs.feature[first:end]])
        wet[number] = shapely.intersection(lines[pairs.place[first]], bodies)
    under = np.flatnonzero(shapely.length(wet) > 0)
    return pairs.place[starts][under], wet[under]
