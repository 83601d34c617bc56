"""The table `[calendar]` of a city file: days that the city adds to the holidays of its rules, or removes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

from gis_ce.rules import RuleBook
from layers.errors import Mistake

_KEYS = ("add", "remove")


def calendar_mistakes(table: Mapping[str, object]) -> list[Mistake]:
    """Everything that is wrong with the table; an empty table is right."""
    found = [
        Mistake(f"[calendar] {key}", f"is not a key of this table; it has {', '.join(_KEYS)}")
        for key in table
        if key not in _KEYS
    ]
    add, remove = table.get("add", {}), table.get("remove", [])
    if not isinstance(add, dict) or not all(_is_day(day) and isinstance(name, str) for day, name in add.items()):
        found.append(
            Mistake("[calendar] add", 'is a table of days and names, such as { "2026-12-31" = "New Year\'s Eve" }')
        )
    if not isinstance(remove, list) or not all(_is_plain_day(day) for day in remove):
        found.append(Mistake("[calendar] remove", "is a list of days, such as [2026-11-11]"))
    return found


def with_city_days(book: RuleBook, table: Mapping[str, object]) -> RuleBook:
    """The book whose working days leave out the city's own days too; the table must be without mistakes."""
    add, remove = table.get("add", {}), table.get("remove", [])
    added = tuple((date.fromisoformat(day), str(name)) for day, name in add.items()) if isinstance(add, dict) else ()
    removed = frozenset(remove) if isinstance(remove, list) else frozenset()
    return replace(book, calendar=replace(book.calendar, added=added, removed=removed))


def _is_day(text: object) -> bool:
    try:
        date.fromisoformat(str(text))
    except ValueError:
        return False
    return True


def _is_plain_day(day: object) -> bool:
    return isinstance(day, date) and not isinstance(day, datetime)
