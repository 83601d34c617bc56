"""Reads a rules pack from YAML; refuses a broken file and lists every mistake with its line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from gis_ce.errors import RuleFileError, UnknownPack
from gis_ce.rule_subjects import OPTIONAL_VALUES, SUBJECTS, ValueKind
from gis_ce.rules import Rule, RuleBook, overlapping

_LINE = "__line__"
_STATUSES = ("confirmed", "unconfirmed", "missing")
_REQUIRED: dict[str, type] = {
    "id": str,
    "subject": str,
    "effective_from": date,
    "status": str,
    "limit_included": bool,
    "citation": str,
    "text": str,
    "read_on": date,
    "values": dict,
}
_OPTIONAL: dict[str, type] = {"effective_to": date, "source_url": str, "grade": str}
_FITS: dict[ValueKind, Callable[[Any], bool]] = {
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "yes_no": lambda value: isinstance(value, bool),
    "text": lambda value: isinstance(value, str),
    "texts": lambda value: isinstance(value, list) and all(isinstance(item, str) for item in value),
}


class _LinedLoader(yaml.SafeLoader):
    """A safe loader whose mappings remember the line they begin on."""


def _lined_mapping(loader: _LinedLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    mapping = loader.construct_mapping(node, deep=True)
    mapping[_LINE] = node.start_mark.line + 1
    return mapping


_LinedLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _lined_mapping)


def shipped_packs() -> tuple[str, ...]:
    """The names of the packs that come with the product."""
    folder = files("gis_ce") / "data" / "rules"
    return tuple(sorted(item.name.removesuffix(".yaml") for item in folder.iterdir() if item.name.endswith(".yaml")))


def open_pack(name: str, folder: Path | None = None) -> RuleBook:
    """The pack of that name, from the city's own folder first, else the shipped one."""
    own = folder / f"{name}.yaml" if folder else None
    if own is not None and own.is_file():
        return read_pack(own.read_text(encoding="utf-8"), own.name)
    if name not in shipped_packs():
        raise UnknownPack(f"There is no rules pack {name!r}; the packs here are: {', '.join(shipped_packs())}.")
    resource = files("gis_ce") / "data" / "rules" / f"{name}.yaml"
    return read_pack(resource.read_text(encoding="utf-8"), f"{name}.yaml")


def read_pack(text: str, name: str) -> RuleBook:
    """The rules of one YAML text; raises RuleFileError with every mistake and its line."""
    try:
        # The loader is SafeLoader with line numbers: it makes plain values only.
        document = yaml.load(text, Loader=_LinedLoader)
    except yaml.YAMLError as error:
        raise RuleFileError(name, [f"it is not YAML: {' '.join(str(error).split())}"]) from error
    mistakes = _head_mistakes(document)
    if mistakes:
        raise RuleFileError(name, mistakes)
    rows = document["rules"]
    mistakes = [mistake for row in rows for mistake in _row_mistakes(row)]
    if mistakes:
        raise RuleFileError(name, mistakes)
    rules = tuple(_rule(row, document["jurisdiction"]) for row in rows)
    mistakes = _joint_mistakes(rules)
    if mistakes:
        raise RuleFileError(name, mistakes)
    return RuleBook(document["pack"], document["title"], rules)


def _head_mistakes(document: Any) -> list[str]:
    if not isinstance(document, dict):
        return ["line 1: a rules file is a table with format, pack, title, jurisdiction and rules"]
    wanted = {"format": int, "pack": str, "title": str, "jurisdiction": str, "rules": list}
    mistakes = [
        f"line 1: {key} is missing or is not a {kind.__name__}"
        for key, kind in wanted.items()
        if not isinstance(document.get(key), kind)
    ]
    extra = sorted(set(document) - set(wanted) - {_LINE})
    return mistakes + [f"line 1: {key} is not a key of a rules file" for key in extra]


def _row_mistakes(row: Any) -> list[str]:
    if not isinstance(row, dict):
        return [f"a rule is a table, not {row!r}"]
    place = f"line {row[_LINE]} ({row.get('id', 'rule without id')})"
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
    found += [f"{key} is not a key of a rule" for key in sorted(set(row) - set(_REQUIRED) - set(_OPTIONAL) - {_LINE})]
    if not found:
        found = _meaning_mistakes(row)
    return [f"{place}: {problem}" for problem in found]


def _meaning_mistakes(row: dict[str, Any]) -> list[str]:
    found = []
    if row["status"] not in _STATUSES:
        found.append(f"status {row['status']!r} is not one of {', '.join(_STATUSES)}")
    if row.get("effective_to") is not None and row["effective_to"] < row["effective_from"]:
        found.append("effective_to lies before effective_from")
    if row["subject"] not in SUBJECTS:
        return [*found, f"subject {row['subject']!r} is not one of {', '.join(SUBJECTS)}"]
    return found + _value_mistakes(row)


def _value_mistakes(row: dict[str, Any]) -> list[str]:
    wanted = SUBJECTS[row["subject"]]
    values = {key: value for key, value in row["values"].items() if key != _LINE}
    known = {**wanted, **OPTIONAL_VALUES}
    found = [f"values.{key} is not a value of {row['subject']}" for key in sorted(set(values) - set(known))]
    found += [
        f"values.{key} is not a {known[key].replace('_', ' or ')}"
        for key, value in values.items()
        if key in known and not _FITS[known[key]](value)
    ]
    if row["status"] != "missing":
        found += [f"values.{key} is missing" for key in wanted if key not in values]
    return found


def _joint_mistakes(rules: tuple[Rule, ...]) -> list[str]:
    ids = [rule.id for rule in rules]
    doubles = sorted({name for name in ids if ids.count(name) > 1})
    found = [f"the rule id {name} is used twice" for name in doubles]
    return found + [f"{first.id} and {second.id} are in force on the same day" for first, second in overlapping(rules)]


def _rule(row: dict[str, Any], jurisdiction: str) -> Rule:
    values = {
        key: tuple(value) if isinstance(value, list) else value for key, value in row["values"].items() if key != _LINE
    }
    plain = {key: row.get(key) for key in (*_REQUIRED, *_OPTIONAL) if key != "values"}
    return Rule(jurisdiction=jurisdiction, values=values, **plain)  # type: ignore[arg-type]
