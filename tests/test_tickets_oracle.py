"""Locate tickets held against PostGIS, with days counted in SQL from a list of holidays written here."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import psycopg
import pytest
import shapely
from drawn_towns import drawn_layer, drawn_query

from gis_ce.assess import assess
from gis_ce.checks import contractor_tickets_nearby, locate_ticket
from gis_ce.checks.check import Sites
from gis_ce.rule_files import open_pack

RULES = open_pack("nc")
PLACES = 2400
FIRST = date(2025, 8, 1)
HOLIDAYS = ("2025-09-01", "2025-11-11", "2025-11-27", "2025-11-28", "2025-12-24", "2025-12-25", "2025-12-26")

DAYS_SQL = """
CREATE TABLE terms AS
SELECT t.*,
  CASE WHEN called_on < '2025-10-01' THEN
    (SELECT d FROM work WHERE d > called_on ORDER BY d OFFSET 14 LIMIT 1)
  ELSE called_on + 28 END AS last_day,
  (SELECT d FROM work WHERE d > called_on ORDER BY d OFFSET 2 LIMIT 1) AS due,
  (SELECT min(c.called_on) FROM tickets c WHERE c.kind = 'cancelled' AND c.ticket_number = t.ticket_number) AS cancelled
FROM tickets t
"""
WORK_SQL = """
CREATE TABLE work AS
SELECT g::date AS d FROM generate_series('2025-07-01'::date, '2026-06-30'::date, '1 day') g
WHERE extract(isodow FROM g) < 6 AND NOT g::date = ANY(%s::date[])
"""
TICKET_SQL = """
SELECT p.n, max(signed) FILTER (WHERE counts) AS margin,
  bool_or(signed >= -0.01 AND in_time AND kind = 'strange') AS open,
  max(CASE WHEN signed >= -0.01 AND kind = 'three_hour' AND called_on <= p.day THEN 1 ELSE 0 END) AS three_hour
FROM places p LEFT JOIN LATERAL (
  SELECT t.kind, t.called_on, in_time, in_time AND t.kind IN ('normal', 'emergency', 'update') AS counts,
    CASE WHEN ST_Intersects(t.geom, p.geom) THEN ST_Distance(ST_Boundary(t.geom), p.geom)
         ELSE -ST_Distance(t.geom, p.geom) END AS signed
  FROM terms t CROSS JOIN LATERAL (SELECT
      t.called_on <= p.day AND p.day <= t.last_day AND NOT coalesce(t.cancelled <= p.day, false)
      AND (t.kind = 'emergency' OR p.day > t.due
           OR coalesce(t.response_code IN ('10', '20') AND t.responded_on <= p.day, false)) AS in_time) j
  WHERE ST_Distance(t.geom, p.geom) <= 300.01
) f ON true GROUP BY p.n ORDER BY p.n
"""
NEARBY_SQL = """
SELECT p.n, count(t.id), min(ST_Distance(t.geom, p.geom)) FROM places p LEFT JOIN tickets t
  ON ST_Distance(t.geom, p.geom) <= 500.01 AND p.day - t.called_on BETWEEN 0 AND 60
GROUP BY p.n ORDER BY p.n
"""


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
def town(request: pytest.FixtureRequest, postgis: psycopg.Connection[Any]) -> tuple[Sites, Any, Any]:
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


def test_no_ticket_verdict_differs_from_postgis(town: tuple[Sites, Any, psycopg.Connection[Any]]) -> None:
    sites, query, postgis = town
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
    assert {"yes", "no", None} == set(wanted)


def test_no_list_of_tickets_nearby_differs_from_postgis(town: tuple[Sites, Any, psycopg.Connection[Any]]) -> None:
    sites, query, postgis = town
    found = assess(sites, query, RULES, [contractor_tickets_nearby.CHECK])["contractor_tickets_nearby"]
    rows = postgis.execute(NEARBY_SQL).fetchall()
    assert [row[1] for row in rows] == list(found.measures.facts["tickets_near"])
    distance = np.array([np.nan if row[2] is None else row[2] for row in rows])
    np.testing.assert_allclose(found.measures.facts["distance_ft"], distance, atol=1e-6)
