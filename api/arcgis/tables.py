"""What the columns of a collection are called and how they are typed for Esri clients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from api.arcgis.numbers import Numbers, object_ids
from api.arcgis.where import Columns
from api.errors import ApiError
from api.ogc.collections import Collection
from api.ogc.feature_table import Kind, one_array
from layers.grid import Rows

OBJECT_ID, FEATURE_ID = "OBJECTID", "id"
_TYPES: dict[Kind, str] = {
    "text": "esriFieldTypeString",
    "number": "esriFieldTypeDouble",
    "date": "esriFieldTypeDate",
    "moment": "esriFieldTypeDate",
}
_DAY_MS = 86_400_000
_LONGEST_TEXT = 4_000


@dataclass(frozen=True)
class EsriTable:
    """A collection with its object ids; kept as long as the table that it is made from."""

    collection: Collection

    @cached_property
    def object_ids(self) -> Numbers:
        """The object id of each row."""
        return object_ids(self.collection.table.ids)

    @property
    def fields(self) -> list[dict[str, Any]]:
        """All fields as Esri describes them."""
        own = [
            {"name": OBJECT_ID, "type": "esriFieldTypeOID", "alias": OBJECT_ID, "editable": False, "nullable": False},
            {"name": FEATURE_ID, "type": "esriFieldTypeString", "alias": "Id", "length": _LONGEST_TEXT},
        ]
        described = self.collection.table.described
        return [*own, *(self._field(c.name, c.kind, c.title) for c in described if c.name.lower() != FEATURE_ID)]

    @cached_property
    def columns(self) -> Columns:
        """What a `where` and an order may name."""
        table = self.collection.table
        named: dict[str, tuple[Kind, pa.Array]] = {
            OBJECT_ID: ("number", pa.array(self.object_ids.astype(np.float64))),
            FEATURE_ID: ("text", table.ids),
        }
        for column in table.described:
            named.setdefault(column.name, (column.kind, one_array(table.columns.column(column.name))))
        return Columns(len(table), named)

    def chosen_fields(self, text: str) -> list[str]:
        """The names of the fields of an `outFields`; raises ApiError for an unknown one."""
        names = [field["name"] for field in self.fields]
        wanted = [name.strip() for name in text.split(",") if name.strip()]
        if not wanted or "*" in wanted:
            return names
        return [self.columns.named(name, "outFields").said for name in wanted]

    def attributes(self, rows: Rows, names: Sequence[str]) -> list[dict[str, Any]]:
        """The values of some rows; times in milliseconds since 1970."""
        chosen = pa.array(rows)
        columns = {name: _plain(self.columns.named(name).values.take(chosen)) for name in names}
        if OBJECT_ID in columns:
            columns[OBJECT_ID] = self.object_ids[rows].tolist()
        return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]

    def ordered(self, rows: Rows, text: str | None) -> Rows:
        """The rows in the order of an `orderByFields`, else of their object ids; raises ApiError."""
        by_id = rows[np.argsort(self.object_ids[rows], kind="stable")]
        if not text:
            return by_id
        keys = dict(self._key(part) for part in text.split(","))
        values = {name: self.columns.named(name).values.take(pa.array(by_id)) for name in keys}
        order = pc.sort_indices(
            pa.table({**values, "": pa.array(np.arange(len(by_id)))}), [*keys.items(), ("", "ascending")]
        )
        return np.asarray(by_id[order.to_numpy()])

    def _key(self, part: str) -> tuple[str, str]:
        name, _, way = part.strip().partition(" ")
        ways = {"": "ascending", "ASC": "ascending", "DESC": "descending"}
        if way.strip().upper() not in ways:
            raise ApiError(f"orderByFields: {part.strip()!r} cannot be read; write FIELD, FIELD ASC or FIELD DESC.")
        return self.columns.named(name, "orderByFields").said, ways[way.strip().upper()]

    def _field(self, name: str, kind: Kind, title: str) -> dict[str, Any]:
        alias = title or name.replace("_", " ").capitalize()
        field = {"name": name, "type": _TYPES[kind], "alias": alias, "editable": False, "nullable": True}
        return field | (
            {"length": _LONGEST_TEXT} if kind == "text" else {"length": 8} if "Date" in _TYPES[kind] else {}
        )


def _plain(values: pa.Array) -> list[Any]:
    if pa.types.is_date(values.type):
        return [None if day is None else day * _DAY_MS for day in values.cast(pa.int32()).to_pylist()]
    if pa.types.is_timestamp(values.type):
        return list(values.cast(pa.timestamp("ms", "UTC"), safe=False).cast(pa.int64()).to_pylist())
    if pa.types.is_floating(values.type):
        return [None if value is None or not np.isfinite(value) else value for value in values.to_pylist()]
    return list(values.to_pylist())
