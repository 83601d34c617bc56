"""A rule and its pack as a decision keeps them: the words and numbers themselves, and what tells them from others."""

from __future__ import annotations

from dataclasses import asdict, fields

from gis_ce.canonical import as_plain, canonical, sha256
from gis_ce.readings import digest
from gis_ce.rules import Rule, RuleBook
from gis_ce.tables import Json

_KNOWN: dict[int, tuple[RuleBook, str]] = {}
_MOST_KNOWN = 16


def rule_on_record(rule: Rule | None) -> Json:
    """All that a rule says, with its digest; empty where no rule applied."""
    if rule is None:
        return {}
    said = {each.name: getattr(rule, each.name) for each in fields(rule) if each.name != "reading"}
    reading = None if rule.reading is None else asdict(rule.reading)
    kept: Json = as_plain({**said, "reading": reading, "digest": digest(rule)})
    return kept


def pack_on_record(book: RuleBook) -> Json:
    """The name of a pack, and one digest over all of its rules and its days off as the city follows them."""
    known = _KNOWN.get(id(book))
    if known is None or known[0] is not book:
        if len(_KNOWN) >= _MOST_KNOWN:
            _KNOWN.clear()
        days = [repr(book.calendar.holidays), book.calendar.added, sorted(book.calendar.removed)]
        said = [sorted(digest(rule) for rule in book.rules), days]
        known = _KNOWN[id(book)] = (book, sha256(canonical(said)))
    return {"name": book.pack, "digest": known[1]}
