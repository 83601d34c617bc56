"""What was done to accounts, and who did it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gis_ce.migrations.columns import moment, whole, words

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """One line for each change."""
    op.create_table(
        "account_change",
        *whole("id", key=True),
        *moment("at"),
        *words("by", "account", "what"),
        *words("said", null=True),
        sa.CheckConstraint("what IN ('made', 'lanes', 'disabled', 'enabled', 'password')", name="what"),
        sa.PrimaryKeyConstraint("id", name="pk_account_change"),
    )
    op.create_index("ix_account_change_account", "account_change", ["account", "at"])
