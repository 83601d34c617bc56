"""Mailings: lists of who gets a letter and why, from the draft to the day they were mailed; and what came back."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from gis_ce.tables.base import Base, Json, one_of, refers_to

MAILING_STATES = ("draft", "reviewed", "frozen", "mailed")
ROW_STATUSES = ("kept", "struck", "suppressed", "left_out")
ROW_KINDS = ("owner", "occupant", "owner_occupant", "neighbour")
STANDINGS = ("mail", "foreign", "incomplete", "no_owner", "none")


class Mailing(Base):
    """One list for a case. From the freeze on it is never changed, but for the day on which it was mailed.

    `reach` is how far the line was followed and by which settings, `trace` what was met on the way, `versions` the
    layers that it rests on, `letter` the letter's template and its hash, `digest` the hash of the frozen content.
    """

    __tablename__ = "mailing"

    id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    case_id: Mapped[str] = mapped_column(refers_to("case_.id"), index=True)
    state: Mapped[str] = mapped_column(default="draft")
    automatic: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime]
    made_by: Mapped[str]
    reach: Mapped[Json] = mapped_column(default=dict)
    trace: Mapped[Json] = mapped_column(default=dict)
    versions: Mapped[Json] = mapped_column(default=dict)
    letter: Mapped[Json] = mapped_column(default=dict)
    reviewed_at: Mapped[datetime | None]
    reviewed_by: Mapped[str | None]
    frozen_at: Mapped[datetime | None]
    frozen_by: Mapped[str | None]
    digest: Mapped[str | None]
    mailed_on: Mapped[date | None]

    __table_args__ = (
        one_of("state", *MAILING_STATES),
        Index("ix_mailing_state", "state", "mailed_on"),
        Index(
            "ix_mailing_automatic",
            "case_id",
            unique=True,
            sqlite_where=text("automatic"),
            postgresql_where=text("automatic"),
        ),
    )


class MailingRow(Base):
    """One line of a list: a letter, an address that cannot get one, or a neighbour that was left out.

    `why` has the parcels it stands for with the segment, the tie, the distance in feet and the confidence of each.
    `match_key` is the same for every way to write one name at one address.
    """

    __tablename__ = "mailing_row"

    id: Mapped[str] = mapped_column(primary_key=True)
    mailing_id: Mapped[str] = mapped_column(refers_to("mailing.id"))
    position: Mapped[int]
    status: Mapped[str]
    kind: Mapped[str]
    standing: Mapped[str]
    name: Mapped[str]
    delivery: Mapped[str]
    city: Mapped[str]
    state: Mapped[str]
    zip_code: Mapped[str]
    match_key: Mapped[str]
    vacant: Mapped[bool] = mapped_column(default=False)
    why: Mapped[Json] = mapped_column(default=dict)
    remark: Mapped[str] = mapped_column(default="")
    by: Mapped[str | None]
    reason: Mapped[str | None]

    __table_args__ = (
        one_of("status", *ROW_STATUSES),
        one_of("kind", *ROW_KINDS),
        one_of("standing", *STANDINGS),
        UniqueConstraint("mailing_id", "position"),
        Index("ix_mailing_row_match", "match_key"),
    )


class MailingEvent(Base):
    """One thing that happened to a list, returned mail among it; never changed, never deleted."""

    __tablename__ = "mailing_event"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    mailing_id: Mapped[str] = mapped_column(refers_to("mailing.id"))
    at: Mapped[datetime]
    by: Mapped[str]
    kind: Mapped[str]
    row_id: Mapped[str | None] = mapped_column(refers_to("mailing_row.id"))
    text: Mapped[str] = mapped_column(default="")
    data: Mapped[Json] = mapped_column(default=dict)

    __table_args__ = (Index("ix_mailing_event_mailing", "mailing_id", "id"), {"sqlite_autoincrement": True})
