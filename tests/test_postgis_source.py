"""A PostGIS table is read whole, in one state, with its types and its coordinate system."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
import shapely
from psycopg.conninfo import conninfo_to_dict

from layers.errors import SourceError
from layers.model import LayerDeclaration
from layers.sources.read import read_source
from layers.sources.table import SourceTable

Database = psycopg.Connection[tuple[object, ...]]


@pytest.fixture
def address(postgis_dsn: str) -> str:
    """The address of the test database as a city file has it."""
    parts = {"host": "localhost", "port": "5432", **conninfo_to_dict(postgis_dsn)}
    login = ":".join(quote(str(parts[key]), safe="") for key in ("user", "password") if parts.get(key))
    return f"postgresql://{login}@{quote(str(parts['host']), safe='')}:{parts['port']}/{parts['dbname']}"


@pytest.fixture
def schema(postgis: Database) -> str:
    row = postgis.execute("SELECT current_schema()").fetchone()
    assert row is not None
    postgis.execute("""
        CREATE TABLE mains (code text PRIMARY KEY, diameter numeric(9, 2), installed date, live bool, tags text[],
                            geom geometry(LineStringZ, 2264));
        INSERT INTO mains
        SELECT 'WM' || lpad(n::text, 5, '0'), CASE WHEN n % 2 = 0 THEN n / 4.0 END, '2001-02-03', n % 3 = 0, '{a,b}',
               ST_SetSRID(ST_MakeLine(ST_MakePoint(n, 0, 5), ST_MakePoint(n, 10, 5)), 2264)
        FROM generate_series(1, 45000) n ORDER BY random();
        INSERT INTO mains (code) VALUES ('none')""")
    return str(row[0])


def read(dsn: str, table: str | None, role: str = "water_main") -> SourceTable:
    declaration = LayerDeclaration("mains", role, "staff", "recorded", 5.0, source=dsn, source_layer=table)
    return read_source(declaration, Path(), workspace=Path())


def test_all_rows_come_in_the_order_of_the_key_with_their_types(address: str, schema: str) -> None:
    told: list[float] = []
    declaration = LayerDeclaration(
        "mains", "water_main", "staff", "recorded", 5.0, source=address, source_layer=f"{schema}.mains"
    )
    table = read_source(declaration, Path(), workspace=Path(), progress=lambda _, share: told.append(share))
    assert table.columns.num_rows == 45_001
    assert table.columns.slice(1, 1).to_pylist() == [
        {"code": "WM00002", "diameter": 0.5, "installed": date(2001, 2, 3), "live": False, "tags": "{a,b}"}
    ]
    assert table.geometry is not None
    assert shapely.to_wkt(table.geometry[:1]).tolist() == ["LINESTRING (1 0, 1 10)"]
    assert table.geometry[-1] is None
    assert table.crs is not None
    assert table.crs.to_epsg() == 2264
    assert told[-1] == 1.0


def test_a_reference_table_needs_no_geometry(address: str, schema: str) -> None:
    table = read(address, f"{schema}.mains", "account")
    assert table.geometry is None
    assert "geom" not in table.columns.column_names


def test_arcs_and_views_and_unstated_systems_are_read(address: str, postgis: Database, schema: str) -> None:
    postgis.execute("CREATE VIEW arcs AS SELECT 1 AS a, 'CIRCULARSTRING(0 0, 10 10, 20 0)'::geometry AS shape")
    table = read(address, f"{schema}.arcs")
    assert table.geometry is not None
    assert table.geometry[0].length == pytest.approx(31.4159, rel=1e-3)
    assert table.crs is None


def test_what_cannot_be_read_is_told_without_the_password(address: str, postgis: Database, schema: str) -> None:
    postgis.execute(
        "CREATE TABLE mixed AS SELECT ST_SetSRID(ST_MakePoint(1, n), n) AS g FROM unnest('{2264,4326}'::int[]) n"
    )
    postgis.execute("CREATE TABLE plain (a int)")
    for table, problem in (
        (f"{schema}.mian", f"did you mean {schema}.mains?"),
        (f"{schema}.mixed", "mixes the systems 2264, 4326"),
        (f"{schema}.plain", "has no geometry column"),
        (None, "set source_layer"),
    ):
        with pytest.raises(SourceError) as caught:
            read(address, table)
        assert problem in str(caught.value)
    with pytest.raises(SourceError) as caught:
        read("postgresql://clerk:hunter2@127.0.0.1:1/town", "mains")
    assert "table mains of the database town on 127.0.0.1 cannot be read" in str(caught.value)
    assert "hunter2" not in str(caught.value)
