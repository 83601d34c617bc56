"""Where a case stands in its process, and what one move of it brings about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from gis_ce.clock import NO_HOLIDAYS, Calendar
from gis_ce.process import Length

Waiting = Literal["deadline", "date", "child"]
DeadlineEnd = Literal["met", "ended", "passed"]
EntryKind = Literal[
    "opened",
    "answered",
    "noted",
    "deadline_started",
    "deadline_awaits_date",
    "deadline_moved",
    "deadline_passed",
    "wait_ended",
    "corrected",
    "reopened",
    "handed_over",
    "returned",
    "closed",
    "definition_changed",
]
_TIMES = ("entered_at", "due_at")
_TUPLES = ("way", "noted")


@dataclass(frozen=True, slots=True)
class Timekeeping:
    """How a city counts time: its periods by name, its calendar and its time zone.

    Where `next_working_day` is true, a last day that falls on a day off is moved to the next working day.
    """

    settings: Mapping[str, Length]
    zone: ZoneInfo
    calendar: Calendar = NO_HOLIDAYS
    next_working_day: bool = False


@dataclass(frozen=True, slots=True)
class Act:
    """Who does something, when (an aware time), and by which way of counting time."""

    by: str
    at: datetime
    time: Timekeeping

    @property
    def today(self) -> date:
        """The day in the city's time zone."""
        return self.at.astimezone(self.time.zone).date()


@dataclass(frozen=True, slots=True)
class State:
    """Where one case stands.

    `way` are the steps left behind, in order, each as often as it was taken; `noted` the fields given
    at the present step so far. `waiting_for`: a `deadline` that runs, the `date` without which it cannot
    run, the `child` case that returns; None where somebody can act.
    """

    process: str
    version: str
    step: str
    lane: str
    entered_at: datetime
    closed: bool = False
    waiting_for: Waiting | None = None
    due_at: datetime | None = None
    due_said: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    way: tuple[str, ...] = ()
    noted: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The state as plain JSON values."""
        found = asdict(self)
        found |= {name: value.isoformat() for name in _TIMES if (value := found[name]) is not None}
        return found | {name: list(found[name]) for name in _TUPLES}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> State:
        """The state that `to_json` made; keys that are none of its own are left out."""
        known = {item.name for item in fields(cls)}
        found = {name: value for name, value in values.items() if name in known}
        found |= {name: datetime.fromisoformat(found[name]) for name in _TIMES if found.get(name)}
        return cls(**found | {name: tuple(found.get(name, ())) for name in _TUPLES})


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a case's history: what happened, in words and as data."""

    kind: EntryKind
    step: str
    text: str
    by: str
    at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RunningDeadline:
    """A deadline that has begun: its first day, the moment it ends, and the arithmetic in words."""

    step: str
    starts_on: date
    due_at: datetime
    said: str
    remind_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class HandOver:
    """A case of another type that is to be opened; where it `returns`, this case waits for it."""

    process: str
    step: str
    returns: bool


@dataclass(frozen=True, slots=True)
class Moved:
    """What one move brings about, for the caller to store.

    `deadline` has begun; the one that ran before has ended as `deadline_end` says. `open_child` is to be
    opened. `wake_parent` is true where the case has just closed: a case that waits for it can go on.
    """

    state: State
    entries: tuple[Entry, ...] = ()
    deadline: RunningDeadline | None = None
    deadline_end: DeadlineEnd | None = None
    open_child: HandOver | None = None
    wake_parent: bool = False
