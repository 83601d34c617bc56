"""Reminders of deadlines, and the words by which cases are found."""

from __future__ import annotations

from alembic import op

from gis_ce.migrations.columns import moment, words

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Add the columns; the words of the cases that are there are filled in after every upgrade."""
    for column in moment("remind_at", "reminded_at", null=True):
        op.add_column("deadline", column)
    op.create_index("ix_deadline_reminder", "deadline", ["state", "remind_at"])
    for column in words("words", null=True):
        op.add_column("site", column)
