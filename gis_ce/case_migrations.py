"""The one history of the store's tables, for both databases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from gis_ce.tables import Base

_FOLDER = Path(__file__).parent / "migrations"
_NOT_OURS = ("spatial_ref_sys",)


def newest() -> str:
    """The version that this program works with."""
    head = ScriptDirectory(str(_FOLDER)).get_current_head()
    assert head is not None
    return head


def known() -> frozenset[str]:
    """Every version that this program has heard of."""
    return frozenset(script.revision for script in ScriptDirectory(str(_FOLDER)).walk_revisions())


def version_of(connection: Connection) -> str | None:
    """The version of a store's tables, or None for an empty database."""
    return MigrationContext.configure(connection).get_current_revision()


def run_migrations(connection: Connection) -> None:
    """Bring the tables to the newest version, inside the connection's transaction."""
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def compared() -> dict[str, Any]:
    """How Alembic compares tables with the models: without what belongs to the spatial index or to PostGIS."""
    return {
        "target_metadata": Base.metadata,
        "render_as_batch": True,
        "include_name": lambda name, kind, _: kind != "table" or _is_ours(name),
        "compare_type": True,
    }


def _is_ours(name: str | None) -> bool:
    return name is not None and name not in _NOT_OURS and "_box" not in name
