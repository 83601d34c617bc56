"""When a wait ends: hours, calendar days and working days, from the step or from a noted date."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from gis_ce.clock import day_after, named, shown
from gis_ce.errors import StepRefused
from gis_ce.process import Deadline, Length, Step, Unit, in_words
from gis_ce.process_state import Act, RunningDeadline, Timekeeping

LONGEST_DAYS = 3660
_PERIOD = re.compile(r"(\d{1,5}) (hours?|days?|calendar days?|working days?)")
_UNITS: Mapping[str, Unit] = {
    "hour": "hours",
    "day": "calendar_days",
    "calendar day": "calendar_days",
    "working day": "working_days",
}
_END_OF_DAY = time(23, 59, 59)
_ONE_DAY = timedelta(days=1)


def read_length(text: object) -> Length | None:
    """The period that words name (`10 days`, `48 hours`, `3 working days`); None where they name none."""
    found = _PERIOD.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        return None
    length = Length(int(found[1]), _UNITS[found[2].removesuffix("s")])
    return length if 0 < length.count <= LONGEST_DAYS else None


def length_of(deadline: Deadline, settings: Mapping[str, Length]) -> Length | None:
    """The period of a deadline; None where it ends on a date that the officer sets.

    Raises StepRefused where the city no longer has the setting.
    """
    if deadline.setting and deadline.setting not in settings:
        raise StepRefused(f"The city file has no period {deadline.setting} under [processes.settings].")
    return settings[deadline.setting] if deadline.setting else deadline.length


def begun(step: Step, data: Mapping[str, Any], entered_at: datetime, act: Act) -> RunningDeadline | None:
    """The deadline of a wait that was entered then; None as long as the date that it needs is not noted."""
    deadline = step.deadline
    assert deadline is not None
    noted = data.get(deadline.date_field) if deadline.date_field else None
    if deadline.date_field and noted is None:
        return None
    if deadline.on_field:
        last = date.fromisoformat(str(noted))
        return _ending(step, last, last, f"{in_words(deadline.on_field)}: last day {named(last)}", act)
    length = length_of(deadline, act.time.settings)
    assert length is not None
    if length.unit == "hours":
        return _after_hours(step, entered_at, length, act)
    if noted is not None:
        return _after_days(step, date.fromisoformat(str(noted)), length, in_words(str(deadline.from_field)), act)
    return _after_days(step, local_day(entered_at, act.time), length, "from", act)


def reminder(due_at: datetime, before: Length, time_: Timekeeping) -> datetime:
    """When to remind of a deadline: so many hours or days before it, at the start of that day."""
    if before.unit == "hours":
        return due_at - timedelta(hours=before.count)
    day = local_day(due_at, time_)
    for _ in range(before.count):
        day -= _ONE_DAY
        while before.unit == "working_days" and time_.calendar.day_off(day):
            day -= _ONE_DAY
    return datetime.combine(day, time(), time_.zone).astimezone(UTC)


def remind_at(step: Step, due_at: datetime, act: Act) -> datetime | None:
    """When to remind of a wait's deadline: as its step says, else as the city's setting `reminder`.

    None where there is neither, or where that moment has passed already.
    """
    before = step.remind or act.time.settings.get("reminder")
    at = reminder(due_at, before, act.time) if before else None
    return at if at is not None and at > act.at else None


def end_of(day: date, time_: Timekeeping) -> datetime:
    """The last second of a day in the city's time zone."""
    return datetime.combine(day, _END_OF_DAY, time_.zone).astimezone(UTC)


def local_day(at: datetime, time_: Timekeeping) -> date:
    """The day of a moment in the city's time zone."""
    return at.astimezone(time_.zone).date()


def said_at(at: datetime, time_: Timekeeping) -> str:
    """A moment for people: `Wed 1 Oct 2025 10:00 EDT`."""
    local = at.astimezone(time_.zone)
    return f"{named(local.date())} {local:%H:%M %Z}"


def _after_hours(step: Step, start: datetime, length: Length, act: Act) -> RunningDeadline:
    due_at = start.astimezone(UTC) + timedelta(hours=length.count)
    said = f"from {said_at(start, act.time)}, {length}, until {said_at(due_at, act.time)}"
    return RunningDeadline(step.id, local_day(start, act.time), due_at, said, remind_at(step, due_at, act))


def _after_days(step: Step, start: date, length: Length, word: str, act: Act) -> RunningDeadline:
    assert length.unit != "hours"
    last = day = day_after(start, length.count, length.unit, act.time.calendar)
    said = shown(start, length.count, length.unit, act.time.calendar, word)
    while act.time.next_working_day and act.time.calendar.day_off(day):
        day += _ONE_DAY
    if day != last:
        said += f"; that is a day off ({act.time.calendar.day_off(last)}), so {named(day)}"
    return _ending(step, start, day, said, act)


def _ending(step: Step, start: date, last: date, said: str, act: Act) -> RunningDeadline:
    due_at = end_of(last, act.time)
    return RunningDeadline(step.id, start, due_at, said, remind_at(step, due_at, act))
