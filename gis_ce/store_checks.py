"""Looks for what must never be wrong in a case store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, text

from gis_ce.case_search import SEARCHED
from gis_ce.geometry_sql import box_table
from gis_ce.store_guards import indexed_columns, missing_guards
from gis_ce.word_guards import keeps_words


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, and what to do next."""

    severity: Literal["error", "warning"]
    what: str
    next_step: str


def findings(connection: Connection, srid: int) -> list[Finding]:
    """Everything that is wrong in the store's tables, its index and its guards; places should carry `srid`."""
    looked = (_damage, _guards, _index, _words, _references)
    return [*(finding for look in looked for finding in look(connection)), *_grids(connection, srid)]


def _grids(connection: Connection, srid: int) -> Iterator[Finding]:
    other = text("SELECT count(*) FROM site WHERE srid <> :srid AND geometry IS NOT NULL")
    if many := connection.execute(other, {"srid": srid}).scalar_one():
        what = f"{many} sites lie on another grid than the city's (their number is not {srid})."
        yield Finding("error", what, "Look whether GIS_CE_CASES is the store of this city.")


def _damage(connection: Connection) -> Iterator[Finding]:
    if connection.dialect.name != "sqlite":
        return
    for row in connection.exec_driver_sql("PRAGMA integrity_check(5)"):
        if row[0] != "ok":
            yield Finding("error", f"The file is damaged: {row[0]}.", "Restore the last backup.")
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        yield Finding("error", f"{len(broken)} rows refer to nothing.", "Restore the last backup.")


def _guards(connection: Connection) -> Iterator[Finding]:
    for name in missing_guards(connection):
        yield Finding("error", f"The guard {name} is missing.", "Run `gis-ce db upgrade`; it puts guards back.")


def _index(connection: Connection) -> Iterator[Finding]:
    """Each place has its box in the R*Tree, and each box its place."""
    if connection.dialect.name != "sqlite" or _without_index(connection):
        return
    for table, column in indexed_columns():
        boxes = box_table(table, column)
        wrong = connection.execute(text(_WRONG.format(table=table, column=column, boxes=boxes))).scalar_one()
        left = connection.execute(text(_LEFT.format(table=table, column=column, boxes=boxes))).scalar_one()
        if wrong or left:
            what = f"The spatial index of {table} misses {wrong} rows and has {left} too many."
            yield Finding("error", what, "Run `gis-ce db upgrade`; it fills the index anew.")


def _without_index(connection: Connection) -> bool:
    names = {row[0] for row in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'")}
    return any(box_table(*each) not in names for each in indexed_columns())


_WRONG = """SELECT count(*) FROM {table} t WHERE t.{column} IS NOT NULL AND NOT EXISTS (
SELECT 1 FROM {boxes} b WHERE b.row_no = t.row_no
AND b.min_x <= gis_min_x(t.{column}) AND b.max_x >= gis_max_x(t.{column})
AND b.min_y <= gis_min_y(t.{column}) AND b.max_y >= gis_max_y(t.{column}))"""
_LEFT = """SELECT count(*) FROM {boxes} b WHERE NOT EXISTS (
SELECT 1 FROM {table} t WHERE t.row_no = b.row_no AND t.{column} IS NOT NULL)"""

_ONE_SIDED = "SELECT count(*) FROM site s JOIN case_ c ON c.id = s.case_id WHERE c.site_id IS NULL OR c.site_id <> s.id"
_BEYOND = """SELECT count(*) FROM case_ c WHERE c.outcome IS NOT NULL AND c.status = 'open'"""


def _references(connection: Connection) -> Iterator[Finding]:
    if many := connection.execute(text(_ONE_SIDED)).scalar_one():
        yield Finding("error", f"{many} sites belong to a case that has another site.", "Restore the last backup.")
    if many := connection.execute(text(_BEYOND)).scalar_one():
        yield Finding("warning", f"{many} open cases have an outcome.", "Look at them with `gis-ce case show`.")


def _words(connection: Connection) -> Iterator[Finding]:
    """Each site has its words, and their index its rows."""
    if not keeps_words(connection):
        what = "Looking for words reads every case: this database cannot keep an index of them."
        yield Finding("warning", what, _NO_WORDS[connection.dialect.name])
    if many := connection.execute(text("SELECT count(*) FROM site WHERE words IS NULL")).scalar_one():
        yield Finding("warning", f"{many} cases cannot be found by their words.", "Run `gis-ce db upgrade`.")
    if connection.dialect.name != "sqlite" or SEARCHED in missing_guards(connection) or not keeps_words(connection):
        return
    if many := connection.execute(text(_WITHOUT_WORDS)).scalar_one():
        what = f"The index of words differs from its table in {many} rows."
        yield Finding("error", what, "Run `gis-ce db upgrade`; it fills the index anew.")


_WITHOUT_WORDS = f"""SELECT (SELECT count(*) FROM site t WHERE NOT EXISTS (
SELECT 1 FROM {SEARCHED}_docsize d WHERE d.id = t.row_no)) + (SELECT count(*) FROM {SEARCHED}_docsize d
WHERE NOT EXISTS (SELECT 1 FROM site t WHERE t.row_no = d.id))"""
_NO_WORDS = {
    "sqlite": "Use a Python whose SQLite has FTS5 (3.34 or newer).",
    "postgresql": "Let the database's owner run CREATE EXTENSION pg_trgm, then run `gis-ce db upgrade`.",
}
