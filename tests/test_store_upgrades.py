"""A store of an older version with rows in every table comes up to the newest, and no row is lost or changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import case_stores
import pytest
import sqlalchemy as sa
from case_rows import rows_of
from every_table import NOW, VERSIONS, filled_at, tables_of
from made_layers import GRID
from sqlalchemy.exc import DBAPIError

from gis_ce.case_store import CaseStore, open_store
from gis_ce.decision_chain import Line, append
from gis_ce.tables import Decision, Letter


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


def _kept(store: CaseStore, columns: dict[str, list[str]] | None = None) -> dict[str, tuple[list[str], list[Any]]]:
    """By table its columns, all or some, and its rows as the database has them."""
    with store.engine.connect() as connection:
        names = columns or {table.name: [each.name for each in table.columns] for table in tables_of(connection)}
        found = {}
        for table, of_table in names.items():
            listed = ", ".join(f'"{name}"' for name in of_table if (table, name) != ("site", "words"))
            rows = connection.execute(sa.text(f"SELECT {listed} FROM {table}"))
            found[table] = (of_table, [tuple(row) for row in rows])
        return found


@pytest.mark.parametrize("version", [VERSIONS[0], "0004", VERSIONS[-2]])
def test_an_older_store_keeps_every_row(bare: CaseStore, version: str) -> None:
    filled_at(bare, version)
    before = _kept(bare)
    assert all(len(rows) == 1 for _, rows in before.values())
    bare.upgrade()
    assert bare.version() == VERSIONS[-1]
    assert _kept(bare, {table: columns for table, (columns, _) in before.items()}) == before
    assert bare.check() == []
    assert all(len(rows) == 1 for table, rows in rows_of(bare).items() if table in before)


@pytest.mark.parametrize("version", [VERSIONS[0], VERSIONS[-2]])
def test_an_upgraded_store_takes_what_is_new_and_refuses_what_never_was(bare: CaseStore, version: str) -> None:
    filled_at(bare, version)
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
