"""The tables of the case store, as they first were."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gis_ce.migrations.columns import day, flag, json, moment, number, refers, shape, whole, words

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Make all tables."""
    _make_case()
    _make_case_counter()
    _make_idempotency_key()
    _make_layer_version()
    _make_process_version()
    _make_user()
    _make_attachment()
    _make_case_link()
    _make_deadline()
    _make_decision()
    _make_event()
    _make_external_reference()
    _make_letter()
    _make_note()
    _make_party()
    _make_site()
    _make_site_move()
    _make_user_role()


def _make_case() -> None:
    op.create_table(
        "case_",
        *words("id", "number", "type", "process_version", "step", "lane", "status"),
        *words("outcome", null=True),
        *whole("priority", null=True),
        *words("officer", null=True),
        *moment("opened_at"),
        *moment("closed_at", null=True),
        *day("event_on"),
        *moment("due_at", null=True),
        *words("title", "description"),
        *json("data", "answers", "state"),
        *whole("row_version"),
        *words("parent_id", "site_id", null=True),
        sa.CheckConstraint("status IN ('open', 'closed')", name="ck_case__status"),
        refers("case_", "parent_id", "case_.id"),
        sa.PrimaryKeyConstraint("id", name="pk_case_"),
        sa.UniqueConstraint("number", name="uq_case__number"),
        sa.UniqueConstraint("site_id", name="uq_case__site_id"),
    )
    op.create_index("ix_case__due", "case_", ["status", "due_at"])
    op.create_index("ix_case__officer", "case_", ["officer", "opened_at", "id"])
    op.create_index("ix_case__officer_status", "case_", ["officer", "status", "opened_at", "id"])
    op.create_index("ix_case__opened", "case_", ["opened_at", "id"])
    op.create_index("ix_case__parent_id", "case_", ["parent_id"])
    op.create_index("ix_case__priority", "case_", ["priority", "opened_at", "id"])
    op.create_index("ix_case__status", "case_", ["status", "opened_at", "id"])
    op.create_index("ix_case__status_priority", "case_", ["status", "priority", "opened_at", "id"])
    op.create_index("ix_case__type", "case_", ["type", "opened_at", "id"])
    op.create_index("ix_case__type_status", "case_", ["type", "status", "opened_at", "id"])


def _make_case_counter() -> None:
    op.create_table(
        "case_counter",
        *words("type"),
        *whole("year", "last"),
        sa.PrimaryKeyConstraint("type", "year", name="pk_case_counter"),
    )


def _make_idempotency_key() -> None:
    op.create_table(
        "idempotency_key",
        *words("caller", "key", "digest"),
        *json("response"),
        *moment("at"),
        sa.PrimaryKeyConstraint("caller", "key", name="pk_idempotency_key"),
    )
    op.create_index("ix_idempotency_key_at", "idempotency_key", ["at"])


def _make_layer_version() -> None:
    op.create_table(
        "layer_version", *words("id"), *moment("first_seen"), sa.PrimaryKeyConstraint("id", name="pk_layer_version")
    )


def _make_process_version() -> None:
    op.create_table(
        "process_version",
        *words("id", "process", "yaml", "svg"),
        *moment("published_at"),
        *words("by"),
        *flag("is_current"),
        sa.PrimaryKeyConstraint("id", name="pk_process_version"),
    )
    op.create_index(
        "ix_process_version_current",
        "process_version",
        ["process"],
        unique=True,
        sqlite_where=sa.text("is_current"),
        postgresql_where=sa.text("is_current"),
    )


def _make_user() -> None:
    op.create_table(
        "user_",
        *words("name", "display", "password_hash"),
        *flag("active"),
        sa.PrimaryKeyConstraint("name", name="pk_user_"),
    )


def _make_attachment() -> None:
    op.create_table(
        "attachment",
        *words("id", "case_id", "sha256"),
        *words("stripped_sha256", null=True),
        *words("name", "media_type"),
        *whole("size"),
        *words("step", "field", null=True),
        *moment("captured_at", null=True),
        *number("lon", "lat", "bearing", "distance_from_site_ft", null=True),
        *moment("at"),
        *words("by"),
        refers("attachment", "case_id", "case_.id"),
        sa.PrimaryKeyConstraint("id", name="pk_attachment"),
    )
    op.create_index("ix_attachment_case_id", "attachment", ["case_id"])
    op.create_index("ix_attachment_sha256", "attachment", ["sha256"])


def _make_case_link() -> None:
    op.create_table(
        "case_link",
        *words("from_case", "to_case", "kind"),
        *moment("at"),
        *words("by"),
        sa.CheckConstraint("kind IN ('handover', 'returns', 'duplicate', 'related')", name="ck_case_link_kind"),
        refers("case_link", "from_case", "case_.id"),
        refers("case_link", "to_case", "case_.id"),
        sa.PrimaryKeyConstraint("from_case", "to_case", "kind", name="pk_case_link"),
    )
    op.create_index("ix_case_link_to_case", "case_link", ["to_case"])


def _make_deadline() -> None:
    op.create_table(
        "deadline",
        *words("id", "case_id"),
        *words("step", null=True),
        *words("kind"),
        *day("starts_on"),
        *moment("due_at"),
        *words("arithmetic", "state"),
        *moment("ended_at", null=True),
        sa.CheckConstraint("state IN ('running', 'met', 'ended', 'passed')", name="ck_deadline_state"),
        refers("deadline", "case_id", "case_.id"),
        sa.PrimaryKeyConstraint("id", name="pk_deadline"),
    )
    op.create_index("ix_deadline_case_id", "deadline", ["case_id"])
    op.create_index("ix_deadline_state", "deadline", ["state", "due_at"])


def _make_decision() -> None:
    op.create_table(
        "decision",
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
        sa.CheckConstraint("state IN ('proposed', 'confirmed', 'overridden', 'stale')", name="ck_decision_state"),
        refers("decision", "case_id", "case_.id"),
        sa.PrimaryKeyConstraint("id", name="pk_decision"),
    )
    op.create_index("ix_decision_case", "decision", ["case_id", "state"])


def _make_event() -> None:
    op.create_table(
        "event",
        *whole("id", key=True),
        *words("case_id"),
        *moment("at"),
        *words("by", "kind"),
        *words("step", null=True),
        *words("text"),
        *json("data"),
        *whole("row_version", null=True),
        refers("event", "case_id", "case_.id"),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_event_case", "event", ["case_id", "id"])


def _make_external_reference() -> None:
    op.create_table(
        "external_reference",
        *words("id", "case_id", "system", "reference"),
        *words("url", null=True),
        refers("external_reference", "case_id", "case_.id"),
        sa.PrimaryKeyConstraint("id", name="pk_external_reference"),
        sa.UniqueConstraint("case_id", "system", "reference", name="uq_external_reference_case_id_system_reference"),
    )
    op.create_index("ix_external_reference_system", "external_reference", ["system", "reference"])


def _make_letter() -> None:
    op.create_table(
        "letter",
        *words("id", "case_id"),
        *words("step", null=True),
        *words("template", "state"),
        *moment("sent_at", null=True),
        *day("received_on", null=True),
        *words("text"),
        sa.CheckConstraint("state IN ('draft', 'sent')", name="ck_letter_state"),
        refers("letter", "case_id", "case_.id"),
        sa.PrimaryKeyConstraint("id", name="pk_letter"),
    )
    op.create_index("ix_letter_case_id", "letter", ["case_id"])


def _make_note() -> None:
    op.create_table(
        "note",
        *words("id", "case_id"),
        *moment("at"),
        *words("by", "text"),
        *words("step", "corrects", null=True),
        refers("note", "case_id", "case_.id"),
        refers("note", "corrects", "note.id"),
        sa.PrimaryKeyConstraint("id", name="pk_note"),
    )
    op.create_index("ix_note_case", "note", ["case_id", "at"])


def _make_party() -> None:
    op.create_table(
        "party",
        *words("id", "case_id", "role"),
        *words("name", "firm", "phone", "email", "mailing_address", null=True),
        sa.CheckConstraint(
            "role IN ('owner', 'contractor', 'firm', 'reporter', 'occupant', 'other')", name="ck_party_role"
        ),
        refers("party", "case_id", "case_.id"),
        sa.PrimaryKeyConstraint("id", name="pk_party"),
    )
    op.create_index("ix_party_case_id", "party", ["case_id"])
    op.create_index("ix_party_firm", "party", ["firm"])
    op.create_index("ix_party_name", "party", ["name"])


def _make_site() -> None:
    op.create_table(
        "site",
        *whole("row_no", key=True),
        *words("id", "case_id"),
        *shape("geometry", null=True),
        *whole("srid"),
        *words("address", "parcel_id", "how_located", "datum", null=True),
        *number("sigma_ft", null=True),
        *shape("structure", null=True),
        *json("details"),
        *whole("revision"),
        sa.CheckConstraint(
            "how_located IN ('address', 'gps', 'map', 'coordinates', 'facility', 'imported')",
            name="ck_site_how_located",
        ),
        refers("site", "case_id", "case_.id"),
        sa.PrimaryKeyConstraint("row_no", name="pk_site"),
        sa.UniqueConstraint("case_id", name="uq_site_case_id"),
        sa.UniqueConstraint("id", name="uq_site_id"),
    )
    op.create_index("ix_site_address", "site", ["address"])
    op.create_index("ix_site_parcel_id", "site", ["parcel_id"])


def _make_site_move() -> None:
    op.create_table(
        "site_move",
        *whole("id", key=True),
        *words("case_id"),
        *moment("at"),
        *words("by"),
        *shape("from_geometry", "to_geometry", null=True),
        *words("how", null=True),
        *number("sigma_ft", null=True),
        *words("reason"),
        refers("site_move", "case_id", "case_.id"),
        sa.PrimaryKeyConstraint("id", name="pk_site_move"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_site_move_case_id", "site_move", ["case_id"])


def _make_user_role() -> None:
    op.create_table(
        "user_role",
        *words("user_name", "lane"),
        refers("user_role", "user_name", "user_.name"),
        sa.PrimaryKeyConstraint("user_name", "lane", name="pk_user_role"),
    )
