"""Files that arrive in pieces."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gis_ce.migrations.columns import json, moment, words

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """One table."""
    op.create_table(
        "upload",
        *words("id", "owner", "name", "state"),
        sa.Column("length", sa.BigInteger(), nullable=False),
        *words("sha256", "said", null=True),
        *moment("at", "expires_at"),
        *json("kept", null=True),
        sa.CheckConstraint("state IN ('arriving', 'have', 'refused')", name="state"),
        sa.PrimaryKeyConstraint("id", name="pk_upload"),
    )
    op.create_index("ix_upload_owner", "upload", ["owner", "state"])
    op.create_index("ix_upload_sha256", "upload", ["sha256"])
