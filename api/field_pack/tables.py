"""What a field pack holds: tables with shapes of one kind each, and how they are drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from shapely.geometry.base import BaseGeometry

from api.access import View
from api.ogc.layer_tables import LayerTables
from api.wiring import OpenCity
from layers.boxes import rows_in_area
from layers.grid import Geometries
from layers.snapshot import GEOMETRY
from maps.qgis.project import DrawnLayer, label_of
from maps.qgis.symbols import Shape
from maps.style import Look, style

_SHAPES: Mapping[str, Shape] = {
    "Point": "Point",
    "MultiPoint": "Point",
    "LineString": "LineString",
    "MultiLineString": "LineString",
    "LinearRing": "LineString",
    "Polygon": "Polygon",
    "MultiPolygon": "Polygon",
}
_WORDS: Mapping[Shape, str] = {"Point": "points", "LineString": "lines", "Polygon": "areas"}
_STAYS = ("mail_name", "mail_address", "mail_city", "mail_state", "mail_zip")
"""Where owners get their mail is needed by letters, not in the field: a lost tablet does not have it."""


@dataclass(frozen=True, slots=True)
class PackTable:
    """One table of a pack; `table` has WKB on the grid in its column `geometry` where it has shapes."""

    drawn: DrawnLayer
    table: pa.Table

    def __len__(self) -> int:
        return int(self.table.num_rows)


def layer_tables(city: OpenCity, view: View, area: BaseGeometry) -> list[PackTable]:
    """Every layer that the view shows, as far as it lies in an area, with the fields that may be read."""
    tables, found = LayerTables(), []
    for name, layer in sorted(view.layers.items()):
        look = style().roles.get(layer.description.role)
        if look is None:
            continue
        whole = tables.of(city, view, layer)
        rows = rows_in_area(whole.shapes, whole.boxes, area)
        columns = {"id": whole.ids.take(pa.array(rows))}
        columns |= {
            column.name: whole.columns.column(column.name).take(pa.array(rows))
            for column in whole.described
            if column.name not in _STAYS and column.name != "id"
        }
        shapes = np.asarray(whole.shapes[rows], dtype=object)
        found += by_shape(f"layer_{name}", f"{look.title} ({name})", look, columns, shapes)
    return found


def by_shape(
    name: str, title: str, look: Look, columns: Mapping[str, Any], shapes: Geometries, label: str | None = None
) -> list[PackTable]:
    """A table for each kind of shape among the rows (points, lines, areas); a kind of its own needs no other name."""
    kinds = np.array([_SHAPES.get(shape.geom_type) if shape is not None else None for shape in shapes], dtype=object)
    present = [shape for shape in _WORDS if (kinds == shape).any()]
    made = []
    for shape in present:
        rows = np.flatnonzero(kinds == shape)
        suffix = f"_{_WORDS[shape]}" if len(present) > 1 else ""
        table = pa.table({column: _taken(values, rows) for column, values in columns.items()})
        table = table.append_column(GEOMETRY, pa.array(list(shapely.to_wkb(_many(shapes[rows], shape))), pa.binary()))
        names = tuple(columns)
        drawn = DrawnLayer(f"{name}{suffix}", title, shape, look, names, label or label_of(look, names), look.shown)
        made.append(PackTable(drawn, table))
    return made


def _many(shapes: Geometries, shape: Shape) -> Geometries:
    """Lines and areas as those of many parts, so that a table has one kind; points as they are."""
    if shape == "Point":
        return np.array([each if each.geom_type == "Point" else each.representative_point() for each in shapes])
    many = shapely.MultiLineString if shape == "LineString" else shapely.MultiPolygon
    made = np.empty(len(shapes), dtype=object)
    made[:] = [each if each.geom_type.startswith("Multi") else many([each]) for each in shapes]
    return made


def _taken(values: Any, rows: Any) -> Any:
    if isinstance(values, (pa.Array, pa.ChunkedArray)):
        return values.take(pa.array(rows))
    return [values[row] for row in rows]


def plain_table(name: str, title: str, rows: Sequence[Mapping[str, object]], columns: Iterable[str]) -> PackTable:
    """A table without shapes."""
    names = tuple(columns)
    table = pa.table({column: pa.array([row[column] for row in rows], pa.string()) for column in names})
    return PackTable(DrawnLayer(name, title, None, None, names), table)
