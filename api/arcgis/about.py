"""What the service and each layer say of themselves, as Esri clients read it before they ask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.arcgis.query import MOST_FEATURES
from api.arcgis.shapes import GEOMETRY_TYPES
from api.arcgis.systems import spatial_reference
from api.arcgis.tables import FEATURE_ID, OBJECT_ID, EsriTable
from api.ogc.collections import Collection
from layers.grid import Grid
from maps.style import Look, style

VERSION = 11.1
_FORMS = "JSON, geoJSON"
_CAN = {
    "supportsPagination": True,
    "supportsOrderBy": True,
    "supportsReturningQueryExtent": True,
    "supportsStatistics": False,
    "supportsDistinct": False,
    "supportsQueryWithDistance": False,
    "supportsSqlExpression": False,
    "useStandardizedQueries": True,
}
Json = dict[str, Any]


def service_document(title: str, found: Mapping[int, Collection], grid: Grid) -> Json:
    """The service: its layers and its tables by number."""
    listed = [
        {"id": number, "name": collection.title, "type": _type(collection), "geometryType": _geometry(collection)}
        for number, collection in sorted(found.items())
    ]
    return {
        "currentVersion": VERSION,
        "serviceDescription": f"The map layers of {title}, as far as you may see them; read only.",
        "hasVersionedData": False,
        "maxRecordCount": MOST_FEATURES,
        "supportedQueryFormats": _FORMS,
        "capabilities": "Query",
        "spatialReference": spatial_reference(grid.epsg),
        "allowGeometryUpdates": False,
        "units": "esriFeet",
        "layers": [entry for entry in listed if entry["type"] == "Feature Layer"],
        "tables": [entry for entry in listed if entry["type"] == "Table"],
    }


def layer_document(number: int, table: EsriTable) -> Json:
    """One layer: its fields, extent and look, and what can be asked of it."""
    collection = table.collection
    document: Json = {
        "currentVersion": VERSION,
        "id": number,
        "name": collection.title,
        "type": _type(collection),
        "description": collection.description,
        "copyrightText": "",
        "displayField": FEATURE_ID,
        "objectIdField": OBJECT_ID,
        "globalIdField": "",
        "typeIdField": "",
        "fields": table.fields,
        "indexes": [],
        "types": [],
        "templates": [],
        "relationships": [],
        "hasAttachments": False,
        "htmlPopupType": "esriServerHTMLPopupTypeNone",
        "hasM": False,
        "hasZ": False,
        "isDataVersioned": False,
        "supportsStatistics": False,
        "supportsAdvancedQueries": True,
        "advancedQueryCapabilities": _CAN,
        "maxRecordCount": MOST_FEATURES,
        "standardMaxRecordCount": MOST_FEATURES,
        "supportedQueryFormats": _FORMS,
        "capabilities": "Query",
        "useStandardizedQueries": True,
    }
    return document if collection.geometry == "none" else document | _placed(collection)


def _placed(collection: Collection) -> Json:
    reference = spatial_reference(collection.grid.epsg)
    around = collection.table.around or (0.0, 0.0, 0.0, 0.0)
    extent = dict(zip(("xmin", "ymin", "xmax", "ymax"), around, strict=True))
    look = style().roles.get(collection.role or "")
    return {
        "geometryType": _geometry(collection),
        "sourceSpatialReference": reference,
        "extent": {**extent, "spatialReference": reference},
        "minScale": 0,
        "maxScale": 0,
        "defaultVisibility": look.shown if look else True,
        "drawingInfo": {"renderer": {"type": "simple", "symbol": _symbol(collection, look)}},
    }


def _symbol(collection: Collection, look: Look | None) -> Json:
    """The colour of our own maps (APWA's for water and sewer), so that they are the same everywhere."""
    colour = _rgba(look.colour if look else "#52606d")
    line = {"type": "esriSLS", "style": "esriSLSSolid", "color": colour, "width": look.width if look else 1.0}
    if collection.geometry == "line":
        return line | ({"style": "esriSLSDash"} if look and look.dash else {})
    if collection.geometry == "point":
        size = look.size if look else 8
        return {"type": "esriSMS", "style": "esriSMSCircle", "color": colour, "size": size, "outline": None}
    fill = _rgba(look.fill or look.colour, look.fill_opacity) if look else [0, 0, 0, 0]
    return {"type": "esriSFS", "style": "esriSFSSolid", "color": fill, "outline": line}


def _rgba(colour: str, opacity: float = 1.0) -> list[int]:
    return [*(int(colour[place : place + 2], 16) for place in (1, 3, 5)), round(255 * opacity)]


def _type(collection: Collection) -> str:
    return "Table" if collection.geometry == "none" else "Feature Layer"


def _geometry(collection: Collection) -> str | None:
    return GEOMETRY_TYPES.get(collection.geometry)
