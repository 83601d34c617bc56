"""Days as the law counts them: working days and calendar days, with the arithmetic shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

import holidays as public
import numpy as np
import numpy.typing as npt

from layers.features import Days

Unit = Literal["working_days", "calendar_days"]
_ONE_DAY = timedelta(days=1)
_SATURDAY = 5
_YEARS_BEYOND = 2
"""A count that begins in one year may end in the next; holidays are known this many years on."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """The holidays of a place: a country's and subdivision's public ones, some added, some removed.

    An empty country has none. Saturdays and Sundays are never working days.
    """

    country: str = ""
    subdivision: str = ""
    added: Mapping[date, str] = field(default_factory=dict)
    removed: frozenset[date] = frozenset()

    def holiday(self, day: date) -> str | None:
        """The name of the holiday on a day, or None."""
        if day in self.added:
            return self.added[day]
        if day in self.removed or not self.country:
            return None
        return _public(self.country, self.subdivision, day.year).get(day)

    def day_off(self, day: date) -> str | None:
        """Why a day is no working day (`Saturday`, `Sunday`, a holiday's name), or None."""
        name = self.holiday(day)
        if name is None and day.weekday() >= _SATURDAY:
            return f"{day:%A}"
        return name

    def between(self, first: date, last: date) -> npt.NDArray[np.datetime64]:
        """The holidays of the years from one day to another."""
        known = {day for year in range(first.year, last.year + 1) for day in self._of_year(year)}
        return np.array(sorted((known - self.removed) | set(self.added)), dtype="datetime64[D]")

    def _of_year(self, year: int) -> Mapping[date, str]:
        return _public(self.country, self.subdivision, year) if self.country else {}


NO_HOLIDAYS = Calendar()


@lru_cache(maxsize=512)
def _public(country: str, subdivision: str, year: int) -> Mapping[date, str]:
    found = public.country_holidays(country, subdiv=subdivision or None, years=year)
    return {day: name for day, name in found.items() if day.year == year}


def is_known(country: str, subdivision: str) -> bool:
    """Whether the public holidays of a country and its subdivision (may be empty) are known."""
    known = public.list_supported_countries()
    return country in known and (not subdivision or subdivision in known[country])


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
    off = calendar.between(date(first.year, 1, 1), date(last.year + _YEARS_BEYOND, 12, 31))
    found[known] = np.busday_offset(start, steps, roll="backward", holidays=off)
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
    said = f"{word} {named(given)}, {count} {unit.replace('_', ' ')}, last day {named(last)}"
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
