"""The targets that come with the product, and a city's own under `[targets]`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from gis_ce.process import Length, Process
from gis_ce.process_deadlines import read_length
from gis_ce.targets import Category, Targets, TypeTargets
from layers.errors import Mistake
from layers.toml_table import did_you_mean

_PERIODS = ("call_answer", "due_soon", "notice_before_hearing", "serve_letter", "ask_receipt")
_OF_CATEGORY = ("initial_response", "resolution", "update")
_KEYS = (*_PERIODS, "categories", "types", "other")
_EXAMPLE = "such as '24 hours', '10 days' or '1 working day'"


@cache
def shipped_targets() -> Targets:
    """The targets of a city that sets none."""
    return _targets(_shipped())


def city_targets(table: Mapping[str, Any]) -> Targets:
    """The shipped targets with those of a table `[targets]` that has no mistakes."""
    return _targets(_merged(table))


def target_mistakes(table: Mapping[str, Any], processes: Mapping[str, Process]) -> list[Mistake]:
    """Everything that is wrong with a table `[targets]`, all at once."""
    found = [
        Mistake(f"[targets] {key}", f"is not a key of this table; {did_you_mean(key, _KEYS)}")
        for key in table
        if key not in _KEYS
    ]
    found += [Mistake(f"[targets] {key}", said) for key in _PERIODS if key in table and (said := _period(table[key]))]
    categories, types = table.get("categories", {}), table.get("types", {})
    if not isinstance(categories, Mapping) or not isinstance(types, Mapping):
        return [*found, Mistake("[targets]", "categories and types are tables")]
    for name, row in categories.items():
        found += _category_mistakes(name, row)
    known = list(dict.fromkeys([*_shipped()["categories"], *categories]))
    for name, row in types.items():
        found += _type_mistakes(name, row, processes, known)
    if "other" in table and table["other"] not in known:
        found.append(Mistake("[targets] other", f"is one of {', '.join(known)}, not {table['other']!r}"))
    return found


def _category_mistakes(name: str, row: Any) -> Iterator[Mistake]:
    place = f"[targets.categories.{name}]"
    if not isinstance(row, Mapping):
        yield Mistake(place, f"is a table with {', '.join(('title', *_OF_CATEGORY))}")
        return
    allowed = ("title", "source", *_OF_CATEGORY)
    for key, value in row.items():
        if key not in allowed:
            yield Mistake(f"{place} {key}", f"is not a key of this table; {did_you_mean(key, allowed)}")
        elif key in _OF_CATEGORY and (said := _period(value)):
            yield Mistake(f"{place} {key}", said)
    if name not in _shipped()["categories"]:
        yield from (Mistake(f"{place} {key}", "is missing") for key in ("title", *_OF_CATEGORY) if key not in row)


def _type_mistakes(name: str, row: Any, processes: Mapping[str, Process], known: Collection[str]) -> Iterator[Mistake]:
    place = f"[targets.types] {name}"
    if name not in processes:
        yield Mistake(place, f"there is no case type {name!r}; {did_you_mean(name, list(processes))}")
        return
    wanted, steps = _type_row(row), processes[name].steps
    named = [wanted.get("category", known and next(iter(known)))]
    for step, ways in wanted.get("when", {}).items():
        answers = steps[step].answers if step in steps else {}
        for word, category in ways.items():
            named.append(category)
            if word not in answers:
                said = f"{processes[name].title} has no answer {word!r} at a step {step!r}"
                yield Mistake(f"[targets.types.{name}.when]", said)
    for category in named:
        if category not in known:
            yield Mistake(place, f"there is no category {category!r}; there are {', '.join(known)}")


def _period(value: Any) -> str | None:
    return None if read_length(value) is not None else f"must be a period {_EXAMPLE}, not {value!r}"


@cache
def _shipped() -> dict[str, Any]:
    text = (files("gis_ce") / "data" / "targets.yaml").read_text(encoding="utf-8")
    rows: dict[str, Any] = yaml.safe_load(text)
    return rows | {name: rows[name]["length"] for name in _PERIODS}


def _merged(table: Mapping[str, Any]) -> dict[str, Any]:
    shipped = _shipped()
    categories = {name: dict(row) for name, row in shipped["categories"].items()}
    for name, row in table.get("categories", {}).items():
        source = {"source": "the city's own"} if name in categories else {}
        categories[name] = categories.get(name, {}) | source | dict(row)
    return shipped | dict(table) | {"categories": categories, "types": shipped["types"] | dict(table.get("types", {}))}


def _targets(rows: Mapping[str, Any]) -> Targets:
    return Targets(
        categories={name: _category(name, row) for name, row in rows["categories"].items()},
        types={name: _type(row) for name, row in rows["types"].items()},
        other=rows["other"],
        **{name: _length(rows[name]) for name in _PERIODS},
    )


def _category(name: str, row: Mapping[str, str]) -> Category:
    periods = {key: _length(row[key]) for key in _OF_CATEGORY}
    return Category(name, row["title"], source=row.get("source", "the city's own"), **periods)


def _type(row: Any) -> TypeTargets:
    found = _type_row(row)
    return TypeTargets(found["category"], found.get("when", {}))


def _type_row(row: Any) -> Mapping[str, Any]:
    return row if isinstance(row, Mapping) else {"category": row}


def _length(text: str) -> Length:
    length = read_length(text)
    assert length is not None, text
    return length
