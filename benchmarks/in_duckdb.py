"""The spatial questions asked of DuckDB's spatial extension, in memory, with its spatial join."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import duckdb_extension_spatial
import numpy as np
import pyarrow as pa
import shapely

from benchmarks.questions import Question, equal_places
from benchmarks.results import Row
from benchmarks.timing import seconds
from benchmarks.towns import BenchTown
from layers.grid import Geometries
from layers.query import LayerQuery

ROLES = ("water_main", "parcel")


@contextmanager
def loaded(query: LayerQuery) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory that holds the layers the questions are about; nothing is downloaded."""
    connection = duckdb.connect()
    package = Path(duckdb_extension_spatial.__file__).parent
    extension = next(package.glob("extensions/*/spatial.duckdb_extension"))
    connection.execute(f"LOAD '{extension}'")
    for role in ROLES:
        _load(connection, role, query.features(role).geometry)
    yield connection
    connection.close()


def question_row(
    town: BenchTown, database: duckdb.DuckDBPyConnection, question: Question, places: Geometries, ours_s: float
) -> Row:
    """One spatial question for these places: theirs against our seconds.

    DuckDB has no nearest: it is asked within the largest distance that was found, which helps it.
    """
    _load(database, "place", places)
    ours = question.ask(town.query, places)
    values = {"reach": float(ours.distance_ft.max(initial=0.0)) + 0.001} if "$reach" in question.duckdb else {}
    keep = f"CREATE OR REPLACE TEMP TABLE kept AS {question.duckdb}"
    theirs_s = seconds(lambda: database.execute(keep, values))
    answers = database.execute("SELECT place, distance_ft FROM kept").fetchnumpy()
    agree = equal_places(
        ours, {name: np.asarray(column) for name, column in answers.items()}, len(places), question.to_ft
    )
    per_place = 1e6 / len(places)
    return Row(
        town.name, question.name, len(places), ours_s * per_place, "DuckDB", theirs_s * per_place, len(places), agree
    )


def _load(connection: duckdb.DuckDBPyConnection, name: str, geometry: Geometries) -> None:
    rows = pa.table({"n": np.arange(len(geometry)), "wkb": pa.array(shapely.to_wkb(geometry), pa.binary())})
    connection.register("rows", rows)
    connection.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT n, ST_GeomFromWKB(wkb) AS geom FROM rows")
    connection.unregister("rows")
