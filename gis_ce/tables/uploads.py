"""Files that arrive in pieces: who sends what, and what became of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index
from sqlalchemy.orm import Mapped, mapped_column

from gis_ce.tables.base import Base, Json, one_of

UPLOAD_STATES = ("arriving", "have", "refused")


class Upload(Base):
    """One file that arrives in pieces; the pieces lie in the folder of attachments, and their size says how far it is.

    `sha256` is what the sender said, and once the file is whole what it is; `kept` is what is known of it then,
    `said` why it was refused.
    """

    __tablename__ = "upload"

    id: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str]
    name: Mapped[str]
    length: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str | None] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(default="arriving")
    at: Mapped[datetime]
    expires_at: Mapped[datetime]
    kept: Mapped[Json | None]
    said: Mapped[str | None]

    __table_args__ = (one_of("state", *UPLOAD_STATES), Index("ix_upload_owner", "owner", "state"))
