"""The documents about the data: landing page, collections, queryables."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from api.ogc.collection_tiles import has_tiles
from api.ogc.collections import Collection
from api.ogc.feature_table import Kind
from api.ogc.forms import HTML, JSON
from api.ogc.item_forms import ITEM_FORMS
from api.ogc.links import OPENAPI, SCHEMA, Addresses, Link, link
from api.ogc.reference_systems import CRS84, storage_system, systems
from api.ogc.tile_documents import TILESETS

Document = dict[str, Any]

_GREGORIAN = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"
_QUERYABLES = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
_GRIDS = "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes"
_PROCESSES = "http://www.opengis.net/def/rel/ogc/1.0/processes"
_STYLES = "http://www.opengis.net/def/rel/ogc/1.0/styles"
_SCHEMAS: dict[Kind, Document] = {
    "text": {"type": "string"},
    "number": {"type": "number"},
    "date": {"type": "string", "format": "date"},
    "moment": {"type": "string", "format": "date-time"},
}
_GEOMETRY_FORMATS = {"point": "geometry-point", "line": "geometry-linestring", "polygon": "geometry-polygon"}


def landing_links(to: Addresses) -> list[Link]:
    """What leads on from the landing page."""
    return [
        link(to.under("api"), "service-desc", OPENAPI, "The description of this API (OpenAPI 3.0)"),
        link(to.under("api.html"), "service-doc", HTML, "The description of this API as a page"),
        link(to.under("conformance"), "conformance", JSON, "Which parts of which standards are followed"),
        link(to.under("collections"), "data", JSON, "The collections"),
        link(to.under("processes"), _PROCESSES, JSON, "What can be run"),
        link(to.under("tileMatrixSets"), _GRIDS, JSON, "The grids of the tiles"),
        link(to.under("styles"), _STYLES, JSON, "Styles for the tiles"),
    ]


def collection_document(collection: Collection, to: Addresses) -> Document:
    """One collection as it stands in the list of all, with the links that lead on."""
    document: Document = {
        "id": collection.id,
        "title": collection.title,
        "description": collection.description,
        "itemType": "feature",
        "extent": _extent(collection),
        "crs": list(systems(collection.grid)),
        "storageCrs": storage_system(collection.grid),
        "links": _collection_links(collection, to),
    }
    return document


def _collection_links(collection: Collection, to: Addresses) -> list[Link]:
    items = to.collection(collection.id, "items")
    links = [
        link(items if word == "json" else f"{items}?f={word}", "items", media, f"{collection.title}, as {media}")
        for word, media in ITEM_FORMS.items()
    ]
    if has_tiles(collection):
        links.append(link(to.collection(collection.id, "tiles"), TILESETS, JSON, "Vector tiles"))
    links.append(link(to.collection(collection.id, "queryables"), _QUERYABLES, SCHEMA, "What can be filtered by"))
    return links


def _extent(collection: Collection) -> Document:
    extent: Document = {}
    if collection.extent_lonlat is not None:
        box = [round(number, 8) for number in collection.extent_lonlat]
        extent["spatial"] = {"bbox": [box], "crs": CRS84}
    first, last = collection.table.times_around()
    if first is not None or last is not None:
        extent["temporal"] = {"interval": [[_moment(first), _moment(last)]], "trs": _GREGORIAN}
    return extent


def _moment(value: object) -> str | None:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return f"{value.isoformat()}T00:00:00Z" if isinstance(value, date) else None


def queryables(collection: Collection, to: Addresses) -> Document:
    """A JSON Schema of what the features can be filtered by; unknown properties are refused."""
    properties: Document = {"id": {"type": "string", "x-ogc-role": "id", "title": "The feature's id"}}
    for column in collection.table.described:
        said = column.title or column.name.replace("_", " ")
        properties[column.name] = {**_SCHEMAS[column.kind], "title": said[:1].upper() + said[1:]}
    if collection.geometry != "none":
        form = _GEOMETRY_FORMATS.get(collection.geometry, "geometry-any")
        properties["geometry"] = {"x-ogc-role": "primary-geometry", "format": form, "title": "The feature's shape"}
    for number, name in enumerate(collection.table.times):
        word = "instant" if len(collection.table.times) == 1 else ("interval-start", "interval-end")[number]
        properties[name]["x-ogc-role"] = f"primary-{word}"
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": to.collection(collection.id, "queryables"),
        "type": "object",
        "title": collection.title,
        "properties": properties,
        "additionalProperties": False,
    }
