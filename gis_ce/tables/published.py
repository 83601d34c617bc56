"""What cases refer to: published process maps, layer versions seen, and requests already answered."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from gis_ce.tables.base import Base, Json


class ProcessVersion(Base):
    """One published version of a process map; of each process one version is current."""

    __tablename__ = "process_version"

    id: Mapped[str] = mapped_column(primary_key=True)
    process: Mapped[str]
    yaml: Mapped[str]
    svg: Mapped[str]
    published_at: Mapped[datetime]
    by: Mapped[str]
    current: Mapped[bool] = mapped_column("is_current")

    __table_args__ = (
        Index(
            "ix_process_version_current",
            "process",
            unique=True,
            sqlite_where=text("is_current"),
            postgresql_where=text("is_current"),
        ),
    )


class LayerVersionSeen(Base):
    """A layer version that a decision rests on."""

    __tablename__ = "layer_version"

    id: Mapped[str] = mapped_column(primary_key=True)
    first_seen: Mapped[datetime]


class IdempotencyKey(Base):
    """A request that was carried out, and its answer, for the caller who sends it again."""

    __tablename__ = "idempotency_key"

    caller: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str]
    response: Mapped[Json]
    at: Mapped[datetime] = mapped_column(index=True)
