"""The visits and hearings of an officer as an iCalendar feed (RFC 5545), for the calendar that they use."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from icalendar import Calendar, Event
from sqlalchemy import select
from sqlalchemy.orm import Session

from gis_ce.actions.desk import Desk
from gis_ce.actions.proceedings import Running, open_proceedings
from gis_ce.process import in_words
from gis_ce.tables import Case, Site

_PLANNED = ("visit", "hearing")
_HEARING = timedelta(hours=1)


def officer_calendar(session: Session, desk: Desk, officer: str) -> bytes:
    """The planned visits and hearings of an officer, the same bytes for the same plans."""
    calendar = Calendar()
    calendar.add("prodid", "-//GIS-CE//cases//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", f"{desk.city.name}: {officer}")
    planned = [(running, case) for running, case in open_proceedings(session, officer) if _is_planned(running)]
    places = _places(session, [case.id for _, case in planned])
    for running, case in sorted(planned, key=lambda each: (str(each[0].row.on_day), each[0].row.id)):
        calendar.add_component(_event(desk, running, case, places.get(case.id)))
    content: bytes = calendar.to_ical()
    return content


def _is_planned(running: Running) -> bool:
    return running.row.kind in _PLANNED and running.row.on_day is not None


def _event(desk: Desk, running: Running, case: Case, place: str | None) -> Event:
    row, event = running.row, Event()
    assert row.on_day is not None
    event.add("uid", f"{row.id}@gis-ce")
    event.add("dtstamp", row.at)
    begins, ends = _span(desk, row.on_day, row.data.get("time"))
    event.add("dtstart", begins)
    event.add("dtend", ends)
    event.add("summary", f"{in_words(row.kind).capitalize()}, {case.number}: {row.text}")
    event.add("description", f"{case.number} {case.title}".strip())
    if place := row.data.get("place") or place:
        event.add("location", place)
    return event


def _span(desk: Desk, day: date, at: str | None) -> tuple[date, date] | tuple[datetime, datetime]:
    """A whole day, or an hour from a time of the day in the city."""
    if at is None:
        return day, day + timedelta(days=1)
    begins = datetime.combine(day, time.fromisoformat(at), desk.processes.time.zone)
    return begins, begins + _HEARING


def _places(session: Session, cases: list[str]) -> dict[str, str | None]:
    rows = session.execute(select(Site.case_id, Site.address).where(Site.case_id.in_(cases)))
    return {row.case_id: row.address for row in rows}
