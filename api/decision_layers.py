"""Earlier layer versions, as looking again at decisions asks for them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from api.wiring import OpenCity
from gis_ce.actions.reproducing import OpenLayers
from gis_ce.decision_areas import PartOf
from layers.errors import VersionMissing
from layers.features import LayerPart
from layers.query import LayerQuery


def kept_part(city: OpenCity) -> PartOf:
    """Gives the layer of a version id; None where it is kept no longer."""

    def part_of(version: str) -> LayerPart | None:
        try:
            return city.store.part(version)
        except VersionMissing:
            return None

    return part_of


def as_they_were(city: OpenCity) -> OpenLayers:
    """Opens layer versions, each as it spoke of a day."""

    def open_layers(versions: Mapping[str, str], days: Mapping[str, date]) -> LayerQuery:
        own = city.city
        return city.store.open(versions, grid_epsg=own.grid_epsg, as_of=days, network=own.network)

    return open_layers
