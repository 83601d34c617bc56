"""When a period ends that begins at a moment: hours by the clock, calendar days, working days of the city."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from gis_ce.clock import day_after, shown
from gis_ce.process import Length
from gis_ce.process_deadlines import end_of, local_day, said_at
from gis_ce.process_state import Timekeeping

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DueTime:
    """A moment by which something is due, with the arithmetic in words."""

    at: datetime
    said: str


def due_after(start: datetime, length: Length, time: Timekeeping, word: str = "from") -> DueTime:
    """The end of a period that begins at a moment: days end with the day, and the day it begins on is not counted."""
    if length.unit == "hours":
        at = start.astimezone(UTC) + timedelta(hours=length.count)
        return DueTime(at, f"{word} {said_at(start, time)}, {length}, until {said_at(at, time)}")
    first = local_day(start, time)
    last = day_after(first, length.count, length.unit, time.calendar)
    return DueTime(end_of(last, time), shown(first, length.count, length.unit, time.calendar, word))


def day_before(day: date, length: Length, time: Timekeeping) -> date:
    """The last day that lies a period before a day; hours count as the days that they fill."""
    if length.unit == "hours":
        return day - timedelta(days=-(-length.count // 24))
    return day_after(day, -length.count, length.unit, time.calendar)
