"""Runs of what is done by the clock of the office."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gis_ce.migrations.columns import moment, whole, words

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """One row a run."""
    op.create_table(
        "schedule_run",
        *whole("id", key=True),
        *words("name", "by"),
        *moment("begun_at"),
        *moment("ended_at", null=True),
        *words("outcome"),
        *words("said", null=True),
        sa.CheckConstraint("outcome IN ('running', 'done', 'failed', 'cut_off')", name="outcome"),
        sa.PrimaryKeyConstraint("id", name="pk_schedule_run"),
    )
    op.create_index("ix_schedule_run_name", "schedule_run", ["name", "id"])
