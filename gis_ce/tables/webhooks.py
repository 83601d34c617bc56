"""Other systems that are told of events, and what was told them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gis_ce.tables.base import Base, Json, one_of, refers_to

SEES = ("public", "staff")
DELIVERY_STATES = ("waiting", "delivered", "given_up")


class Webhook(Base):
    """One address that is told of events. `case_events` and `mailing_events` are the last ids that it has been given.

    `wanted` has `events` (kinds, or none for all) and `types` (processes, or none for all).
    """

    __tablename__ = "webhook"

    id: Mapped[str] = mapped_column(primary_key=True)
    url: Mapped[str]
    secret: Mapped[str]
    sees: Mapped[str]
    wanted: Mapped[Json] = mapped_column(default=dict)
    active: Mapped[bool] = mapped_column(default=True)
    at: Mapped[datetime]
    by: Mapped[str]
    case_events: Mapped[int]
    mailing_events: Mapped[int]
    said: Mapped[str | None]

    __table_args__ = (one_of("sees", *SEES),)


class WebhookDelivery(Base):
    """One message to one address: `payload` as it is signed and sent, at every try the same."""

    __tablename__ = "webhook_delivery"

    id: Mapped[str] = mapped_column(primary_key=True)
    webhook_id: Mapped[str] = mapped_column(refers_to("webhook.id"))
    source: Mapped[str]
    payload: Mapped[str]
    state: Mapped[str] = mapped_column(default="waiting")
    tries: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime]
    next_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
    said: Mapped[str | None]

    __table_args__ = (
        one_of("state", *DELIVERY_STATES),
        UniqueConstraint("webhook_id", "source"),
        Index("ix_webhook_delivery_due", "state", "next_at"),
    )
