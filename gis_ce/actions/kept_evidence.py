"""The evidence of an answer as a decision keeps it: GeoJSON on the grid in feet, with the facts that were measured."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis_ce.checks.check import Evidence, Findings
from gis_ce.tables import Json

_MANY_CORNERS = 200
_AROUND_FT = 500.0
"""How far around the rest of the evidence a shape of many corners is kept (a street net, the limits of a town)."""


def kept_evidence(evidence: Sequence[Evidence], found: Findings, row: int) -> Json:
    """A FeatureCollection; `facts` are what was measured. A shape that was cut to what is near says `clipped`."""
    drawn = [item for item in evidence if item.geometry is not None and not item.geometry.is_empty]
    window = _window([item.geometry for item in drawn])
    return {
        "type": "FeatureCollection",
        "features": [_feature(item, window) for item in drawn],
        "facts": _facts(found, row),
    }


def known(value: Any) -> float | None:
    """A number, or None where it was not measured."""
    return float(value) if np.isfinite(value) else None


def _feature(item: Evidence, window: BaseGeometry | None) -> Json:
    shape, clipped = shapely.force_2d(item.geometry), False
    if window is not None and _large(shape) and not window.contains(shape):
        near = shapely.intersection(shape, window)
        shape, clipped = (near, True) if not near.is_empty else (shape, False)
    properties = {"kind": item.kind, "label": item.label, "role": item.role, "modelled": item.modelled}
    if clipped:
        properties["clipped"] = True
    return {"type": "Feature", "geometry": json.loads(shapely.to_geojson(shape)), "properties": properties}


def _window(shapes: Sequence[BaseGeometry]) -> BaseGeometry | None:
    small = np.array([shape for shape in shapes if not _large(shape)], dtype=object)
    if not len(small):
        return None
    west, south, east, north = shapely.total_bounds(small).tolist()
    window: BaseGeometry = shapely.box(west - _AROUND_FT, south - _AROUND_FT, east + _AROUND_FT, north + _AROUND_FT)
    return window


def _large(shape: BaseGeometry) -> bool:
    return int(shapely.get_num_coordinates(shape)) > _MANY_CORNERS


def _facts(found: Findings, row: int) -> Json:
    columns = {name: values for name, values in found.measures.facts.items() if not name.endswith("_row")}
    values = {name: _plain(column[row]) for name, column in columns.items()}
    return {name: value for name, value in values.items() if value is not None}


def _plain(value: Any) -> Any:
    if isinstance(value, np.floating | float):
        return known(value)
    if isinstance(value, np.generic):
        return value.item()
    return value if value is None or isinstance(value, bool | int) else str(value)
