"""Layers of a town as somebody edits them: features added, moved, deleted, and changed in diameter, owner or status."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import shapely
from hypothesis import strategies as st
from made_layers import GRID
from shapely.affinity import translate

from gis_ce.canonical import sha256
from layers.features import Features, LayerPart
from layers.query import LayerQuery

KINDS = ("move", "add", "bring", "delete", "diameter_in", "owner", "status", "owner_name", "grow")
FIELDS = {
    "diameter_in": (None, 4.0, 8.0, 12.0, 36.0, 96.0),
    "owner": (None, "private", "utility"),
    "status": (None, "abandoned", "active"),
    "owner_name": (None, "TOWN OF FOREST CITY", "JOHN ROE", "STATE OF NORTH CAROLINA"),
}
STEPS_FT = (0.001, 0.02, 3.0, 40.0, 400.0)


@dataclass(frozen=True)
class Edit:
    """One edit: what is done, to which layer and feature (counted round), how far, which way, to which value.

    To `bring` a feature is to add its like, so far from one of the places that are judged: it may become the nearest
    there, or the first of its kind.
    """

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
    grid = parts[0].description.grid_epsg if parts else GRID
    return LayerQuery([Features(role, of_role) for role, of_role in roles.items()], grid)


def edited(
    query: LayerQuery, edits: Sequence[Edit], *, forged: bool = False, places: Sequence[shapely.Point] = ()
) -> LayerQuery:
    """The town after some edits; layers that were edited have another version, unless they are `forged`."""
    parts = parts_of(query)
    for edit in edits:
        at = edit.layer % len(parts)
        after = _edited(parts[at], edit, places)
        parts[at] = after if not forged else replace(after, version=parts[at].version)
    return town_of(parts)


def _edited(part: LayerPart, edit: Edit, places: Sequence[shapely.Point]) -> LayerPart:
    assert isinstance(part.table, pa.Table)
    table, shapes, row = part.table, np.asarray(part.geometry, dtype=object).copy(), edit.row % max(len(part.table), 1)
    if edit.kind in FIELDS:
        if edit.kind not in table.column_names or not len(table):
            return part
        values = table.column(edit.kind).to_pylist()
        choices = FIELDS[edit.kind]
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
        if edit.kind == "bring" and places:
            away += _to(shapes[row], places[edit.value % len(places)])
        moved = translate(shapes[row], *away.tolist())
        if edit.kind == "move":
            shapes[row] = moved
        else:
            new = table.slice(row, 1)
            named = pa.array([f"{'A' if edit.value % 2 else 'Z'}{len(table)}-{edit.value}"])
            new = new.set_column(new.column_names.index("id"), "id", named)
            table = pa.concat_tables([table, new]).combine_chunks()
            shapes = np.append(shapes, np.array([moved], dtype=object))
    name = f"{part.version.name}/{sha256(f'{part.version.version} {edit}')}"
    version = replace(part.version, version=name)
    return LayerPart(version, part.description, table, shapes)


def _to(shape: shapely.Geometry, place: shapely.Point) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """From the nearest point of a shape to a place."""
    start, end = shapely.get_coordinates(shapely.shortest_line(shape, place))
    return np.asarray(end - start)
