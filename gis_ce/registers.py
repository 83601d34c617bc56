"""The registers as they stand: filled from the cases themselves, filtered, and read page by page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from gis_ce.errors import FilterRefused, UnknownRegister
from gis_ce.register import Register
from gis_ce.register_entry import Filling, RegisterEntry
from gis_ce.register_reading import BATCH, entries_of, key_of, next_cases
from layers.sentences import sentence
from layers.toml_table import did_you_mean

MOST_ENTRIES = 1000


@dataclass(frozen=True, slots=True)
class EntryFilter:
    """Which entries are wanted; what is left out holds for all.

    `since` and `until` (both included) are days on which an entry came to its status; `area` is on the
    grid in feet; `text` is looked for in everything that an entry says, whatever the capitals.
    """

    types: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    area: BaseGeometry | None = None
    text: str | None = None
    parcel: str | None = None


@dataclass(frozen=True, slots=True)
class EntryPage:
    """Entries, newest case first; `after` asks for the next page, None where there is none."""

    entries: tuple[RegisterEntry, ...]
    after: str | None


def register_named(registers: Mapping[str, Register], name: str) -> Register:
    """The register of that name; raises UnknownRegister."""
    if name not in registers:
        raise UnknownRegister(sentence(f"There is no register {name!r}; {did_you_mean(name, list(registers))}"))
    return registers[name]


def register_page(
    session: Session, filling: Filling, asked: EntryFilter, after: str | None = None, limit: int = 50
) -> EntryPage:
    """One page of a register; raises FilterRefused for a filter or a page that cannot be."""
    if not 1 <= limit <= MOST_ENTRIES:
        raise FilterRefused(f"A page has 1 to {MOST_ENTRIES:,} entries, not {limit}.")
    found: list[tuple[RegisterEntry, str]] = []
    for entry, key in _entries(session, filling, asked, after):
        found.append((entry, key))
        if len(found) > limit:
            break
    more = found[limit - 1][1] if len(found) > limit else None
    return EntryPage(tuple(entry for entry, _ in found[:limit]), more)


def register_entries(session: Session, filling: Filling, asked: EntryFilter) -> Iterator[RegisterEntry]:
    """Every entry that is wanted, newest case first: for an export."""
    return (entry for entry, _ in _entries(session, filling, asked, None))


def _entries(
    session: Session, filling: Filling, asked: EntryFilter, after: str | None
) -> Iterator[tuple[RegisterEntry, str]]:
    _refuse_unknown(filling.register, asked)
    while True:
        rows = next_cases(session, asked.types or filling.register.processes, asked.area, asked.parcel, after)
        for row, entry in zip(rows, entries_of(session, filling, rows), strict=True):
            if entry is not None and _wanted(entry, asked):
                yield entry, key_of(row)
        if len(rows) < BATCH:
            return
        after = key_of(rows[-1])


def _refuse_unknown(register: Register, asked: EntryFilter) -> None:
    for what, given, known in (
        ("type", asked.types, register.processes),
        ("status", asked.statuses, register.statuses),
    ):
        for word in given:
            if word not in known:
                raise FilterRefused(sentence(f"{register.title} has no {what} {word!r}; {did_you_mean(word, known)}"))


def _wanted(entry: RegisterEntry, asked: EntryFilter) -> bool:
    if asked.statuses and entry.status not in asked.statuses:
        return False
    if (asked.since and entry.since < asked.since) or (asked.until and entry.since > asked.until):
        return False
    said = (entry.number, entry.title, entry.address, entry.parcel_id, *entry.values.values())
    return not asked.text or any(asked.text.casefold() in str(word).casefold() for word in said if word is not None)
