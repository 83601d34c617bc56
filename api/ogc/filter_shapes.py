"""The questions of a filter about places: the shape of each feature against one that the filter brings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import shapely
from shapely.geometry.base import BaseGeometry

from api.errors import ApiError
from api.ogc.areas import on_grid
from api.ogc.collections import Collection
from api.ogc.filter_text import Node
from api.ogc.reference_systems import System
from layers.boxes import rows_in_area
from layers.grid import Rows

MOST_VERTICES = 10_000
GEOMETRY = "geometry"
_PREDICATES: Mapping[str, Callable[[Any, Any], Any]] = {
    "s_contains": shapely.contains,
    "s_crosses": shapely.crosses,
    "s_equals": shapely.equals,
    "s_overlaps": shapely.overlaps,
    "s_touches": shapely.touches,
    "s_within": shapely.within,
}
_TURNED = {"s_contains": "s_within", "s_within": "s_contains"}
PLACE_QUESTIONS = frozenset((*_PREDICATES, "s_intersects", "s_disjoint"))


def place_condition(question: str, left: Node, right: Node, collection: Collection, system: System) -> pa.Array:
    """Whether each feature lies as asked; unknown for those without a place. Raises ApiError.

    To intersect is to be at most 0.01 ft apart, as everywhere; the other questions are of exact shapes.
    """
    if _is_own(left) and not _is_own(right):
        shape = _shape(right, system)
    elif _is_own(right) and not _is_own(left):
        shape, question = _shape(left, system), _TURNED.get(question, question)
    else:
        raise ApiError(f"filter: {question.upper()} takes the property geometry and a shape.")
    if collection.geometry == "none":
        raise ApiError("filter: this collection has no geometry.")
    found = np.zeros(len(collection.table), dtype=bool)
    area = on_grid(shape, system, collection)
    if area is not None:
        found[_rows(question, area, collection)] = True
    if question == "s_disjoint":
        found = ~found
    nowhere = ~np.isfinite(collection.table.bounds[:, 0])
    return pa.array(found, mask=nowhere)


def _rows(question: str, area: BaseGeometry, collection: Collection) -> Rows:
    table = collection.table
    if question in ("s_intersects", "s_disjoint"):
        return rows_in_area(table.shapes, table.boxes, area)
    west, south, east, north = area.bounds
    rows = table.boxes.meeting((west - 0.01, south - 0.01, east + 0.01, north + 0.01))
    holds = _PREDICATES[question](np.asarray(table.shapes[rows], dtype=object), area)
    return np.asarray(rows[holds], dtype=np.intp)


def _is_own(node: Node) -> bool:
    if not isinstance(node, dict) or "property" not in node:
        return False
    if node["property"] != GEOMETRY:
        raise ApiError(f"filter: {node['property']!r} is no shape here; the shape of a feature is {GEOMETRY!r}.")
    return True


def _shape(node: Node, system: System) -> BaseGeometry:
    """A shape of a filter, easting first; raises ApiError."""
    shape = _box(node["bbox"]) if isinstance(node, dict) and "bbox" in node else _geometry(node)
    if shapely.get_num_coordinates(shape) > MOST_VERTICES:
        raise ApiError(f"filter: a shape has more than {MOST_VERTICES:,} vertices.")
    if not np.isfinite(shapely.get_coordinates(shape)).all() or shape.is_empty:
        raise ApiError("filter: a shape has no coordinates, or one that is no number.")
    if not shape.is_valid:
        raise ApiError(f"filter: a shape is not valid: {shapely.is_valid_reason(shape)}.")
    if system.swapped:
        shape = shapely.transform(shape, lambda xy: xy[:, ::-1])
    if system.decimals == 8 and (np.abs(shape.bounds) > (180, 90, 180, 90)).any():
        raise ApiError("filter: a shape is not in degrees; say filter-crs for one in another system.")
    return shape


def _geometry(node: Node) -> BaseGeometry:
    if not isinstance(node, dict) or "type" not in node:
        raise ApiError("filter: a question about places takes a shape, as GeoJSON or WKT.")
    shape = shapely.from_geojson(orjson.dumps(node), on_invalid="ignore")
    if shape is None:
        raise ApiError(f"filter: a shape is no {str(node['type'])[:40]} with coordinates.")
    flat: BaseGeometry = shapely.force_2d(shape)
    return flat


def _box(numbers: Node) -> BaseGeometry:
    numeric = isinstance(numbers, list) and all(isinstance(n, int | float) and not isinstance(n, bool) for n in numbers)
    if not numeric or len(numbers) not in (4, 6):
        raise ApiError("filter: a box has four numbers, or six with heights.")
    west, south, east, north = numbers if len(numbers) == 4 else (numbers[0], numbers[1], numbers[3], numbers[4])
    if west > east or south > north:
        raise ApiError("filter: a box ends before it begins.")
    made: BaseGeometry = shapely.box(west, south, east, north)
    return made
