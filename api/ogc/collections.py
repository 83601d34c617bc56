"""What a caller finds under /collections: every layer that they may see, and for staff what comes of cases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
import shapely

from api.access import SeenLayer, View, is_public
from api.case_office import CaseOffice
from api.errors import NotThere
from api.ogc.case_tables import CASE_KINDS, CaseKind, CaseTables
from api.ogc.feature_table import FeatureTable
from api.ogc.layer_tables import LayerTables
from api.wiring import OpenCity
from gis_ce.errors import StoreNotReady
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
    geometry: GeometryKind | Literal["mixed"]
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


def _nobody() -> CaseOffice | None:
    return None


@dataclass(frozen=True)
class Shelf:
    """The collections of one request; each is opened when it is asked for. `office` is None for who may see no case."""

    city: OpenCity
    view: View
    tables: LayerTables
    cases: CaseTables = field(default_factory=CaseTables)
    office: Callable[[], CaseOffice | None] = _nobody

    def names(self) -> list[str]:
        """The ids of the collections that are layers."""
        return list(self.view.layers)

    def all(self) -> list[Collection]:
        """All collections; without those of cases where the case store cannot be worked with."""
        return [self.one(name) for name in (*self.names(), *(kind.id for kind in self._case_kinds()))]

    def point_names(self) -> list[str]:
        """The ids of the collections of cases whose features are points, for clients that want one kind of shape."""
        return [kind.id for kind in self._case_kinds() if kind.geometry == "point"]

    def one(self, name: str) -> Collection:
        """The collection of that id; raises NotThere alike for unknown and for hidden ones, StoreNotReady."""
        layer = self.view.layers.get(name)
        if layer is not None:
            return _of_layer(layer, self.tables.of(self.city, self.view, layer), self.city.grid)
        kind = next((kind for kind in CASE_KINDS if kind.id == name), None)
        office = self.office() if kind is not None else None
        if kind is None or office is None:
            raise NotThere(f"There is no collection {name!r} here; /collections lists those that there are.")
        version, table = self.cases.of(office, kind)
        return Collection(kind.id, kind.title, kind.said, "staff", kind.geometry, version, table, self.city.grid)

    def _case_kinds(self) -> list[CaseKind]:
        try:
            office = self.office()
        except StoreNotReady:
            return []
        return [kind for kind in CASE_KINDS if kind.id not in self.view.layers] if office is not None else []

    def one_of_version(self, name: str, version: str, called: Callable[[Collection], str]) -> Collection:
        """The collection in the version that is called so: the present one, or one that is still kept.

        Raises NotThere. Who may see the layer now may see what it was.
        """
        present = self.one(name)
        if called(present) == version:
            return present
        for entry in reversed(self.city.store.history(name)):
            old = SeenLayer(entry, self.city.store.part(entry.version).description)
            if self.view.caller != "public" or is_public(old.description, self.city.city):
                found = _of_layer(old, self.tables.of(self.city, self.view, old), self.city.grid)
                if called(found) == version:
                    return found
        raise NotThere(f"The collection {name!r} has no version {version!r} any more; ask for its TileJSON again.")


def _of_layer(layer: SeenLayer, table: FeatureTable, grid: Grid) -> Collection:
    said = layer.description
    role = ROLE_BY_NAME[said.role]
    look = style().roles.get(role.name)
    words = look.title if look else role.name.replace("_", " ").capitalize() + "s"
    return Collection(
        id=said.name,
        title=f"{words} ({said.name})" if look and words.lower().replace(" ", "_") != said.name else words,
        description=f"{words}: {said.basis}, as of {layer.version.as_of}{how_good(role.geometry, said.sigma_ft)}.",
        audience="public" if said.audience == "public" else "staff",
        geometry=role.geometry,
        version=layer.version.version,
        table=table,
        grid=grid,
        role=role.name,
    )


def how_good(geometry: str, sigma_ft: float) -> str:
    """How good the places of a layer are; a table has none."""
    if geometry == "none":
        return ""
    return f"; positions to {sigma_ft:g} ft on one axis" if sigma_ft else "; positions taken as exact"
