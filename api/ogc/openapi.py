"""The description of the OGC API in OpenAPI 3.0.3, as true for the caller as the answers are."""

from __future__ import annotations

from typing import Any

from api.ogc.collection_tiles import SET, has_tiles
from api.ogc.collections import Collection, Shelf
from api.ogc.descriptions import queryables
from api.ogc.forms import GEOJSON, HTML, JSON
from api.ogc.item_forms import ITEM_FORMS
from api.ogc.links import OPENAPI, SCHEMA, Addresses
from api.ogc.openapi_parts import (
    PARAMETERS,
    PROBLEM_ANSWERS,
    SCHEMAS,
    execution,
    operation,
    parameter,
    refers,
)
from api.ogc.tile_documents import MVT, STYLE
from api.version import running_version

Document = dict[str, Any]
_TAGS = {"Capabilities": "What there is", "Data": "Features and tiles", "Processes": "What can be run"}


def api_document(shelf: Shelf, to: Addresses) -> Document:
    """All paths, each collection with its own: what one can be asked is not what another can."""
    paths: Document = {}
    paths |= _fixed_paths()
    for collection in shelf.all():
        paths |= _collection_paths(collection, to)
    return {
        "openapi": "3.0.3",
        "info": {
            "title": f"GIS-CE: {shelf.city.city.name}",
            "version": running_version(),
            "description": "Map layers as OGC API Features. Undecided is an answer; what you may not see is not there.",
        },
        "servers": [{"url": to.root, "description": "This service"}],
        "tags": [
            {"name": "Capabilities", "description": "What there is"},
            {"name": "Data", "description": "Features"},
            {"name": "Processes", "description": "What can be run"},
        ],
        "paths": paths,
        "components": {
            "schemas": SCHEMAS,
            "parameters": PARAMETERS,
            "responses": PROBLEM_ANSWERS,
            "securitySchemes": {"account": {"type": "http", "scheme": "basic"}},
        },
        "security": [{}, {"account": []}],
    }


def _fixed_paths() -> Document:
    both = {JSON: "", HTML: ""}
    return {
        "/": operation("landingPage", "What there is, and where", {JSON: "landingPage", HTML: ""}, refers("f")),
        "/conformance": operation(
            "conformance", "Which parts of which standards are followed", both | {JSON: "confClasses"}, refers("f")
        ),
        "/api": operation("api", "This description", {OPENAPI: "object", HTML: ""}, refers("f")),
        "/api.html": operation("apiPage", "This description as a page", {HTML: ""}, refers("fHtml")),
        "/tileMatrixSets": operation("grids", "The grids of tiles", both | {JSON: "object"}, refers("f")),
        f"/tileMatrixSets/{SET}": operation("grid", f"The grid {SET}", {JSON: "object"}, refers("fJson")),
        "/styles": operation("styles", "Styles for the tiles", {JSON: "object"}, refers("fJson")),
        "/styles/town": operation("townStyle", "As the officers' map draws it", {STYLE: "object"}, refers("fJson")),
        "/processes": operation("processes", "What can be run", both | {JSON: "object"}, refers("f")),
        "/processes/{processId}": operation(
            "process",
            "One process with its inputs",
            {JSON: "object"},
            refers("processId", "fJson"),
            more=("404", "406"),
        ),
        "/processes/{processId}/execution": execution(),
        "/collections": operation("collections", "All collections", both | {JSON: "collections"}, refers("f")),
    }


def _collection_paths(collection: Collection, to: Addresses) -> Document:
    path = f"/collections/{collection.id}"
    own = collection.id
    page = operation(
        f"{own}.items",
        f"Features of {collection.title}",
        {media: "featureCollection" if media == GEOJSON else "" for media in ITEM_FORMS.values()},
        [*refers("fItems", *_LIST), *_properties(collection, to)],
        tag="Data",
        more=("404", "406"),
        headers=("Content-Crs",),
    )
    one = operation(
        f"{own}.item",
        f"One feature of {collection.title}",
        {GEOJSON: "feature", HTML: ""},
        refers("featureId", "f", "crs"),
        tag="Data",
        more=("404", "406"),
        headers=("Content-Crs",),
    )
    return {
        path: operation(own, collection.title, {JSON: "collection", HTML: ""}, refers("f"), more=("404", "406")),
        f"{path}/queryables": operation(
            f"{own}.queryables",
            f"What {collection.title} can be filtered by",
            {SCHEMA: "object", HTML: ""},
            refers("f"),
            more=("404", "406"),
        ),
        **(_tile_paths(collection) if has_tiles(collection) else {}),
        f"{path}/items": page,
        f"{path}/items/{{featureId}}": one,
    }


def _tile_paths(collection: Collection) -> Document:
    own, path = collection.id, f"/collections/{collection.id}/tiles"
    lost = ("404", "406")
    tile = operation(
        f"{own}.tile",
        f"One tile of {collection.title}",
        {MVT: ""},
        refers("tileMatrix", "tileRow", "tileCol", "fTile"),
        tag="Data",
        more=lost,
    )
    tile["get"]["responses"]["204"] = {"description": "Nothing is drawn in this tile"}
    sets = {JSON: "object", HTML: ""}
    return {
        path: operation(f"{own}.tilesets", f"Tile sets of {collection.title}", sets, refers("f"), more=lost),
        f"{path}/{SET}": operation(
            f"{own}.tileset", f"Tiles of {collection.title}", sets, refers("fTileSet"), more=lost
        ),
        f"{path}/{SET}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}": tile,
    }


_LIST = ("limit", "bbox", "bboxCrs", "crs", "datetime", "after", "filter", "filterLang", "filterCrs")


def _properties(collection: Collection, to: Addresses) -> list[Document]:
    """A parameter for each property: the features that have exactly that value."""
    said = queryables(collection, to)["properties"]
    return [
        parameter(
            column.name,
            f"Only features whose {column.name} is exactly this.",
            {key: said[column.name][key] for key in ("type", "format") if key in said[column.name]},
        )
        for column in collection.table.described
    ]
