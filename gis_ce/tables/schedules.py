"""What is done by the clock of the office, and what came of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from gis_ce.tables.base import Base, one_of

OUTCOMES = ("running", "done", "failed", "cut_off")


class ScheduleRun(Base):
    """One run of a schedule; of those of one name the last has the highest `id`, whatever the clock said."""

    __tablename__ = "schedule_run"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    name: Mapped[str]
    by: Mapped[str]
    begun_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(default="running")
    said: Mapped[str | None]

    __table_args__ = (one_of("outcome", *OUTCOMES), Index("ix_schedule_run_name", "name", "id"))
