"""People: the parties of a case, and the users of the service."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gis_ce.tables.base import Base, one_of, refers_to

ACCOUNT_CHANGES = ("made", "lanes", "disabled", "enabled", "password")
PARTY_ROLES = ("owner", "contractor", "firm", "reporter", "occupant", "other")


class Party(Base):
    """Somebody who has to do with a case."""

    __tablename__ = "party"

    id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(refers_to("case_.id"), index=True)
    role: Mapped[str]
    name: Mapped[str | None]
    firm: Mapped[str | None]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    mailing_address: Mapped[str | None]

    __table_args__ = (one_of("role", *PARTY_ROLES), Index("ix_party_name", "name"), Index("ix_party_firm", "firm"))


class User(Base):
    """Somebody who may sign in: with a password, which itself is nowhere, or through the provider of `issuer`."""

    __tablename__ = "user_"

    name: Mapped[str] = mapped_column(primary_key=True)
    display: Mapped[str]
    password_hash: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    issuer: Mapped[str | None]
    subject: Mapped[str | None]

    __table_args__ = (UniqueConstraint("issuer", "subject", name="uq_user__issuer"),)


class UserRole(Base):
    """A lane that a user may act in."""

    __tablename__ = "user_role"

    user: Mapped[str] = mapped_column("user_name", refers_to("user_.name"), primary_key=True)
    lane: Mapped[str] = mapped_column(primary_key=True)


class AccountChange(Base):
    """What was done to an account: who did it, when, and which lanes it had then; a password stands nowhere."""

    __tablename__ = "account_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    by: Mapped[str]
    account: Mapped[str]
    what: Mapped[str]
    said: Mapped[str | None]

    __table_args__ = (one_of("what", *ACCOUNT_CHANGES), Index("ix_account_change_account", "account", "at"))
