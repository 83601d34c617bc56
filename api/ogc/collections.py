"""What a caller finds under /collections: every layer that they may see, and for staff what comes of cases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import shapely

from api.access import SeenLayer, View, is_public
from api.errors import NotThere
from api.ogc.feature_table import FeatureTable
from api.ogc.layer_tables import LayerTables
from api.wiring import OpenCity
from layers.catalog import ROLE_BY_NAME, GeometryKind
from layers.grid import Grid
from maps.style import style

Extent = tuple[float, float, float, float]


@dataclass(frozen=True)
class Collection:
    """One collection as one caller sees it. `version` changes with its content."""

    id: str
    title: str
    description: str
    audience: Literal["public", "staff"]
    geometry: GeometryKind
    version: str
    table: FeatureTable
    grid: Grid
    role: str | None = None

    @cached_property
    def extent_lonlat(self) -> Extent | None:
        """West, south, east, north of its features in degrees; None where nothing has a place."""
        around = self.table.around
        if around is None:
            return None
        east, north = np.linspace(around[0], around[2], 17), np.linspace(around[1], around[3], 17)
        points = np.asarray(shapely.points(*np.meshgrid(east, north)), dtype=object).ravel()
        moved = shapely.total_bounds(self.grid.to_lonlat(points))
        return tuple(moved.tolist())


@dataclass(frozen=True)
class Shelf:
    """The collections of one request; each is opened when it is asked for."""

    city: OpenCity
    view: View
    tables: LayerTables

    def names(self) -> list[str]:
        """The ids of all collections."""
        return list(self.view.layers)

    def all(self) -> list[Collection]:
        """All collections."""
        return [self.one(name) for name in self.names()]

    def one(self, name: str) -> Collection:
        """The collection of that id; raises NotThere alike for unknown and for hidden ones."""
        layer = self.view.layers.get(name)
        if layer is None:
            raise NotThere(f"There is no collection {name!r} here; /collections lists those that there are.")
        return _of_layer(layer, self.tables.of(self.city, self.view, layer), self.city.grid)

    def one_of_version(self, name: str, version: str, called: Callable[[Collection], str]) -> Collection:
        """The collection in the version that is called so: the present one, or one that is still kept.

        Raises NotThere. Who may see the layer now may see what it was.
        """
        present = self.one(name)
        if called(present) == version:
            return present
        for entry in reversed(self.city.store.history(name)):
            old = SeenLayer(entry, self.city.store.part(entry.version).description)
            if self.view.caller == "staff" or is_public(old.description, self.city.city):
                found = _of_layer(old, self.tables.of(self.city, self.view, old), self.city.grid)
                if called(found) == version:
                    return found
        raise NotThere(f"The collection {name!r} has no version {version!r} any more; ask for its TileJSON again.")


def _of_layer(layer: SeenLayer, table: FeatureTable, grid: Grid) -> Collection:
    said = layer.description
    role = ROLE_BY_NAME[said.role]
    look = style().roles.get(role.name)
    words = look.title if look else role.name.replace("_", " ").capitalize() + "s"
    quality = f"{said.basis}, as of {layer.version.as_of}; positions to {said.sigma_ft:g} ft on one axis"
    return Collection(
        id=said.name,
        title=f"{words} ({said.name})" if look and words.lower().replace(" ", "_") != said.name else words,
        description=f"{words}: {quality}.",
        audience="public" if said.audience == "public" else "staff",
        geometry=role.geometry,
        version=layer.version.version,
        table=table,
        grid=grid,
        role=role.name,
    )
