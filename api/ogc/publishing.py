"""What publishing a layer makes for its readers: the tiles of the low zooms, and the features as texts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from api.access import Caller
from api.ogc import collections
from api.ogc.collection_tiles import has_tiles, make_beforehand
from api.ogc.geojson import make_texts
from api.ogc.layer_tables import LayerTables
from api.ogc.tile_cache import TileFolder
from api.wiring import OpenCity

MANY = 2_000
"""Layers of fewer features are drawn and written as quickly when they are asked for."""


def make_low_zooms(city: OpenCity, names: Collection[str], tell: Callable[[str], None]) -> int:
    """Make the tiles of some layers as staff and as the public gets them; how many have something in them."""
    folder, made = TileFolder(city.folders.layers.parent / "tiles"), 0
    for collection in _large(city, names, ("staff", "public")):
        if has_tiles(collection):
            tell(collection.id)
            made += make_beforehand(collection, folder)
    return made


def make_all_texts(city: OpenCity, names: Collection[str], tell: Callable[[str], None]) -> int:
    """Make the features of some layers as staff and the public get them; how many files there are more."""
    made = 0
    for collection in _large(city, names, ("staff", "public")):
        tell(collection.id)
        made += make_texts(collection.table, collection.grid)
    return made


def _large(city: OpenCity, names: Collection[str], callers: tuple[Caller, ...]) -> Iterator[collections.Collection]:
    """The larger ones of some layers, as each caller sees them."""
    tables = LayerTables()
    for caller in callers:
        shelf = collections.Shelf(city, city.view(caller), tables)
        for collection in (shelf.one(name) for name in shelf.names() if name in names):
            if len(collection.table) >= MANY:
                yield collection
