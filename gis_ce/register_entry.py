"""One line of a register: what it says of its case, and the events it came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from shapely.geometry.base import BaseGeometry
from sqlalchemy import Row

from gis_ce.process import Process
from gis_ce.register import CaseFacts, EntryRule, Register, RegisterColumn

Value = str | int | float | date | None


@dataclass(frozen=True, slots=True)
class SourceEvent:
    """An event of the case that an entry came from."""

    id: int
    at: datetime
    by: str
    kind: str
    step: str | None
    text: str


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """One line of a register: its case, its status and since when, what it says, and the events it came from."""

    case_id: str
    number: str
    type: str
    status: str
    since: date
    title: str
    case_status: str
    event_on: date
    opened_on: date
    address: str | None
    parcel_id: str | None
    place: BaseGeometry | None
    values: Mapping[str, Value]
    events: tuple[SourceEvent, ...]


@dataclass(frozen=True, slots=True)
class Filling:
    """What fills a register: its definition, the processes that feed it, and the city's time zone."""

    register: Register
    processes: Mapping[str, Process]
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class FoundCase:
    """All that was read of one case."""

    row: Row[Any]
    facts: CaseFacts
    events: tuple[SourceEvent, ...]
    parties: Mapping[str, Sequence[str]]

    def day_of(self, steps: Sequence[str], zone: ZoneInfo) -> date | None:
        """The day on which the last of some steps was done, if it still is on the case's way."""
        on_way = [event for event in self.events if event.step in steps and event.step in self.facts.way]
        done = [event.at for event in on_way if event.kind in ("answered", "handed_over")]
        return max(done).astimezone(zone).date() if done else None


def entry_of(filling: Filling, found: FoundCase, rule: EntryRule) -> RegisterEntry:
    """The line of a case that stands in the register by a rule."""
    row, zone = found.row, filling.zone
    opened_on = row.opened_at.astimezone(zone).date()
    closed_on = row.closed_at.astimezone(zone).date() if row.closed_at else None
    return RegisterEntry(
        case_id=row.id,
        number=row.number,
        type=row.type,
        status=rule.status,
        since=found.day_of(rule.steps, zone) or closed_on or opened_on,
        title=row.title,
        case_status=row.status,
        event_on=row.event_on,
        opened_on=opened_on,
        address=row.address,
        parcel_id=row.parcel_id,
        place=row.geometry,
        values={column.name: _value(column, found, zone) for column in filling.register.columns},
        events=found.events,
    )


def _value(column: RegisterColumn, found: FoundCase, zone: ZoneInfo) -> Value:
    if column.origin == "party":
        return "; ".join(found.parties.get(column.of, ())) or None
    if column.origin == "day_of":
        return found.day_of((column.of,), zone)
    value = (found.facts.answers if column.origin == "answer" else found.facts.data).get(column.of)
    return f"{len(value)} attached" if isinstance(value, list) else value
