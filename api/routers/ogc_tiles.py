"""/ogc/collections/{c}/tiles and /tiles: vector tiles of every layer that the caller may see."""

from __future__ import annotations

import gzip

from fastapi.responses import Response

from api.errors import NotThere
from api.ogc import pages
from api.ogc.asking import Asking, TheAsking
from api.ogc.collection_tiles import SET, has_tiles, made_tile, short_version, tile_named
from api.ogc.collections import Collection
from api.ogc.forms import HTML, JSON, PLAIN
from api.ogc.links import ROOT
from api.ogc.selection import single
from api.ogc.tile_cache import MadeTile
from api.ogc.tile_documents import (
    MVT,
    STYLE,
    grid_document,
    grid_list,
    style_list,
    tile_json,
    tile_set,
    tile_sets,
    town_style,
)
from api.strict_json import Router

landing = Router(prefix=ROOT, include_in_schema=False)
collections = Router(include_in_schema=False)
plain = Router(include_in_schema=False)

_FOR_EVER = "max-age=31536000, immutable"


@landing.get("/tileMatrixSets")
def get_grids(asking: TheAsking) -> Response:
    """The grids of tiles."""
    form = asking.form(single(asking.request.query_params, ("f",)))
    document = grid_list(asking.to)
    if form == "html":
        rows = [(each["id"], each["title"]) for each in document["tileMatrixSets"]]
        return asking.html(pages.listing_page("Grids of tiles", rows, ("Id", "Title"), asking.to))
    return asking.json(document)


@landing.get("/tileMatrixSets/{name}")
def get_grid(name: str, asking: TheAsking) -> Response:
    """One grid of tiles."""
    asking.only_json()
    _refuse_other_grids(name)
    return asking.json(grid_document())


@landing.get("/styles")
def get_styles(asking: TheAsking) -> Response:
    """The styles."""
    asking.only_json()
    return asking.json(style_list(asking.to))


@landing.get("/styles/{name}")
def get_style(name: str, asking: TheAsking) -> Response:
    """One style."""
    asking.only_json()
    if name != "town":
        raise NotThere(f"There is no style {name!r} here; there is `town`.")
    return asking.json(town_style(asking.shelf, asking.to), STYLE)


@collections.get("/collections/{name}/tiles")
def get_tile_sets(name: str, asking: TheAsking) -> Response:
    """The tile sets of a collection."""
    collection = _with_tiles(asking, name)
    form = asking.form(single(asking.request.query_params, ("f",)), PLAIN)
    document = tile_sets(collection, asking.to)
    if form == "html":
        rows = [(each["title"], each["tileMatrixSetURI"]) for each in document["tilesets"]]
        return asking.html(pages.listing_page("Tile sets", rows, ("Title", "Grid"), asking.to))
    return asking.json(document)


@collections.get("/collections/{name}/tiles/{grid}")
def get_tile_set(name: str, grid: str, asking: TheAsking) -> Response:
    """One tile set, as the standard or as TileJSON describes it."""
    collection = _with_tiles(asking, name)
    _refuse_other_grids(grid)
    form = asking.form(single(asking.request.query_params, ("f",)), {"json": JSON, "tilejson": JSON, "html": HTML})
    if form == "tilejson":
        return asking.json(tile_json(collection, asking.to))
    document = tile_set(collection, asking.to)
    if form == "html":
        facts: dict[str, object] = {"Grid": SET, "Zooms": str(document["layers"][0]["minTileMatrix"]) + " to 18"}
        return asking.html(pages.plain_page(f"Tiles of {collection.title}", facts, asking.to, document["links"][:4]))
    return asking.json(document)


@collections.get("/collections/{name}/tiles/{grid}/{zoom}/{row}/{column}")
def get_tile(name: str, grid: str, zoom: str, row: str, column: str, asking: TheAsking) -> Response:
    """One tile of the present version; rows come before columns."""
    collection = _with_tiles(asking, name)
    _refuse_other_grids(grid)
    asking.form(single(asking.request.query_params, ("f",)), {"mvt": MVT})
    kept = asking.headers()["Cache-Control"]
    return _tile(asking, collection, (zoom, column, row), kept)


@plain.get("/tiles/{name}/{version}/{zoom}/{column}/{row}.mvt")
def get_versioned_tile(name: str, version: str, zoom: str, column: str, row: str, asking: TheAsking) -> Response:
    """One tile of a version, for ever the same; columns come before rows."""
    single(asking.request.query_params, ())
    collection = asking.shelf.one_of_version(name, version, short_version)
    shared = "public" if asking.caller == "public" else "private"
    return _tile(asking, collection, (zoom, column, row), f"{shared}, {_FOR_EVER}")


def _with_tiles(asking: Asking, name: str) -> Collection:
    collection = asking.shelf.one(name)
    if not has_tiles(collection):
        raise NotThere(f"The collection {name!r} has no tiles: its features have no place, or places of several kinds.")
    return collection


def _refuse_other_grids(name: str) -> None:
    if name != SET:
        raise NotThere(f"There is no grid of tiles {name!r} here; there is {SET}.")


def _tile(asking: Asking, collection: Collection, place: tuple[str, str, str], kept: str) -> Response:
    tile = tile_named(collection, *place)
    state = asking.request.app.state
    found: MadeTile = made_tile(collection, tile, state.tile_cache, state.tile_folder)
    headers = asking.headers(found.tag) | {"Cache-Control": kept, "Vary": "Accept-Encoding, Authorization, Origin"}
    known = asking.request.headers.get("if-none-match", "").split(",")
    if found.tag in (part.strip().removeprefix("W/") for part in known):
        return Response(status_code=304, headers=headers)
    if not found.content:
        return Response(status_code=204, headers=headers)
    if "gzip" in asking.request.headers.get("accept-encoding", ""):
        return Response(found.content, media_type=MVT, headers=headers | {"Content-Encoding": "gzip"})
    return Response(gzip.decompress(found.content), media_type=MVT, headers=headers)
