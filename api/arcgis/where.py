"""Reads the `where` of an Esri query: a small grammar, evaluated over columns. A wrong filter never returns rows.

Comparisons, BETWEEN, IN, LIKE, IS NULL, AND, OR, NOT, brackets; texts in quotes, numbers, DATE '2026-03-02',
TIMESTAMP '2026-03-02 15:00:00'. What is NULL is neither true nor false, as in SQL-92.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from api.arcgis.where_words import Word, words_of
from api.errors import ApiError
from api.ogc.feature_table import Kind, Mask

DEEPEST = 50
_SIGNS: dict[str, Callable[..., pa.Array]] = {
    "=": pc.equal,
    "<>": pc.not_equal,
    "!=": pc.not_equal,
    "<": pc.less,
    "<=": pc.less_equal,
    ">": pc.greater,
    ">=": pc.greater_equal,
}
Truth: TypeAlias = Any
"""An array of true, false and null; pyarrow has no types of its own."""


@dataclass(frozen=True, slots=True)
class Value:
    """A column or a literal, with its kind and the word it came from."""

    kind: Kind
    values: pa.Array | pa.Scalar
    said: str


class Columns:
    """The columns that a `where` may name, by name without regard to case."""

    def __init__(self, count: int, columns: dict[str, tuple[Kind, pa.Array]]) -> None:
        self.count = count
        self._columns = {name.lower(): (name, kind, values) for name, (kind, values) in columns.items()}

    def named(self, name: str, parameter: str = "where") -> Value:
        """The column of a name; raises ApiError that lists those there are."""
        if name.lower() not in self._columns:
            names = ", ".join(known for known, _, _ in self._columns.values())
            raise ApiError(f"{parameter}: there is no field {name!r}; these are: {names}.")
        known, kind, values = self._columns[name.lower()]
        return Value(kind, values, known)


def rows_where(where: str, columns: Columns) -> Mask:
    """Which rows a `where` is true for; raises ApiError."""
    reading = _Reading(words_of(where), columns)
    truth = reading.either(0)
    reading.expect("end", "", "AND, OR or the end")
    return np.asarray(truth.fill_null(False).to_numpy(zero_copy_only=False), dtype=np.bool_)


class _Reading:
    """One pass over the words; each method reads what its name says and leaves the place behind it."""

    def __init__(self, words: list[Word], columns: Columns) -> None:
        self._words, self._columns, self._at = words, columns, 0

    @property
    def word(self) -> Word:
        return self._words[self._at]

    def either(self, depth: int) -> Truth:
        if depth > DEEPEST:
            raise ApiError(f"where: brackets and NOT stand more than {DEEPEST} deep.")
        truth = self._both(depth)
        while self._took("keyword", "OR"):
            truth = pc.or_kleene(truth, self._both(depth))
        return truth

    def expect(self, kind: str, value: str, wanted: str) -> None:
        if not self._took(kind, value):
            raise self._unexpected(wanted)

    def _both(self, depth: int) -> Truth:
        truth = self._negated(depth)
        while self._took("keyword", "AND"):
            truth = pc.and_kleene(truth, self._negated(depth))
        return truth

    def _negated(self, depth: int) -> Truth:
        if self._took("keyword", "NOT"):
            if depth > DEEPEST:
                raise ApiError(f"where: brackets and NOT stand more than {DEEPEST} deep.")
            return pc.invert(self._negated(depth + 1))
        if self._took("sign", "("):
            truth = self.either(depth + 1)
            self.expect("sign", ")", "a closing bracket")
            return truth
        return self._statement()

    def _statement(self) -> Truth:
        left = self._value()
        if self.word.kind == "sign" and self.word.value in _SIGNS:
            compare = _SIGNS[self.word.value]
            self._at += 1
            return self._whole(compare(*_comparable(left, self._value())))
        if self._took("keyword", "IS"):
            absent = not self._took("keyword", "NOT")
            self.expect("keyword", "NULL", "NULL")
            missing = pc.is_null(self._column(left))
            return missing if absent else pc.invert(missing)
        turned = self._took("keyword", "NOT")
        truth = self._listed(left)
        return pc.invert(truth) if turned else truth

    def _listed(self, left: Value) -> Truth:
        if self._took("keyword", "BETWEEN"):
            low = self._value()
            self.expect("keyword", "AND", "AND")
            above = pc.greater_equal(*_comparable(left, low))
            return self._whole(pc.and_kleene(above, pc.less_equal(*_comparable(left, self._value()))))
        if self._took("keyword", "IN"):
            self.expect("sign", "(", "an opening bracket")
            truth = self._whole(pc.equal(*_comparable(left, self._value())))
            while self._took("sign", ","):
                truth = pc.or_kleene(truth, self._whole(pc.equal(*_comparable(left, self._value()))))
            self.expect("sign", ")", "a comma or a closing bracket")
            return truth
        if self._took("keyword", "LIKE"):
            pattern = self._value()
            if left.kind != "text" or pattern.kind != "text" or not isinstance(pattern.values, pa.Scalar):
                raise ApiError(f"where: LIKE compares a text field with a pattern in quotes, not {left.said}.")
            return pc.match_like(self._column(left), pattern.values.as_py())
        raise self._unexpected("a comparison, IN, LIKE, BETWEEN or IS NULL")

    def _value(self) -> Value:
        word = self.word
        self._at += 1
        if word.kind == "text":
            return Value("text", pa.scalar(word.value, pa.string()), f"'{word.value}'")
        if word.kind == "number":
            return Value("number", pa.scalar(float(word.value), pa.float64()), word.value)
        if word.kind == "name":
            return self._columns.named(word.value)
        if word.kind == "keyword" and word.value in ("DATE", "TIMESTAMP") and self.word.kind == "text":
            text = self.word.value
            self._at += 1
            return _moment(text)
        self._at -= 1
        raise self._unexpected("a field or a value")

    def _column(self, value: Value) -> pa.Array:
        return self._whole(value.values)

    def _whole(self, values: pa.Array | pa.Scalar) -> pa.Array:
        """The same for every row, where two literals were compared."""
        return pa.repeat(values, self._columns.count) if isinstance(values, pa.Scalar) else values

    def _took(self, kind: str, value: str) -> bool:
        if self.word.kind == kind and self.word.value == value:
            self._at += 1
            return True
        return False

    def _unexpected(self, wanted: str) -> ApiError:
        found = f"{self.word.value!r} at character {self.word.place + 1}" if self.word.kind != "end" else "it ends"
        return ApiError(f"where: {found} where {wanted} should stand.")


def _moment(text: str) -> Value:
    try:
        if len(text) == 10:
            return Value("date", pa.scalar(date.fromisoformat(text), pa.date32()), f"DATE '{text}'")
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise ApiError(f"where: {text!r} is no day or time; write DATE '2026-03-02'.") from error
    found = (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    return Value("moment", pa.scalar(found, pa.timestamp("us", "UTC")), f"TIMESTAMP '{text}'")


def _comparable(left: Value, right: Value) -> tuple[pa.Array | pa.Scalar, pa.Array | pa.Scalar]:
    """Both sides in one kind; raises ApiError where they are of two. A day is its first moment; a text beside a time
    is read as one."""
    if left.kind == "text" and right.kind in ("date", "moment") and isinstance(left.values, pa.Scalar):
        left = _moment(left.values.as_py())
    if right.kind == "text" and left.kind in ("date", "moment") and isinstance(right.values, pa.Scalar):
        right = _moment(right.values.as_py())
    if {left.kind, right.kind} == {"date", "moment"}:
        moments = pa.timestamp("us", "UTC")
        return left.values.cast(moments), right.values.cast(moments)
    if left.kind != right.kind:
        raise ApiError(f"where: {left.said} ({left.kind}) cannot be compared with {right.said} ({right.kind}).")
    return left.values, right.values
