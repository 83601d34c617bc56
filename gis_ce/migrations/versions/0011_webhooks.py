"""Other systems that are told of events."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gis_ce.migrations.columns import flag, json, moment, refers, whole, words

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """The addresses, and the messages to them."""
    op.create_table(
        "webhook",
        *words("id", "url", "secret", "sees", "by"),
        *json("wanted"),
        *flag("active"),
        *moment("at"),
        *whole("case_events", "mailing_events"),
        *words("said", null=True),
        sa.CheckConstraint("sees IN ('public', 'staff')", name="sees"),
        sa.PrimaryKeyConstraint("id", name="pk_webhook"),
    )
    op.create_table(
        "webhook_delivery",
        *words("id", "webhook_id", "source", "payload", "state"),
        *whole("tries"),
        *moment("at", "next_at"),
        *moment("delivered_at", null=True),
        *words("said", null=True),
        sa.CheckConstraint("state IN ('waiting', 'delivered', 'given_up')", name="state"),
        refers("webhook_delivery", "webhook_id", "webhook.id"),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_delivery"),
        sa.UniqueConstraint("webhook_id", "source", name="uq_webhook_delivery_webhook_id_source"),
    )
    op.create_index("ix_webhook_delivery_due", "webhook_delivery", ["state", "next_at"])
