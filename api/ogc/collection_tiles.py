"""The tiles of a collection: which there are, and how one is made."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import pyarrow as pa

from api.access import OWNERS
from api.errors import NotThere
from api.ogc.collections import Collection
from api.ogc.feature_table import FeatureTable
from api.ogc.geojson import time_texts
from api.ogc.tile_cache import MadeTile, TileCache, TileFolder, compressed
from maps.style import style
from maps.tile_grid import MOST_ZOOM, Tile, tiles_over
from maps.tiles import TileSource, tile_content

SET = "WebMercatorQuad"
OVERVIEW = 2
"""So many zooms before a layer is drawn on the officers' map its tiles begin, without properties."""
MOST_MADE_BEFOREHAND = 14
_UNDRAWN_FROM = 10
_KINDS: dict[str, int] = {"point": 1, "line": 2, "polygon": 3}


@dataclass(frozen=True, slots=True)
class Zooms:
    """The zooms of a collection's tiles; below `details` they have no properties."""

    first: int
    details: int
    last: int = MOST_ZOOM


def has_tiles(collection: Collection) -> bool:
    """Whether a collection has tiles: its features have places, all of one kind."""
    return collection.geometry in _KINDS


def zooms_of(collection: Collection) -> Zooms:
    """From which zoom on a collection has tiles: facilities to the zoom whose grid is a tenth of a foot."""
    look = style().roles.get(collection.role or "")
    drawn = min(look.min_zoom, MOST_ZOOM) if look is not None else _UNDRAWN_FROM
    return Zooms(max(drawn - OVERVIEW, 0), drawn)


def short_version(collection: Collection) -> str:
    """The version of a collection as it stands in the addresses of its tiles: content and columns."""
    columns = ",".join(column.name for column in collection.table.described)
    return hashlib.sha256(f"{collection.version} {columns}".encode()).hexdigest()[:16]


def tile_named(collection: Collection, zoom: str, column: str, row: str) -> Tile:
    """The tile of three numbers; raises NotThere for what is none, or out of range."""
    numbers = [
        int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else -1 for text in (zoom, column, row)
    ]
    tile, range_ = Tile(*numbers), zooms_of(collection)
    if not has_tiles(collection):
        raise NotThere(
            f"The collection {collection.id} has no tiles: its features have no place, or places of several kinds."
        )
    if not range_.first <= tile.zoom <= range_.last:
        raise NotThere(f"{collection.id} has tiles of the zooms {range_.first} to {range_.last}, not of {zoom!r}.")
    if not tile.exists:
        last = (1 << tile.zoom) - 1
        raise NotThere(f"At zoom {tile.zoom} columns and rows go from 0 to {last}; {column!r}, {row!r} is none.")
    return tile


def made_tile(collection: Collection, tile: Tile, cache: TileCache, folder: TileFolder) -> MadeTile:
    """A tile from the cache, from the folder of those made beforehand, or made now."""
    name = short_version(collection)

    def make() -> MadeTile:
        kept = folder.read(name, tile.zoom, tile.column, tile.row) if tile.zoom <= MOST_MADE_BEFOREHAND else None
        return kept or drawn_tile(collection, tile)

    return cache.get((collection.id, name, tile), make)


def drawn_tile(collection: Collection, tile: Tile) -> MadeTile:
    """A tile, made."""
    details = tile.zoom >= zooms_of(collection).details
    return compressed(tile_content(_source(collection), tile, with_columns=details))


def make_beforehand(collection: Collection, folder: TileFolder, most_zoom: int = MOST_MADE_BEFOREHAND) -> int:
    """Make the tiles of the low zooms, which hold most and cost most; how many have something in them."""
    made, range_, extent = 0, zooms_of(collection), collection.extent_lonlat
    if extent is None or not has_tiles(collection):
        return made
    for zoom in range(range_.first, min(most_zoom, range_.last) + 1):
        west, east, north, south = tiles_over(extent, zoom)
        for column in range(west, east + 1):
            for row in range(north, south + 1):
                found = drawn_tile(collection, Tile(zoom, column, row))
                folder.write(short_version(collection), zoom, column, row, found)
                made += bool(found.content)
    return made


def is_labelled(collection: Collection) -> bool:
    """Whether its tiles have a second layer, with one point for each area."""
    look = style().roles.get(collection.role or "")
    return collection.geometry == "polygon" and bool(look and look.label)


def _source(collection: Collection) -> TileSource:
    table = collection.table
    return TileSource(
        name=collection.id,
        shapes=table.shapes,
        boxes=table.boxes,
        columns=_columns(table),
        grid=collection.grid,
        kind=_KINDS[collection.geometry],
        labelled=is_labelled(collection),
    )


def _columns(table: FeatureTable) -> dict[str, pa.Array]:
    """The properties, with the id; times as texts. No tile names an owner: who may know asks feature by feature."""
    return {name: values for name, values in table.tile_columns(time_texts).items() if name not in OWNERS}
