"""Layers as collections: each layer version becomes a table of what a caller may read, once."""

from __future__ import annotations

from pathlib import Path
from threading import RLock

import pyarrow as pa

from api.access import SeenLayer, View
from api.ogc.feature_file import feature_file
from api.ogc.feature_table import ARROW, Column, FeatureTable, Kind, one_array
from api.wiring import OpenCity
from layers.catalog import ROLE_BY_NAME
from layers.features import LayerPart

_TIMES = {
    "water_main": ("installed",),
    "sewer_main": ("installed",),
    "locate_ticket": ("called_on", "expires_on"),
    "permit": ("issued_on",),
    "deed": ("recorded_on",),
    "work_order": ("opened_on", "closed_on"),
}
"""The fields that say when a feature was: a day, or a first and a last one."""

_KINDS: dict[str, Kind] = {"text": "text", "number": "number", "date": "date"}


class LayerTables:
    """The tables of the layer versions that are asked for; those of versions that nobody sees any more are dropped."""

    def __init__(self) -> None:
        self._tables: dict[tuple[str, tuple[str, ...]], FeatureTable] = {}
        self._lock = RLock()

    def of(self, city: OpenCity, view: View, layer: SeenLayer) -> FeatureTable:
        """The table of a layer with the fields that the view may read."""
        role = ROLE_BY_NAME[layer.description.role]
        allowed = view.fields([field.name for field in role.fields], role.name)
        key = (layer.version.version, allowed)
        with self._lock:
            if key not in self._tables:
                self._forget_old(city)
                self._tables[key] = _table(_part(city, view, layer), role.name, allowed, city.store.folder)
            return self._tables[key]

    def _forget_old(self, city: OpenCity) -> None:
        """Of versions that are no longer current, the two that were opened last stay: maps on screens still ask."""
        current = {version.version for version in city.store.current().values()}
        old = [key for key in self._tables if key[0] not in current]
        for key in old[:-2]:
            del self._tables[key]


def _part(city: OpenCity, view: View, layer: SeenLayer) -> LayerPart:
    """The layer's part of its role's features, which share its shapes; a reference table is read by itself."""
    if view.query.has(layer.description.role):
        for part in view.query.features(layer.description.role).parts:
            if part.version.version == layer.version.version:
                return part
    return city.store.part(layer.version.version)


def _table(part: LayerPart, role_name: str, allowed: tuple[str, ...], store: Path) -> FeatureTable:
    role = ROLE_BY_NAME[role_name]
    described = [Column(field.name, _KINDS[field.kind]) for field in role.fields if field.name in allowed]
    stored = part.table
    columns = {
        column.name: stored.column(column.name).cast(ARROW[column.kind]).combine_chunks()
        if column.name in stored.column_names
        else pa.nulls(stored.num_rows, ARROW[column.kind])
        for column in described
    }
    ids = stored.column("id").cast(pa.string()).combine_chunks()
    times = tuple(name for name in _TIMES.get(role_name, ()) if name in columns)
    texts_at = feature_file(store, part.version.version, columns)
    return FeatureTable(one_array(ids), pa.table(columns), described, part.shapes, times, texts_at)
