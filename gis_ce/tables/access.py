"""Who comes in: API keys, sessions, sign-ins under way, guesses that failed, and who read the names of persons."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from gis_ce.tables.base import Base, Json, refers_to


class ApiKey(Base):
    """A key of a field app or another machine; the key itself is nowhere, only its hash."""

    __tablename__ = "api_key"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    sha256: Mapped[str]
    role: Mapped[str]
    scopes: Mapped[Json]
    made_at: Mapped[datetime]
    made_by: Mapped[str]
    expires_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str | None]


class SignedSession(Base):
    """Somebody who is signed in with a browser; `id` is the hash of what the cookie holds."""

    __tablename__ = "signed_session"

    id: Mapped[str] = mapped_column(primary_key=True)
    user: Mapped[str] = mapped_column("user_name", refers_to("user_.name"), index=True)
    made_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class SignInUnderWay(Base):
    """A browser that was sent to the provider and has not come back; `id` is the hash of what its cookie holds."""

    __tablename__ = "sign_in_under_way"

    id: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    nonce: Mapped[str]
    verifier: Mapped[str]
    then: Mapped[str]
    made_at: Mapped[datetime]


class FailedSignIn(Base):
    """Sign-ins that failed one after the other for a name, from an address or from anywhere."""

    __tablename__ = "failed_sign_in"

    of: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
    last_at: Mapped[datetime]
    refused_until: Mapped[datetime | None]


class PersonsSeen(Base):
    """An answer that held names of persons: who had it, when, what of whom, and by which route."""

    __tablename__ = "persons_seen"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    by: Mapped[str]
    what: Mapped[str]
    case_number: Mapped[str | None]
    parcel_id: Mapped[str | None]
    route: Mapped[str]

    __table_args__ = (
        Index("ix_persons_seen_at", "at"),
        Index("ix_persons_seen_by", "by", "at"),
        Index("ix_persons_seen_case", "case_number", "at"),
    )
