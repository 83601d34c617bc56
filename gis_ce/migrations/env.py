"""Run by Alembic: takes the connection that `gis_ce.case_migrations` hands over, inside its transaction."""

from __future__ import annotations

from alembic import context

from gis_ce.case_migrations import compared

context.configure(connection=context.config.attributes["connection"], **compared())
context.run_migrations()
