"""From a source as it was read to the rows of a snapshot: pure, and nothing is dropped without a remark."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import shapely

from layers.dissolve import dissolved, shared_values
from layers.errors import IngestRefused
from layers.fields import key_texts, mapped, refuse_missing_fields, rows_that_count
from layers.grid import Geometries
from layers.identity import Identities, identities
from layers.model import City, LayerDeclaration
from layers.order import hilbert_order
from layers.placing import placed
from layers.remarks import NO_REMARKS, Positions, Remarks, Texts, joined, remarks
from layers.repair import repaired, single_parts
from layers.sources.table import SourceTable


@dataclass(frozen=True, slots=True)
class Shaped:
    """Geometry ready to be written: `owner` is the source row of each. Remarks count source rows."""

    geometry: Geometries | None
    owner: Positions
    on_grid: Geometries
    repaired: Remarks
    rejected: Remarks
    exploded: int
    grid_note: str
    datum_note: str


@dataclass(frozen=True, slots=True)
class Prepared:
    """The rows of a snapshot (`columns` with id and source_row), and what happened on the way.

    Remarks count rows of the source table; `on_grid` and `keys` are that table's places and names.
    """

    columns: pa.Table
    geometry: Geometries | None
    on_grid: Geometries
    keys: Texts
    rows_left_out: int
    repaired: Remarks
    rejected: Remarks
    unread: Remarks
    duplicates: Remarks
    doubled_keys: int
    missing_keys: int
    exploded: int
    dissolved: int
    warnings: tuple[str, ...]
    grid_note: str
    datum_note: str


def prepared(source: SourceTable, declaration: LayerDeclaration, city: City) -> Prepared:
    """The rows to be written. Raises IngestRefused or GridError where the layer must not be published."""
    total = len(source.source_row)
    if not total:
        raise IngestRefused(f"{declaration.name}: {source.description} is empty: it has no rows.")
    refuse_missing_fields(source.columns, declaration)
    rows = rows_that_count(source.columns, total, declaration)
    if not len(rows):
        raise IngestRefused(f"{declaration.name}: none of the {total:,} rows has a value that `only` keeps.")
    shaped = _shaped(source, rows, declaration, city)
    if not len(shaped.owner):
        raise IngestRefused(_nothing_usable(shaped.rejected, declaration, len(rows)))
    fields = mapped(source.columns, shaped.owner, declaration, city.time_zone)
    keys = key_texts(source.columns, declaration)
    texts = np.full(total, None, dtype=object) if keys is None else np.asarray(keys.to_numpy(), dtype=object)
    done = _written_rows(source, shaped, fields.columns, declaration)
    return replace(
        done,
        keys=texts,
        rows_left_out=total - len(rows),
        unread=_once(fields.unread.on(shaped.owner)),
        warnings=fields.warnings,
    )


def _shaped(source: SourceTable, rows: Positions, declaration: LayerDeclaration, city: City) -> Shaped:
    kind = declaration.role.geometry
    nowhere = np.full(len(source.source_row), None, dtype=object)
    if kind == "none":
        note = "A reference table: it has no geometry."
        return Shaped(None, rows, nowhere, NO_REMARKS, NO_REMARKS, 0, note, note)
    if source.geometry is None:
        raise IngestRefused(f"{declaration.name}: {source.description} has no geometry; a {kind} layer needs one.")
    found = placed(source.geometry[rows], source.crs, declaration, city)
    nowhere[rows] = found.geometry
    inside = found.geometry.copy()
    inside[found.rejected.rows] = None
    mended = repaired(inside, kind)
    rejected = _first_of(joined([found.rejected, mended.rejected]).on(rows), source)
    alive = np.flatnonzero(~shapely.is_missing(mended.geometry))
    shapes, part_of = mended.geometry[alive], np.arange(len(alive))
    if declaration.role.single_parts:
        shapes, part_of = single_parts(shapes)
    split = int(np.count_nonzero(np.bincount(part_of, minlength=1) > 1))
    return Shaped(
        shapes,
        rows[alive[part_of]],
        nowhere,
        mended.repaired.on(rows),
        rejected,
        split,
        found.grid_note,
        found.datum_note,
    )


def _first_of(rejected: Remarks, source: SourceTable) -> Remarks:
    """One reason a row: the first found; where the reader itself said why, that one."""
    rows, first = np.unique(rejected.rows, return_index=True)
    why = {note.source_row: note.reason for note in source.unreadable}
    numbers = source.source_row[rows].tolist()
    return remarks(
        rows, [why.get(number, reason) for number, reason in zip(numbers, rejected.reasons[first], strict=True)]
    )


def _once(unread: Remarks) -> Remarks:
    """Each remark once, although a row of several parts has it once a part."""
    pairs = dict.fromkeys(zip(unread.rows.tolist(), unread.reasons, strict=True))
    return remarks(np.array([row for row, _ in pairs], dtype=np.intp), [reason for _, reason in pairs])


def _written_rows(source: SourceTable, shaped: Shaped, columns: pa.Table, declaration: LayerDeclaration) -> Prepared:
    geometry, owner, joined_rows = shaped.geometry, shaped.owner, 0
    if declaration.role.dissolve and geometry is not None:
        geometry, into = dissolved(geometry)
        columns = shared_values(columns, into, len(geometry))
        joined_rows = len(owner) - len(geometry)
        owner = _first_owner(owner, into, len(geometry))
    found = identities(columns, declaration.role.key, geometry)
    kept = np.flatnonzero(found.twin_of == np.arange(len(owner)))
    order = kept[hilbert_order(found.ids[kept], None if geometry is None else geometry[kept])]
    table = columns.take(pa.array(order)).add_column(0, "id", pa.array(found.ids[order], pa.string()))
    table = table.append_column("source_row", pa.array(source.source_row[owner[order]], pa.int64()))
    return Prepared(
        columns=table.combine_chunks(),
        geometry=None if geometry is None else geometry[order],
        on_grid=shaped.on_grid,
        keys=np.empty(0, dtype=object),
        rows_left_out=0,
        repaired=shaped.repaired,
        rejected=shaped.rejected,
        unread=NO_REMARKS,
        duplicates=_duplicates(source, owner, found),
        doubled_keys=found.doubled_keys,
        missing_keys=found.missing_keys,
        exploded=shaped.exploded,
        dissolved=joined_rows,
        warnings=(),
        grid_note=shaped.grid_note,
        datum_note=shaped.datum_note,
    )


def _first_owner(owner: Positions, into: Positions, groups: int) -> Positions:
    first = np.full(groups, np.iinfo(np.intp).max, dtype=np.intp)
    np.minimum.at(first, into, owner)
    return first


def _duplicates(source: SourceTable, owner: Positions, found: Identities) -> Remarks:
    twins = np.flatnonzero(found.twin_of != np.arange(len(owner)))
    first = source.source_row[owner[found.twin_of[twins]]]
    return remarks(owner[twins], (f"equal to row {number}, written once" for number in first.tolist()))


def _nothing_usable(rejected: Remarks, declaration: LayerDeclaration, total: int) -> str:
    reason, count = Counter(rejected.reasons.tolist()).most_common(1)[0]
    return f"{declaration.name}: none of the {total:,} rows can be used; {count:,} of them: {reason}."
