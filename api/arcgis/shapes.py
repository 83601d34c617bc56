"""Esri's way of writing geometry, both ways: x east, outer rings clockwise."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import orjson
import shapely
from shapely.geometry.base import BaseGeometry

from api.arcgis.systems import system_of
from api.errors import ApiError
from api.ogc.reference_systems import System
from layers.grid import Geometries, Grid

Json = dict[str, Any]
MOST_VERTICES = 20_000
_LONGEST = 100 * MOST_VERTICES
_MANY = f"it has more than {MOST_VERTICES:,} vertices; send a simpler one."
GEOMETRY_TYPES = {"point": "esriGeometryPoint", "line": "esriGeometryPolyline", "polygon": "esriGeometryPolygon"}
_SAID = "give an envelope (xmin,ymin,xmax,ymax) or a geometry in Esri JSON"


def written(shapes: Geometries, system: System, grid: Grid) -> list[Json | None]:
    """Shapes of the grid as Esri JSON in a system; None for those without a place."""
    moved = np.asarray(system.leave(shapes, grid), dtype=object)
    turned = shapely.orient_polygons(moved, exterior_cw=True)
    rounded = shapely.transform(turned, lambda xy: np.round(xy, system.decimals))
    return [_one(shape) for shape in rounded]


def area_of(text: str, kind: str | None, reference: str | None, grid: Grid) -> BaseGeometry | None:
    """The geometry of a query, on the grid; None for an empty one. Raises ApiError."""
    if len(text) > _LONGEST:
        raise ApiError(f"geometry: {_MANY}")
    document = _document(text)
    inner = document.get("spatialReference") if isinstance(document, dict) else None
    said = orjson.dumps(inner).decode() if inner else reference
    system, _ = system_of(said, grid, "inSR")
    shape = _read(document, kind)
    if shapely.get_num_coordinates(shape) > MOST_VERTICES:
        raise ApiError(f"geometry: {_MANY}")
    if shape.is_empty:
        return None
    shape = shapely.segmentize(shape, _step(shape))
    on_grid: BaseGeometry = system.enter(np.array([shape], dtype=object), grid)[0]
    if not np.isfinite(shapely.get_coordinates(on_grid)).all():
        raise ApiError("geometry: it lies outside of where the city's grid can be used.")
    return on_grid


def _one(shape: BaseGeometry | None) -> Json | None:
    if shape is None or shape.is_empty:
        return None
    if shape.geom_type == "Point":
        return dict(zip("xy", shapely.get_coordinates(shape)[0].tolist(), strict=True))
    if shape.geom_type == "MultiPoint":
        return {"points": shapely.get_coordinates(shape).tolist()}
    if shape.geom_type in ("LineString", "LinearRing", "MultiLineString"):
        return {"paths": [shapely.get_coordinates(part).tolist() for part in shapely.get_parts(shape)]}
    rings = [ring for part in shapely.get_parts(shape) for ring in (part.exterior, *part.interiors)]
    return {"rings": [shapely.get_coordinates(ring).tolist() for ring in rings]}


def _document(text: str) -> Any:
    stripped = text.strip()
    if not stripped.startswith("{"):
        return [part.strip() for part in stripped.split(",")]
    try:
        return orjson.loads(stripped)
    except orjson.JSONDecodeError as error:
        raise ApiError(f"geometry: it is no JSON ({error}); {_SAID}.") from error


def _read(document: Any, kind: str | None) -> BaseGeometry:
    try:
        if isinstance(document, list):
            return _simple(document, kind)
        if "xmin" in document:
            corners = [_number(document[name]) for name in ("xmin", "ymin", "xmax", "ymax")]
            return _envelope(corners)
        if "x" in document:
            return shapely.Point(_number(document["x"]), _number(document["y"]))
        if "points" in document:
            return shapely.MultiPoint(_pairs(document["points"]))
        if "paths" in document:
            return shapely.MultiLineString([_pairs(path) for path in document["paths"]])
        if "rings" in document:
            return _area([_pairs(ring) for ring in document["rings"]])
    except (KeyError, TypeError, ValueError, shapely.errors.GEOSException) as error:
        raise ApiError(f"geometry: it cannot be read; {_SAID}.") from error
    raise ApiError(f"geometry: it is of no kind that is known here; {_SAID}.")


def _simple(parts: list[str], kind: str | None) -> BaseGeometry:
    numbers = [_number(float(part)) for part in parts]
    if len(numbers) == 2 and kind in (None, "esriGeometryPoint"):
        return shapely.Point(numbers)
    if len(numbers) == 4 and kind in (None, "esriGeometryEnvelope"):
        return _envelope(numbers)
    raise ValueError(f"{len(numbers)} numbers")


def _envelope(corners: list[float]) -> BaseGeometry:
    west, south, east, north = corners
    if west > east or south > north:
        raise ApiError("geometry: the envelope ends before it begins; give xmin, ymin, xmax, ymax.")
    if west == east or south == north:
        flat = shapely.LineString([(west, south), (east, north)])
        return flat if flat.length else shapely.Point(west, south)
    return shapely.box(west, south, east, north)


def _area(rings: list[list[tuple[float, float]]]) -> BaseGeometry:
    """Rings that lie in one another are outlines and holes by turns, whichever way they run."""
    lines = shapely.MultiLineString(rings)
    return shapely.build_area(lines) if rings else shapely.Polygon()


def _pairs(points: Any) -> list[tuple[float, float]]:
    return [(_number(point[0]), _number(point[1])) for point in points]


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{value!r} is no number")
    return float(value)


def _step(shape: BaseGeometry) -> float:
    """An edge of a box in degrees is bent on the grid: it gets this many points between its ends."""
    west, south, east, north = shape.bounds
    return max(east - west, north - south, 1e-9) / 64
