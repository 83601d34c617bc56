"""The record of decisions, what it says of people, and where a change of the layers could change a decision."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gis_ce.migrations.columns import json, moment, refers, shape, whole, words

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | None = None
depends_on: str | None = None

_STATES = "state IN ('proposed', 'confirmed', 'overridden', 'stale', 'to_sign', 'set_aside')"


def upgrade() -> None:
    """Make the tables, and let a decision wait for a signature."""
    _widen_states()
    _make_record()
    _make_personal()
    _make_areas()


def _widen_states() -> None:
    if op.get_context().dialect.name == "sqlite":
        known = (sa.CheckConstraint(_STATES, name="ck_decision_state"),)
        with op.batch_alter_table("decision", recreate="always", table_args=known):
            return
    op.drop_constraint("ck_decision_state", "decision", type_="check")
    op.create_check_constraint("ck_decision_state", "decision", _STATES)


def _make_record() -> None:
    op.create_table(
        "decision_record",
        *whole("id", key=True),
        *words("case_id"),
        *whole("seq", "number"),
        *words("decision_id", "kind"),
        *moment("at"),
        *words("by", "body", "prev", "hash"),
        refers("decision_record", "case_id", "case_.id"),
        refers("decision_record", "decision_id", "decision.id"),
        sa.PrimaryKeyConstraint("id", name="pk_decision_record"),
        sa.UniqueConstraint("case_id", "seq", name="uq_decision_record_case_id_seq"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_decision_record_number", "decision_record", ["number"])
    op.create_index("ix_decision_record_decision_id", "decision_record", ["decision_id"])


def _make_personal() -> None:
    op.create_table(
        "decision_personal",
        *whole("record_id"),
        *words("name", "salt", "value"),
        refers("decision_personal", "record_id", "decision_record.id"),
        sa.PrimaryKeyConstraint("record_id", "name", name="pk_decision_personal"),
    )


def _make_areas() -> None:
    op.create_table("layer_set", *words("id"), *json("layers"), sa.PrimaryKeyConstraint("id", name="pk_layer_set"))
    op.create_table(
        "decision_area",
        *whole("row_no", key=True),
        *words("decision_id", "layer_set"),
        *shape("area", null=True),
        *json("asked"),
        refers("decision_area", "decision_id", "decision.id"),
        refers("decision_area", "layer_set", "layer_set.id"),
        sa.PrimaryKeyConstraint("row_no", name="pk_decision_area"),
        sa.UniqueConstraint("decision_id", name="uq_decision_area_decision_id"),
    )
    op.create_index("ix_decision_area_layer_set", "decision_area", ["layer_set"])
