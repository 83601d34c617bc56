"""Mailings, their rows and what happened to them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gis_ce.migrations.columns import day, flag, json, moment, refers, whole, words

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Make the tables of mailings."""
    _make_mailing()
    _make_mailing_row()
    _make_mailing_event()


def _make_mailing() -> None:
    op.create_table(
        "mailing",
        *words("id", "number", "case_id", "state"),
        *flag("automatic"),
        *moment("made_at"),
        *words("made_by"),
        *json("reach", "trace", "versions", "letter"),
        *moment("reviewed_at", null=True),
        *words("reviewed_by", null=True),
        *moment("frozen_at", null=True),
        *words("frozen_by", "digest", null=True),
        *day("mailed_on", null=True),
        sa.CheckConstraint("state IN ('draft', 'reviewed', 'frozen', 'mailed')", name="ck_mailing_state"),
        refers("mailing", "case_id", "case_.id"),
        sa.PrimaryKeyConstraint("id", name="pk_mailing"),
        sa.UniqueConstraint("number", name="uq_mailing_number"),
    )
    op.create_index("ix_mailing_case_id", "mailing", ["case_id"])
    op.create_index("ix_mailing_state", "mailing", ["state", "mailed_on"])
    where = sa.text("automatic")
    op.create_index(
        "ix_mailing_automatic", "mailing", ["case_id"], unique=True, sqlite_where=where, postgresql_where=where
    )


def _make_mailing_row() -> None:
    op.create_table(
        "mailing_row",
        *words("id", "mailing_id"),
        *whole("position"),
        *words("status", "kind", "standing", "name", "delivery", "city", "state", "zip_code", "match_key"),
        *flag("vacant"),
        *json("why"),
        *words("remark"),
        *words("by", "reason", null=True),
        sa.CheckConstraint("status IN ('kept', 'struck', 'suppressed', 'left_out')", name="ck_mailing_row_status"),
        sa.CheckConstraint("kind IN ('owner', 'occupant', 'owner_occupant', 'neighbour')", name="ck_mailing_row_kind"),
        sa.CheckConstraint(
            "standing IN ('mail', 'foreign', 'incomplete', 'no_owner', 'none')", name="ck_mailing_row_standing"
        ),
        refers("mailing_row", "mailing_id", "mailing.id"),
        sa.PrimaryKeyConstraint("id", name="pk_mailing_row"),
        sa.UniqueConstraint("mailing_id", "position", name="uq_mailing_row_mailing_id_position"),
    )
    op.create_index("ix_mailing_row_match", "mailing_row", ["match_key"])


def _make_mailing_event() -> None:
    op.create_table(
        "mailing_event",
        *whole("id", key=True),
        *words("mailing_id"),
        *moment("at"),
        *words("by", "kind"),
        *words("row_id", null=True),
        *words("text"),
        *json("data"),
        refers("mailing_event", "mailing_id", "mailing.id"),
        refers("mailing_event", "row_id", "mailing_row.id"),
        sa.PrimaryKeyConstraint("id", name="pk_mailing_event"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_mailing_event_mailing", "mailing_event", ["mailing_id", "id"])
