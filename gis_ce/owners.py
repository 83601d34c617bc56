"""The table `[owners]` of a city file: which owners are public bodies there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from gis_ce.owner_names import OwnerPatterns, plain_name
from gis_ce.rules import Rule, RuleBook
from layers.errors import Mistake

SUBJECT = "public_or_private"
KEYS = ("public", "private", "unknown")


def owner_mistakes(table: Mapping[str, object]) -> list[Mistake]:
    """Everything that is wrong with the table, all at once; no table at all is no mistake."""
    found = [
        Mistake(f"[owners] {key}", f"is not a key of this table; it has {', '.join(KEYS)}")
        for key in table
        if key not in KEYS
    ]
    for key in (key for key in KEYS if key in table):
        found += [Mistake(f"[owners] {key}", problem) for problem in _list_mistakes(table[key])]
    return found if found else _joint_mistakes(owner_patterns(table))


def _list_mistakes(value: object) -> list[str]:
    if not isinstance(value, list):
        return [f'must be a list of names or patterns, such as ["TOWN OF *"], not {value!r}']
    return [
        f"{name!r} is not a name or a pattern with at least one word"
        for name in value
        if not isinstance(name, str) or not plain_name(name).replace("*", "").strip()
    ]


def _joint_mistakes(patterns: OwnerPatterns) -> list[Mistake]:
    return [
        Mistake("[owners] private", f"{name!r} is under public as well; take it out of one of them")
        for name in patterns.private
        if plain_name(name) in {plain_name(other) for other in patterns.public}
    ]


def owner_patterns(table: Mapping[str, object]) -> OwnerPatterns:
    """The patterns of a table without mistakes."""
    return OwnerPatterns(*(_texts(table.get(key)) for key in KEYS))


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list) else ()


def with_owners(rulebook: RuleBook, owners: OwnerPatterns) -> RuleBook:
    """The same rules, with the city's owners added to those that the pack lists."""
    rules = tuple(_with_owners(rule, owners) if rule.subject == SUBJECT else rule for rule in rulebook.rules)
    return replace(rulebook, rules=rules)


def _with_owners(rule: Rule, owners: OwnerPatterns) -> Rule:
    added = {f"{key}_owners": rule.texts(f"{key}_owners") + getattr(owners, key) for key in KEYS}
    return replace(rule, values={**rule.values, **{name: texts for name, texts in added.items() if texts}})
