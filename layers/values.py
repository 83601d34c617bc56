"""Source columns as text, number or date; what cannot be understood becomes null and is remarked on."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from layers.catalog import Field
from layers.errors import IngestRefused
from layers.remarks import NO_REMARKS, Remarks, remarks

Converted = tuple[pa.ChunkedArray, Remarks]

_NOTHING = pa.array(["", "nan", "none", "null", "n/a", "<null>"])
_DATE_FORMATS = ("%Y-%m-%d", "%m/%d/%Y", "%Y/%m/%d", "%Y%m%d")


def converted(column: pa.ChunkedArray, field: Field, time_zone: str) -> Converted:
    """The column in the kind that a field wants, with remarks on values that were not understood."""
    if field.kind == "number":
        numbers, unread = _numbers(column)
        return _above_zero(numbers, unread, field)
    if field.kind == "date":
        return _dates(column, field, time_zone)
    return as_text(column, field.name), NO_REMARKS


def as_text(column: pa.ChunkedArray, name: str) -> pa.ChunkedArray:
    """Values as trimmed text; blanks are null, whole numbers have no decimals, times of day are dropped."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return as_text(column.cast(kind.value_type), name)
    if pa.types.is_floating(kind):
        return _floats_as_text(column)
    if pa.types.is_timestamp(kind):
        return as_text(column.cast(pa.date32(), safe=False), name)
    if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        raise IngestRefused(f"The source field for {name} holds {kind}, which is no text, number or date.")
    text = pc.utf8_trim_whitespace(column.cast(pa.string()))
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)


def _floats_as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    values = column.cast(pa.float64())
    whole = pc.and_(pc.equal(values, pc.floor(values)), pc.less(pc.abs(values), 2.0**53))
    integers = pc.if_else(whole, values, 0.0).cast(pa.int64())
    text = pc.if_else(whole, integers.cast(pa.string()), values.cast(pa.string()))
    return pc.if_else(pc.is_finite(values), text, pa.scalar(None, pa.string()))


def _numbers(column: pa.ChunkedArray) -> Converted:
    if not _is_text(column.type):
        return _finite(column.cast(pa.float64(), safe=False)), NO_REMARKS
    text = _something(as_text(column, "number"))
    read = pd.to_numeric(text.to_pandas(), errors="coerce").to_numpy(dtype=np.float64)
    numbers = _finite(pa.chunked_array([pa.array(read)]))
    return numbers, _not_understood(text, numbers, "is no number")


def _finite(numbers: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.if_else(pc.is_finite(numbers), numbers, pa.scalar(None, pa.float64()))


def _above_zero(numbers: pa.ChunkedArray, unread: Remarks, field: Field) -> Converted:
    if not field.above_zero:
        return numbers, _named(unread, field)
    low = pc.fill_null(pc.less_equal(numbers, 0.0), False)
    rows = np.flatnonzero(low.to_numpy())
    found = numbers.take(pa.array(rows)).to_pylist()
    notes = remarks(rows, (f"{value:g} is no size; taken as unknown" for value in found))
    kept = pc.if_else(low, pa.scalar(None, pa.float64()), numbers)
    both = Remarks(np.concatenate([unread.rows, notes.rows]), np.concatenate([unread.reasons, notes.reasons]))
    return kept, _named(both, field)


def _dates(column: pa.ChunkedArray, field: Field, time_zone: str) -> Converted:
    kind = column.type
    if pa.types.is_timestamp(kind):
        return _day_of(column, time_zone), NO_REMARKS
    if pa.types.is_date(kind):
        return column.cast(pa.date32()), NO_REMARKS
    text = _something(as_text(column, field.name))
    days = _parsed(text)
    return days, _named(_not_understood(text, days, "is no full date"), field)


def _day_of(column: pa.ChunkedArray, time_zone: str) -> pa.ChunkedArray:
    """The calendar day, in the city's time zone where the source knows the moment."""
    if column.type.tz is None:
        return column.cast(pa.timestamp("s"), safe=False).cast(pa.date32(), safe=False)
    local = pc.local_timestamp(column.cast(pa.timestamp("us", ZoneInfo(time_zone).key), safe=False))
    return local.cast(pa.date32(), safe=False)


def _parsed(text: pa.ChunkedArray) -> pa.ChunkedArray:
    written = pc.list_element(pc.split_pattern_regex(pc.fill_null(text, ""), "[T ]"), 0).to_pandas()
    days = pd.Series(pd.NaT, index=written.index, dtype="datetime64[s]")
    for form in _DATE_FORMATS:
        left = days.isna()
        if left.any():
            days[left] = pd.to_datetime(written[left], format=form, errors="coerce").astype("datetime64[s]")
    return pa.chunked_array([pa.array(days.to_numpy().astype("datetime64[D]"), pa.date32())])


def _something(text: pa.ChunkedArray) -> pa.ChunkedArray:
    """Text without the words that sources write for nothing."""
    nothing = pc.is_in(pc.utf8_lower(text), value_set=_NOTHING)
    return pc.if_else(nothing, pa.scalar(None, pa.string()), text)


def _not_understood(text: pa.ChunkedArray, values: pa.ChunkedArray, problem: str) -> Remarks:
    rows = np.flatnonzero(pc.and_(pc.is_valid(text), pc.is_null(values)).to_numpy())
    return remarks(rows, (f"{word!r} {problem}" for word in text.take(pa.array(rows)).to_pylist()))


def _named(found: Remarks, field: Field) -> Remarks:
    return remarks(found.rows, (f"{field.name}: {reason}" for reason in found.reasons))


def _is_text(kind: pa.DataType) -> bool:
    text_kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(text_kind) or pa.types.is_large_string(text_kind))
