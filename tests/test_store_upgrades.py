"""A store of an older version with rows in every table comes up to the newest, and no row is lost or changed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import case_stores
import pytest
import shapely
import sqlalchemy as sa
from case_rows import rows_of
from made_layers import EAST, GRID, NORTH
from sqlalchemy.exc import DBAPIError

from gis_ce import case_migrations
from gis_ce.case_engine import one_upgrade_at_a_time
from gis_ce.case_store import CaseStore, open_store
from gis_ce.decision_chain import Line, append
from gis_ce.tables import Decision, Letter

NOW, DAY = datetime(2026, 3, 2, 15, tzinfo=UTC), date(2026, 3, 2)
VERSIONS = case_migrations.versions()
GIVEN: dict[str, dict[str, Any]] = {
    "case_": {"site_id": "x"},
    "site": {"srid": GRID, "wkt": f"POINT ({EAST} {NORTH})"},
    "charge": {"amount_cents": 100},
    "decision_personal": {"record_id": 1},
}
"""What a row must have beyond any word and number: its site, a place on the grid, one amount, its line."""
_FIRST_WORD = re.compile(r"\b(\w+)\)?(?: IN \(|(?:::text)? = ANY \(ARRAY\[)'(\w+)'")
_NOT_OURS = ("alembic_version", "spatial_ref_sys")


@pytest.fixture(params=["sqlite", "postgis"])
def bare(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[CaseStore]:
    """A store without any table."""
    if request.param == "sqlite":
        store = open_store(f"sqlite:///{tmp_path / 'cases.sqlite'}", GRID)
        yield store
        store.close()
        return
    with case_stores.postgis_database(request.getfixturevalue("postgis_dsn")) as url:
        store = open_store(url, GRID)
        yield store
        store.close()


def _at(store: CaseStore, version: str) -> None:
    """Brings a store up to a version, step by step, with a row in each table as soon as it is there."""
    filled = set(_NOT_OURS)
    for step in VERSIONS[: VERSIONS.index(version) + 1]:
        with one_upgrade_at_a_time(store.engine) as connection:
            case_migrations.run_migrations(connection, step)
            for table in _tables(connection):
                if table.name not in filled:
                    connection.execute(table.insert(), [_row(connection, table)])
                    filled.add(table.name)


def _tables(connection: sa.Connection) -> list[sa.Table]:
    found = sa.MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name not in _NOT_OURS]


def _row(connection: sa.Connection, table: sa.Table) -> dict[str, Any]:
    """Any words, numbers and times; one of the words that a column may hold; each reference to the one row there is."""
    checks = sa.inspect(connection).get_check_constraints(table.name)
    row: dict[str, Any] = dict(_FIRST_WORD.findall(" ".join(str(check["sqltext"]) for check in checks)))
    given = dict(GIVEN.get(table.name, {}))
    wkt = given.pop("wkt", None)
    key = list(table.primary_key)
    counted = [column.name for column in key if len(key) == 1 and isinstance(column.type, sa.Integer)]
    for column in table.columns:
        if column.name not in (*row, *counted) and not column.nullable:
            row[column.name] = _value(connection, column)
    place = {} if wkt is None else {"geometry": _place(connection, wkt)}
    return {**row, **given, **place}


def _value(connection: sa.Connection, column: sa.Column[Any]) -> Any:
    if isinstance(column.type, sa.JSON):
        return {"x": 1}
    now = NOW.replace(tzinfo=None) if connection.dialect.name == "sqlite" else NOW
    return {str: "x", int: 1, float: 1.5, bool: False, datetime: now, date: DAY}[column.type.python_type]


def _place(connection: sa.Connection, wkt: str) -> Any:
    if connection.dialect.name == "postgresql":
        return f"SRID={GRID};{wkt}"
    return shapely.to_wkb(shapely.set_srid(shapely.from_wkt(wkt), GRID), include_srid=True)


def _kept(store: CaseStore, columns: dict[str, list[str]] | None = None) -> dict[str, tuple[list[str], list[Any]]]:
    """By table its columns, all or some, and its rows as the database has them."""
    with store.engine.connect() as connection:
        names = columns or {table.name: [each.name for each in table.columns] for table in _tables(connection)}
        found = {}
        for table, of_table in names.items():
            listed = ", ".join(f'"{name}"' for name in of_table if (table, name) != ("site", "words"))
            rows = connection.execute(sa.text(f"SELECT {listed} FROM {table}"))
            found[table] = (of_table, [tuple(row) for row in rows])
        return found


@pytest.mark.parametrize("version", [VERSIONS[0], "0004", VERSIONS[-2]])
def test_an_older_store_keeps_every_row(bare: CaseStore, version: str) -> None:
    _at(bare, version)
    before = _kept(bare)
    assert all(len(rows) == 1 for _, rows in before.values())
    bare.upgrade()
    assert bare.version() == VERSIONS[-1]
    assert _kept(bare, {table: columns for table, (columns, _) in before.items()}) == before
    assert bare.check() == []
    assert all(len(rows) == 1 for table, rows in rows_of(bare).items() if table in before)


@pytest.mark.parametrize("version", [VERSIONS[0], VERSIONS[-2]])
def test_an_upgraded_store_takes_what_is_new_and_refuses_what_never_was(bare: CaseStore, version: str) -> None:
    _at(bare, version)
    bare.upgrade()
    with bare.session() as session:
        session.scalars(sa.select(Decision)).one().state = "to_sign"
        session.scalars(sa.select(Letter)).one().state = "served"
        line = append(session, Line("x", "x", "adopted", NOW, "ann"))
        session.commit()
        line_id = line.id
    for statement in (
        "UPDATE decision SET state = 'dreamt'",
        "UPDATE letter SET state = 'dreamt'",
        f"UPDATE decision_record SET kind = 'y' WHERE id = {line_id}",
        "DELETE FROM event",
    ):
        with bare.session() as session, pytest.raises(DBAPIError):
            session.execute(sa.text(statement))
