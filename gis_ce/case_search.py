"""Looking for words: a condition on the words of a site, with an index of three letters on both databases.

SQLite keeps one in FTS5 where its library has it (else each row is looked at), PostgreSQL one of pg_trgm where the
extension is there. Either only selects; whether the words stand there is settled by comparing them.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, String, bindparam, text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import FunctionElement
from sqlalchemy.types import Boolean

from gis_ce.case_words import folded
from gis_ce.tables import Site

SEARCHED = "site_words"
"""The FTS5 table of SQLite."""

GRAM = 3
"""Fewer letters than this are in no index."""

_MOST_GRAMS = 32


def says(wanted: str) -> ColumnElement[bool]:
    """Whether words stand somewhere in a case, in any case of letters, through the index where they are in one."""
    words = folded(wanted)
    if in_no_index(wanted):
        return says_by_looking(wanted)
    return Says(Site.row_no, Site.words, _bound(words), _bound(grams(words)), _bound(like(words)))


def says_by_looking(wanted: str) -> ColumnElement[bool]:
    """The same by looking at each row."""
    return Looked(Site.words, _bound(folded(wanted)))


def in_no_index(wanted: str) -> bool:
    """Whether words are too short for an index."""
    return len(folded(wanted)) < GRAM


def many_say(session: Session, wanted: str, at_most: int) -> bool:
    """Whether so many rows may hold the words that it is quicker to look at cases in their order."""
    words = folded(wanted)
    if in_no_index(wanted):
        return True
    if session.get_bind().dialect.name == "postgresql":
        rows, looked_for = "SELECT 1 FROM site WHERE words LIKE :it ESCAPE '/'", like(words)
    elif has_grams():
        rows, looked_for = f"SELECT 1 FROM {SEARCHED} WHERE {SEARCHED} MATCH :it", grams(words)
    else:
        return True
    counted = text(f"SELECT count(*) FROM ({rows} LIMIT :at_most) AS found")
    return bool(session.execute(counted, {"it": looked_for, "at_most": at_most}).scalar_one() == at_most)


@cache
def has_grams() -> bool:
    """Whether the SQLite of this Python can keep the index."""
    with closing(sqlite3.connect(":memory:")) as connection:
        try:
            connection.execute(f"CREATE VIRTUAL TABLE tried USING {FTS5}")
        except sqlite3.OperationalError:
            return False
        return True


FTS5 = "fts5(words, content='site', content_rowid='row_no', tokenize='trigram case_sensitive 1', detail=none)"
"""The table takes its words from `site` and holds, for three letters each, the rows that have them."""


def grams(words: str) -> str:
    """What FTS5 is asked for: all that follow each other by three letters, or the first many of a long text."""
    found = dict.fromkeys(words[start : start + GRAM] for start in range(len(words) - GRAM + 1))
    return " AND ".join('"{}"'.format(gram.replace('"', '""')) for gram in list(found)[:_MOST_GRAMS])


def like(words: str) -> str:
    """The pattern of words that may stand anywhere; its escape is a slash."""
    return "%{}%".format(words.replace("/", "//").replace("%", "/%").replace("_", "/_"))


class Says(FunctionElement[bool]):
    """Arguments: the row's number, its words, what is looked for, the same for FTS5 and for LIKE."""

    name = "gis_says"
    type = Boolean()
    inherit_cache = True
    _is_implicitly_boolean = True


class Looked(FunctionElement[bool]):
    """Arguments: the row's words, what is looked for."""

    name = "gis_looked"
    type = Boolean()
    inherit_cache = True
    _is_implicitly_boolean = True


@compiles(Says, "postgresql")
def _says_postgresql(element: Says, compiler: SQLCompiler, **kw: Any) -> str:
    _, column, _, _, pattern = (compiler.process(part, **kw) for part in element.clauses)
    return f"{column} LIKE {pattern} ESCAPE '/'"


@compiles(Says, "sqlite")
def _says_sqlite(element: Says, compiler: SQLCompiler, **kw: Any) -> str:
    row, column, words, asked, _ = (compiler.process(part, **kw) for part in element.clauses)
    found = f"{row} IN (SELECT rowid FROM {SEARCHED} WHERE {SEARCHED} MATCH {asked}) AND "
    return f"({found if has_grams() else ''}instr({column}, {words}) > 0)"


@compiles(Looked, "postgresql")
def _looked_postgresql(element: Looked, compiler: SQLCompiler, **kw: Any) -> str:
    column, words = (compiler.process(part, **kw) for part in element.clauses)
    return f"strpos({column}, {words}) > 0"


@compiles(Looked, "sqlite")
def _looked_sqlite(element: Looked, compiler: SQLCompiler, **kw: Any) -> str:
    column, words = (compiler.process(part, **kw) for part in element.clauses)
    return f"instr({column}, {words}) > 0"


def _bound(words: str) -> Any:
    return bindparam(None, words, type_=String(), unique=True)
