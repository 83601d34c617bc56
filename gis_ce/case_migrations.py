"""The one history of the store's tables, for both databases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from gis_ce.case_search import SEARCHED
from gis_ce.geometry_sql import box_table
from gis_ce.store_guards import indexed_columns
from gis_ce.tables import Base
from gis_ce.word_guards import POSTGRESQL_INDEX

_FOLDER = Path(__file__).parent / "migrations"


def newest() -> str:
    """The version that this program works with."""
    head = ScriptDirectory(str(_FOLDER)).get_current_head()
    assert head is not None
    return head


def versions() -> tuple[str, ...]:
    """Every version that this program has heard of, oldest first."""
    return tuple(script.revision for script in ScriptDirectory(str(_FOLDER)).walk_revisions())[::-1]


def version_of(connection: Connection) -> str | None:
    """The version of a store's tables, or None for an empty database."""
    return MigrationContext.configure(connection).get_current_revision()


def run_migrations(connection: Connection, to: str = "head") -> None:
    """Bring the tables to a version, by default the newest, inside the connection's transaction."""
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def compared() -> dict[str, Any]:
    """How Alembic compares tables with the models: without what belongs to the indexes we keep, or to PostGIS."""
    return {
        "target_metadata": Base.metadata,
        "render_as_batch": True,
        "include_name": lambda name, kind, _: not _is_a_guard(name, kind),
        "compare_type": True,
    }


def _is_a_guard(name: str | None, kind: str) -> bool:
    """Whether `gis_ce.store_guards` or PostGIS itself looks after it."""
    if kind == "index":
        return name in {POSTGRESQL_INDEX, *(f"ix_{table}_{column}" for table, column in indexed_columns())}
    kept = (SEARCHED, *(box_table(table, column) for table, column in indexed_columns()))
    return kind == "table" and name is not None and (name == "spatial_ref_sys" or name.startswith(kept))
