"""Single values of a camera's notes, which may be of any kind and nonsense: a value, or None."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone, tzinfo

Tags = Mapping[int, object]

_MOMENT = re.compile(r"(\d{4})[:\-/.](\d\d)[:\-/.](\d\d)[ T](\d\d):(\d\d):(\d\d)")
_DAY = re.compile(r"(\d{4})[:\-/.](\d\d)[:\-/.](\d\d)")
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)")
_LONGEST_OFFSET = timedelta(hours=15)
_YEARS = range(1990, 2200)


def number(value: object) -> float | None:
    """A finite number, from a number or a fraction; a fraction over zero is none."""
    if isinstance(value, bool | str | bytes) or value is None:
        return None
    try:
        found = float(value)  # type: ignore[arg-type]  # anything that a tag may hold
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def numbers(value: object, count: int) -> tuple[float, ...] | None:
    """Exactly so many numbers, or None."""
    if not isinstance(value, Sequence) or isinstance(value, str | bytes) or len(value) != count:
        return None
    found = tuple(each for each in map(number, value) if each is not None)
    return found if len(found) == count else None


def words(value: object) -> str:
    """Text without what cameras pad it with; empty where it is no text."""
    if isinstance(value, bytes):
        value = value.decode("ascii", errors="replace")
    if not isinstance(value, str):
        return ""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in value).split())[:100]


def degrees(value: object, side: object, negative: str, positive: str, most: float) -> float | None:
    """Degrees, minutes and seconds with their side of the earth as signed degrees."""
    parts = numbers(value, 3)
    letter = words(side).upper()[:1]
    if parts is None or letter not in (negative, positive) or not letter:
        return None
    if min(parts) < 0 or parts[1] >= 60.0001 or parts[2] >= 60.0001:
        return None
    found = parts[0] + parts[1] / 60 + parts[2] / 3600
    return None if found > most else found * (-1 if letter == negative else 1)


def moment(value: object, zone: tzinfo) -> datetime | None:
    """The time on the camera's clock, in a zone; a year outside of 1990 to 2199 was never set, so none."""
    match = _MOMENT.match(words(value))
    if match is None or int(match[1]) not in _YEARS:
        return None
    year, month, day, hour, minute, second = (int(part) for part in match.groups())
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=zone)
    except ValueError:
        return None


def offset(value: object) -> timezone | None:
    """The camera's distance from UTC, such as `-05:00`."""
    match = _OFFSET.fullmatch(words(value))
    if match is None:
        return None
    hours = timedelta(hours=int(match[2]), minutes=int(match[3]))
    if hours >= _LONGEST_OFFSET or int(match[3]) >= 60:
        return None
    return timezone(-hours if match[1] == "-" else hours)


def utc_moment(day: object, clock: object) -> datetime | None:
    """The receiver's day and time, in UTC."""
    match, parts = _DAY.fullmatch(words(day)), numbers(clock, 3)
    if match is None or parts is None or min(parts) < 0 or int(match[1]) not in _YEARS:
        return None
    hours, minutes, seconds = parts
    if hours >= 24 or minutes >= 60 or seconds >= 61:
        return None
    try:
        midnight = datetime(int(match[1]), int(match[2]), int(match[3]), tzinfo=UTC)
    except ValueError:
        return None
    return midnight + timedelta(seconds=int(hours * 3600 + minutes * 60 + seconds))
