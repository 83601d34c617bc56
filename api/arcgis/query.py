"""One query of a feature layer: its parameters read strictly, the rows it asks for, and the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from api.arcgis.shapes import GEOMETRY_TYPES, area_of, written
from api.arcgis.systems import spatial_reference, system_of
from api.arcgis.tables import OBJECT_ID, EsriTable
from api.arcgis.where import rows_where
from api.errors import ApiError
from api.ogc.feature_table import Mask
from api.ogc.geojson import collection_text, feature_texts
from api.ogc.reference_systems import CRS84, System, system_named
from layers.boxes import rows_in_area
from layers.grid import Rows

MOST_FEATURES = 2_000
Given = Mapping[str, str]
Json = dict[str, Any]
_CHANGING = (
    "outStatistics",
    "groupByFieldsForStatistics",
    "having",
    "time",
    "distance",
    "gdbVersion",
    "historicMoment",
)
_MOST_IDS = 10_000


@dataclass(frozen=True, slots=True)
class Asked:
    """What a query asks for; `rows` are those that match, in the order asked for."""

    table: EsriTable
    rows: Rows
    fields: list[str]
    system: System
    epsg: int
    first: int
    count: int
    with_geometry: bool

    @property
    def page(self) -> Rows:
        """The rows of this answer."""
        return self.rows[self.first : self.first + self.count]

    @property
    def more(self) -> bool:
        """Whether rows come behind this page."""
        return len(self.rows) > self.first + self.count


def asked_of(table: EsriTable, given: Given) -> Asked:
    """The query of a request; raises ApiError for what cannot be read or would be left out of account."""
    for name in _CHANGING:
        if given.get(name, "").strip() not in ("", "0"):
            raise ApiError(f"{name}: this service does not answer queries with it; leave it out.")
    if _flag(given, "returnDistinctValues"):
        raise ApiError("returnDistinctValues: this service does not answer queries with it; leave it out.")
    grid = table.collection.grid
    default = str(given.get("outSR") or "")
    system, epsg = system_of(default, grid, "outSR")
    rows = np.flatnonzero(_matching(table, given))
    return Asked(
        table,
        table.ordered(rows, given.get("orderByFields")),
        table.chosen_fields(given.get("outFields", "")),
        system,
        epsg,
        _whole(given, "resultOffset", 0),
        min(_whole(given, "resultRecordCount", MOST_FEATURES) or MOST_FEATURES, MOST_FEATURES),
        _flag(given, "returnGeometry", default=True) and table.collection.geometry != "none",
    )


def answer(asked: Asked, given: Given) -> Json:
    """The answer as Esri JSON: a count, ids, an extent, or a page of features."""
    if _flag(given, "returnCountOnly"):
        counted = {"count": len(asked.rows)}
        return counted | ({"extent": _extent(asked)} if _flag(given, "returnExtentOnly") else {})
    if _flag(given, "returnIdsOnly"):
        return {"objectIdFieldName": OBJECT_ID, "objectIds": asked.table.object_ids[asked.rows].tolist()}
    if _flag(given, "returnExtentOnly"):
        return {"extent": _extent(asked), "count": len(asked.rows)}
    return _features(asked)


def geojson(asked: Asked) -> bytes:
    """The page as GeoJSON: degrees unless another system was asked for, the object id as the feature's id."""
    collection = asked.table.collection
    system = system_named(CRS84, collection.grid, "outSR") if asked.epsg == collection.grid.epsg else asked.system
    texts = feature_texts(collection.table, asked.page, system, collection.grid)
    return collection_text(texts, {"exceededTransferLimit": asked.more})


def _features(asked: Asked) -> Json:
    table, rows = asked.table, asked.page
    attributes = table.attributes(rows, asked.fields)
    found: Json = {"objectIdFieldName": OBJECT_ID, "globalIdFieldName": ""}
    features: list[Json] = [{"attributes": values} for values in attributes]
    if asked.with_geometry:
        collection = table.collection
        shapes = written(np.asarray(collection.table.shapes[rows], dtype=object), asked.system, collection.grid)
        for feature, shape in zip(features, shapes, strict=True):
            if shape is not None:
                feature["geometry"] = shape
        found["geometryType"] = GEOMETRY_TYPES[collection.geometry]
        found["spatialReference"] = spatial_reference(asked.epsg)
    found["fields"] = [field for field in table.fields if field["name"] in asked.fields]
    return found | {"features": features} | ({"exceededTransferLimit": True} if asked.more else {})


def _matching(table: EsriTable, given: Given) -> Mask:
    mask = rows_where(given.get("where") or "1=1", table.columns)
    if ids := given.get("objectIds", "").strip():
        mask &= np.isin(table.object_ids, _ids(ids))
    if geometry := given.get("geometry", "").strip():
        mask &= _in_area(table, area_of(geometry, _kind(given), given.get("inSR"), table.collection.grid), given)
    return mask


def _in_area(table: EsriTable, area: BaseGeometry | None, given: Given) -> Mask:
    """Which features stand to an area as `spatialRel` says: by measure to 0.01 ft, by boxes, or by containing."""
    collection, relation = table.collection, given.get("spatialRel") or "esriSpatialRelIntersects"
    inside = np.zeros(len(collection.table), dtype=bool)
    if area is None:
        return inside
    if relation == "esriSpatialRelEnvelopeIntersects":
        inside[collection.table.boxes.meeting(area.bounds)] = True
        return inside
    rows = rows_in_area(collection.table.shapes, collection.table.boxes, area)
    if relation in ("esriSpatialRelContains", "esriSpatialRelWithin"):
        shapes = np.asarray(collection.table.shapes[rows], dtype=object)
        turned = (area, shapes) if relation.endswith("Contains") else (shapes, area)
        rows = rows[shapely.covers(*turned)]
    elif relation != "esriSpatialRelIntersects":
        raise ApiError(
            f"spatialRel: {relation!r} is not answered; these are: esriSpatialRelIntersects, "
            "esriSpatialRelEnvelopeIntersects, esriSpatialRelContains, esriSpatialRelWithin."
        )
    inside[rows] = True
    return inside


def _extent(asked: Asked) -> Json | None:
    collection = asked.table.collection
    shapes = asked.system.leave(np.asarray(collection.table.shapes[asked.rows], dtype=object), collection.grid)
    west, south, east, north = shapely.total_bounds(shapes).tolist() if len(shapes) else [float("nan")] * 4
    if not np.isfinite([west, south, east, north]).all():
        return None
    corners = {"xmin": west, "ymin": south, "xmax": east, "ymax": north}
    return {**corners, "spatialReference": spatial_reference(asked.epsg)}


def _ids(text: str) -> list[int]:
    parts = [part.strip() for part in text.split(",")]
    if len(parts) > _MOST_IDS:
        raise ApiError(f"objectIds: {len(parts):,} are asked for; at most {_MOST_IDS:,} at once.")
    if wrong := [part for part in parts if not (part.isascii() and part.isdigit()) or len(part) > 10]:
        raise ApiError(f"objectIds: {wrong[0]!r} is no object id; they are whole numbers.")
    return [int(part) for part in parts]


def _kind(given: Given) -> str | None:
    kind = given.get("geometryType") or None
    known = (*GEOMETRY_TYPES.values(), "esriGeometryEnvelope", "esriGeometryMultipoint")
    if kind is not None and kind not in known:
        raise ApiError(f"geometryType: {kind!r} is not known; these are: {', '.join(known)}.")
    return kind


def _whole(given: Given, name: str, default: int) -> int:
    text = given.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit()) or len(text) > 10:
        raise ApiError(f"{name}: {text[:20]!r} is no whole number from 0 on.")
    return int(text)


def _flag(given: Given, name: str, *, default: bool = False) -> bool:
    text = given.get(name, "").strip().lower()
    if text not in ("", "true", "false"):
        raise ApiError(f"{name}: {text!r} is neither true nor false.")
    return default if not text else text == "true"
