"""What happened in a case: events, notes, attachments, letters and deadlines."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from gis_ce.tables.base import Base, Json, one_of, refers_to

LETTER_STATES = ("draft", "sent")
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
    """A letter of a case, as a draft or as it was sent."""

    __tablename__ = "letter"

    id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(refers_to("case_.id"), index=True)
    step: Mapped[str | None]
    template: Mapped[str]
    state: Mapped[str] = mapped_column(default="draft")
    sent_at: Mapped[datetime | None]
    received_on: Mapped[date | None]
    text: Mapped[str] = mapped_column(default="")

    __table_args__ = (one_of("state", *LETTER_STATES),)


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
