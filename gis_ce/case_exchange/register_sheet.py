"""A register as one table."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import shapely

from gis_ce.register_entry import Filling, RegisterEntry, Value
from layers.snapshot import GEOMETRY

_NUMBERS = ("number", "money")
_DAYS = pa.date32()
_FIXED: tuple[tuple[str, pa.DataType], ...] = (
    ("number", pa.string()),
    ("type", pa.string()),
    ("status", pa.string()),
    ("since", _DAYS),
    ("title", pa.string()),
    ("case_status", pa.string()),
    ("event_on", _DAYS),
    ("opened_on", _DAYS),
    ("address", pa.string()),
    ("parcel_id", pa.string()),
)


def register_table(entries: Sequence[RegisterEntry], filling: Filling) -> pa.Table:
    """The entries in their order, with the events they came from and the column `geometry` (WKB on the grid)."""
    arrays = {name: pa.array([getattr(entry, name) for entry in entries], kind) for name, kind in _FIXED}
    for column in filling.register.columns:
        name = f"{column.name}_noted" if column.name in arrays else column.name
        arrays[name] = _column([entry.values[column.name] for entry in entries], _kind(filling, column.name))
    events = ["; ".join(f"{event.id} {event.step or event.kind}" for event in entry.events) for entry in entries]
    shapes = [None if entry.place is None else bytes(shapely.to_wkb(entry.place)) for entry in entries]
    return pa.table({**arrays, "from_events": pa.array(events, pa.string()), GEOMETRY: pa.array(shapes, pa.binary())})


def _kind(filling: Filling, name: str) -> pa.DataType:
    """The kind of a column, the same whatever entries there are."""
    column = next(each for each in filling.register.columns if each.name == name)
    if column.origin == "day_of":
        return _DAYS
    if column.origin != "field":
        return pa.string()
    fields = [filling.processes[name].field(column.of) for name in filling.register.processes]
    types = {field.type for field in fields if field is not None}
    if types <= set(_NUMBERS):
        return pa.float64()
    return _DAYS if types == {"date"} else pa.string()


def _column(values: Sequence[Value], kind: pa.DataType) -> pa.Array:
    if kind == pa.float64():
        return pa.array([None if value is None else float(str(value)) for value in values], kind)
    if kind == _DAYS:
        return pa.array([None if value is None else str(value) for value in values], pa.string()).cast(kind)
    return pa.array([None if value is None else str(value) for value in values], kind)
