"""Merge fields: every value of a letter before anything is set, and every one that is missing at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from gis_ce.letter import LetterKind, MergeField
from gis_ce.process_mistakes import nearest

LONGEST = 20_000
_MANY = 40


@dataclass(frozen=True, slots=True)
class Merged:
    """The values of a letter as its template prints them, and what is wrong or missing, in words."""

    values: Mapping[str, Any]
    wrong: tuple[str, ...]
    raw: Mapping[str, object]


def merge(kind: LetterKind, facts: Mapping[str, object], given: Mapping[str, object]) -> Merged:
    """The values of the merge fields: what an officer gave goes before what the case knows.

    `facts` are known values by the names of their sources; `picture.NAME` has a file and its words.
    """
    wrong = [f"{name} is no field of this letter{_hint(kind, name)}" for name in given if kind.field(name) is None]
    for name in given:
        known = kind.field(name)
        if known is not None and "given" not in known.sources:
            wrong.append(f"{name} is not given but taken from {' or '.join(known.sources)}")
    values: dict[str, Any] = {}
    raw: dict[str, object] = {}
    for field in kind.fields:
        value = _found(field, facts, given)
        raw[field.name] = value
        if value is None:
            values[field.name] = None
            if not field.optional:
                wrong.append(f"{field.name} is missing ({field.ask}; from {' or '.join(field.sources)})")
            continue
        printed = _printed(field, value)
        values[field.name] = printed
        if printed is None:
            wrong.append(f"{field.name}: {str(value)[:60]!r} is no {field.type} ({field.ask})")
    return Merged(values, tuple(wrong), raw)


def in_full(day: date) -> str:
    """A day as letters write it: `March 2, 2026`."""
    return f"{day:%B} {day.day}, {day.year}"


def _hint(kind: LetterKind, name: str) -> str:
    return nearest(name, [field.name for field in kind.fields])


def _found(field: MergeField, facts: Mapping[str, object], given: Mapping[str, object]) -> object:
    """The first value there is; an officer's own goes before, wherever the letter takes it from else."""
    own = given.get(field.name)
    if own not in (None, "", [], ()):
        return own
    values = (facts.get(source) for source in field.sources)
    return next((value for value in values if value not in (None, "", [], ())), None)


def _printed(field: MergeField, value: object) -> Any:
    """The value as the letter prints it; None where it is none of its kind."""
    if field.type == "picture":
        return dict(value) if isinstance(value, Mapping) and {"file", "alt"} <= set(value) else None
    if field.type == "date":
        day = as_date(value)
        return in_full(day) if day is not None else None
    if field.type == "table":
        rows = value if isinstance(value, list | tuple) else ()
        return [[str(cell) for cell in row] for row in rows] or None
    if field.type in ("money", "number"):
        return _number(value, field.type == "money")
    if field.type in ("paragraphs", "lines"):
        return _several(value, "\n\n" if field.type == "paragraphs" else "\n")
    text = " ".join(str(value).split())
    return text if text and len(text) <= LONGEST else None


def as_date(value: object) -> date | None:
    """A day from `2026-03-02`, or None."""
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def _number(value: object, money: bool) -> str | None:
    if isinstance(value, bool):
        return None
    try:
        number = Decimal(str(value).replace(",", "").removeprefix("$"))
    except InvalidOperation:
        return None
    if not number.is_finite() or abs(number) >= 10**12:
        return None
    if money:
        return f"${number:,.2f}" if number >= 0 else None
    return f"{number:,f}"


def _several(value: object, between: str) -> list[str] | None:
    parts: Sequence[object] = value if isinstance(value, list | tuple) else str(value).split(between)
    texts = [text for part in parts if (text := " ".join(str(part).split()))]
    good = 0 < len(texts) <= _MANY and sum(map(len, texts)) <= LONGEST
    return texts if good else None
