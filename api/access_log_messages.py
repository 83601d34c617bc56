"""The log of accesses as messages, the same for HTTP and for `--json`."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from api.answer_schemas import Answered
from api.case_places import Message
from gis_ce.tables import PersonsSeen


class AccessSeen(Answered):
    """One answer that held names."""

    id: int
    at: datetime
    by: str
    what: str
    case: str | None
    parcel: str | None
    route: str


class Accesses(Answered):
    """A page of the log; `next` asks for what came before it."""

    accesses: list[AccessSeen]
    next: int | None


def access_message(row: PersonsSeen) -> Message:
    """One line of the log."""
    named = {"case": row.case_number, "parcel": row.parcel_id, "route": row.route}
    return {"id": row.id, "at": row.at.isoformat(), "by": row.by, "what": row.what, **named}


def since(day: date | None, time_zone: str) -> datetime | None:
    """The beginning of a day in the city."""
    return datetime.combine(day, time(), ZoneInfo(time_zone)) if day is not None else None
