"""Reads a rules pack from YAML; refuses a broken file and lists every mistake with its line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from gis_ce.clock import NO_HOLIDAYS, Calendar
from gis_ce.errors import UnknownPack
from gis_ce.file_errors import RuleFileError
from gis_ce.holidays import Holiday, is_known
from gis_ce.pack_cases import case_mistakes, pack_tests
from gis_ce.rule_rows import LINE, row_mistakes, rule_of
from gis_ce.rules import Cell, Rule, RuleBook, overlapping

OpenPack = Callable[[str], RuleBook]
_WANTED: dict[str, type] = {"format": int, "pack": str, "title": str, "jurisdiction": str, "rules": list}
_MAY: dict[str, type] = {"extends": str, "tests": dict}


class _LinedLoader(yaml.SafeLoader):
    """A safe loader whose mappings remember the line they begin on."""


def _lined_mapping(loader: _LinedLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    mapping = loader.construct_mapping(node, deep=True)
    mapping[LINE] = node.start_mark.line + 1
    return mapping


_LinedLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _lined_mapping)


def shipped_packs() -> tuple[str, ...]:
    """The names of the packs that come with the product."""
    folder = files("gis_ce") / "data" / "rules"
    return tuple(sorted(item.name.removesuffix(".yaml") for item in folder.iterdir() if item.name.endswith(".yaml")))


def open_pack(name: str, folder: Path | None = None) -> RuleBook:
    """The pack of that name, from the city's own folder first, else the shipped one.

    Does not run the pack's own tests; gis_ce.pack_tests.open_tested_pack does.
    """
    return _open(name, folder, ())


def _open(name: str, folder: Path | None, extended_by: tuple[str, ...]) -> RuleBook:
    def base(wanted: str) -> RuleBook:
        if wanted in (*extended_by, name):
            raise RuleFileError(f"{name}.yaml", [f"line 1: {wanted} and {name} extend each other"])
        return _open(wanted, folder, (*extended_by, name))

    return read_pack(_text_of(name, folder), f"{name}.yaml", base)


def _text_of(name: str, folder: Path | None) -> str:
    own = folder / f"{name}.yaml" if folder else None
    if own is not None and own.is_file():
        return own.read_text(encoding="utf-8")
    if name not in shipped_packs():
        raise UnknownPack(f"There is no rules pack {name!r}; the packs here are: {', '.join(shipped_packs())}.")
    return (files("gis_ce") / "data" / "rules" / f"{name}.yaml").read_text(encoding="utf-8")


def read_lined(text: str, name: str) -> Any:
    """A YAML text whose mappings keep their lines; raises RuleFileError where it is none."""
    try:
        # The loader is SafeLoader with line numbers: it makes plain values only.
        return yaml.load(text, Loader=_LinedLoader)
    except yaml.YAMLError as error:
        raise RuleFileError(name, [f"it is not YAML: {' '.join(str(error).split())}"]) from error


def read_pack(text: str, name: str, base: OpenPack = open_pack) -> RuleBook:
    """The rules of one YAML text; raises RuleFileError with every mistake and its line.

    A pack that `extends` another has the other's rules on every subject of which it has none itself.
    """
    document = read_lined(text, name)
    _refuse(name, _head_mistakes(document))
    found = [mistake for row in document["rules"] for mistake in row_mistakes(row)]
    _refuse(name, found + case_mistakes(document.get("tests")))
    own = tuple(rule_of(row, document["jurisdiction"]) for row in document["rules"])
    _refuse(name, _joint_mistakes(own))
    below = base(document["extends"]) if "extends" in document else None
    own_subjects = {rule.subject for rule in own}
    rules = own + tuple(rule for rule in (below.rules if below else ()) if rule.subject not in own_subjects)
    return RuleBook(
        document["pack"],
        document["title"],
        rules,
        document["jurisdiction"],
        below,
        pack_tests(document.get("tests")),
        _calendar(rules),
    )


def _refuse(name: str, mistakes: list[str]) -> None:
    if mistakes:
        raise RuleFileError(name, mistakes)


def _head_mistakes(document: Any) -> list[str]:
    if not isinstance(document, dict):
        return ["line 1: a rules file is a table with format, pack, title, jurisdiction and rules"]
    mistakes = [
        f"line 1: {key} is missing or is not a {kind.__name__}"
        for key, kind in _WANTED.items()
        if not isinstance(document.get(key), kind)
    ]
    mistakes += [
        f"line 1: {key} is not a {kind.__name__}"
        for key, kind in _MAY.items()
        if key in document and not isinstance(document[key], kind)
    ]
    extra = sorted(set(document) - set(_WANTED) - set(_MAY) - {LINE})
    return mistakes + [f"line 1: {key} is not a key of a rules file" for key in extra]


def _joint_mistakes(rules: tuple[Rule, ...]) -> list[str]:
    ids = [rule.id for rule in rules]
    doubles = sorted({name for name in ids if ids.count(name) > 1})
    found = [f"the rule id {name} is used twice" for name in doubles]
    found += [f"{first.id} and {second.id} are in force on the same day" for first, second in overlapping(rules)]
    return found + [
        f"{rule.id}: {name} falls on {line['falls']!r}, which names no day of every year"
        for rule in rules
        for name, line in rule.table("days").items()
        if not is_known(str(line["falls"]))
    ]


def _calendar(rules: tuple[Rule, ...]) -> Calendar:
    """The holidays of the newest rule on holidays; each says from which year on it is kept."""
    found = [rule for rule in rules if rule.subject == "holidays"]
    if not found:
        return NO_HOLIDAYS
    days = max(found, key=lambda rule: rule.effective_from).table("days")
    return Calendar(tuple(_holiday(name, line) for name, line in days.items()))


def _holiday(name: str, line: Mapping[str, Cell]) -> Holiday:
    return Holiday(name, str(line["falls"]), line.get("observed", True) is True, int(line.get("from_year", 0)))
