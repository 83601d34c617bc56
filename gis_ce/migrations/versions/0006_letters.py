"""Letters that are set, issued and served; and deeds that somebody has seen."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gis_ce.migrations.columns import day, json, moment, refers, words

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | None = None
depends_on: str | None = None

_STATES = "state IN ('draft', 'sent', 'issued', 'served', 'received', 'returned', 'reissued', 'withdrawn')"
_KINDS = "kind IN ('served', 'received', 'returned')"
_METHODS = "method IN ('certified_mail', 'hand', 'posting', 'first_class_mail')"


def upgrade() -> None:
    """More about each letter, the facts of its service, and seen deeds."""
    _widen_letter()
    _make_letter_service()
    _make_deed_seen()


def _widen_letter() -> None:
    """SQLite has no way to change a constraint: Alembic makes the table anew there."""
    with op.batch_alter_table("letter") as letter:
        for column in (
            *words("number", "issued_by", "sha256", "attachment_id", "reissue_of", null=True),
            *json("given", null=True),
            *moment("issued_at", null=True),
        ):
            letter.add_column(column)
        letter.drop_constraint(op.f("ck_letter_ck_letter_state"), type_="check")
        letter.create_check_constraint(op.f("ck_letter_state"), sa.text(_STATES))
        letter.create_unique_constraint(op.f("uq_letter_number"), ["number"])
        for name, other in (("attachment_id", "attachment"), ("reissue_of", "letter")):
            letter.create_foreign_key(
                op.f(f"fk_letter_{name}"), other, [name], ["id"], deferrable=True, initially="DEFERRED"
            )


def _make_letter_service() -> None:
    op.create_table(
        "letter_service",
        *words("id", "letter_id", "kind", "method"),
        *day("on_day"),
        *words("at_time", "served_by", "tracking", "of_service", "attachment_id", null=True),
        *words("note", "by"),
        *moment("at"),
        sa.CheckConstraint(_KINDS, name="kind"),
        sa.CheckConstraint(_METHODS, name="method"),
        refers("letter_service", "letter_id", "letter.id"),
        refers("letter_service", "of_service", "letter_service.id"),
        refers("letter_service", "attachment_id", "attachment.id"),
        sa.PrimaryKeyConstraint("id", name="pk_letter_service"),
    )
    op.create_index("ix_letter_service_letter_id", "letter_service", ["letter_id"])


def _make_deed_seen() -> None:
    op.create_table(
        "deed_seen",
        *words("id", "case_id", "seen_by", "book", "page", "note", "by"),
        *words("attachment_id", null=True),
        *day("seen_on"),
        *moment("at"),
        refers("deed_seen", "case_id", "case_.id"),
        refers("deed_seen", "attachment_id", "attachment.id"),
        sa.PrimaryKeyConstraint("id", name="pk_deed_seen"),
    )
    op.create_index("ix_deed_seen_case_id", "deed_seen", ["case_id"])
