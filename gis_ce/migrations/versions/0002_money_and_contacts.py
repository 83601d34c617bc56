"""Charges with what became of them, the contact log, and what runs beside the steps of a case."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from gis_ce.migrations.columns import day, flag, json, moment, refers, whole, words

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | None = None
depends_on: str | None = None

_CHARGE_KINDS = (
    "'civil_penalty', 'repair', 'investigation', 'clean_up', 'abatement', 'back_billing', 'connection_fee', "
    "'other_cost'"
)
_ENTRY_KINDS = "'paid', 'returned', 'waived', 'stayed', 'resumed', 'ended'"
_CHANNELS = "'call', 'email', 'letter', 'in_person', 'message'"
_PROCEEDINGS = "'visit', 'hearing', 'citation', 'abatement', 'shut_off', 'discrepancy'"


def upgrade() -> None:
    """Make the tables, and the index by which events of one kind are found."""
    _make_charge()
    _make_charge_entry()
    _make_contact()
    _make_proceeding()
    _make_proceeding_entry()
    op.create_index("ix_event_kind", "event", ["kind", "case_id", "id"])


def _cents(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.BigInteger(), nullable=True) for name in names]


def _make_charge() -> None:
    op.create_table(
        "charge",
        *words("id", "case_id", "kind"),
        *moment("at"),
        *words("by", "what", "basis"),
        *_cents("amount_cents", "per_day_cents", "most_cents"),
        *day("deadline_on", "first_day_on", null=True),
        *words("day_unit", null=True),
        *flag("counted_while_stayed", null=True),
        *day("due_on", null=True),
        *words("party_id", null=True),
        *json("rule"),
        sa.CheckConstraint(f"kind IN ({_CHARGE_KINDS})", name="ck_charge_kind"),
        sa.CheckConstraint("(amount_cents IS NULL) <> (per_day_cents IS NULL)", name="ck_charge_one_amount"),
        refers("charge", "case_id", "case_.id"),
        refers("charge", "party_id", "party.id"),
        sa.PrimaryKeyConstraint("id", name="pk_charge"),
    )
    op.create_index("ix_charge_case_id", "charge", ["case_id"])


def _make_charge_entry() -> None:
    op.create_table(
        "charge_entry",
        *whole("id", key=True),
        *words("charge_id", "case_id", "kind"),
        *moment("at"),
        *words("by"),
        *day("on_day"),
        *_cents("amount_cents"),
        *words("reference", null=True),
        *words("text"),
        sa.CheckConstraint(f"kind IN ({_ENTRY_KINDS})", name="ck_charge_entry_kind"),
        refers("charge_entry", "charge_id", "charge.id"),
        refers("charge_entry", "case_id", "case_.id"),
        sa.PrimaryKeyConstraint("id", name="pk_charge_entry"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_charge_entry_case_id", "charge_entry", ["case_id"])
    op.create_index("ix_charge_entry_charge", "charge_entry", ["charge_id", "id"])
    op.create_index("ix_charge_entry_reference", "charge_entry", ["reference"])


def _make_contact() -> None:
    op.create_table(
        "contact",
        *words("id", "case_id"),
        *moment("at", "logged_at"),
        *words("by", "direction", "channel"),
        *words("party_id", null=True),
        *words("text"),
        *moment("due_at", null=True),
        *words("arithmetic"),
        *words("answers", null=True),
        *flag("tells_closing"),
        sa.CheckConstraint("direction IN ('in', 'out')", name="ck_contact_direction"),
        sa.CheckConstraint(f"channel IN ({_CHANNELS})", name="ck_contact_channel"),
        refers("contact", "case_id", "case_.id"),
        refers("contact", "party_id", "party.id"),
        refers("contact", "answers", "contact.id"),
        sa.PrimaryKeyConstraint("id", name="pk_contact"),
        sa.UniqueConstraint("answers", name="uq_contact_answers"),
    )
    op.create_index("ix_contact_case", "contact", ["case_id", "at"])
    op.create_index("ix_contact_due", "contact", ["due_at"])


def _make_proceeding() -> None:
    op.create_table(
        "proceeding",
        *words("id", "case_id", "kind"),
        *moment("at"),
        *words("by"),
        *words("officer", null=True),
        *day("on_day", null=True),
        *moment("due_at", null=True),
        *words("text"),
        *json("data"),
        sa.CheckConstraint(f"kind IN ({_PROCEEDINGS})", name="ck_proceeding_kind"),
        refers("proceeding", "case_id", "case_.id"),
        sa.PrimaryKeyConstraint("id", name="pk_proceeding"),
    )
    op.create_index("ix_proceeding_case_id", "proceeding", ["case_id"])
    op.create_index("ix_proceeding_officer", "proceeding", ["officer", "due_at"])
    op.create_index("ix_proceeding_due", "proceeding", ["due_at"])


def _make_proceeding_entry() -> None:
    op.create_table(
        "proceeding_entry",
        *whole("id", key=True),
        *words("proceeding_id", "case_id"),
        *moment("at"),
        *words("by", "kind"),
        *day("on_day", null=True),
        *words("text"),
        *json("data"),
        *flag("ends"),
        refers("proceeding_entry", "proceeding_id", "proceeding.id"),
        refers("proceeding_entry", "case_id", "case_.id"),
        sa.PrimaryKeyConstraint("id", name="pk_proceeding_entry"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_proceeding_entry_case_id", "proceeding_entry", ["case_id"])
    op.create_index("ix_proceeding_entry_of", "proceeding_entry", ["proceeding_id", "id"])
