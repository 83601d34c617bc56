"""Reads the one shape of a structure file: GeoJSON or WKT."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from api.errors import BadPlace


def read_structure(path: Path) -> BaseGeometry:
    """The shape in the coordinates of the file; raises BadPlace where there is not exactly one sound shape."""
    try:
        text = path.read_text(encoding="utf-8-sig").strip()
    except FileNotFoundError as error:
        raise BadPlace(f"There is no file {path}.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise BadPlace(f"{path} cannot be read: {error}.") from error
    shape = _of_geojson(text, path) if text.startswith("{") else _of_wkt(text, path)
    if shape.is_empty or not np.isfinite(shapely.bounds(shape)).all():
        raise BadPlace(f"{path}: the structure is empty.")
    if not shape.is_valid:
        raise BadPlace(f"{path}: the structure is not valid: {shapely.is_valid_reason(shape)}.")
    return shapely.force_2d(shape)


def in_degrees(shape: BaseGeometry) -> bool:
    """Whether coordinates can be degrees; feet on a state grid are far larger."""
    west, south, east, north = (abs(value) for value in shape.bounds)
    return max(west, east) <= 180 and max(south, north) <= 90


def _of_wkt(text: str, path: Path) -> BaseGeometry:
    try:
        return shapely.from_wkt(text)
    except shapely.GEOSException as error:
        raise BadPlace(f"{path} is neither GeoJSON nor WKT.") from error


def _of_geojson(text: str, path: Path) -> BaseGeometry:
    try:
        return shapely.from_geojson(json.dumps(_geometry(json.loads(text), path)))
    except (ValueError, shapely.GEOSException) as error:
        raise BadPlace(f"{path} is not GeoJSON: {error}.") from error


def _geometry(document: dict[str, Any], path: Path) -> object:
    features = document.get("features")
    if isinstance(features, list):
        if len(features) != 1:
            raise BadPlace(f"{path} holds {len(features)} features; a structure file holds one. Check many as a file.")
        document = features[0]
    return document.get("geometry") if document.get("type") == "Feature" else document
