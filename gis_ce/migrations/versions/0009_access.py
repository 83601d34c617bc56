"""Accounts of a provider, API keys, sessions, failed sign-ins, and who read the names of persons."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gis_ce.migrations.columns import json, moment, refers, whole, words

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """The tables are new; the table of accounts gets two columns."""
    with op.batch_alter_table("user_") as table:
        for column in words("issuer", "subject", null=True):
            table.add_column(column)
        table.create_unique_constraint("uq_user__issuer", ["issuer", "subject"])
    _make_keys()
    _make_sign_ins()
    op.create_table(
        "persons_seen",
        *whole("id", key=True),
        *moment("at"),
        *words("by", "what"),
        *words("case_number", "parcel_id", null=True),
        *words("route"),
        sa.PrimaryKeyConstraint("id", name="pk_persons_seen"),
    )
    op.create_index("ix_persons_seen_at", "persons_seen", ["at"])
    op.create_index("ix_persons_seen_by", "persons_seen", ["by", "at"])
    op.create_index("ix_persons_seen_case", "persons_seen", ["case_number", "at"])


def _make_keys() -> None:
    op.create_table(
        "api_key",
        *words("id", "name", "sha256", "role"),
        *json("scopes"),
        *moment("made_at"),
        *words("made_by"),
        *moment("expires_at", "used_at", "revoked_at", null=True),
        *words("revoked_by", null=True),
        sa.PrimaryKeyConstraint("id", name="pk_api_key"),
        sa.UniqueConstraint("name", name="uq_api_key_name"),
    )


def _make_sign_ins() -> None:
    op.create_table(
        "signed_session",
        *words("id", "user_name"),
        *moment("made_at", "seen_at", "expires_at"),
        refers("signed_session", "user_name", "user_.name"),
        sa.PrimaryKeyConstraint("id", name="pk_signed_session"),
    )
    op.create_index("ix_signed_session_user_name", "signed_session", ["user_name"])
    op.create_table(
        "sign_in_under_way",
        *words("id", "state", "nonce", "verifier", "then"),
        *moment("made_at"),
        sa.PrimaryKeyConstraint("id", name="pk_sign_in_under_way"),
    )
    op.create_table(
        "failed_sign_in",
        *words("of"),
        *whole("count"),
        *moment("last_at"),
        *moment("refused_until", null=True),
        sa.PrimaryKeyConstraint("of", name="pk_failed_sign_in"),
    )
