"""The questions and the checks asked of PostGIS: prepared, on loopback, with GiST indexes, analysed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import psycopg
import shapely

from benchmarks.questions import Question, equal_places
from benchmarks.results import Row
from benchmarks.timing import seconds, seconds_once
from benchmarks.towns import BenchTown
from gis_ce.checks.check import Findings, Sites
from layers.grid import Floats, Geometries
from layers.query import LayerQuery
from tests.oracle_checks import EASEMENT_ENCROACHMENT, OURS, OWN_ADDRESS, RIGHT_OF_WAY, TOLERANCE_ZONE, WATER_AVAILABLE
from tests.oracle_questions import NEAREST
from tests.oracle_tables import Connection, fetch, load_layers, load_places
from tests.postgis_cluster import postgis_cluster

ZONES = ("water_main", "sewer_main", "lateral")
ASSETS = (*ZONES, "hydrant", "valve", "blowoff", "manhole", "meter", "address")
_ONE = "FROM (SELECT 0 AS n, %(geom)s::geometry AS geom, %(structure)s::geometry AS structure, %(day)s::date AS day) p"
_SCALED_ABOVE_S = 60.0


@contextmanager
def loaded(query: LayerQuery) -> Iterator[Connection]:
    """A server of our own that holds the layers, without the compiler that only slows such queries."""
    with postgis_cluster() as dsn, psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("SET jit = off")
        load_layers(connection, query)
        yield connection


def question_row(town: BenchTown, oracle: Connection, question: Question, places: Geometries, ours_s: float) -> Row:
    """One spatial question for these places: theirs against our seconds."""
    count = len(places)
    if count == 1:
        values = _values(places[0])
        one = question.postgis.replace("FROM place p", _ONE)
        theirs_s = seconds(lambda: oracle.execute(one, values, prepare=True).fetchall(), at_least=20)
        answers = fetch(oracle, one, **values)
    else:
        load_places(oracle, places)
        theirs_s = seconds_once(lambda: _keep(oracle, question.postgis))
        answers = fetch(oracle, "SELECT place, distance_ft FROM kept")
    agree = equal_places(question.ask(town.query, places), answers, count, question.to_ft)
    per_place = 1e6 / count
    return Row(town.name, question.name, count, ours_s * per_place, "PostGIS", theirs_s * per_place, count, agree)


def checks_row(town: BenchTown, oracle: Connection, sites: Sites, found: dict[str, Findings], ours_s: float) -> Row:
    """The full check for these sites: theirs against our seconds; theirs on fewer places where it would take long."""
    count = len(sites)
    statements = check_statements(town.query)
    if count == 1:
        values = _values(sites.place[0], sites.structure[0], sites.day[0])
        _load(oracle, sites)
        _agree(oracle, statements, found, 1)
        ones = [statement.replace("FROM place p", _ONE) for statement in statements.values()]
        theirs_s = sum(seconds(lambda one=one: oracle.execute(one, values, prepare=True).fetchall()) for one in ones)
        return Row(town.name, "full check", 1, ours_s * 1e6, "PostGIS", theirs_s * 1e6, 1, 1)
    measured = min(count, _affordable(oracle, statements, sites))
    _load(oracle, sites.take(np.arange(measured)))
    theirs_s = sum(seconds_once(lambda one=one: _keep(oracle, one)) for one in statements.values())
    agree = _agree(oracle, statements, found, measured)
    return Row(
        town.name, "full check", count, ours_s * 1e6 / count, "PostGIS", theirs_s * 1e6 / measured, measured, agree
    )


def check_statements(query: LayerQuery) -> dict[str, str]:
    """Every statement that the full check takes in PostGIS."""
    zones = {f"tolerance zone {role}": TOLERANCE_ZONE.format(role=role, ours=OURS) for role in ZONES if query.has(role)}
    nearest = {
        f"nearest {role}": NEAREST.format(role=role).replace("%(reach)s", "2000.0")
        for role in ASSETS
        if query.has(role)
    }
    return {
        "right of way": RIGHT_OF_WAY,
        "water available": WATER_AVAILABLE,
        "sewer available": WATER_AVAILABLE.replace("water_main", "sewer_main"),
        "easement": EASEMENT_ENCROACHMENT,
        "own address": OWN_ADDRESS,
        **zones,
        **nearest,
    }


def _affordable(oracle: Connection, statements: dict[str, str], sites: Sites) -> int:
    """How many places PostGIS answers within a minute, judged by two hundred of them."""
    few = min(200, len(sites))
    _load(oracle, sites.take(np.arange(few)))
    taken = sum(seconds_once(lambda one=one: _keep(oracle, one)) for one in statements.values())
    return max(few, int(few * _SCALED_ABOVE_S / taken))


def _agree(oracle: Connection, statements: dict[str, str], found: dict[str, Findings], places: int) -> int:
    """The number of places, if margins and distances of the checks are equal to 1e-6 ft."""
    way = fetch(oracle, statements["right of way"])
    _assert_equal(found["right_of_way"].measures.margin_ft[:places], way["margin_ft"])
    for service in ("water", "sewer"):
        available = fetch(oracle, statements[f"{service} available"])
        on = available["place"].astype(int)
        _assert_equal(found[f"{service}_available"].measures.facts["distance_ft"][on], available["distance_ft"])
    taken = fetch(oracle, statements["easement"])
    area = np.nan_to_num(taken["area_sqft"].astype(float))
    _assert_equal(found["easement_encroachment"].measures.facts["overlap_sqft"][:places], area)
    main = fetch(oracle, statements["nearest water_main"])
    on = main["place"].astype(int)
    _assert_equal(found["nearest_asset_and_address"].measures.facts["water_main_distance_ft"][on], main["distance_ft"])
    return places


def _assert_equal(ours: Floats, theirs: Any) -> None:
    np.testing.assert_allclose(ours, theirs.astype(float), atol=1e-6, rtol=0)


def _keep(oracle: Connection, statement: str) -> None:
    """Answers into a table, so that no time goes into carrying rows to Python."""
    oracle.execute("DROP TABLE IF EXISTS kept")
    oracle.execute(f"CREATE TEMP TABLE kept AS {statement}")  # type: ignore[arg-type]


def _load(oracle: Connection, sites: Sites) -> None:
    structures = shapely.to_wkb(sites.structure, hex=True).tolist()
    load_places(oracle, sites.place, structure=("geometry", structures), day=("date", sites.day.tolist()))


def _values(place: Any, structure: Any = None, day: Any = "2026-03-02") -> dict[str, Any]:
    shed = None if structure is None else shapely.to_wkb(structure, hex=True)
    return {"geom": shapely.to_wkb(place, hex=True), "structure": shed, "day": str(day)}
