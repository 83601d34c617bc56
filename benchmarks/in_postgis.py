"""The questions and the checks asked of PostGIS: prepared, on loopback, with GiST indexes, analysed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import psycopg
import shapely

from benchmarks import agreement
from benchmarks.questions import Question, equal_places
from benchmarks.results import Row
from benchmarks.timing import seconds
from benchmarks.towns import BenchTown
from gis_ce.checks.check import Findings, Sites
from layers.grid import Geometries
from layers.query import LayerQuery
from tests.oracle_checks import EASEMENT_ENCROACHMENT, OURS, OWN_ADDRESS, RIGHT_OF_WAY, TOLERANCE_ZONE, WATER_AVAILABLE
from tests.oracle_questions import NEAREST
from tests.oracle_tables import Connection, fetch, load_layers, load_places
from tests.postgis_cluster import postgis_cluster

ZONES = ("water_main", "sewer_main", "lateral")
ASSETS = (*ZONES, "hydrant", "valve", "blowoff", "manhole", "meter")
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
        theirs_s = _many(oracle, question.postgis)
        answers = fetch(oracle, "SELECT place, distance_ft FROM kept")
    agree = equal_places(question.ask(town.query, places), answers, count, question.to_ft)
    per_place = 1e6 / count
    return Row(town.name, question.name, count, ours_s * per_place, "PostGIS", theirs_s * per_place, count, agree)


def checks_rows(
    town: BenchTown, oracle: Connection, sites: Sites, found: dict[str, Findings], ours_s: dict[str, float]
) -> list[Row]:
    """Each check and all five for these sites; PostGIS on fewer places where it would take over a minute."""
    count = len(sites)
    statements = statements_of_checks(town.query)
    measured = 1 if count == 1 else min(count, _affordable(oracle, statements, sites))
    _load(oracle, sites.take(np.arange(measured)))
    agreement.assert_equal(oracle, town.query, statements, found, measured)
    theirs_s = {
        check: sum(_one(oracle, one, sites) if count == 1 else _many(oracle, one) for one in asked)
        for check, asked in statements.items()
    }
    ours_s, theirs_s = (taken | {"five checks": sum(taken.values())} for taken in (ours_s, theirs_s))
    return [
        Row(
            town.name, check, count, ours_s[check] * 1e6 / count, "PostGIS", theirs * 1e6 / measured, measured, measured
        )
        for check, theirs in theirs_s.items()
    ]


def statements_of_checks(query: LayerQuery) -> dict[str, list[str]]:
    """The statements that each check takes in PostGIS."""
    zones = [TOLERANCE_ZONE.format(role=role, ours=OURS) for role in ZONES if query.has(role)]
    nearest = [
        NEAREST.format(role=role).replace("%(reach)s", "2000.0") for role in (*ASSETS, "address") if query.has(role)
    ]
    return {
        "right_of_way": [RIGHT_OF_WAY],
        "tolerance_zone": zones,
        "water_available": [WATER_AVAILABLE],
        "easement_encroachment": [EASEMENT_ENCROACHMENT],
        "nearest_asset_and_address": [*nearest, OWN_ADDRESS],
    }


def _affordable(oracle: Connection, statements: dict[str, list[str]], sites: Sites) -> int:
    """How many places PostGIS answers within a minute, judged by two hundred of them."""
    few = min(200, len(sites))
    _load(oracle, sites.take(np.arange(few)))
    taken = sum(_many(oracle, one) for asked in statements.values() for one in asked)
    return max(few, int(few * _SCALED_ABOVE_S / taken))


def _one(oracle: Connection, statement: str, sites: Sites) -> float:
    values = _values(sites.place[0], sites.structure[0], sites.day[0])
    prepared = statement.replace("FROM place p", _ONE)
    return seconds(lambda: oracle.execute(prepared, values, prepare=True).fetchall())


def _many(oracle: Connection, statement: str) -> float:
    return seconds(lambda: _keep(oracle, statement))


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
