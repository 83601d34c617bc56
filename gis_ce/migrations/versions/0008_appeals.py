"""An appeal runs beside the steps of a case, as a hearing does."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gis_ce.migrations.columns import day, json, moment, refers, words

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | None = None
depends_on: str | None = None

_KINDS = "kind IN ('visit', 'hearing', 'citation', 'abatement', 'shut_off', 'discrepancy', 'appeal')"
_NAME = "ck_proceeding_kind"


def upgrade() -> None:
    """On SQLite the table is rebuilt from what it should be; its guards are put back after the upgrade."""
    if op.get_context().dialect.name == "sqlite":
        with op.batch_alter_table("proceeding", recreate="always", copy_from=_as_it_should_be()):
            return
    op.drop_constraint(op.f("ck_proceeding_ck_proceeding_kind"), "proceeding", type_="check")
    op.create_check_constraint(op.f(_NAME), "proceeding", sa.text(_KINDS))


def _as_it_should_be() -> sa.Table:
    table = sa.Table(
        "proceeding",
        sa.MetaData(),
        *words("id", "case_id", "kind"),
        *moment("at"),
        *words("by"),
        *words("officer", null=True),
        *day("on_day", null=True),
        *moment("due_at", null=True),
        *words("text"),
        *json("data"),
        sa.CheckConstraint(_KINDS, name=op.f(_NAME)),
        refers("proceeding", "case_id", "case_.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proceeding")),
    )
    sa.Index("ix_proceeding_case_id", table.c.case_id)
    sa.Index("ix_proceeding_officer", table.c.officer, table.c.due_at)
    sa.Index("ix_proceeding_due", table.c.due_at)
    return table
