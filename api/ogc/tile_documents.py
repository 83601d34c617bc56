"""The documents about tiles: the grid of tiles, the tile sets of a collection, TileJSON, styles."""

from __future__ import annotations

from typing import Any

from api.ogc.collection_tiles import SET, has_tiles, is_labelled, short_version, zooms_of
from api.ogc.collections import Collection, Shelf
from api.ogc.forms import JSON
from api.ogc.links import Addresses, Link, link
from api.ogc.reference_systems import CRS84
from maps.map_style import Shown, map_style
from maps.tile_grid import HALF_M, MOST_ZOOM, tiles_over
from maps.tiles import LABELS_FROM

Document = dict[str, Any]
MVT = "application/vnd.mapbox-vector-tile"
STYLE = "application/vnd.mapbox.style+json"
SET_URI = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad"
TILESETS = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"
_SCHEME = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme"
_GEODATA = "http://www.opengis.net/def/rel/ogc/1.0/geodata"
_CRS = "http://www.opengis.net/def/crs/EPSG/0/3857"
_PIXEL_M = 0.00028
_KINDS = {"point": 0, "line": 1, "polygon": 2}


def grid_list(to: Addresses) -> Document:
    """The grids of tiles that there are: one."""
    links = [link(to.under("tileMatrixSets", SET), "self", JSON, "The tiles of the web's maps")]
    return {
        "tileMatrixSets": [{"id": SET, "title": "Google Maps Compatible for the World", "uri": SET_URI, "links": links}]
    }


def grid_document() -> Document:
    """WebMercatorQuad as the standard defines it, to the last zoom that is served."""
    matrices = []
    for zoom in range(MOST_ZOOM + 1):
        across = 1 << zoom
        cell = 2 * HALF_M / across / 256
        matrices.append(
            {
                "id": str(zoom),
                "scaleDenominator": cell / _PIXEL_M,
                "cellSize": cell,
                "pointOfOrigin": [-HALF_M, HALF_M],
                "tileWidth": 256,
                "tileHeight": 256,
                "matrixWidth": across,
                "matrixHeight": across,
            }
        )
    return {
        "id": SET,
        "title": "Google Maps Compatible for the World",
        "uri": SET_URI,
        "crs": _CRS,
        "orderedAxes": ["X", "Y"],
        "wellKnownScaleSet": "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible",
        "tileMatrices": matrices,
    }


def tile_sets(collection: Collection, to: Addresses) -> Document:
    """The tile sets of a collection: one."""
    address = to.collection(collection.id, "tiles")
    own = link(f"{address}/{SET}", "self", JSON, f"{collection.title}: vector tiles")
    entry = {**_head(collection), "links": [own, _scheme(to)]}
    return {"links": [link(address, "self", JSON, "This document")], "tilesets": [entry]}


def tile_set(collection: Collection, to: Addresses) -> Document:
    """What there is to know of the tiles of a collection."""
    range_, address = zooms_of(collection), to.collection(collection.id, "tiles", SET)
    template = f"{address}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}"
    links: list[Link] = [
        link(address, "self", JSON, "This document"),
        link(f"{address}?f=tilejson", "describedby", JSON, "The same as TileJSON"),
        _scheme(to),
        link(to.collection(collection.id), _GEODATA, JSON, collection.title),
        {**link(template, "item", MVT, "One tile"), "templated": True},  # type: ignore[dict-item]
    ]
    layer = {
        "id": collection.id,
        "title": collection.title,
        "dataType": "vector",
        "geometryDimension": _KINDS[collection.geometry],
        "minTileMatrix": str(range_.first),
        "maxTileMatrix": str(range_.last),
        "propertiesSchema": {"type": "object", "properties": _properties(collection)},
    }
    limits = {"tileMatrixSetLimits": _limits(collection)} if collection.extent_lonlat else {}
    return {**_head(collection), **limits, **_box(collection), "layers": [layer], "links": links}


def tile_json(collection: Collection, to: Addresses) -> Document:
    """TileJSON 3.0; its addresses name the version and never change their content."""
    range_ = zooms_of(collection)
    drawn = {
        "id": collection.id,
        "description": collection.title,
        "minzoom": range_.first,
        "maxzoom": range_.last,
        "fields": {name: said["type"].capitalize() for name, said in _properties(collection).items()},
    }
    labels = {**drawn, "id": f"{collection.id}_labels", "minzoom": LABELS_FROM}
    version = short_version(collection)
    document: Document = {
        "tilejson": "3.0.0",
        "name": collection.title,
        "description": collection.description,
        "version": "1.0.0",
        "scheme": "xyz",
        "tiles": [f"{to.site}/tiles/{collection.id}/{version}/{{z}}/{{x}}/{{y}}.mvt"],
        "minzoom": range_.first,
        "maxzoom": range_.last,
        "vector_layers": [drawn, labels] if is_labelled(collection) else [drawn],
    }
    if collection.extent_lonlat is not None:
        document["bounds"] = [round(number, 7) for number in collection.extent_lonlat]
    return document


def town_style(shelf: Shelf, to: Addresses) -> Document:
    """All layers that the caller may see, as the officers' map draws them."""
    layers = [
        Shown(each.id, each.role, each.geometry, f"{to.collection(each.id, 'tiles', SET)}?f=tilejson")
        for each in shelf.all()
        if has_tiles(each)
    ]
    return map_style(shelf.city.city.name, layers)


def style_list(to: Addresses) -> Document:
    """The styles that there are: one."""
    links = [link(to.under("styles", "town"), "stylesheet", STYLE, "As the officers' map draws it")]
    return {"styles": [{"id": "town", "title": "As the officers' map draws it", "links": links}]}


def _head(collection: Collection) -> Document:
    return {"title": collection.title, "dataType": "vector", "crs": _CRS, "tileMatrixSetURI": SET_URI}


def _scheme(to: Addresses) -> Link:
    return link(to.under("tileMatrixSets", SET), _SCHEME, JSON, "The grid of the tiles")


def _limits(collection: Collection) -> list[Document]:
    assert collection.extent_lonlat is not None
    range_, limits = zooms_of(collection), []
    for zoom in range(range_.first, range_.last + 1):
        west, east, north, south = tiles_over(collection.extent_lonlat, zoom)
        limits.append(
            {
                "tileMatrix": str(zoom),
                "minTileRow": north,
                "maxTileRow": south,
                "minTileCol": west,
                "maxTileCol": east,
            }
        )
    return limits


def _box(collection: Collection) -> Document:
    if collection.extent_lonlat is None:
        return {}
    west, south, east, north = collection.extent_lonlat
    return {"boundingBox": {"lowerLeft": [west, south], "upperRight": [east, north], "crs": CRS84}}


def _properties(collection: Collection) -> Document:
    kinds = {"text": "string", "number": "number"}
    own = {column.name: {"type": kinds.get(column.kind, "string")} for column in collection.table.described}
    return {"id": {"type": "string"}, **own}
