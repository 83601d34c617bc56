"""What stands on either side of a comparison in a filter: a column or a constant, of one kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

from api.errors import ApiError
from api.ogc.feature_table import FeatureTable
from api.ogc.filter_text import Node
from api.ogc.times import moment_of

ValueKind = Literal["text", "number", "boolean", "date", "moment"]
_TIMES = ("date", "moment")
_MOMENT = pa.timestamp("us", "UTC")
_ARITHMETIC = ("+", "-", "*", "/", "%", "div", "^")
_TEXT_WORKS: Mapping[str, Callable[[Any], Any]] = {
    "casei": pc.utf8_lower,
    "accenti": lambda texts: pc.replace_substring_regex(pc.utf8_normalize(texts, "NFD"), r"\p{Mn}", ""),
}


@dataclass(frozen=True, slots=True)
class Value:
    """A column or a constant; `constant` texts may still become times."""

    kind: ValueKind
    data: Any
    constant: bool = False


def value_of(node: Node, table: FeatureTable) -> Value:
    """The value of a part of a filter; raises ApiError."""
    if isinstance(node, bool):
        return Value("boolean", pa.scalar(node), True)
    if isinstance(node, int | float):
        return Value("number", pa.scalar(_finite(node)), True)
    if isinstance(node, str):
        return Value("text", pa.scalar(node), True)
    if not isinstance(node, dict):
        raise ApiError(f"filter: {_told(node)} cannot be compared.")
    if "property" in node:
        return _property(node["property"], table)
    for key, kind in (("date", "date"), ("timestamp", "moment")):
        if key in node:
            return _time(node[key], "date" if kind == "date" else "moment")
    if "op" in node:
        return _worked_out(str(node["op"]).lower(), arguments(node), table)
    raise ApiError(f"filter: {_told(node)} cannot be compared.")


def arguments(node: Node, count: int | None = None) -> Sequence[Node]:
    """What an operator is given; raises ApiError for none, or for another number than it takes."""
    args = node.get("args")
    if not isinstance(args, list) or (count is not None and len(args) != count):
        raise ApiError(f"filter: {node.get('op')!r} takes {count if count is not None else 'a list of'} values.")
    return args


def alike(left: Value, right: Value) -> tuple[Any, Any]:
    """Two values so that they can be compared; raises ApiError where they are of different kinds."""
    left, right = _as_time(left, right), _as_time(right, left)
    if left.kind in _TIMES and right.kind in _TIMES and left.kind != right.kind:
        return pc.cast(left.data, _MOMENT), pc.cast(right.data, _MOMENT)
    if left.kind != right.kind:
        raise ApiError(f"filter: a {left.kind} cannot be compared with a {right.kind}.")
    return left.data, right.data


def _as_time(value: Value, other: Value) -> Value:
    if value.constant and value.kind == "text" and other.kind in _TIMES:
        return _time(value.data.as_py(), "date" if other.kind == "date" else "moment")
    return value


def _property(name: Node, table: FeatureTable) -> Value:
    if name == "id":
        return Value("text", table.ids)
    column = table.column(name) if isinstance(name, str) else None
    if column is None:
        raise ApiError(f"filter: there is no property {name!r} to compare here; see the queryables.")
    return Value(column.kind, table.columns.column(column.name))


def _time(text: Node, kind: ValueKind) -> Value:
    if not isinstance(text, str):
        raise ApiError(f"filter: {_told(text)} is no time.")
    found = moment_of(text, "filter")
    if kind == "date" and len(text) == 10:
        return Value("date", pa.scalar(found.date(), pa.date32()), True)
    return Value("moment", pa.scalar(found, _MOMENT), True)


def _worked_out(work: str, args: Sequence[Node], table: FeatureTable) -> Value:
    if work in _TEXT_WORKS and len(args) == 1:
        text = value_of(args[0], table)
        if text.kind != "text":
            raise ApiError(f"filter: {work.upper()} takes a text, not a {text.kind}.")
        return Value("text", _TEXT_WORKS[work](text.data), text.constant)
    if work in _ARITHMETIC and len(args) in (1, 2):
        numbers = [value_of(arg, table) for arg in args]
        if any(number.kind != "number" for number in numbers):
            raise ApiError(f"filter: {work!r} takes numbers.")
        return Value("number", _calculated(work, *(number.data for number in numbers)))
    raise ApiError(f"filter: there is no function {work!r} here.")


def _calculated(work: str, left: Any, right: Any = None) -> Any:
    if right is None:
        return pc.negate(left) if work == "-" else left
    if work in ("%", "div"):
        whole = pc.floor(pc.divide(left, right))
        return whole if work == "div" else pc.subtract(left, pc.multiply(whole, right))
    works = {"+": pc.add, "-": pc.subtract, "*": pc.multiply, "/": pc.divide, "^": pc.power}
    return works[work](left, right)


def _finite(number: float) -> float:
    try:
        return float(number)
    except OverflowError as error:
        raise ApiError("filter: a number is too large.") from error


def _told(node: Node) -> str:
    words = str(node)
    return words if len(words) <= 60 else f"{words[:57]}..."
