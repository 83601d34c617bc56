"""Holidays from the words in which laws name them: `third Monday of January`, `2 days before Easter`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

_MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_ORDER = ("first", "second", "third", "fourth", "fifth")
_FIXED = re.compile(rf"(\d{{1,2}}) ({'|'.join(_MONTHS)})")
_NTH = re.compile(rf"({'|'.join(_ORDER)}|last) ({'|'.join(_WEEKDAYS)}) of ({'|'.join(_MONTHS)})")
_MOVED = re.compile(r"(\d{1,2}) days? (before|after) (.+)")
_WEEK = timedelta(days=7)
_SATURDAY, _SUNDAY = 5, 6


@dataclass(frozen=True, slots=True)
class Holiday:
    """One holiday of every year from `from_year` on.

    `observed`: on a Saturday it is kept on the Friday before, on a Sunday on the Monday after.
    """

    name: str
    falls: str
    observed: bool = True
    from_year: int = 0

    def days(self, year: int) -> dict[date, str]:
        """The days kept for the holiday of a year, with their names; a kept day may lie in another year."""
        if year < self.from_year:
            return {}
        day = day_of(self.falls, year)
        moved = {_SATURDAY: -1, _SUNDAY: 1}.get(day.weekday(), 0) if self.observed else 0
        kept = day + timedelta(days=moved)
        return {kept: f"{self.name} (observed)" if moved else self.name}


def is_known(falls: str) -> bool:
    """Whether the words name a day of every year."""
    if moved := _MOVED.fullmatch(falls):
        return is_known(moved[3])
    if fixed := _FIXED.fullmatch(falls):
        return _is_day(int(fixed[1]), _MONTHS.index(fixed[2]) + 1)
    nth = _NTH.fullmatch(falls)
    return falls == "Easter" or (nth is not None and nth[1] != "fifth")


def day_of(falls: str, year: int) -> date:
    """The day of a year that the words name; they must be known."""
    if moved := _MOVED.fullmatch(falls):
        days = int(moved[1]) * (1 if moved[2] == "after" else -1)
        return day_of(moved[3], year) + timedelta(days=days)
    if fixed := _FIXED.fullmatch(falls):
        return date(year, _MONTHS.index(fixed[2]) + 1, int(fixed[1]))
    if nth := _NTH.fullmatch(falls):
        return _nth(nth[1], _WEEKDAYS.index(nth[2]), _MONTHS.index(nth[3]) + 1, year)
    return easter(year)


def _is_day(day: int, month: int) -> bool:
    return 1 <= day <= (date(2001 + month // 12, month % 12 + 1, 1) - date(2001, month, 1)).days


def _nth(order: str, weekday: int, month: int, year: int) -> date:
    if order == "last":
        end = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
        return end - timedelta(days=(end.weekday() - weekday) % 7)
    start = date(year, month, 1)
    return start + timedelta(days=(weekday - start.weekday()) % 7) + _ORDER.index(order) * _WEEK


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the anonymous algorithm of 1876)."""
    golden, century, of_century = year % 19, year // 100, year % 100
    epact = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    to_sunday = (32 + 2 * (century % 4) + 2 * (of_century // 4) - epact - of_century % 4) % 7
    late = (golden + 11 * epact + 22 * to_sunday) // 451
    month, day = divmod(epact + to_sunday - 7 * late + 114, 31)
    return date(year, month, day + 1)
