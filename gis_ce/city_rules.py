"""The tables of a city file that say how its cases are decided: `[rules]`, `[decision]`, `[owners]`, `[calendar]`,
and how far the line of an overflow goes: `[mailing]`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gis_ce.checks.line_reach import with_line_reach
from gis_ce.city_calendar import calendar_mistakes, with_city_days
from gis_ce.decision import CONFIDENCE
from gis_ce.located import DOUBT_NAMES, DOUBTS, AddressDoubts, doubts_of
from gis_ce.mailing.settings import mailing_mistakes, mailing_settings
from gis_ce.owners import owner_mistakes, owner_patterns, with_owners
from gis_ce.pack_tests import open_tested_pack
from gis_ce.readings import RecordedReading, read_readings, with_readings
from gis_ce.rule_files import open_pack
from gis_ce.rules import RuleBook
from layers.errors import CityFileError, Mistake
from layers.model import City

LARGEST_DOUBT = 5000.0
_TABLES = {"rules": ("pack", "folder"), "decision": ("confidence", *DOUBT_NAMES)}


@dataclass(frozen=True, slots=True)
class CityRules:
    """The rules of a city, how probable an answer must be there, and what finding by address adds to sigma."""

    rulebook: RuleBook
    confidence: float
    doubts: AddressDoubts = DOUBTS


def city_rules(city: City, path: str = "city.toml", tested: bool = True) -> CityRules:
    """The rules that a city file names; raises CityFileError with every mistake in the five tables.

    `[rules] folder` is the city's own folder of packs and readings, relative to the city file's data.
    Raises PackRefused where the pack fails its own tests, RuleFileError and ReadingsFileError where a
    file of that folder is broken. Untested rules are for those who only look and decide nothing by them.
    """
    owners, calendar = city.other.get("owners", {}), city.other.get("calendar", {})
    mailing = mailing_mistakes(city.other.get("mailing", {}))
    mistakes = [*_mistakes(city), *owner_mistakes(owners), *calendar_mistakes(calendar), *mailing]
    if mistakes:
        raise CityFileError(path, mistakes)
    decision = city.other.get("decision", {})
    opened = open_tested_pack if tested else open_pack
    rulebook = _book(city, opened(str(city.other["rules"]["pack"]), rules_folder(city)), _readings(city))
    return CityRules(rulebook, float(str(decision.get("confidence", CONFIDENCE))), doubts_of(decision))


def other_book(city: City, pack: str) -> RuleBook:
    """Another pack as it would be in a city: with its owners, days and lines, and those of its readings that fit."""
    book = open_tested_pack(pack, rules_folder(city))
    ids = {rule.id for rule in book.rules}
    return _book(city, book, [line for line in _readings(city) if line.rule in ids])


def rules_folder(city: City) -> Path | None:
    """The city's own folder of packs and readings; None where its file names none."""
    folder = city.other.get("rules", {}).get("folder")
    return city.folder / folder if isinstance(folder, str) else None


def _readings(city: City) -> Sequence[RecordedReading]:
    folder = rules_folder(city)
    return read_readings(folder) if folder is not None else ()


def _book(city: City, book: RuleBook, readings: Sequence[RecordedReading]) -> RuleBook:
    days, owners = city.other.get("calendar", {}), city.other.get("owners", {})
    line = mailing_settings(city.other.get("mailing", {})).line
    own = with_city_days(with_readings(book, readings), days)
    return with_line_reach(with_owners(own, owner_patterns(owners)), line)


def _mistakes(city: City) -> list[Mistake]:
    found = [
        Mistake(f"[{table}] {key}", f"is not a key of this table; it has {', '.join(known)}")
        for table, known in _TABLES.items()
        for key in city.other.get(table, {})
        if key not in known
    ]
    rules, decision = city.other.get("rules", {}), city.other.get("decision", {})
    if not isinstance(rules.get("pack"), str):
        found.append(Mistake("[rules] pack", 'is missing; name a rules pack, such as "nc-raleigh-2016"'))
    if not isinstance(rules.get("folder", ""), str):
        found.append(Mistake("[rules] folder", "must be a text"))
    confidence = decision.get("confidence", CONFIDENCE)
    if isinstance(confidence, bool) or not isinstance(confidence, int | float) or not 0.5 < confidence < 1:
        found.append(Mistake("[decision] confidence", f"must lie between 0.5 and 1, not {confidence!r}"))
    for name in (name for name in DOUBT_NAMES if name in decision):
        value = decision[name]
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < LARGEST_DOUBT:
            found.append(Mistake(f"[decision] {name}", f"must lie between 0 and {LARGEST_DOUBT:,.0f}, not {value!r}"))
    return found
