"""The spatial questions asked of DuckDB's spatial extension, in memory, with its spatial join."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb
import duckdb_extension_spatial
import numpy as np
import pyarrow as pa
import shapely

from benchmarks.question_words import Question, equal_places
from benchmarks.results import Row, beside
from benchmarks.timing import seconds, seconds_of_one
from gis_ce.checks.check import Sites
from layers.catalog import ABANDONED, PRIVATE
from layers.features import Selection
from layers.grid import Geometries
from layers.query import LayerQuery, Pairs

ROLES = ("water_main", "sewer_main", "hydrant", "valve", "easement", "parcel")
Columns = dict[str, np.ndarray]
SERVING = Selection((("owner", PRIVATE), ("status", ABANDONED), ("use", ("transmission", "raw_water"))))
"""The sewers that a parcel can be connected to; DuckDB finds them in a table of their own."""
BEYOND_FT = 0.001
ALL, ALONE = "place", "(SELECT 0 AS n, geom FROM place WHERE n = {n})"


@contextmanager
def loaded(query: LayerQuery, right_of_way_pieces: Geometries) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory that holds the layers asked about, by the rank of their ids; nothing is downloaded.

    The right of way comes in pieces: it may be one polygon of a million corners.
    """
    connection = duckdb.connect()
    package = Path(duckdb_extension_spatial.__file__).parent
    extension = next(package.glob("extensions/*/spatial.duckdb_extension"))
    connection.execute(f"LOAD '{extension}'")
    for role in (role for role in ROLES if query.has(role)):
        features = query.features(role)
        load(connection, role, features.geometry, features.rank)
    if query.has("sewer_main"):
        sewers = query.features("sewer_main")
        serving = np.flatnonzero(sewers.selected(SERVING))
        load(connection, "serving_main", sewers.geometry[serving], serving)
    load(connection, "right_of_way_piece", right_of_way_pieces, np.arange(len(right_of_way_pieces)))
    yield connection
    connection.close()


def load(connection: duckdb.DuckDBPyConnection, name: str, geometry: Geometries, number: np.ndarray) -> None:
    """A table of numbers `n` and geometries `geom`."""
    rows = pa.table({"n": number, "wkb": pa.array(shapely.to_wkb(geometry), pa.binary())})
    connection.register("rows", rows)
    connection.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT n, ST_GeomFromWKB(wkb) AS geom FROM rows")
    connection.unregister("rows")


def question_row(
    ours: Row,
    query: LayerQuery,
    database: duckdb.DuckDBPyConnection,
    question: Question,
    sites: Sites,
    *,
    one_each: bool,
) -> Row:
    """One spatial question for these sites, together or each alone, beside our time.

    DuckDB has no nearest: it is asked within the largest distance that was found, which helps it.
    """
    load(database, "place", sites.place, np.arange(len(sites)))
    found = question.ask(query, sites.place)
    theirs_s, answers = asked(
        database,
        lambda place, rows: question.duckdb.format(place=place, reach=_largest_ft(found, rows)),
        len(sites),
        one_each=one_each,
    )
    agree = equal_places(found, answers, len(sites), question.to_ft)
    return beside(ours, "DuckDB", theirs_s / ours.places, ours.places, agree)


Statement = Callable[[str, range], str]
"""The statement about a table of places, whose rows among all places are given."""


def asked(
    database: duckdb.DuckDBPyConnection, statement: Statement, count: int, *, one_each: bool
) -> tuple[float, Columns]:
    """Seconds and answers for all places of the table `place` together, or for each alone."""
    if not one_each:
        keep = _kept(statement(ALL, range(count)))
        return seconds(lambda: database.execute(keep)), _answers(database)
    alone = [statement(ALONE.format(n=n), range(n, n + 1)) for n in range(count)]
    theirs_s = seconds_of_one([lambda one=one: database.execute(one).fetchall() for one in alone])
    found = []
    for number, one in enumerate(alone):
        database.execute(_kept(one))
        answers = _answers(database)
        found.append(answers | {"place": answers["place"] + number})
    return theirs_s, {name: np.concatenate([part[name] for part in found]) for name in found[0]}


def _kept(statement: str) -> str:
    return f"CREATE OR REPLACE TEMP TABLE kept AS {statement}"


def _answers(database: duckdb.DuckDBPyConnection) -> Columns:
    """The table `kept`; numbers as NaN where they are null."""
    columns: Mapping[str, np.ndarray] = database.execute("SELECT * FROM kept").fetchnumpy()
    return {
        name: np.ma.filled(column.astype(float), np.nan) if np.ma.isMaskedArray(column) else np.asarray(column)
        for name, column in columns.items()
    }


def _largest_ft(found: Pairs, rows: range) -> float:
    of_rows = found.distance_ft[(found.place >= rows.start) & (found.place < rows.stop)]
    return float(of_rows.max(initial=0.0)) + BEYOND_FT
