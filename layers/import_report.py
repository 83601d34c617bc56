"""From what ingest remarked to the report that people read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as pc
import shapely
from shapely.geometry.base import BaseGeometry

from layers.compare import LayerDifference
from layers.grid import Geometries, Grid
from layers.model import LayerDeclaration
from layers.prepare import Prepared
from layers.remarks import Remarks
from layers.report import NOTES_LISTED, SAMPLE_SIZE, ImportReport, RowNote
from layers.sources.table import SourceTable

_SAMPLE_DETAIL_FT = 2.0
_SAMPLE_VERTICES = 20_000
"""The most vertices of one shape in a small map; the right of way of a large town has millions in one."""
_HALVINGS = 20


@dataclass(frozen=True, slots=True)
class Notes:
    """Every note on a row, uncut, by what happened to it."""

    repaired: tuple[RowNote, ...]
    rejected: tuple[RowNote, ...]
    values: tuple[RowNote, ...]
    duplicates: tuple[RowNote, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the end of an import knows beyond the rows."""

    version: str
    previous: str | None
    difference: LayerDifference | None
    warnings: tuple[str, ...]
    foot_note: str
    folder: Path
    seconds: float


def notes_of(source: SourceTable, rows: Prepared, grid: Grid) -> Notes:
    """The remarks with each row's number, name and place."""
    return Notes(
        repaired=_notes(rows.repaired, source, rows, grid),
        rejected=_notes(rows.rejected, source, rows, grid) + _not_in_table(source),
        values=_notes(rows.unread, source, rows, grid),
        duplicates=_notes(rows.duplicates, source, rows, grid),
    )


def import_report(
    declaration: LayerDeclaration, source: SourceTable, rows: Prepared, notes: Notes, grid: Grid, outcome: Outcome
) -> ImportReport:
    """The report of a layer that was imported."""
    sample, bounds = _sample(rows.geometry, grid)
    return ImportReport(
        layer=declaration.name,
        role=declaration.role_name,
        source=source_name(declaration),
        version=outcome.version,
        previous=outcome.previous,
        unchanged=outcome.version == outcome.previous,
        folder=outcome.folder,
        rows_read=len(source.source_row) + len(_not_in_table(source)),
        rows_left_out=rows.rows_left_out,
        rows_written=rows.columns.num_rows,
        repaired_count=len(notes.repaired),
        repaired=notes.repaired[:NOTES_LISTED],
        rejected_count=len(notes.rejected),
        rejected=notes.rejected[:NOTES_LISTED],
        values_count=len(notes.values),
        values=notes.values[:NOTES_LISTED],
        duplicates=len(notes.duplicates),
        duplicate_examples=notes.duplicates[:NOTES_LISTED],
        doubled_keys=rows.doubled_keys,
        missing_keys=rows.missing_keys,
        exploded=rows.exploded,
        dissolved=rows.dissolved,
        nulls=_nulls(declaration, rows),
        **_differences(outcome.difference),
        warnings=(*rows.warnings, *outcome.warnings),
        grid_note=rows.grid_note,
        datum_note=rows.datum_note,
        foot_note=outcome.foot_note,
        seconds=outcome.seconds,
        sample=sample,
        bounds_lonlat=bounds,
    )


def source_name(declaration: LayerDeclaration) -> str:
    """What the city file calls the source, without user, password or token."""
    if declaration.derivation is not None:
        return f"derived ({declaration.derivation.kind}) from {', '.join(declaration.derivation.inputs)}"
    named = declaration.source or ""
    scheme, mark, rest = named.partition("://")
    if mark:
        named = scheme + mark + rest.partition("?")[0].rpartition("@")[2]
    return f"{named}, {declaration.source_layer}" if declaration.source_layer else named


def _notes(found: Remarks, source: SourceTable, rows: Prepared, grid: Grid) -> tuple[RowNote, ...]:
    places = _places(rows.on_grid[found.rows], grid)
    names = rows.keys[found.rows]
    numbers = source.source_row[found.rows].tolist()
    return tuple(
        RowNote(number, name, reason, *place)
        for number, name, reason, place in zip(numbers, names, found.reasons, places, strict=True)
    )


def _not_in_table(source: SourceTable) -> tuple[RowNote, ...]:
    """Rows that the reader could not even put into its table."""
    known = set(source.source_row.tolist()) if source.unreadable else set()
    return tuple(note for note in source.unreadable if note.source_row not in known)


def _places(shapes: Geometries, grid: Grid) -> list[tuple[float | None, float | None]]:
    bounds = shapely.bounds(shapes)
    middle = np.asarray(shapely.points((bounds[:, :2] + bounds[:, 2:]) / 2))
    xy = shapely.get_coordinates(grid.to_lonlat(middle)) if len(middle) else np.empty((0, 2))
    found = np.full((len(shapes), 2), np.nan)
    found[~shapely.is_empty(middle)] = xy
    return [(round(x, 7), round(y, 7)) if np.isfinite(x + y) else (None, None) for x, y in found.tolist()]


def _nulls(declaration: LayerDeclaration, rows: Prepared) -> dict[str, int]:
    needed = [field.name for field in declaration.role.fields if field.needed_by]
    return {name: int(pc.sum(pc.is_null(rows.columns.column(name))).as_py() or 0) for name in needed}


def _differences(found: LayerDifference | None) -> dict[str, Any]:
    if found is None:
        return {}
    counts = {kind: len(getattr(found, kind)) for kind in ("added", "removed", "moved", "changed")}
    return {**counts, "changes": found.samples}


def _sample(shapes: Geometries | None, grid: Grid) -> tuple[tuple[Any, ...], tuple[float, float, float, float] | None]:
    if shapes is None:
        return (), None
    drawn = [_drawable(shape) for shape in shapes[:: -(-len(shapes) // SAMPLE_SIZE)]]
    some = shapely.simplify(np.array(drawn, dtype=object), _SAMPLE_DETAIL_FT)
    west, south, east, north = shapely.total_bounds(shapes)
    around = grid.to_lonlat(np.array([shapely.box(west, south, east, north)], dtype=object))
    box = shapely.total_bounds(around).tolist()
    return tuple(grid.to_lonlat(np.asarray(some))), (box[0], box[1], box[2], box[3])


def _drawable(shape: BaseGeometry) -> BaseGeometry:
    """The shape, or part of a very large one around one of its vertices: simplifying takes the square of its size."""
    if shapely.get_num_coordinates(shape) <= _SAMPLE_VERTICES:
        return shape
    west, south, east, north = shape.bounds
    wide, high = east - west, north - south
    xy = shapely.get_coordinates(shape)
    x, y = xy[len(xy) // 2]
    for _ in range(_HALVINGS):
        if shapely.get_num_coordinates(shape) <= _SAMPLE_VERTICES:
            break
        wide, high = wide / 2, high / 2
        shape = shapely.clip_by_rect(shape, x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)
    return shape
