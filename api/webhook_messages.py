"""Webhooks as messages; a secret is in none of them."""

from __future__ import annotations

import json
from datetime import datetime

from pydantic import Field

from api.answer_schemas import Answered
from api.case_places import Message
from api.case_schemas import Given, Name
from gis_ce.tables import Webhook, WebhookDelivery


class WebhookIn(Given):
    """An address that is told of events; kinds of events (`case.opened`, `case.*`) and of cases, none for all."""

    url: str = Field(max_length=2_000)
    sees: Name = Field(default="staff", description="`public` or `staff`: how much a message tells.")
    events: list[Name] = Field(default_factory=list, max_length=50)
    types: list[Name] = Field(default_factory=list, max_length=50)


class WebhookAnswer(Answered):
    """A webhook; `said` tells why it was stopped."""

    id: str
    url: str
    sees: str
    events: list[str]
    types: list[str]
    active: bool
    at: datetime
    by: str
    said: str | None


class WebhookMade(WebhookAnswer):
    """A new webhook with its secret, which is shown only now."""

    secret: str


class WebhooksAnswer(Answered):
    """All webhooks."""

    webhooks: list[WebhookAnswer]


class DeliveryAnswer(Answered):
    """A message: its state, how often it was tried, what came of the last try, and when the next one comes."""

    id: str
    webhook: str
    type: str
    state: str
    tries: int
    at: datetime
    next_at: datetime | None
    delivered_at: datetime | None
    said: str | None


class DeliveriesAnswer(Answered):
    """Messages, the newest first."""

    deliveries: list[DeliveryAnswer]


class RetriedAnswer(Answered):
    """How many messages are sent again."""

    retried: int


def webhook_message(row: Webhook) -> Message:
    """A webhook without its secret."""
    return {
        "id": row.id,
        "url": row.url,
        "sees": row.sees,
        "events": list(row.wanted.get("events", ())),
        "types": list(row.wanted.get("types", ())),
        "active": row.active,
        "at": row.at.isoformat(),
        "by": row.by,
        "said": row.said,
    }


def delivery_message(row: WebhookDelivery) -> Message:
    """A message and what came of it."""
    waits = row.state == "waiting"
    return {
        "id": row.id,
        "webhook": row.webhook_id,
        "type": json.loads(row.payload)["type"],
        "state": row.state,
        "tries": row.tries,
        "at": row.at.isoformat(),
        "next_at": row.next_at.isoformat() if waits else None,
        "delivered_at": row.delivered_at.isoformat() if row.delivered_at is not None else None,
        "said": row.said,
    }
