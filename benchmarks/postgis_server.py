"""PostGIS at its best: prepared, on loopback, GiST indexes, analysed, a session for each core; answers stay in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any

import numpy as np
import psycopg
import shapely

from benchmarks.timing import seconds, seconds_of_one, seconds_once
from gis_ce.checks.check import Sites
from layers.grid import Geometries
from layers.query import LayerQuery
from tests.oracle_easements import EASEMENT_EDGES
from tests.oracle_tables import Connection, fetch, load_layers, load_places
from tests.postgis_cluster import postgis_cluster

AFFORDABLE_S = 30.0
_WARM_FROM_S = 10.0
_GIVEN = {"geom": "geometry", "structure": "geometry", "day": "date"}
SETTINGS = """
SET jit = off;
SET plan_cache_mode = force_generic_plan;
SET max_parallel_workers_per_gather = 2
"""
"""No compiler, which only slows such queries; no planning anew for each place; workers, where a plan can use them."""

Columns = dict[str, np.ndarray[Any, Any]]
Sessions = Sequence[Connection]


@contextmanager
def loaded(query: LayerQuery, sessions: int = 2) -> Iterator[Sessions]:
    """Sessions of a server of our own that holds the layers."""
    with ExitStack() as stack:
        dsn = stack.enter_context(postgis_cluster())
        opened = [stack.enter_context(psycopg.connect(dsn, autocommit=True)) for _ in range(sessions)]
        for session in opened:
            session.execute(SETTINGS)
        load_layers(opened[0], query, edges_of=("right_of_way",))
        if query.has("easement"):
            opened[0].execute(EASEMENT_EDGES)
        yield opened


def right_of_way_pieces(session: Connection) -> Geometries:
    """The right of way as it was cut into pieces."""
    rows = session.execute("SELECT ST_AsBinary(geom) FROM right_of_way_piece").fetchall()
    return np.asarray(shapely.from_wkb([bytes(wkb) for (wkb,) in rows]), dtype=object)


def load_sites(session: Connection, sites: Sites) -> None:
    """The table `place`, with the structures and the days."""
    structures = shapely.to_wkb(sites.structure, hex=True).tolist()
    load_places(session, sites.place, structure=("geometry", structures), day=("date", sites.day.tolist()))


def one_by_one_s(session: Connection, statement: str, sites: Sites) -> float:
    """Seconds for one place, asked in one round trip with the statement prepared."""
    one, asked = of_one(statement), _values(sites)
    return seconds_of_one([lambda v=values: session.execute(one, v, prepare=True).fetchall() for values in asked])


def answers_one_by_one(session: Connection, statement: str, sites: Sites) -> Columns:
    """What the statement answers to each place alone, as if all had been asked at once."""
    one = of_one(statement)
    found = [fetch(session, one, **values) for values in _values(sites)]
    for place, columns in enumerate(found):
        columns["place"] = np.full(len(columns["place"]), place)
    return joined(found)


def joined(parts: Sequence[Columns]) -> Columns:
    """Columns one below the other."""
    return {name: np.concatenate([part[name].astype(object) for part in parts]) for name in parts[0]}


def batch_s(sessions: Sessions, statement: str, *, expected_s: float = 0.0) -> float:
    """Seconds for all places in the table `place`, shared among the sessions; the answers stay in `kept`.

    What is expected to take long is run once only.
    """

    def work() -> None:
        with ThreadPoolExecutor(len(sessions)) as pool:
            list(pool.map(lambda number: _keep(sessions[number], _share(statement, number, len(sessions))), numbers))

    numbers = range(len(sessions))
    return seconds_once(work) if expected_s > _WARM_FROM_S else seconds(work)


def kept(sessions: Sessions) -> Columns:
    """The answers of the last batch."""
    return joined([fetch(session, "SELECT * FROM kept") for session in sessions])


def of_one(statement: str) -> str:
    """The statement about one place, whose columns are given with it."""
    given = [f"%({name})s::{kind} AS {name}" for name, kind in _GIVEN.items() if f"p.{name}" in statement]
    return statement.replace("FROM place p", f"FROM (SELECT 0 AS n, {', '.join(given)}) p")


def _share(statement: str, number: int, sessions: int) -> str:
    if sessions == 1:
        return statement
    return statement.replace("FROM place p", f"FROM (SELECT * FROM place WHERE n % {sessions} = {number}) p")


def _keep(session: Connection, statement: str) -> None:
    """Answers into a table, so that no time goes into carrying rows to Python."""
    session.execute("DROP TABLE IF EXISTS kept")
    session.execute(f"CREATE TEMP TABLE kept AS {statement}")  # type: ignore[arg-type]


def _values(sites: Sites) -> list[Mapping[str, Any]]:
    shapes = zip(shapely.to_wkb(sites.place, hex=True), shapely.to_wkb(sites.structure, hex=True), strict=True)
    return [
        {"geom": place, "structure": structure, "day": str(day)}
        for (place, structure), day in zip(shapes, sites.day, strict=True)
    ]
