"""What belongs to a case, as the routers answer it; each message holds exactly what is listed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field

from api.answer_schemas import Answered


class DeadlineAnswer(Answered):
    """A deadline, with the arithmetic that led to it."""

    id: str
    step: str | None
    kind: str
    starts_on: date
    due_at: datetime
    arithmetic: str
    state: Literal["running", "met", "ended", "passed"]
    ended_at: datetime | None
    remind_at: datetime | None = Field(description="When its officer is to be reminded of it.")
    reminded_at: datetime | None = Field(description="When the history told so.")


class ReminderAnswer(Answered):
    """A running deadline of which the case's officer is to be reminded."""

    number: str
    type: str
    title: str
    officer: str | None
    deadline: DeadlineAnswer


class RemindersPage(Answered):
    """Deadlines that are near, the nearest first; `next` asks for the page after this one."""

    reminders: list[ReminderAnswer]
    next: str | None


class Deadlines(Answered):
    """The deadlines of a case."""

    deadlines: list[DeadlineAnswer]


class LetterAnswer(Answered):
    """A letter, from its draft on; `sent` is one that was written elsewhere."""

    id: str
    number: str | None
    step: str | None
    template: str
    state: Literal["draft", "sent", "issued", "served", "received", "returned", "reissued", "withdrawn"]
    sent_at: datetime | None
    received_on: date | None
    issued_at: datetime | None
    issued_by: str | None
    sha256: str | None
    attachment_id: str | None
    reissue_of: str | None
    text: str


class Letters(Answered):
    """The letters of a case."""

    letters: list[LetterAnswer]


class PartyAnswer(Answered):
    """Somebody who has to do with the case."""

    id: str
    role: str
    name: str | None
    firm: str | None
    phone: str | None
    email: str | None
    mailing_address: str | None


class NoteAnswer(Answered):
    """A note; `corrects` is the note that it puts right."""

    id: str
    at: datetime
    by: str
    step: str | None
    text: str
    corrects: str | None


class Notes(Answered):
    """The notes of a case."""

    notes: list[NoteAnswer]


class AttachmentAnswer(Answered):
    """A file of the case; where and when its camera was is told only to those who work on such cases."""

    id: str
    name: str
    media_type: str
    size: int
    sha256: str
    stripped_copy: bool
    step: str | None
    field: str | None
    at: datetime
    by: str
    captured_at: datetime | None
    lon: float | None
    lat: float | None
    bearing: float | None
    distance_from_site_ft: float | None


class Attachments(Answered):
    """The files of a case."""

    attachments: list[AttachmentAnswer]


class LinkAnswer(Answered):
    """Another case that this one leads to or comes from."""

    number: str
    type: str
    status: str
    kind: Literal["handover", "returns", "duplicate", "related"]
    said: str
    at: datetime


class ReferenceAnswer(Answered):
    """What the case is called in another system."""

    id: str
    system: str
    reference: str
    url: str | None


class EventAnswer(Answered):
    """One thing that happened; never changed. `row_version` is the case's after a change."""

    id: int
    at: datetime
    by: str
    kind: str
    step: str | None
    text: str
    data: dict[str, Any]
    row_version: int | None


class Events(Answered):
    """What happened, the oldest first; `next` asks for what comes after."""

    events: list[EventAnswer]
    next: int
