"""Cases, their numbers, and what they are linked to."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gis_ce.tables.base import Base, Json, one_of, refers_to

STATUSES = ("open", "closed")
LINK_KINDS = ("handover", "returns", "duplicate", "related")


class Case(Base):
    """One case: where it stands in its process, who has it, and what was noted.

    JSON columns are replaced as a whole (`case.data = {**case.data, ...}`): a change inside is not seen.
    """

    __tablename__ = "case_"

    id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    type: Mapped[str]
    process_version: Mapped[str]
    step: Mapped[str]
    lane: Mapped[str]
    status: Mapped[str] = mapped_column(default="open")
    outcome: Mapped[str | None]
    priority: Mapped[int | None]
    officer: Mapped[str | None]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    event_on: Mapped[date]
    due_at: Mapped[datetime | None]
    title: Mapped[str] = mapped_column(default="")
    description: Mapped[str] = mapped_column(default="")
    data: Mapped[Json] = mapped_column(default=dict)
    answers: Mapped[Json] = mapped_column(default=dict)
    state: Mapped[Json] = mapped_column(default=dict)
    row_version: Mapped[int] = mapped_column()
    parent_id: Mapped[str | None] = mapped_column(refers_to("case_.id"), index=True)
    site_id: Mapped[str | None] = mapped_column(unique=True)

    __mapper_args__ = {"version_id_col": row_version}  # noqa: RUF012
    __table_args__ = (
        one_of("status", *STATUSES),
        Index("ix_case__opened", "opened_at", "id"),
        Index("ix_case__status", "status", "opened_at", "id"),
        Index("ix_case__type", "type", "opened_at", "id"),
        Index("ix_case__officer", "officer", "opened_at", "id"),
        Index("ix_case__priority", "priority", "opened_at", "id"),
        Index("ix_case__status_priority", "status", "priority", "opened_at", "id"),
        Index("ix_case__due", "status", "due_at"),
        Index("ix_case__type_status", "type", "status", "opened_at", "id"),
        Index("ix_case__officer_status", "officer", "status", "opened_at", "id"),
    )


class CaseCounter(Base):
    """The last number given to a type in a year; its row is locked while the next one is taken."""

    __tablename__ = "case_counter"

    type: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class CaseLink(Base):
    """One case leads to another."""

    __tablename__ = "case_link"

    from_case: Mapped[str] = mapped_column(refers_to("case_.id"), primary_key=True)
    to_case: Mapped[str] = mapped_column(refers_to("case_.id"), primary_key=True, index=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    by: Mapped[str]

    __table_args__ = (one_of("kind", *LINK_KINDS),)


class ExternalReference(Base):
    """What a case is called in another system."""

    __tablename__ = "external_reference"

    id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(refers_to("case_.id"))
    system: Mapped[str]
    reference: Mapped[str]
    url: Mapped[str | None]

    __table_args__ = (
        UniqueConstraint("case_id", "system", "reference"),
        Index("ix_external_reference_system", "system", "reference"),
    )
