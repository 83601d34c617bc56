"""A case store with a row in every table, as any version of the tables has them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

import shapely
import sqlalchemy as sa
from made_layers import EAST, GRID, NORTH

from gis_ce import case_migrations
from gis_ce.case_engine import one_upgrade_at_a_time
from gis_ce.case_store import CaseStore

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


def filled_at(store: CaseStore, version: str) -> None:
    """Bring a store up to a version, step by step, with a row in each table as soon as it is there."""
    filled = set(_NOT_OURS)
    for step in VERSIONS[: VERSIONS.index(version) + 1]:
        with one_upgrade_at_a_time(store.engine) as connection:
            case_migrations.run_migrations(connection, step)
            for table in tables_of(connection):
                if table.name not in filled:
                    connection.execute(table.insert(), [_row(connection, table)])
                    filled.add(table.name)


def tables_of(connection: sa.Connection) -> list[sa.Table]:
    """The tables of a store as they are in its database."""
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
