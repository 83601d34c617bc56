"""Locate tickets held against PostGIS, drawn and of a whole town; days are counted in SQL from holidays listed here."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import psycopg
import pytest
import shapely
from drawn_towns import drawn_layer, drawn_query
from oracle_shapes import beside_polygons
from oracle_tables import load_places
from oracle_tickets import DAYS_SQL, NEARBY_SQL, TICKET_SQL, WORK_SQL
from oracle_towns import Town

from gis_ce.assess import assess
from gis_ce.checks import contractor_tickets_nearby, locate_ticket
from gis_ce.checks.check import Sites
from gis_ce.rule_files import open_pack
from layers.query import LayerQuery

RULES = open_pack("nc")
PLACES = 2400
FIRST = date(2025, 8, 1)
HOLIDAYS = ("2025-09-01", "2025-11-11", "2025-11-27", "2025-11-28", "2025-12-24", "2025-12-25", "2025-12-26")
OF_2026 = ("2026-04-03", "2026-05-25", "2026-07-03", "2026-09-07", "2026-11-11", "2026-11-26", "2026-11-27")


def _tickets(random: np.random.Generator) -> list[dict[str, Any]]:
    kinds = ["normal"] * 8 + ["emergency", "update", "design", "cancelled", "three_hour", "strange"]
    rows = []
    for number in range(160):
        x, y = random.integers(0, 4000, 2)
        wide, high = random.integers(20, 400, 2)
        called = FIRST + timedelta(days=int(random.integers(0, 140)))
        code = [None, "20", "10", "30"][random.integers(0, 4)]
        rows.append(
            {
                "id": f"T{number:03}",
                "wkt": f"POLYGON(({x} {y},{x + wide} {y},{x + wide} {y + high},{x} {y + high},{x} {y}))",
                "ticket_number": f"N{random.integers(0, 120)}",
                "kind": kinds[random.integers(0, len(kinds))],
                "called_on": called,
                "response_code": code,
                "responded_on": called + timedelta(days=int(random.integers(0, 8))) if code else None,
            }
        )
    return rows


def _places(random: np.random.Generator, areas: list[dict[str, Any]]) -> np.ndarray[Any, Any]:
    """A third anywhere, a third on edges and corners, a third a hundredth of a foot or two from a corner or edge."""
    anywhere = random.uniform(-300, 4600, (PLACES // 3, 2))
    corners = np.array([shapely.get_coordinates(shapely.from_wkt(area["wkt"]))[:-1] for area in areas])
    picked, side = random.integers(0, len(areas), PLACES // 3), random.integers(0, 4, PLACES // 3)
    share = random.choice([0.0, 0.25, 0.5], PLACES // 3)[:, None]
    edges = corners[picked, side] * (1 - share) + corners[picked, (side + 1) % 4] * share
    beside = edges + random.choice([-0.02, -0.008, 0.0, 0.008, 0.02], (PLACES // 3, 2))
    return np.concatenate([anywhere, edges, beside])


@pytest.fixture(params=[1, 2])
def drawn(request: pytest.FixtureRequest, postgis: psycopg.Connection[Any]) -> tuple[Sites, Any, Any]:
    random = np.random.default_rng(request.param)
    tickets = _tickets(random)
    places = _places(random, tickets)
    days = np.datetime64(FIRST) + random.integers(0, 200, len(places)).astype("timedelta64[D]")
    postgis.execute(
        "CREATE TABLE tickets (id text, ticket_number text, kind text, called_on date, response_code text,"
        " responded_on date, geom geometry)"
    )
    postgis.execute("CREATE TABLE places (n int, day date, geom geometry)")
    with postgis.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO tickets VALUES (%(id)s, %(ticket_number)s, %(kind)s, %(called_on)s, %(response_code)s,"
            " %(responded_on)s, ST_GeomFromText(%(wkt)s))",
            tickets,
        )
        cursor.executemany(
            "INSERT INTO places VALUES (%s, %s, ST_MakePoint(%s, %s))",
            [(n, day.item(), x, y) for n, (day, (x, y)) in enumerate(zip(days, places.tolist(), strict=True))],
        )
        cursor.execute(WORK_SQL, [list(HOLIDAYS)])
        cursor.execute(DAYS_SQL)
    count = len(places)
    asked = Sites(shapely.points(places), np.full(count, None, dtype=object), np.zeros(count), days)
    return asked, drawn_query(drawn_layer("locate_ticket", tickets)), postgis


def test_no_ticket_verdict_differs_from_postgis(drawn: tuple[Sites, Any, psycopg.Connection[Any]]) -> None:
    _assert_verdicts(*drawn)


def _assert_verdicts(sites: Sites, query: LayerQuery, postgis: psycopg.Connection[Any]) -> set[str | None]:
    found = assess(sites, query, RULES, [locate_ticket.CHECK])["locate_ticket"]
    rows = postgis.execute(TICKET_SQL).fetchall()
    margin = np.array([-300.0 if row[1] is None else max(row[1], -300.0) for row in rows])
    wanted = [
        "yes" if signed >= -0.01 else None if is_open else "no"
        for signed, is_open in zip(margin, (row[2] for row in rows), strict=True)
    ]
    np.testing.assert_allclose(found.measures.margin_ft, margin, atol=1e-6)
    assert [found.answer_of(row) for row in range(len(found))] == wanted
    assert [bool(row[3]) for row in rows] == list(found.measures.facts["three_hour_called"])
    assert {"yes", "no"} <= set(wanted)
    return set(wanted)


def test_no_list_of_tickets_nearby_differs_from_postgis(drawn: tuple[Sites, Any, psycopg.Connection[Any]]) -> None:
    _assert_nearby(*drawn)


def _assert_nearby(sites: Sites, query: LayerQuery, postgis: psycopg.Connection[Any]) -> None:
    found = assess(sites, query, RULES, [contractor_tickets_nearby.CHECK])["contractor_tickets_nearby"]
    rows = postgis.execute(NEARBY_SQL).fetchall()
    assert [row[1] for row in rows] == list(found.measures.facts["tickets_near"])
    distance = np.array([np.nan if row[2] is None else row[2] for row in rows])
    np.testing.assert_allclose(found.measures.facts["distance_ft"], distance, atol=1e-6)


def test_the_tickets_of_a_whole_town_are_judged_as_postgis_judges_them(town: Town) -> None:
    if not town.query.has("locate_ticket"):
        found = assess(_at(np.array([[0.0, 0.0]]), FIRST), town.query, RULES, [locate_ticket.CHECK])["locate_ticket"]
        assert "The layer locate_ticket is not there" in str(found.reason_of(0))
        return
    areas = town.query.features("locate_ticket").geometry
    asked = _at(shapely.get_coordinates(beside_polygons(areas, PLACES, 41)), np.datetime64("2026-02-20"))
    load_places(town.oracle, asked.place, day=("date", asked.day.tolist()))
    town.oracle.execute("CREATE OR REPLACE TEMP VIEW places AS SELECT * FROM place")
    town.oracle.execute(
        "CREATE OR REPLACE TEMP VIEW tickets AS SELECT id, f_ticket_number AS ticket_number, f_kind AS kind,"
        " f_called_on AS called_on, f_response_code AS response_code, f_responded_on AS responded_on, geom"
        " FROM locate_ticket"
    )
    town.oracle.execute(WORK_SQL, [[*HOLIDAYS, *OF_2026]])
    town.oracle.execute(DAYS_SQL)
    _assert_verdicts(asked, town.query, town.oracle)
    _assert_nearby(asked, town.query, town.oracle)


def _at(places: np.ndarray[Any, Any], first: date | np.datetime64) -> Sites:
    """Places on days of half a year from the first on."""
    count = len(places)
    days = np.datetime64(first) + np.random.default_rng(42).integers(0, 180, count).astype("timedelta64[D]")
    return Sites(shapely.points(places), np.full(count, None, dtype=object), np.zeros(count), days)
