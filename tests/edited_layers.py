"""Layers of a town as somebody edits them: features added, moved, deleted, and changed in diameter, owner or status."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import shapely
from hypothesis import strategies as st
from shapely.affinity import translate

from layers.features import Features, LayerPart
from layers.query import LayerQuery

KINDS = ("move", "add", "delete", "diameter_in", "owner", "status", "owner_name", "grow")
_VALUES = {
    "diameter_in": (None, 4.0, 8.0, 12.0, 36.0, 96.0),
    "owner": (None, "private", "utility"),
    "status": (None, "abandoned", "active"),
    "owner_name": (None, "TOWN OF FOREST CITY", "JOHN ROE", "STATE OF NORTH CAROLINA"),
}
STEPS_FT = (0.001, 0.02, 3.0, 40.0, 400.0)


@dataclass(frozen=True)
class Edit:
    """One edit: what is done, to which layer and feature (counted round), how far, which way, to which value."""

    kind: str
    layer: int
    row: int
    step_ft: float
    angle: float
    value: int


EDITS = st.builds(
    Edit,
    st.sampled_from(KINDS),
    st.integers(0, 50),
    st.integers(0, 5000),
    st.sampled_from(STEPS_FT),
    st.floats(0, 6.28),
    st.integers(0, 50),
)


def parts_of(query: LayerQuery) -> list[LayerPart]:
    """All layers of a town."""
    return [part for role in query.roles for part in query.features(role).parts]


def town_of(parts: Sequence[LayerPart]) -> LayerQuery:
    """A town of some layers."""
    roles: dict[str, list[LayerPart]] = {}
    for part in parts:
        roles.setdefault(part.description.role, []).append(part)
    return LayerQuery([Features(role, of_role) for role, of_role in roles.items()], parts[0].description.grid_epsg)


def edited(query: LayerQuery, edits: Sequence[Edit], number: int = 1) -> LayerQuery:
    """The town after some edits; layers that were edited have another version."""
    parts = parts_of(query)
    for edit in edits:
        at = edit.layer % len(parts)
        parts[at] = _edited(parts[at], edit, number)
    return town_of(parts)


def _edited(part: LayerPart, edit: Edit, number: int) -> LayerPart:
    assert isinstance(part.table, pa.Table)
    table, shapes, row = part.table, np.asarray(part.geometry, dtype=object).copy(), edit.row % max(len(part.table), 1)
    if edit.kind in _VALUES:
        if edit.kind not in table.column_names or not len(table):
            return part
        values = table.column(edit.kind).to_pylist()
        choices = _VALUES[edit.kind]
        values[row] = choices[edit.value % len(choices)]
        column = pa.array(values, table.schema.field(edit.kind).type)
        table = table.set_column(table.column_names.index(edit.kind), edit.kind, column)
    elif edit.kind == "delete":
        if len(table) < 2:
            return part
        kept = np.delete(np.arange(len(table)), row)
        table, shapes = table.take(pa.array(kept)), shapes[kept]
    elif edit.kind == "grow":
        if shapely.get_dimensions(shapes[row]) == 2 and edit.step_ft < 100:
            shapes[row] = shapely.buffer(shapes[row], edit.step_ft, join_style="mitre")
    else:
        away = edit.step_ft * np.array([np.cos(edit.angle), np.sin(edit.angle)])
        moved = translate(shapes[row], *away.tolist())
        if edit.kind == "move":
            shapes[row] = moved
        else:
            new = table.slice(row, 1)
            named = pa.array([f"{'A' if edit.value % 2 else 'Z'}{len(table)}-{edit.value}"])
            new = new.set_column(new.column_names.index("id"), "id", named)
            table = pa.concat_tables([table, new]).combine_chunks()
            shapes = np.append(shapes, np.array([moved], dtype=object))
    version = replace(part.version, version=f"{part.version.name}/{number:064x}")
    return LayerPart(version, part.description, table, shapes)
