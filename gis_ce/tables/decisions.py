"""What the map said about a case, and what a person made of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from gis_ce.tables.base import Base, Json, one_of, refers_to

DECISION_STATES = ("proposed", "confirmed", "overridden", "stale")


class Decision(Base):
    """The answer a check proposed (or none, with the reason), and who confirmed or overrode it and why.

    `evidence` is GeoJSON on the grid, null until somebody asked for it; `site_revision` is the place it saw.
    """

    __tablename__ = "decision"

    id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(refers_to("case_.id"))
    check: Mapped[str] = mapped_column("check_name")
    step: Mapped[str | None]
    proposed_at: Mapped[datetime]
    proposed: Mapped[str | None]
    reason: Mapped[str | None]
    margin_ft: Mapped[float | None]
    probability: Mapped[float | None]
    sigma_ft: Mapped[float | None]
    rule: Mapped[Json] = mapped_column(default=dict)
    versions: Mapped[Json] = mapped_column(default=dict)
    sentence: Mapped[str] = mapped_column(default="")
    evidence: Mapped[Json | None]
    site_revision: Mapped[int]
    state: Mapped[str] = mapped_column(default="proposed")
    answer: Mapped[str | None]
    by: Mapped[str | None]
    at: Mapped[datetime | None]
    why: Mapped[str | None]

    __table_args__ = (one_of("state", *DECISION_STATES), Index("ix_decision_case", "case_id", "state"))
