"""When a photo was taken, against the day of the event."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from gis_ce.attachments.photo import Photo

_CLOCK_RUNS_AHEAD = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class PhotoTime:
    """Days from the event to the photo (negative: taken before it), and one sentence; None where it cannot be told."""

    sentence: str
    days_after: int | None = None


def photo_time(photo: Photo, event_on: date, zone: tzinfo, now: datetime) -> PhotoTime:
    """A photo's time against the day of the event, days counted in the city's zone.

    A clock that says a time still to come is wrong, and settles nothing.
    """
    if photo.captured_at is None:
        return PhotoTime("The photo does not say when it was taken.")
    local = photo.captured_at.astimezone(zone)
    told = f"{local:%Y-%m-%d %H:%M}"
    if photo.captured_at > now + _CLOCK_RUNS_AHEAD:
        return PhotoTime(f"The camera's clock is wrong: it says {told}, which is still to come.")
    days = (local.date() - event_on).days
    doubt = "" if photo.zone_said else "; the camera names no zone, the city's is taken"
    return PhotoTime(f"Photo taken {_days(days)} ({told}{doubt}).", days)


def _days(days: int) -> str:
    if days == 0:
        return "on the day of the event"
    count = f"{abs(days):,} day{'s' if abs(days) != 1 else ''}"
    return f"{count} {'after' if days > 0 else 'before'} the day of the event"
