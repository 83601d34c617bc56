"""What publishing a layer makes for its readers: the tiles of the low zooms, which hold most and cost most."""

from __future__ import annotations

from collections.abc import Callable, Collection

from api.ogc.collection_tiles import has_tiles, make_beforehand
from api.ogc.collections import Shelf
from api.ogc.layer_tables import LayerTables
from api.ogc.tile_cache import TileFolder
from api.wiring import OpenCity

MANY = 2_000
"""Layers of fewer features are drawn as quickly when they are asked for."""


def make_low_zooms(city: OpenCity, names: Collection[str], tell: Callable[[str], None]) -> int:
    """Make the tiles of some layers as staff and as the public gets them; how many have something in them."""
    folder, tables, made = TileFolder(city.folders.layers.parent / "tiles"), LayerTables(), 0
    for caller in ("staff", "public"):
        shelf = Shelf(city, city.view("staff" if caller == "staff" else "public"), tables)
        for name in (name for name in shelf.names() if name in names):
            collection = shelf.one(name)
            if has_tiles(collection) and len(collection.table) >= MANY:
                tell(name)
                made += make_beforehand(collection, folder)
    return made
