"""Dumps of a PostgreSQL database by its own programs: pg_dump, pg_restore and psql."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from sqlalchemy import URL

from gis_ce.errors import BackupRefused
from gis_ce.jobs import SCHEMA
from gis_ce.mailing_guards import KEEP_FUNCTION
from gis_ce.store_guards import REFUSE_FUNCTION
from gis_ce.tables import Base

_TABLES = (*Base.metadata.tables, "alembic_version")
_DROP = f"""SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS postgis;
DO $$ BEGIN CREATE EXTENSION IF NOT EXISTS pg_trgm;
EXCEPTION WHEN insufficient_privilege OR feature_not_supported OR undefined_file THEN NULL; END $$;
DROP TABLE IF EXISTS {", ".join(_TABLES)} CASCADE;
DROP SCHEMA IF EXISTS {SCHEMA} CASCADE;
CREATE SCHEMA {SCHEMA};
{REFUSE_FUNCTION};
{KEEP_FUNCTION};
"""


def dump(url: URL, target: Path) -> None:
    """Write one moment of a case store's tables, and of its jobs, into a file; raises BackupRefused."""
    tables = [f"--table={name}" for name in (*_TABLES, f"{SCHEMA}.*")]
    _run("pg_dump", ["--format=custom", "--no-owner", "--no-privileges", *tables, f"--file={target}"], url)
    look_at(target)


def look_at(source: Path) -> None:
    """Raises BackupRefused for a file that is no dump of a case store."""
    if not any(" TABLE DATA " in line and " case_ " in line for line in _entries(source)):
        raise BackupRefused(f"{source} is no backup of a case store on PostgreSQL.")


def load(url: URL, source: Path) -> None:
    """Replace the tables of a case store by those of a dump, all or nothing; raises BackupRefused."""
    with tempfile.TemporaryDirectory() as folder:
        dropped, made = (Path(folder) / name for name in ("drop.sql", "make.sql"))
        dropped.write_text(_DROP, "utf-8")
        _run("pg_restore", ["--no-owner", "--no-privileges", f"--file={made}", str(source)], None)
        at_once = ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"]
        _run("psql", [*at_once, f"--file={dropped}", f"--file={made}"], url)


def _entries(source: Path) -> list[str]:
    try:
        return _run("pg_restore", ["--list", str(source)], None).splitlines()
    except BackupRefused as error:
        if "not installed" in str(error):
            raise
        raise BackupRefused(f"{source} is no backup of a case store on PostgreSQL.") from error


def _run(program: str, options: list[str], url: URL | None) -> str:
    found = shutil.which(program)
    if found is None:
        raise BackupRefused(
            f"{program} is not installed here: install PostgreSQL's client programs (postgresql-client), "
            "or run this command on the database's own machine."
        )
    words, environment = _connection(url) if url is not None else ([], {})
    ran = subprocess.run(
        [found, *words, *options], check=False, capture_output=True, text=True, env={**os.environ, **environment}
    )
    if ran.returncode != 0:
        raise BackupRefused(f"{program} failed: {_said(ran.stderr)}.")
    return ran.stdout


def _connection(url: URL) -> tuple[list[str], dict[str, str]]:
    """Options and environment that name the database; the password is only in the environment."""
    host = url.host or url.query.get("host")
    given = (("--host", host), ("--port", url.port), ("--username", url.username), ("--dbname", url.database))
    words = [f"{option}={value}" for option, value in given if value is not None]
    return [*words, "--no-password"], {"PGPASSWORD": str(url.password)} if url.password else {}


def _said(stderr: str) -> str:
    lines = [line for line in stderr.splitlines() if "error" in line.lower()] or stderr.splitlines() or ["no reason"]
    return lines[0].strip().rstrip(".")
