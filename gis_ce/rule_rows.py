"""One row of a rules pack: what is wrong with it, and the rule it makes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from gis_ce.rule_subjects import (
    COLUMN_WORDS,
    OPTIONAL_COLUMNS,
    OPTIONAL_VALUES,
    SUBJECTS,
    TABLE_COLUMNS,
    TEXT_KINDS,
    UNITS,
    ValueKind,
)
from gis_ce.rules import Rule

LINE = "__line__"
"""The key under which every mapping of a read file keeps the line it begins on."""
_STATUSES = ("confirmed", "unconfirmed", "missing")
_REQUIRED: dict[str, type] = {
    "id": str,
    "subject": str,
    "effective_from": date,
    "status": str,
    "limit_included": bool,
    "citation": str,
    "text": str,
    "text_is": str,
    "read_on": date,
    "values": dict,
}
_OPTIONAL: dict[str, type] = {"effective_to": date, "source_url": str, "grade": str}
_FITS: dict[ValueKind, Callable[[Any], bool]] = {
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "yes_no": lambda value: isinstance(value, bool),
    "text": lambda value: isinstance(value, str),
    "texts": lambda value: isinstance(value, list) and all(isinstance(item, str) for item in value),
    "table": lambda value: isinstance(value, dict),
}


def row_mistakes(row: Any) -> list[str]:
    """Everything that is wrong with one row, each with the row's line and id."""
    if not isinstance(row, dict):
        return [f"a rule is a table, not {row!r}"]
    place = f"line {row[LINE]} ({row.get('id', 'rule without id')})"
    found = [
        f"{key} is missing or is not a {kind.__name__}"
        for key, kind in _REQUIRED.items()
        if not isinstance(row.get(key), kind)
    ]
    found += [
        f"{key} is not a {kind.__name__}"
        for key, kind in _OPTIONAL.items()
        if row.get(key) is not None and not isinstance(row[key], kind)
    ]
    found += [f"{key} is not a key of a rule" for key in sorted(set(row) - set(_REQUIRED) - set(_OPTIONAL) - {LINE})]
    return [f"{place}: {problem}" for problem in found or _meaning_mistakes(row)]


def rule_of(row: Mapping[str, Any], jurisdiction: str) -> Rule:
    """The rule of a row without mistakes."""
    plain = {key: row.get(key) for key in (*_REQUIRED, *_OPTIONAL) if key != "values"}
    return Rule(jurisdiction=jurisdiction, values=_without_lines(row["values"]), **plain)  # type: ignore[arg-type]


def _without_lines(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _plain(value) for key, value in values.items() if key != LINE}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return _without_lines(value)
    return tuple(value) if isinstance(value, list) else value


def _meaning_mistakes(row: dict[str, Any]) -> list[str]:
    found = []
    if row["status"] not in _STATUSES:
        found.append(f"status {row['status']!r} is not one of {', '.join(_STATUSES)}")
    if row["text_is"] not in TEXT_KINDS:
        found.append(f"text_is {row['text_is']!r} is not one of {', '.join(TEXT_KINDS)}")
    if row.get("effective_to") is not None and row["effective_to"] < row["effective_from"]:
        found.append("effective_to lies before effective_from")
    if row["subject"] not in SUBJECTS:
        return [*found, f"subject {row['subject']!r} is not one of {', '.join(SUBJECTS)}"]
    return found + _value_mistakes(row)


def _value_mistakes(row: dict[str, Any]) -> list[str]:
    wanted = SUBJECTS[row["subject"]]
    values = {key: value for key, value in row["values"].items() if key != LINE}
    known = {**wanted, **OPTIONAL_VALUES}
    found = [f"values.{key} is not a value of {row['subject']}" for key in sorted(set(values) - set(known))]
    for key, value in values.items():
        if key in known:
            found += _misfits(key, value, known[key])
    if row["status"] != "missing":
        found += [f"values.{key} is missing" for key in wanted if key not in values]
    return found


def _misfits(key: str, value: Any, kind: ValueKind) -> list[str]:
    if not _FITS[kind](value):
        return [f"values.{key} is not a {kind.replace('_', ' or ')}"]
    if key.endswith("_unit") and value not in UNITS:
        return [f"values.{key} {value!r} is not one of {', '.join(UNITS)}"]
    return _table_misfits(key, value) if kind == "table" else []


def _table_misfits(name: str, table: dict[Any, Any]) -> list[str]:
    found = []
    for code, line in table.items():
        place = f"values.{name}.{code}"
        if code == LINE:
            continue
        if not isinstance(code, str):
            found.append(f"{place}: write the code in quotes")
        elif not isinstance(line, dict):
            found.append(f"{place} is not a table")
        else:
            found += _line_misfits(place, line, TABLE_COLUMNS[name])
    return found


def _line_misfits(place: str, line: dict[str, Any], wanted: Mapping[str, ValueKind]) -> list[str]:
    known = {**wanted, **OPTIONAL_COLUMNS}
    found = [f"{place}.{column} is not a column of it" for column in sorted(set(line) - set(known) - {LINE})]
    found += [f"{place}.{column} is missing" for column in wanted if column not in line]
    return found + [
        f"{place}.{column} {said}"
        for column, value in line.items()
        if column in known and (said := _cell_misfit(column, value, known[column]))
    ]


def _cell_misfit(column: str, value: Any, kind: ValueKind) -> str | None:
    if not _FITS[kind](value):
        return f"is not a {kind.replace('_', ' or ')}"
    if column in COLUMN_WORDS and value not in COLUMN_WORDS[column]:
        return f"{value!r} is not one of {', '.join(COLUMN_WORDS[column])}"
    if column.endswith("_cents") and (value != int(value) or value <= 0):
        return f"is whole cents, such as 10000 for $100.00, not {value}"
    return None
