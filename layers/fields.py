"""From a source's fields and codes to the fields and words of a role."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from layers.catalog import Field, FieldKind
from layers.errors import IngestRefused
from layers.model import LayerDeclaration
from layers.remarks import Positions, Remarks, joined
from layers.values import as_text, converted

_ARROW: dict[FieldKind, pa.DataType] = {"text": pa.string(), "number": pa.float64(), "date": pa.date32()}


@dataclass(frozen=True, slots=True)
class Mapped:
    """A role's fields for some rows of a source; remarks count within these rows."""

    columns: pa.Table
    unread: Remarks
    warnings: tuple[str, ...]


def refuse_missing_fields(columns: pa.Table, declaration: LayerDeclaration) -> None:
    """Raise IngestRefused that names every declared field the source does not have, and what it has."""
    wanted = {theirs: f"for {ours}" for ours, theirs in declaration.fields.items()}
    wanted |= dict.fromkeys(declaration.only, "in only")
    names = list(columns.column_names)
    missing = [_missing(theirs, use, names) for theirs, use in wanted.items() if theirs not in names]
    if missing:
        has = f"it has: {', '.join(names)}" if names else "it has no fields at all"
        raise IngestRefused(f"{declaration.name}: the source has no field {'; no field '.join(missing)}; {has}.")


def rows_that_count(columns: pa.Table, count: int, declaration: LayerDeclaration) -> Positions:
    """The positions, of `count` rows, that `only` keeps; all where it names nothing."""
    keep = np.ones(count, dtype=bool)
    for theirs, values in declaration.only.items():
        text = as_text(_column(columns, theirs), theirs)
        keep &= pc.is_in(text, value_set=pa.array(values, pa.string())).to_numpy()
    return np.flatnonzero(keep)


def mapped(columns: pa.Table, rows: Positions, declaration: LayerDeclaration, time_zone: str) -> Mapped:
    """The role's fields of some rows, in their kinds; fields that the city file does not map are null.

    A derived layer is made with the role's own names and needs no mapping.
    """
    found: list[pa.ChunkedArray] = []
    unread: list[Remarks] = []
    warnings: list[str] = []
    for field in declaration.role.fields:
        theirs = declaration.fields.get(field.name, field.name if declaration.derivation else None)
        if theirs is None or theirs not in columns.column_names:
            found.append(pa.chunked_array([pa.nulls(len(rows), _ARROW[field.kind])]))
            continue
        values = _column(columns, theirs).take(pa.array(rows))
        column, notes = _mapped_field(values, field, declaration, time_zone, warnings)
        found.append(column)
        unread.append(notes)
    names = [field.name for field in declaration.role.fields]
    return Mapped(pa.table(found, names=names), joined(unread), tuple(warnings))


def key_texts(columns: pa.Table, declaration: LayerDeclaration) -> pa.ChunkedArray | None:
    """The source's own name for each row, for notes about rows; None where no key is mapped."""
    key = declaration.role.key
    theirs = declaration.fields.get(key, key if declaration.derivation else None)
    if theirs is None or theirs not in columns.column_names:
        return None
    return as_text(_column(columns, theirs), key)


def _mapped_field(
    column: pa.ChunkedArray, field: Field, declaration: LayerDeclaration, time_zone: str, warnings: list[str]
) -> tuple[pa.ChunkedArray, Remarks]:
    words = declaration.values.get(field.name)
    if not words:
        return converted(column, field, time_zone)
    codes = as_text(column, field.name)
    at = pc.index_in(codes, value_set=pa.array(words.keys(), pa.string()))
    ours = pa.array(words.values(), pa.string()).take(pa.chunked_array(at.chunks).combine_chunks())
    warnings.extend(_codes_without_word(codes, at, field))
    return converted(pc.coalesce(ours, codes), field, time_zone)


def _codes_without_word(codes: pa.ChunkedArray, at: pa.ChunkedArray, field: Field) -> list[str]:
    left = codes.filter(pc.and_(pc.is_null(at), pc.is_valid(codes)))
    if not len(left):
        return []
    counts = sorted(((item["counts"], item["values"]) for item in left.value_counts().to_pylist()), reverse=True)
    shown = ", ".join(f"{code!r} ({count})" for count, code in counts[:5])
    return [f"{field.name}: codes without a word of ours were kept as they are: {shown}."]


def _missing(theirs: str, use: str, names: list[str]) -> str:
    by_lower = {name.lower(): name for name in names}
    near = difflib.get_close_matches(theirs.lower(), list(by_lower), n=1, cutoff=0.6)
    hint = f"; did you mean {by_lower[near[0]]!r}?" if near else ""
    return f"{theirs!r} ({use}){hint}"


def _column(columns: pa.Table, name: str) -> pa.ChunkedArray:
    """A column by name; the first where a source has two of that name."""
    return columns.column(columns.column_names.index(name))
