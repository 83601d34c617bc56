"""A `where` of an Esri query means what it means in SQL; a wrong one never returns rows."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.arcgis.where import DEEPEST, Columns, rows_where
from api.arcgis.where_words import LONGEST
from api.errors import ApiError

NAMES = ["A", "b'c", "Main St", None, "main st", "50%", ""]
SIZES = [8.0, 6.0, None, 12.0, 8.0, 0.5, -3.0]
DAYS = [date(2026, 3, 2), None, date(2020, 1, 1), date(2026, 3, 3), date(1999, 12, 31), date(2026, 3, 2), None]
COLUMNS = Columns(
    len(NAMES),
    {
        "name": ("text", pa.array(NAMES, pa.string())),
        "size": ("number", pa.array(SIZES, pa.float64())),
        "day": ("date", pa.array(DAYS, pa.date32())),
    },
)
SQL = sqlite3.connect(":memory:")
SQL.execute("PRAGMA case_sensitive_like = ON")
SQL.execute("CREATE TABLE t (row INTEGER, name TEXT, size REAL, day TEXT)")
SQL.executemany(
    "INSERT INTO t VALUES (?, ?, ?, ?)",
    [(row, NAMES[row], SIZES[row], DAYS[row].isoformat() if DAYS[row] else None) for row in range(len(NAMES))],  # type: ignore[union-attr]
)


def found(where: str) -> list[int]:
    return [int(row) for row in np.flatnonzero(rows_where(where, COLUMNS))]


_TEXT = st.sampled_from(["A", "b'c", "Main St", "M%", "%s_", "", "zzz"]).map(
    lambda text: "'" + text.replace("'", "''") + "'"
)
_NUMBER = st.sampled_from(["8", "6.0", "-3", "0.5", "1e1", ".5"])
_DAY = st.sampled_from(["2026-03-02", "2020-01-01", "1999-12-31"]).map(lambda day: f"DATE '{day}'")
_SIGN = st.sampled_from(["=", "<>", "<", "<=", ">", ">=", "!="])
_ABSENT = st.sampled_from(["IS NULL", "is not null"])


def _about(field: str, values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    turned = st.sampled_from(["", "NOT "])
    return st.one_of(
        st.builds(lambda sign, value: f"{field} {sign} {value}", _SIGN, values),
        st.builds(lambda absent: f"{field} {absent}", _ABSENT),
        st.builds(
            lambda no, few: f"{field} {no}IN ({', '.join(few)})", turned, st.lists(values, min_size=1, max_size=3)
        ),
        st.builds(lambda no, low, high: f"{field} {no}BETWEEN {low} AND {high}", turned, values, values),
    )


_STATEMENT = st.one_of(
    _about("NAME", _TEXT),
    _about("size", _NUMBER),
    _about('"day"', _DAY),
    st.builds(lambda no, value: f"name {no}LIKE {value}", st.sampled_from(["", "NOT "]), _TEXT),
    st.sampled_from(["1=1", "1=0", "8 = size", "2 > 1"]),
)
_WHERE = st.recursive(
    _STATEMENT,
    lambda inner: st.one_of(
        st.builds(lambda left, word, right: f"{left} {word} {right}", inner, st.sampled_from(["AND", "or"]), inner),
        inner.map(lambda where: f"NOT ({where})"),
        inner.map(lambda where: f"({where})"),
    ),
    max_leaves=6,
)


@given(_WHERE)
def test_a_where_finds_the_rows_that_sqlite_finds(where: str) -> None:
    rows = SQL.execute(f"SELECT row FROM t WHERE {where.replace('DATE ', '')} ORDER BY row").fetchall()
    assert found(where) == [row for (row,) in rows]


@given(st.text(max_size=60))
def test_any_text_is_answered_or_refused_in_a_sentence(text: str) -> None:
    with suppress(ApiError):
        assert len(rows_where(text, COLUMNS)) == len(NAMES)


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("", "it ends where a field or a value should stand"),
        ("nme = 'A'", "there is no field 'nme'; these are: name, size, day"),
        ("size = 'A'", "size (number) cannot be compared with 'A' (text)"),
        ("name LIKE 3", "LIKE compares a text field with a pattern in quotes"),
        ("size > 3 AND", "it ends where a field or a value should stand"),
        ("size > 3 size", "'size' at character 10 where AND, OR or the end should stand"),
        ("name = 'A", '"\'A" at character 8 cannot be read'),
        ("name = 'A'; DROP TABLE t", "'; DROP TABLE t' at character 11 cannot be read"),
        ("day > DATE '2026-02-30'", "'2026-02-30' is no day or time; write DATE '2026-03-02'"),
        ("(" * (DEEPEST + 2) + "1=1" + ")" * (DEEPEST + 2), "deep"),
        ("NOT " * (DEEPEST + 2) + "1=1", "deep"),
        ("name = '" + "a" * LONGEST + "'", "at most 8,000 are read"),
        ("size IN (1, 2", "it ends where a comma or a closing bracket should stand"),
        ("UPPER(name) = 'A'", "there is no field 'UPPER'"),
    ],
)
def test_a_wrong_where_is_refused_in_a_sentence(where: str, said: str) -> None:
    with pytest.raises(ApiError) as refused:
        rows_where(where, COLUMNS)
    assert said in str(refused.value)


def test_a_day_beside_a_time_is_its_first_moment() -> None:
    assert found("day = TIMESTAMP '2026-03-02 00:00:00'") == [0, 5]
    assert found("day >= '2026-03-02'") == [0, 3, 5]
