"""The tables of the case store, as they first were."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from gis_ce.geometry_column import Geometry
from gis_ce.tables.base import JSON_COLUMN

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
        *_words("id", "number", "type", "process_version", "step", "lane", "status"),
        *_words("outcome", null=True),
        *_whole("priority", null=True),
        *_words("officer", null=True),
        *_moment("opened_at"),
        *_moment("closed_at", null=True),
        *_day("event_on"),
        *_moment("due_at", null=True),
        *_words("title", "description"),
        *_json("data", "answers", "state"),
        *_whole("row_version"),
        *_words("parent_id", "site_id", null=True),
        sa.CheckConstraint("status IN ('open', 'closed')", name="ck_case__status"),
        _refers("case_", "parent_id", "case_.id"),
        sa.PrimaryKeyConstraint("id", name="pk_case_"),
        sa.UniqueConstraint("number", name="uq_case__number"),
        sa.UniqueConstraint("site_id", name="uq_case__site_id"),
    )
    op.create_index("ix_case__due", "case_", ["status", "due_at"])
    op.create_index("ix_case__officer", "case_", ["officer", "opened_at", "id"])
    op.create_index("ix_case__opened", "case_", ["opened_at", "id"])
    op.create_index("ix_case__parent_id", "case_", ["parent_id"])
    op.create_index("ix_case__priority", "case_", ["priority", "opened_at", "id"])
    op.create_index("ix_case__process", "case_", ["type", "process_version", "status"])
    op.create_index("ix_case__status", "case_", ["status", "opened_at", "id"])
    op.create_index("ix_case__type", "case_", ["type", "opened_at", "id"])


def _make_case_counter() -> None:
    op.create_table(
        "case_counter",
        *_words("type"),
        *_whole("year", "last"),
        sa.PrimaryKeyConstraint("type", "year", name="pk_case_counter"),
    )


def _make_idempotency_key() -> None:
    op.create_table(
        "idempotency_key",
        *_words("caller", "key", "digest"),
        *_json("response"),
        *_moment("at"),
        sa.PrimaryKeyConstraint("caller", "key", name="pk_idempotency_key"),
    )
    op.create_index("ix_idempotency_key_at", "idempotency_key", ["at"])


def _make_layer_version() -> None:
    op.create_table(
        "layer_version", *_words("id"), *_moment("first_seen"), sa.PrimaryKeyConstraint("id", name="pk_layer_version")
    )


def _make_process_version() -> None:
    op.create_table(
        "process_version",
        *_words("id", "process", "yaml", "svg"),
        *_moment("published_at"),
        *_words("by"),
        *_flag("is_current"),
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
        *_words("name", "display", "password_hash"),
        *_flag("active"),
        sa.PrimaryKeyConstraint("name", name="pk_user_"),
    )


def _make_attachment() -> None:
    op.create_table(
        "attachment",
        *_words("id", "case_id", "sha256"),
        *_words("stripped_sha256", null=True),
        *_words("name", "media_type"),
        *_whole("size"),
        *_words("step", "field", null=True),
        *_moment("captured_at", null=True),
        *_number("lon", "lat", "bearing", "distance_from_site_ft", null=True),
        *_moment("at"),
        *_words("by"),
        _refers("attachment", "case_id", "case_.id"),
        sa.PrimaryKeyConstraint("id", name="pk_attachment"),
    )
    op.create_index("ix_attachment_case_id", "attachment", ["case_id"])
    op.create_index("ix_attachment_sha256", "attachment", ["sha256"])


def _make_case_link() -> None:
    op.create_table(
        "case_link",
        *_words("from_case", "to_case", "kind"),
        *_moment("at"),
        *_words("by"),
        sa.CheckConstraint("kind IN ('handover', 'returns', 'duplicate', 'related')", name="ck_case_link_kind"),
        _refers("case_link", "from_case", "case_.id"),
        _refers("case_link", "to_case", "case_.id"),
        sa.PrimaryKeyConstraint("from_case", "to_case", "kind", name="pk_case_link"),
    )
    op.create_index("ix_case_link_to_case", "case_link", ["to_case"])


def _make_deadline() -> None:
    op.create_table(
        "deadline",
        *_words("id", "case_id"),
        *_words("step", null=True),
        *_words("kind"),
        *_day("starts_on"),
        *_moment("due_at"),
        *_words("arithmetic", "state"),
        *_moment("ended_at", null=True),
        sa.CheckConstraint("state IN ('running', 'met', 'ended', 'passed')", name="ck_deadline_state"),
        _refers("deadline", "case_id", "case_.id"),
        sa.PrimaryKeyConstraint("id", name="pk_deadline"),
    )
    op.create_index("ix_deadline_case_id", "deadline", ["case_id"])
    op.create_index("ix_deadline_state", "deadline", ["state", "due_at"])


def _make_decision() -> None:
    op.create_table(
        "decision",
        *_words("id", "case_id", "check_name"),
        *_words("step", null=True),
        *_moment("proposed_at"),
        *_words("proposed", "reason", null=True),
        *_number("margin_ft", "probability", "sigma_ft", null=True),
        *_json("rule", "versions"),
        *_words("sentence"),
        *_json("evidence", null=True),
        *_whole("site_revision"),
        *_words("state"),
        *_words("answer", "by", null=True),
        *_moment("at", null=True),
        *_words("why", null=True),
        sa.CheckConstraint("state IN ('proposed', 'confirmed', 'overridden', 'stale')", name="ck_decision_state"),
        _refers("decision", "case_id", "case_.id"),
        sa.PrimaryKeyConstraint("id", name="pk_decision"),
    )
    op.create_index("ix_decision_case", "decision", ["case_id", "state"])


def _make_event() -> None:
    op.create_table(
        "event",
        *_whole("id", key=True),
        *_words("case_id"),
        *_moment("at"),
        *_words("by", "kind"),
        *_words("step", null=True),
        *_words("text"),
        *_json("data"),
        *_whole("row_version", null=True),
        _refers("event", "case_id", "case_.id"),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_event_case", "event", ["case_id", "id"])


def _make_external_reference() -> None:
    op.create_table(
        "external_reference",
        *_words("id", "case_id", "system", "reference"),
        *_words("url", null=True),
        _refers("external_reference", "case_id", "case_.id"),
        sa.PrimaryKeyConstraint("id", name="pk_external_reference"),
        sa.UniqueConstraint("case_id", "system", "reference", name="uq_external_reference_case_id_system_reference"),
    )
    op.create_index("ix_external_reference_system", "external_reference", ["system", "reference"])


def _make_letter() -> None:
    op.create_table(
        "letter",
        *_words("id", "case_id"),
        *_words("step", null=True),
        *_words("template", "state"),
        *_moment("sent_at", null=True),
        *_day("received_on", null=True),
        *_words("text"),
        sa.CheckConstraint("state IN ('draft', 'sent')", name="ck_letter_state"),
        _refers("letter", "case_id", "case_.id"),
        sa.PrimaryKeyConstraint("id", name="pk_letter"),
    )
    op.create_index("ix_letter_case_id", "letter", ["case_id"])


def _make_note() -> None:
    op.create_table(
        "note",
        *_words("id", "case_id"),
        *_moment("at"),
        *_words("by", "text"),
        *_words("step", "corrects", null=True),
        _refers("note", "case_id", "case_.id"),
        _refers("note", "corrects", "note.id"),
        sa.PrimaryKeyConstraint("id", name="pk_note"),
    )
    op.create_index("ix_note_case", "note", ["case_id", "at"])


def _make_party() -> None:
    op.create_table(
        "party",
        *_words("id", "case_id", "role"),
        *_words("name", "firm", "phone", "email", "mailing_address", null=True),
        sa.CheckConstraint(
            "role IN ('owner', 'contractor', 'firm', 'reporter', 'occupant', 'other')", name="ck_party_role"
        ),
        _refers("party", "case_id", "case_.id"),
        sa.PrimaryKeyConstraint("id", name="pk_party"),
    )
    op.create_index("ix_party_case_id", "party", ["case_id"])
    op.create_index("ix_party_firm", "party", ["firm"])
    op.create_index("ix_party_name", "party", ["name"])


def _make_site() -> None:
    op.create_table(
        "site",
        *_whole("row_no", key=True),
        *_words("id", "case_id"),
        *_shape("geometry", null=True),
        *_whole("srid"),
        *_words("address", "parcel_id", "how_located", "datum", null=True),
        *_number("sigma_ft", null=True),
        *_shape("structure", null=True),
        *_json("details"),
        *_whole("revision"),
        sa.CheckConstraint(
            "how_located IN ('address', 'gps', 'map', 'coordinates', 'facility', 'imported')",
            name="ck_site_how_located",
        ),
        _refers("site", "case_id", "case_.id"),
        sa.PrimaryKeyConstraint("row_no", name="pk_site"),
        sa.UniqueConstraint("case_id", name="uq_site_case_id"),
        sa.UniqueConstraint("id", name="uq_site_id"),
    )
    op.create_index("ix_site_address", "site", ["address"])
    op.create_index("ix_site_parcel_id", "site", ["parcel_id"])


def _make_site_move() -> None:
    op.create_table(
        "site_move",
        *_whole("id", key=True),
        *_words("case_id"),
        *_moment("at"),
        *_words("by"),
        *_shape("from_geometry", "to_geometry", null=True),
        *_words("how", null=True),
        *_number("sigma_ft", null=True),
        *_words("reason"),
        _refers("site_move", "case_id", "case_.id"),
        sa.PrimaryKeyConstraint("id", name="pk_site_move"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_site_move_case_id", "site_move", ["case_id"])


def _make_user_role() -> None:
    op.create_table(
        "user_role",
        *_words("user_name", "lane"),
        _refers("user_role", "user_name", "user_.name"),
        sa.PrimaryKeyConstraint("user_name", "lane", name="pk_user_role"),
    )


def _words(*names: str, null: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text(), nullable=null) for name in names]


def _moment(*names: str, null: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.DateTime(timezone=True), nullable=null) for name in names]


def _day(*names: str, null: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Date(), nullable=null) for name in names]


def _json(*names: str, null: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, JSON_COLUMN, nullable=null) for name in names]


def _flag(*names: str, null: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Boolean(), nullable=null) for name in names]


def _number(*names: str, null: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Double(), nullable=null) for name in names]


def _shape(*names: str, null: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, Geometry(), nullable=null) for name in names]


def _whole(*names: str, null: bool = False, key: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Integer(), nullable=null, autoincrement=key) for name in names]


def _refers(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [other], name=f"fk_{table}_{column}", initially="DEFERRED", deferrable=True
    )
