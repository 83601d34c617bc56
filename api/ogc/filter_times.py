"""The questions of a filter about time: moments and intervals against each other, as CQL2 defines them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from api.errors import ApiError
from api.ogc.feature_table import FeatureTable
from api.ogc.filter_text import Node
from api.ogc.filter_values import Value, value_of

_MOMENT = pa.timestamp("us", "UTC")
_FIRST = pa.scalar(datetime(1, 1, 1, tzinfo=UTC), _MOMENT)
_LAST = pa.scalar(datetime(9999, 12, 31, tzinfo=UTC), _MOMENT)
_DAY_LESS = pa.scalar(timedelta(days=1) - timedelta(microseconds=1), pa.duration("us"))


@dataclass(frozen=True, slots=True)
class _Span:
    """From when to when, as columns or constants; `days` where only days are known."""

    begin: Any
    end: Any
    days: bool


def _all(*found: Any) -> Any:
    result = found[0]
    for each in found[1:]:
        result = pc.and_kleene(result, each)
    return result


_QUESTIONS: Mapping[str, Callable[[_Span, _Span], Any]] = {
    "t_after": lambda a, b: pc.greater(a.begin, b.end),
    "t_before": lambda a, b: pc.less(a.end, b.begin),
    "t_contains": lambda a, b: _all(pc.less(a.begin, b.begin), pc.greater(a.end, b.end)),
    "t_disjoint": lambda a, b: pc.or_kleene(pc.less(a.end, b.begin), pc.greater(a.begin, b.end)),
    "t_during": lambda a, b: _all(pc.greater(a.begin, b.begin), pc.less(a.end, b.end)),
    "t_equals": lambda a, b: _all(pc.equal(a.begin, b.begin), pc.equal(a.end, b.end)),
    "t_finishedby": lambda a, b: _all(pc.less(a.begin, b.begin), pc.equal(a.end, b.end)),
    "t_finishes": lambda a, b: _all(pc.greater(a.begin, b.begin), pc.equal(a.end, b.end)),
    "t_intersects": lambda a, b: _all(pc.less_equal(a.begin, b.end), pc.greater_equal(a.end, b.begin)),
    "t_meets": lambda a, b: pc.equal(a.end, b.begin),
    "t_metby": lambda a, b: pc.equal(a.begin, b.end),
    "t_overlappedby": lambda a, b: _all(
        pc.greater(a.begin, b.begin), pc.less(a.begin, b.end), pc.greater(a.end, b.end)
    ),
    "t_overlaps": lambda a, b: _all(pc.less(a.begin, b.begin), pc.greater(a.end, b.begin), pc.less(a.end, b.end)),
    "t_startedby": lambda a, b: _all(pc.equal(a.begin, b.begin), pc.greater(a.end, b.end)),
    "t_starts": lambda a, b: _all(pc.equal(a.begin, b.begin), pc.less(a.end, b.end)),
}
TIME_QUESTIONS = frozenset(_QUESTIONS)


def time_condition(question: str, left: Node, right: Node, table: FeatureTable) -> Any:
    """Whether a time stands to another as asked; raises ApiError.

    Where both sides know only days, a day is a moment; against a moment it lasts from its first to its last one.
    """
    one, other = _span(left, table), _span(right, table)
    in_days = one.days and other.days
    return _QUESTIONS[question](_measured(one, in_days), _measured(other, in_days))


def _span(node: Node, table: FeatureTable) -> _Span:
    ends = node.get("interval") if isinstance(node, dict) else None
    if ends is None:
        found = _instant(node, table)
        return _Span(found.data, found.data, found.kind == "date")
    if not isinstance(ends, list) or len(ends) != 2:
        raise ApiError("filter: an interval has a beginning and an end.")
    begin, end = (None if part == ".." else _instant(part, table) for part in ends)
    days = all(part is None or part.kind == "date" for part in (begin, end))
    return _Span(begin.data if begin else _FIRST, end.data if end else _LAST, days)


def _instant(node: Node, table: FeatureTable) -> Value:
    if isinstance(node, str):
        node = {"date" if len(node) == 10 else "timestamp": node}
    found = value_of(node, table)
    if found.kind not in ("date", "moment"):
        raise ApiError(f"filter: a {found.kind} is no time.")
    return found


def _measured(span: _Span, in_days: bool) -> _Span:
    return _Span(_moment(span.begin, in_days, last=False), _moment(span.end, in_days, last=True), in_days)


def _moment(data: Any, in_days: bool, *, last: bool) -> Any:
    if not pa.types.is_date(data.type):
        return data
    first = pc.cast(data, _MOMENT)
    return pc.add(first, _DAY_LESS) if last and not in_days else first
