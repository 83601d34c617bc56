"""What the database itself keeps watch over: the indexes of places and words, and rows that are never changed.

A migration that rebuilds a table on SQLite drops its triggers without a word, so all of this is put back after each
upgrade and whenever a store is opened.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, text

from gis_ce.geometry_column import Geometry
from gis_ce.geometry_sql import box_table
from gis_ce.mailing_guards import KEEP_FUNCTION, postgis_guards, sqlite_guards
from gis_ce.tables import (
    Base,
    Charge,
    ChargeEntry,
    Contact,
    DecisionRecord,
    DeedSeen,
    Event,
    LetterService,
    MailingEvent,
    Note,
    Proceeding,
    ProceedingEntry,
    SiteMove,
)
from gis_ce.word_guards import make_word_index, postgresql_word_guards, sqlite_word_guards, stray_triggers

APPEND_ONLY = (
    DecisionRecord,
    Event,
    Note,
    SiteMove,
    Charge,
    ChargeEntry,
    Contact,
    Proceeding,
    ProceedingEntry,
    MailingEvent,
    LetterService,
    DeedSeen,
)

_REFUSED = "is never changed or deleted; write a new one"


def indexed_columns() -> Iterator[tuple[str, str]]:
    """Table and column of each geometry with a spatial index."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, Geometry) and column.type.indexed:
                yield table.name, column.name


def ensure_guards(connection: Connection, rebuild: bool = False) -> list[str]:
    """Put back what is missing, inside the connection's transaction; returns the names of what was.

    An index of SQLite whose triggers were missing, or with `rebuild`, is filled anew from its table.
    """
    missing = missing_guards(connection)
    if connection.dialect.name == "sqlite":
        for table, column in indexed_columns():
            if rebuild or not {box_table(table, column), *dict(_index_triggers(table, column))}.isdisjoint(missing):
                _make_index(connection, table, column)
        if rebuild or not {*dict(sqlite_word_guards()), *stray_triggers(set(missing))}.isdisjoint(missing):
            make_word_index(connection)
    for name, statements in _others(connection):
        if name in missing:
            for statement in statements:
                connection.exec_driver_sql(statement)
    return missing


def missing_guards(connection: Connection) -> list[str]:
    """The names of indexes and triggers that are not there, or not as they should be; only reads."""
    if connection.dialect.name == "postgresql":
        there = {row[0] for row in connection.exec_driver_sql(_POSTGIS_NAMES)}
        return [name for name, _ in _postgis_guards(connection) if name not in there]
    rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type IN ('trigger', 'table')"))
    found = {str(row.name): str(row.sql) for row in rows}
    boxes = [name for table, column in indexed_columns() if (name := box_table(table, column)) not in found]
    triggers = [each for place in indexed_columns() for each in _index_triggers(*place)]
    wanted = [*triggers, *sqlite_word_guards(), *((name, statements[-1]) for name, statements in _sqlite_guards())]
    return [*boxes, *(name for name, words in wanted if found.get(name) != words), *stray_triggers({*found})]


def _others(connection: Connection) -> Iterator[tuple[str, list[str]]]:
    return _postgis_guards(connection) if connection.dialect.name == "postgresql" else _sqlite_guards()


_POSTGIS_NAMES = """SELECT indexname FROM pg_indexes WHERE schemaname = current_schema()
UNION ALL SELECT t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE c.relnamespace = current_schema()::regnamespace AND t.tgenabled <> 'D'"""

REFUSE_FUNCTION = f"""CREATE OR REPLACE FUNCTION gis_ce_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION USING MESSAGE = format('A row of %s {_REFUSED}.', TG_TABLE_NAME); END $$"""
"""What the triggers of PostgreSQL call."""


def _postgis_guards(connection: Connection) -> Iterator[tuple[str, list[str]]]:
    yield from postgresql_word_guards(connection)
    for table, column in indexed_columns():
        name = f"ix_{table}_{column}"
        yield name, [f"CREATE INDEX {name} ON {table} USING gist ({column})"]
    refuse = "EXECUTE FUNCTION gis_ce_refuse_change()"
    for table in _append_only():
        for name, when in ((f"{table}_no_change", "UPDATE OR DELETE"), (f"{table}_no_truncate", "TRUNCATE")):
            drop = f"DROP TRIGGER IF EXISTS {name} ON {table}"
            each = "ROW" if name.endswith("change") else "STATEMENT"
            make = f"CREATE TRIGGER {name} BEFORE {when} ON {table} FOR EACH {each} {refuse}"
            yield name, [REFUSE_FUNCTION.replace("%", "%%"), drop, make]
    for name, make in postgis_guards():
        yield name, [KEEP_FUNCTION, f"DROP TRIGGER IF EXISTS {name} ON {name.rpartition('_no_')[0]}", make]


def _sqlite_guards() -> Iterator[tuple[str, list[str]]]:
    for table in _append_only():
        refuse = f"BEGIN SELECT RAISE(ABORT, 'A row of {table} {_REFUSED}.'); END"
        for name, what in ((f"{table}_no_update", "UPDATE"), (f"{table}_no_delete", "DELETE")):
            drop = f"DROP TRIGGER IF EXISTS {name}"
            yield name, [drop, f"CREATE TRIGGER {name} BEFORE {what} ON {table} {refuse}"]
    for name, make in sqlite_guards():
        yield name, [f"DROP TRIGGER IF EXISTS {name}", make]


def _append_only() -> Iterator[str]:
    for model in APPEND_ONLY:
        yield model.__tablename__


def _make_index(connection: Connection, table: str, column: str) -> None:
    boxes, triggers = box_table(table, column), dict(_index_triggers(table, column))
    for name in triggers:
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
    connection.exec_driver_sql(f"DROP TABLE IF EXISTS {boxes}")
    connection.exec_driver_sql(f"CREATE VIRTUAL TABLE {boxes} USING rtree(row_no, min_x, max_x, min_y, max_y)")
    values = f"row_no, {_sides(column)}"
    connection.exec_driver_sql(f"INSERT INTO {boxes} SELECT {values} FROM {table} WHERE {column} IS NOT NULL")
    for words in triggers.values():
        connection.exec_driver_sql(words)


def _index_triggers(table: str, column: str) -> Iterator[tuple[str, str]]:
    boxes = box_table(table, column)
    put = f"INSERT INTO {boxes} SELECT NEW.row_no, {_sides(f'NEW.{column}')} WHERE NEW.{column} IS NOT NULL;"
    take = f"DELETE FROM {boxes} WHERE row_no = OLD.row_no;"
    events = (
        ("insert", "AFTER INSERT", put),
        ("update", f"AFTER UPDATE OF {column}, row_no", f"{take} {put}"),
        ("delete", "AFTER DELETE", take),
    )
    for name, when, then in events:
        yield f"{boxes}_{name}", f"CREATE TRIGGER {boxes}_{name} {when} ON {table} BEGIN {then} END"


def _sides(column: str) -> str:
    return ", ".join(f"gis_{side}({column})" for side in ("min_x", "max_x", "min_y", "max_y"))
