"""On SQLite the rebuilt table of decisions kept its old list of states beside the new one: only the new one stays."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gis_ce.migrations.columns import json, moment, number, whole, words

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | None = None
depends_on: str | None = None

_STATES = "state IN ('proposed', 'confirmed', 'overridden', 'stale', 'to_sign', 'set_aside')"


def upgrade() -> None:
    """Rebuild the table from what it should be, not from what is found."""
    if op.get_context().dialect.name == "sqlite":
        with op.batch_alter_table("decision", recreate="always", copy_from=_as_it_should_be()):
            pass


def _as_it_should_be() -> sa.Table:
    table = sa.Table(
        "decision",
        sa.MetaData(),
        *words("id", "case_id", "check_name"),
        *words("step", null=True),
        *moment("proposed_at"),
        *words("proposed", "reason", null=True),
        *number("margin_ft", "probability", "sigma_ft", null=True),
        *json("rule", "versions"),
        *words("sentence"),
        *json("evidence", null=True),
        *whole("site_revision"),
        *words("state"),
        *words("answer", "by", null=True),
        *moment("at", null=True),
        *words("why", null=True),
        sa.CheckConstraint(_STATES, name=op.f("ck_decision_state")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_.id"], name=op.f("fk_decision_case_id"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
    )
    sa.Index("ix_decision_case", table.c.case_id, table.c.state)
    return table
