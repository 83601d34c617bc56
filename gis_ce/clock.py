"""Days as the law counts them: working days and calendar days, with the arithmetic shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt

from gis_ce.holidays import Holiday
from layers.features import Days

Unit = Literal["working_days", "calendar_days"]
_ONE_DAY = timedelta(days=1)
_SATURDAY = 5
_YEARS_BEYOND = 2
"""A count that begins in one year may end in the next; holidays are known this many years on."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """The holidays of a place, with some days added by name and some removed.

    Saturdays and Sundays are never working days.
    """

    holidays: tuple[Holiday, ...] = ()
    added: tuple[tuple[date, str], ...] = ()
    removed: frozenset[date] = frozenset()

    def holiday(self, day: date) -> str | None:
        """The name of the holiday on a day, or None."""
        return _of_year(self, day.year).get(day)

    def day_off(self, day: date) -> str | None:
        """Why a day is no working day (`Saturday`, `Sunday`, a holiday's name), or None."""
        name = self.holiday(day)
        if name is None and day.weekday() >= _SATURDAY:
            return f"{day:%A}"
        return name

    def between(self, first: date, last: date) -> npt.NDArray[np.datetime64]:
        """The holidays of the years from one day to another, in order."""
        days = [day for year in range(first.year, last.year + 1) for day in sorted(_of_year(self, year))]
        return np.array(days, dtype="datetime64[D]")


NO_HOLIDAYS = Calendar()


@lru_cache(maxsize=1024)
def _of_year(calendar: Calendar, year: int) -> Mapping[date, str]:
    """The holidays kept in a year; those of the next year may be kept in this one, and the other way round."""
    found: dict[date, str] = {}
    for holiday in calendar.holidays:
        for near in (year - 1, year, year + 1):
            found |= holiday.days(near)
    found |= dict(calendar.added)
    return {day: name for day, name in found.items() if day.year == year and day not in calendar.removed}


def days_after(given: Days, count: npt.NDArray[np.float64], unit: Unit, calendar: Calendar) -> Days:
    """The day that lies `count` days after each given day, which itself is not counted.

    NaT where the day or the count is unknown. Working days leave out Saturdays, Sundays and the
    calendar's holidays; a count that begins on a day off begins to count on the next working day.
    """
    found = np.full(len(given), np.datetime64("NaT", "D"), dtype="datetime64[D]")
    known = ~(np.isnat(given) | np.isnan(count))
    if not known.any():
        return found
    start, steps = given[known].astype("datetime64[D]"), count[known].astype(np.int64)
    if unit == "calendar_days":
        found[known] = start + steps
        return found
    first, last = start.min().item(), (start + 2 * np.abs(steps).max() + 1).max().item()
    off = calendar.between(date(first.year - 1, 1, 1), date(last.year + _YEARS_BEYOND, 12, 31))
    counted = np.busday_offset(start, steps, roll="backward", holidays=off)
    found[known] = np.where(steps == 0, start, counted)
    return found


def day_after(given: date, count: int, unit: Unit, calendar: Calendar) -> date:
    """The day that lies `count` days after a given day, which itself is not counted."""
    found: date = days_after(np.array([given], dtype="datetime64[D]"), np.array([float(count)]), unit, calendar)[
        0
    ].item()
    return found


def working_days_between(given: date, day: date, calendar: Calendar) -> int:
    """How many working days lie after one day up to another, that one counted; 0 if none."""
    count, at = 0, given
    while at < day:
        at += _ONE_DAY
        count += calendar.day_off(at) is None
    return count


def shown(given: date, count: int, unit: Unit, calendar: Calendar, word: str = "given") -> str:
    """The arithmetic in words, with the weekends and holidays that were left out.

    `given Wed 1 Oct 2025, 28 calendar days, last day Wed 29 Oct 2025`
    """
    last = day_after(given, count, unit, calendar)
    days = unit.replace("_", " ").removesuffix("s" if count == 1 else "")
    said = f"{word} {named(given)}, {count} {days}, last day {named(last)}"
    if unit == "calendar_days":
        return said
    left_out = left_out_between(given, last, calendar)
    return f"{said}; left out: {'; '.join(left_out)}" if left_out else said


def left_out_between(given: date, last: date, calendar: Calendar) -> list[str]:
    """The days off after one day up to another, in words; a Saturday and its Sunday as one."""
    said: list[str] = []
    weekends: list[str] = []
    for number in range(1, (last - given).days + 1):
        day = given + number * _ONE_DAY
        name = calendar.holiday(day)
        if name is not None:
            said.append(f"{named(day)} ({name})")
        elif day.weekday() >= _SATURDAY:
            weekends.append(day.strftime("%a ") + plain(day))
    return ([f"weekends {', '.join(weekends)}"] if weekends else []) + said


def named(day: date) -> str:
    """A day for people: `Wed 1 Oct 2025`."""
    return f"{day:%a} {plain(day)} {day.year}"


def plain(day: date) -> str:
    """A day of the month: `1 Oct`."""
    return f"{day.day} {day:%b}"
