"""The index of words: what keeps it on each database, and where it cannot be kept."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, text

from gis_ce.case_search import FTS5, SEARCHED, has_grams

POSTGRESQL_INDEX = "ix_site_words"

_MAY_HAVE = """SELECT EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm') OR (
EXISTS (SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm')
AND has_database_privilege(current_database(), 'CREATE'))"""
"""The extension is one that whoever may create in a database may add to it."""


def keeps_words(connection: Connection) -> bool:
    """Whether this database can keep the index; where it cannot, looking for words reads every case."""
    if connection.dialect.name == "sqlite":
        return has_grams()
    return bool(connection.execute(text(_MAY_HAVE)).scalar_one())


def sqlite_word_guards() -> Iterator[tuple[str, str]]:
    """Names and statements of the table and its triggers; none where FTS5 is missing."""
    if has_grams():
        yield SEARCHED, f"CREATE VIRTUAL TABLE {SEARCHED} USING {FTS5}"
        yield from _triggers()


def postgresql_word_guards(connection: Connection) -> Iterator[tuple[str, list[str]]]:
    """The index with what makes it; none where its extension cannot be had."""
    if keeps_words(connection):
        index = f"CREATE INDEX {POSTGRESQL_INDEX} ON site USING gin (words gin_trgm_ops) WITH (fastupdate = off)"
        yield POSTGRESQL_INDEX, ["CREATE EXTENSION IF NOT EXISTS pg_trgm", index]


def make_word_index(connection: Connection) -> None:
    """Make SQLite's index of words anew and fill it; without FTS5, only take away the triggers that would need it."""
    for name, _ in _triggers():
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
    if not has_grams():
        return
    connection.exec_driver_sql(f"DROP TABLE IF EXISTS {SEARCHED}")
    for _, words in sqlite_word_guards():
        connection.exec_driver_sql(words)
    connection.exec_driver_sql(f"INSERT INTO {SEARCHED}({SEARCHED}) VALUES ('rebuild')")


def stray_triggers(there: set[str]) -> list[str]:
    """Triggers that would fail, since the SQLite of this Python lacks what they need."""
    return [] if has_grams() else [name for name, _ in _triggers() if name in there]


def _triggers() -> Iterator[tuple[str, str]]:
    put = f"INSERT INTO {SEARCHED}(rowid, words) VALUES (NEW.row_no, NEW.words);"
    take = f"INSERT INTO {SEARCHED}({SEARCHED}, rowid, words) VALUES ('delete', OLD.row_no, OLD.words);"
    events = (
        ("insert", "AFTER INSERT", put),
        ("update", "AFTER UPDATE OF words, row_no", f"{take} {put}"),
        ("delete", "AFTER DELETE", take),
    )
    for name, when, then in events:
        yield f"{SEARCHED}_{name}", f"CREATE TRIGGER {SEARCHED}_{name} {when} ON site BEGIN {then} END"
