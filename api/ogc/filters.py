"""A filter in CQL2 as a choice of rows: each condition is one pass over a column, unknown where a value is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from api.errors import ApiError
from api.ogc.collections import Collection
from api.ogc.feature_table import Mask
from api.ogc.filter_shapes import GEOMETRY, PLACE_QUESTIONS, place_condition
from api.ogc.filter_text import Node, filter_tree
from api.ogc.filter_times import TIME_QUESTIONS, time_condition
from api.ogc.filter_values import Value, alike, arguments, value_of
from api.ogc.reference_systems import CRS84, System, system_named

KNOWN_FILTER = ("filter", "filter-lang", "filter-crs")
_COMPARED: Mapping[str, Callable[[Any, Any], Any]] = {
    "=": pc.equal,
    "<>": pc.not_equal,
    "<": pc.less,
    ">": pc.greater,
    "<=": pc.less_equal,
    ">=": pc.greater_equal,
}


def filter_mask(collection: Collection, given: Mapping[str, str]) -> Mask | None:
    """Which features a request's filter keeps; None where it has none. Raises ApiError."""
    language = given.get("filter-lang", "cql2-text")
    system = system_named(given.get("filter-crs", CRS84), collection.grid, "filter-crs")
    tree = filter_tree(given.get("filter", "TRUE"), language if "filter" in given else "cql2-text")
    if "filter" not in given:
        filter_tree("true", language)
        return None
    return _Filter(collection, system).mask(tree)


@dataclass(frozen=True, slots=True)
class _Filter:
    """Works out the conditions of one filter over one collection."""

    collection: Collection
    system: System

    def mask(self, tree: Node) -> Mask:
        """The features for which the filter is true."""
        found = self._condition(tree)
        if isinstance(found, pa.Scalar):
            return np.full(len(self.collection.table), found.as_py() is True)
        return np.asarray(pc.fill_null(found, False).to_numpy(zero_copy_only=False), dtype=np.bool_)

    def _condition(self, node: Node) -> Any:
        if isinstance(node, bool):
            return pa.scalar(node)
        if not isinstance(node, dict) or not isinstance(node.get("op"), str):
            raise ApiError("filter: it is no condition; one compares a property with a value.")
        question = node["op"].lower()
        if question in ("and", "or"):
            return self._together(question, arguments(node))
        if question == "not":
            return pc.invert(self._condition(arguments(node, 1)[0]))
        if question in TIME_QUESTIONS or question in PLACE_QUESTIONS:
            left, right = arguments(node, 2)
            if question in TIME_QUESTIONS:
                return time_condition(question, left, right, self.collection.table)
            return place_condition(question, left, right, self.collection, self.system)
        return self._comparison(question, node)

    def _together(self, question: str, parts: Sequence[Node]) -> Any:
        if not parts:
            raise ApiError(f"filter: {question!r} takes conditions.")
        join = pc.and_kleene if question == "and" else pc.or_kleene
        found = self._condition(parts[0])
        for part in parts[1:]:
            found = join(found, self._condition(part))
        return found

    def _comparison(self, question: str, node: Node) -> Any:
        if question in _COMPARED:
            return _COMPARED[question](*alike(*map(self._value, arguments(node, 2))))
        if question == "between":
            value, low, high = map(self._value, arguments(node, 3))
            return pc.and_kleene(pc.greater_equal(*alike(value, low)), pc.less_equal(*alike(value, high)))
        if question == "in":
            return self._is_one_of(*arguments(node, 2))
        if question == "like":
            return self._like(*map(self._value, arguments(node, 2)))
        if question == "isnull":
            return self._is_missing(arguments(node, 1)[0])
        raise ApiError(f"filter: there is no condition {question[:60]!r} here.")

    def _value(self, node: Node) -> Value:
        return value_of(node, self.collection.table)

    def _is_one_of(self, node: Node, listed: Node) -> Any:
        if not isinstance(listed, list) or not listed:
            raise ApiError("filter: IN takes a list of values.")
        value = self._value(node)
        found: Any = None
        for each in listed:
            same = pc.equal(*alike(value, self._value(each)))
            found = same if found is None else pc.or_kleene(found, same)
        return found

    def _like(self, value: Value, pattern: Value) -> Any:
        if value.kind != "text" or not (pattern.kind == "text" and pattern.constant):
            raise ApiError("filter: LIKE compares a text with a pattern, such as 'MAIN%'.")
        return pc.match_like(value.data, pattern.data.as_py())

    def _is_missing(self, node: Node) -> Any:
        if isinstance(node, dict) and node.get("property") == GEOMETRY and self.collection.geometry != "none":
            return pa.array(~np.isfinite(self.collection.table.bounds[:, 0]))
        return pc.is_null(self._value(node).data)
