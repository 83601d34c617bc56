"""Towns that stand both in our layers and in PostGIS, with every uncertainty set to nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from oracle_tables import Connection

from layers.city import read_city
from layers.demo_town import make_town
from layers.features import Features
from layers.ingest import import_city
from layers.model import City
from layers.query import LayerQuery
from layers.report import ImportReport
from layers.versions import LayerStore

ROOT = Path(__file__).resolve().parent.parent
TODAY = date(2026, 3, 2)


@dataclass(frozen=True)
class Town:
    """A town's layers, and a connection whose tables hold the same."""

    name: str
    query: LayerQuery
    oracle: Connection


def real_town(data: Path, folder: Path) -> LayerQuery:
    """Forest City, imported from its published files as its city file declares."""
    declared = ROOT / "examples" / "forest-city" / "city.toml"
    return _imported(read_city(declared, data_folder=data / "forest-city-nc"), folder)


def demo_town(folder: Path) -> LayerQuery:
    """The made-up town of 20,000 parcels, imported from the sources it is drawn into."""
    return _imported(read_city(make_town(folder / "sources", "town")), folder)


def _imported(city: City, folder: Path) -> LayerQuery:
    store = LayerStore(folder / "layers")
    made = import_city(city, store, today=TODAY, now=datetime(2026, 3, 2, tzinfo=UTC), reports=folder / "reports")
    assert [report for report in made if not isinstance(report, ImportReport)] == []
    return store.open(network=city.network)


def exact(query: LayerQuery) -> LayerQuery:
    """The same layers, as if each were where it says to the hair."""
    features = []
    for role in query.roles:
        parts = query.features(role).parts
        sure = [replace(part, description=replace(part.description, sigma_ft=0.0)) for part in parts]
        features.append(Features(role, sure))
    return LayerQuery(features, query.grid_epsg, query.network_settings)
