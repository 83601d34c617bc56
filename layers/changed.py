"""Which features differ at all between two versions of a layer, be it by a millionth of a foot: what may turn answers.

`layers.compare` tells people what has changed; this tells machines what could matter, so nothing is too small.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import shapely

from layers.compare import Side, differing_fields, rows_of
from layers.features import LayerPart, Texts
from layers.grid import Geometries


@dataclass(frozen=True, slots=True)
class Changed:
    """What differs: the ids, and the shapes before and after, in feet on the grid.

    `wholly` is true where what the layer says of itself has changed (its role, sigma, basis, or after how many days
    it is too old), or where it is new or gone: then everything that asked it has to be looked at again.
    """

    role: str
    ids: frozenset[str]
    shapes: Geometries
    wholly: bool = False


def changed(before: LayerPart, after: LayerPart) -> Changed:
    """Everything that differs between two versions of one layer, whatever it is but the row of the source."""
    role = after.description.role
    if _said(before) != _said(after):
        return wholly(role)
    old, new = _side(before), _side(after)
    in_old, in_new = rows_of(new, old), rows_of(old, new)
    both = np.flatnonzero(in_old >= 0)
    same = in_old[both]
    moved = ~_equal(old.geometry[same], new.geometry[both])
    differing = differing_fields(old.columns, new.columns, same, both)
    rows = both[np.logical_or.reduce([moved, *differing.values()])]
    gone, added = np.flatnonzero(in_new < 0), np.flatnonzero(in_old < 0)
    before_rows = np.concatenate([in_old[rows], gone])
    after_rows = np.concatenate([rows, added])
    shapes = np.concatenate([old.geometry[before_rows], new.geometry[after_rows]])
    there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    ids = {*_ids(old)[before_rows].tolist(), *_ids(new)[after_rows].tolist()}
    return Changed(role, frozenset(map(str, ids)), shapes[there])


def wholly(role: str) -> Changed:
    """A layer of which nothing can be taken over."""
    return Changed(role, frozenset(), np.empty(0, dtype=object), wholly=True)


def largest_values(parts: Iterable[LayerPart]) -> dict[str, float]:
    """The largest value of each number column over some layers; 0 where none is above it."""
    found: dict[str, float] = {}
    for part in parts:
        for name in part.table.column_names:
            column = part.table.column(name)
            if pa.types.is_floating(column.type):
                values = np.asarray(column.to_numpy(), dtype=np.float64)
                found[name] = max(found.get(name, 0.0), float(np.nanmax(values, initial=0.0)))
    return found


def _said(part: LayerPart) -> tuple[object, ...]:
    said = part.description
    return (said.role, said.basis, said.sigma_ft, said.stale_after_days, said.grid_epsg)


def _side(part: LayerPart) -> Side:
    table = part.table if isinstance(part.table, pa.Table) else part.table.table()
    return Side(part.version.version, table, np.asarray(part.geometry, dtype=object))


def _equal(before: Geometries, after: Geometries) -> npt.NDArray[np.bool_]:
    both_missing = shapely.is_missing(before) & shapely.is_missing(after)
    return np.asarray(both_missing | shapely.equals_exact(before, after, tolerance=0.0), dtype=np.bool_)


def _ids(side: Side) -> Texts:
    return np.asarray(side.columns.column("id").to_numpy(zero_copy_only=False), dtype=object)
