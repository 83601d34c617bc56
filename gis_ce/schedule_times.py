"""When something is on the schedule: by cron in the city's time, or every so often."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from croniter import CroniterError, croniter

from gis_ce.errors import ScheduleRefused

AGAIN = timedelta(minutes=30)
"""So long after the begin of a run that failed or was cut off it is tried again."""
OFF = "off"
_EVERY = re.compile(r"every (\d{1,4}) (minute|hour|day)s?")
_UNITS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}


@dataclass(frozen=True, slots=True)
class When:
    """A rhythm in the words in which it was written; neither `cron` nor `every` means never by itself."""

    said: str
    cron: str | None = None
    every: timedelta | None = None


def when(words: str) -> When:
    """The rhythm of `30 2 * * *`, of `every 6 hours`, or of `off`; raises ScheduleRefused."""
    said = " ".join(words.split())
    if said == OFF:
        return When(said)
    if found := _EVERY.fullmatch(said):
        if not int(found[1]):
            raise ScheduleRefused("every 0 is not possible.")
        return When(said, every=int(found[1]) * _UNITS[found[2]])
    if len(said.split()) == 5 and croniter.is_valid(said):
        return When(said, cron=said)
    raise ScheduleRefused(f"{said[:60]!r} is no rhythm: write `30 2 * * *` (cron), `every 6 hours`, or `off`.")


def rhythms(settings: str, shipped: Mapping[str, str]) -> dict[str, When]:
    """The rhythm of each schedule: as shipped, else as `name = rhythm; name = rhythm` says.

    Raises ScheduleRefused with every mistake.
    """
    given, mistakes = _given(settings, shipped)
    found = {name: when(words) for name, words in shipped.items()}
    for name, words in given.items():
        try:
            found[name] = when(words)
        except ScheduleRefused as error:
            mistakes.append(f"{name}: {error}")
    if mistakes:
        raise ScheduleRefused("Schedules: " + " ".join(mistakes))
    return found


def _given(settings: str, known: Collection[str]) -> tuple[dict[str, str], list[str]]:
    given: dict[str, str] = {}
    mistakes: list[str] = []
    for part in filter(None, (part.strip() for part in settings.split(";"))):
        name, equals, words = (each.strip() for each in part.partition("="))
        if not equals:
            mistakes.append(f"{part[:60]!r} has no rhythm.")
        elif name not in known:
            mistakes.append(f"There is no schedule {name[:60]!r}; there are {', '.join(known)}.")
        else:
            given[name] = words
    return given, mistakes


def is_due(rhythm: When, last: datetime | None, unfinished: bool, now: datetime, zone: ZoneInfo) -> bool:
    """Whether something is to be done now, after its last run began at `last`.

    What never ran is due, and so is what ran in the future: then the clock was set back.
    """
    if rhythm.cron is None and rhythm.every is None:
        return False
    if last is None or last > now or (unfinished and now - last >= AGAIN):
        return True
    following = next_after(rhythm, last, zone)
    return following is not None and following <= now


def next_after(rhythm: When, last: datetime, zone: ZoneInfo) -> datetime | None:
    """The first time after a moment, in UTC; None for what is never done by itself."""
    if rhythm.every is not None:
        return last.astimezone(UTC) + rhythm.every
    if rhythm.cron is None:
        return None
    try:
        found: datetime = croniter(rhythm.cron, last.astimezone(zone)).get_next(datetime)
    except CroniterError:  # such as 30 February, which never comes
        return None
    return found.astimezone(UTC)
