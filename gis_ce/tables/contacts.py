"""Who was spoken with about a case, and what runs beside its steps: visits, hearings, citations and the like."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from gis_ce.tables.base import Base, Json, one_of, refers_to

DIRECTIONS = ("in", "out")
CHANNELS = ("call", "email", "letter", "in_person", "message")
PROCEEDING_KINDS = ("visit", "hearing", "citation", "abatement", "shut_off", "discrepancy", "appeal")


class Contact(Base):
    """One call, e-mail or talk; never changed. `due_at` is by when it must be answered, None where no answer is owed.

    `answers` is the contact that this one answers; one that answers without having spoken says so in its text.
    """

    __tablename__ = "contact"

    id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(refers_to("case_.id"))
    at: Mapped[datetime]
    logged_at: Mapped[datetime]
    by: Mapped[str]
    direction: Mapped[str]
    channel: Mapped[str]
    party_id: Mapped[str | None] = mapped_column(refers_to("party.id"))
    text: Mapped[str] = mapped_column(default="")
    due_at: Mapped[datetime | None]
    arithmetic: Mapped[str] = mapped_column(default="")
    answers: Mapped[str | None] = mapped_column(refers_to("contact.id"), unique=True)
    tells_closing: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        one_of("direction", *DIRECTIONS),
        one_of("channel", *CHANNELS),
        Index("ix_contact_case", "case_id", "at"),
        Index("ix_contact_due", "due_at"),
    )


class Proceeding(Base):
    """Something that runs beside the steps of a case; never changed: what became of it are its entries.

    `on_day` is the day it is for (of a visit or hearing) or happened on; `due_at` when it must be done, if ever.
    """

    __tablename__ = "proceeding"

    id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(refers_to("case_.id"), index=True)
    kind: Mapped[str]
    at: Mapped[datetime]
    by: Mapped[str]
    officer: Mapped[str | None]
    on_day: Mapped[date | None]
    due_at: Mapped[datetime | None]
    text: Mapped[str] = mapped_column(default="")
    data: Mapped[Json] = mapped_column(default=dict)

    __table_args__ = (
        one_of("kind", *PROCEEDING_KINDS),
        Index("ix_proceeding_officer", "officer", "due_at"),
        Index("ix_proceeding_due", "due_at"),
    )


class ProceedingEntry(Base):
    """What became of a proceeding; one with `ends` closes it."""

    __tablename__ = "proceeding_entry"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    proceeding_id: Mapped[str] = mapped_column(refers_to("proceeding.id"))
    case_id: Mapped[str] = mapped_column(refers_to("case_.id"), index=True)
    at: Mapped[datetime]
    by: Mapped[str]
    kind: Mapped[str]
    on_day: Mapped[date | None]
    text: Mapped[str] = mapped_column(default="")
    data: Mapped[Json] = mapped_column(default=dict)
    ends: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (Index("ix_proceeding_entry_of", "proceeding_id", "id"), {"sqlite_autoincrement": True})
