"""Geometry as a role wants it: valid, of its kind, in single parts; what was done to which row, and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely

from layers.catalog import GeometryKind
from layers.grid import Geometries
from layers.remarks import Positions, Remarks, joined, remarks

_DIMENSION = {"point": 0, "line": 1, "polygon": 2}
_MULTI_OF: dict[int, Callable[..., Geometries]] = {
    0: shapely.multipoints,
    1: shapely.multilinestrings,
    2: shapely.multipolygons,
}
_NAMES = ("Point", "LineString", "LinearRing", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon", "Collection")
_COLLECTION = 7


@dataclass(frozen=True, slots=True)
class Repaired:
    """Geometries of the wanted kind, None where a row is rejected; remarks on both sorts of rows."""

    geometry: Geometries
    repaired: Remarks
    rejected: Remarks


def repaired(geometries: Geometries, kind: GeometryKind) -> Repaired:
    """Valid geometries of one kind. Invalid ones are mended; what is of another kind is rejected."""
    dimension = _DIMENSION[kind]
    shapes = geometries.copy()
    rejected = [_absent(shapes)]
    shapes[rejected[0].rows] = None
    mixed, strange = _of_other_kind(shapes, dimension)
    types = shapely.get_type_id(shapes[strange])
    rejected.append(remarks(strange, (f"is a {_NAMES[number]}; this layer takes {kind}s" for number in types)))
    shapes[strange] = None
    shapes[mixed] = _only(shapes[mixed], dimension)
    mended, beyond = _mend(shapes, dimension)
    parts_kept = remarks(mixed, f"a collection, of which only the {kind}s were kept")
    without = mixed[shapely.is_missing(shapes[mixed])]
    rejected += [beyond, remarks(np.setdiff1d(without, beyond.rows), f"a collection without any {kind}")]
    alive = ~shapely.is_missing(shapes[parts_kept.rows])
    kept = Remarks(parts_kept.rows[alive], parts_kept.reasons[alive])
    return Repaired(_simplest(shapes), joined([kept, mended]), joined(rejected))


def single_parts(geometries: Geometries) -> tuple[Geometries, Positions]:
    """Every part of every geometry, and the row it came from."""
    parts, rows = shapely.get_parts(geometries, return_index=True)
    return parts, np.asarray(rows, dtype=np.intp)


def _absent(shapes: Geometries) -> Remarks:
    missing = np.flatnonzero(shapely.is_missing(shapes))
    empty = np.flatnonzero(shapely.is_empty(shapes))
    xy, owner = shapely.get_coordinates(shapes, return_index=True)
    broken = np.setdiff1d(np.unique(owner[~np.isfinite(xy).all(axis=1)]), empty)
    return joined(
        [
            remarks(missing, "has no geometry"),
            remarks(empty, "has an empty geometry"),
            remarks(broken, "has coordinates that are no numbers"),
        ]
    )


def _of_other_kind(shapes: Geometries, dimension: int) -> tuple[Positions, Positions]:
    """Rows that are collections, and rows that are of another kind altogether."""
    present = ~shapely.is_missing(shapes)
    collection = present & (shapely.get_type_id(shapes) == _COLLECTION)
    other = present & ~collection & (shapely.get_dimensions(shapes) != dimension)
    return np.flatnonzero(collection), np.flatnonzero(other)


def _mend(shapes: Geometries, dimension: int) -> tuple[Remarks, Remarks]:
    """Mend the invalid shapes in place; remarks on those mended and those beyond repair."""
    bad = np.flatnonzero(~shapely.is_missing(shapes) & ~shapely.is_valid(shapes))
    if not len(bad):
        return joined([]), joined([])
    reasons = shapely.is_valid_reason(shapes[bad])
    if dimension == 2:
        valid = shapely.make_valid(shapes[bad], method="structure", keep_collapsed=False)
    else:
        valid = shapely.make_valid(shapes[bad])
    shapes[bad] = _only(valid, dimension)
    lost = shapely.is_missing(shapes[bad])
    beyond = remarks(bad[lost], (f"cannot be repaired: {reason}" for reason in reasons[lost]))
    return remarks(bad[~lost], (str(reason) for reason in reasons[~lost])), beyond


def _only(shapes: Geometries, dimension: int) -> Geometries:
    """The parts of one dimension of each shape; None where it has none."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    while np.any(shapely.get_type_id(parts) >= 4):
        parts, again = shapely.get_parts(parts, return_index=True)
        owner = owner[again]
    fits = (shapely.get_dimensions(parts) == dimension) & ~shapely.is_empty(parts)
    found = np.full(len(shapes), None, dtype=object)
    rows, group = np.unique(owner[fits], return_inverse=True)
    if len(rows):
        found[rows] = _MULTI_OF[dimension](parts[fits], indices=group)
    return found


def _simplest(shapes: Geometries) -> Geometries:
    """Multi geometries of one part as that part, so that a change of file format moves nothing."""
    single = np.flatnonzero((shapely.get_type_id(shapes) >= 4) & (shapely.get_num_geometries(shapes) == 1))
    shapes[single] = shapely.get_geometry(shapes[single], 0)
    return shapes
