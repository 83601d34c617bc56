"""What happened in a case: events, notes, attachments, letters and deadlines."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from gis_ce.letter import LETTER_STATES, METHODS
from gis_ce.tables.base import Base, Json, one_of, refers_to

SERVICE_KINDS = ("served", "received", "returned")

DEADLINE_STATES = ("running", "met", "ended", "passed")


class Event(Base):
    """One thing that happened; never changed, never deleted. Its id is the change token: it grows as events commit.

    `row_version` is the case's after the change, where there was one.
    """

    __tablename__ = "event"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    case_id: Mapped[str] = mapped_column(refers_to("case_.id"))
    at: Mapped[datetime]
    by: Mapped[str]
    kind: Mapped[str]
    step: Mapped[str | None]
    text: Mapped[str] = mapped_column(default="")
    data: Mapped[Json] = mapped_column(default=dict)
    row_version: Mapped[int | None]

    __table_args__ = (
        Index("ix_event_case", "case_id", "id"),
        Index("ix_event_kind", "kind", "case_id", "id"),
        {"sqlite_autoincrement": True},
    )


class Note(Base):
    """Something somebody wrote down; never changed, never deleted: a correction is a note on the note it corrects."""

    __tablename__ = "note"

    id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(refers_to("case_.id"))
    at: Mapped[datetime]
    by: Mapped[str]
    text: Mapped[str]
    step: Mapped[str | None]
    corrects: Mapped[str | None] = mapped_column(refers_to("note.id"))

    __table_args__ = (Index("ix_note_case", "case_id", "at"),)


class Attachment(Base):
    """A file of a case; its content lies in the folder of attachments under its hash."""

    __tablename__ = "attachment"

    id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(refers_to("case_.id"), index=True)
    sha256: Mapped[str] = mapped_column(index=True)
    stripped_sha256: Mapped[str | None]
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    step: Mapped[str | None]
    field: Mapped[str | None]
    captured_at: Mapped[datetime | None]
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    bearing: Mapped[float | None]
    distance_from_site_ft: Mapped[float | None]
    at: Mapped[datetime]
    by: Mapped[str]


class Letter(Base):
    """A letter of a case, from its draft on; once it is issued, its PDF lies under `sha256` and is never set again.

    `given` has what the officer gave: `values` of merge fields, `to` (a party's id or a role), and, once it is
    issued, `printed`: what was printed.
    """

    __tablename__ = "letter"

    id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(refers_to("case_.id"), index=True)
    number: Mapped[str | None] = mapped_column(unique=True)
    step: Mapped[str | None]
    template: Mapped[str]
    state: Mapped[str] = mapped_column(default="draft")
    sent_at: Mapped[datetime | None]
    received_on: Mapped[date | None]
    text: Mapped[str] = mapped_column(default="")
    given: Mapped[Json | None]
    issued_at: Mapped[datetime | None]
    issued_by: Mapped[str | None]
    sha256: Mapped[str | None]
    attachment_id: Mapped[str | None] = mapped_column(refers_to("attachment.id"))
    reissue_of: Mapped[str | None] = mapped_column(refers_to("letter.id"))

    __table_args__ = (one_of("state", *LETTER_STATES),)


class LetterService(Base):
    """One fact about the service of a letter, with its proof; never changed, never deleted.

    `kind`: it was served by a method, its receipt came back, or it was returned itself; `of` is the service that
    the latter two are about. `time` is HH:MM in the city, where it is known.
    """

    __tablename__ = "letter_service"

    id: Mapped[str] = mapped_column(primary_key=True)
    letter_id: Mapped[str] = mapped_column(refers_to("letter.id"), index=True)
    kind: Mapped[str]
    of: Mapped[str | None] = mapped_column("of_service", refers_to("letter_service.id"))
    method: Mapped[str]
    on: Mapped[date] = mapped_column("on_day")
    time: Mapped[str | None] = mapped_column("at_time")
    served_by: Mapped[str | None]
    tracking: Mapped[str | None]
    note: Mapped[str] = mapped_column(default="")
    attachment_id: Mapped[str | None] = mapped_column(refers_to("attachment.id"))
    at: Mapped[datetime]
    by: Mapped[str]

    __table_args__ = (one_of("kind", *SERVICE_KINDS), one_of("method", *METHODS))


class DeedSeen(Base):
    """Somebody has seen the deed of an easement, by name and date, in a book and on a page; never changed."""

    __tablename__ = "deed_seen"

    id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(refers_to("case_.id"), index=True)
    seen_by: Mapped[str]
    seen_on: Mapped[date]
    book: Mapped[str]
    page: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    attachment_id: Mapped[str | None] = mapped_column(refers_to("attachment.id"))
    at: Mapped[datetime]
    by: Mapped[str]


class Deadline(Base):
    """A time by which something must have happened, with the arithmetic that led to it.

    `remind_at` is when its officer is to be reminded of it, `reminded_at` when the history told so.
    """

    __tablename__ = "deadline"

    id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(refers_to("case_.id"), index=True)
    step: Mapped[str | None]
    kind: Mapped[str]
    starts_on: Mapped[date]
    due_at: Mapped[datetime]
    arithmetic: Mapped[str]
    state: Mapped[str] = mapped_column(default="running")
    ended_at: Mapped[datetime | None]
    remind_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]

    __table_args__ = (
        one_of("state", *DEADLINE_STATES),
        Index("ix_deadline_state", "state", "due_at"),
        Index("ix_deadline_reminder", "state", "remind_at"),
    )
