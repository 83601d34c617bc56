"""The parameter `datetime`: a day, a moment, or a time with a beginning and an end, either of them open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from api.errors import ApiError
from api.ogc.feature_table import FeatureTable, Mask

_OPEN = ("", "..")
_LAST = timedelta(days=1) - timedelta(microseconds=1)
_SAID = (
    "give a day (2026-03-02), a moment (2026-03-02T15:00:00Z), or two of them with a slash between, "
    "where `..` stands for an open end"
)


@dataclass(frozen=True, slots=True)
class Times:
    """From when to when, both included; None is open."""

    first: datetime | None
    last: datetime | None


def times_of(text: str, parameter: str = "datetime") -> Times:
    """The time that a parameter says; raises ApiError."""
    parts = text.split("/")
    if len(parts) > 2 or (len(parts) == 1 and text in _OPEN):
        raise ApiError(f"{parameter}: {text!r} is no time; {_SAID}.")
    first = None if parts[0] in _OPEN else moment_of(parts[0], parameter)
    last = None if parts[-1] in _OPEN else moment_of(parts[-1], parameter, last=True)
    if first is not None and last is not None and first > last:
        raise ApiError(f"{parameter}: {text!r} ends before it begins.")
    return Times(first, last)


def moment_of(text: str, parameter: str, *, last: bool = False) -> datetime:
    """A moment, in UTC; a day is its first or its last one. Raises ApiError."""
    try:
        if len(text) == 10:
            day = datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC)
            return day + _LAST if last else day
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ApiError(f"{parameter}: {text!r} is no time; {_SAID}.") from error


def in_times(table: FeatureTable, times: Times) -> Mask | None:
    """Which features are in a time; None for all: those that have no time are in every one."""
    if not table.times:
        return None
    begin, end = table.columns.column(table.times[0]), table.columns.column(table.times[-1])
    keep = np.ones(len(table), dtype=bool)
    if times.last is not None:
        keep &= _kept(pc.less_equal(begin, _same_kind(times.last, begin.type)))
    if times.first is not None:
        keep &= _kept(pc.greater_equal(end, _same_kind(times.first, end.type)))
    return keep


def _kept(found: pa.ChunkedArray) -> Mask:
    return np.asarray(found.fill_null(True).to_numpy(), dtype=np.bool_)


def _same_kind(moment: datetime, kind: pa.DataType) -> pa.Scalar:
    return pa.scalar(moment.date() if pa.types.is_date(kind) else moment, kind)
