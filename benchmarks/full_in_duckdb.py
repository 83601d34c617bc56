"""What DuckDB can answer of the full check: it is asked for less than we answer, and that helps it.

No nearest: distances are sought within the largest that we found, of the same places. No ids of what
is near, no tolerance zone, no distance to an edge, and so no margin: only whether a place lies in the
right of way, in an easement, on which parcel, and how far the mains, hydrant, valve and sewer are, where
it may tell any of those within 0.01 ft of the nearest.
"""

from __future__ import annotations

import duckdb
import numpy as np

from benchmarks.full_agreement import NEAREST, assert_same
from benchmarks.in_duckdb import BEYOND_FT, Columns, asked, load
from benchmarks.postgis_server import Columns as Ours
from benchmarks.results import Row, beside
from gis_ce.checks.check import Sites
from layers.grid import AT_LIMIT_FT
from layers.query import LayerQuery

_NEAR = """{role}_near AS (
    SELECT p.n AS place, min(ST_Distance(p.geom, f.geom)) AS {role}_ft
    FROM {place} p JOIN {role} f ON ST_DWithin(p.geom, f.geom, {reach}) GROUP BY p.n
)"""
_ON = (
    """{table}_on AS (SELECT DISTINCT p.n AS place FROM {place} p JOIN {table} f ON ST_DWithin(p.geom, f.geom, 0.01))"""
)
_LAND = """pair AS MATERIALIZED (
    SELECT p.n AS place, q.n AS parcel, q.geom FROM {place} p JOIN parcel q ON ST_DWithin(p.geom, q.geom, 0.01)
), served AS (
    SELECT q.parcel, min(ST_Distance(q.geom, f.geom)) AS serving_ft
    FROM (SELECT DISTINCT parcel, geom FROM pair) q JOIN serving_main f ON ST_DWithin(q.geom, f.geom, {reach})
    GROUP BY q.parcel
), land AS (
    SELECT place, min(parcel) AS parcel, arg_min(serving_ft, parcel) AS serving_ft
    FROM pair LEFT JOIN served USING (parcel) GROUP BY place
)"""


def row(
    ours: Row, query: LayerQuery, database: duckdb.DuckDBPyConnection, sites: Sites, found: Ours, *, one_each: bool
) -> Row:
    """Their time and their fewer answers beside ours, for these sites together or each alone."""
    load(database, "place", sites.place, np.arange(len(sites)))
    theirs_s, answers = asked(
        database, lambda place, rows: _statement(place, found, rows), len(sites), one_each=one_each
    )
    agree = assert_same(found, _columns(answers, query), AT_LIMIT_FT)
    return beside(ours, "DuckDB, asked less", theirs_s / ours.places, ours.places, agree)


def _statement(place: str, found: Ours, rows: range) -> str:
    """One statement: it is quicker than the sum of several."""
    reach = {name: _largest_ft(found[f"{name}_ft"], rows) for name in (*NEAREST, "serving")}
    tables = [
        _LAND.format(place=place, reach=reach["serving"]),
        *(_NEAR.format(place=place, role=role, reach=reach[role]) for role in NEAREST),
        *(_ON.format(place=place, table=table) for table in ("right_of_way_piece", "easement")),
    ]
    joined = " ".join(f"LEFT JOIN {role}_near ON {role}_near.place = p.n" for role in NEAREST)
    return f"""WITH {", ".join(tables)}
        SELECT p.n AS place, land.parcel, land.serving_ft, {", ".join(f"{role}_ft" for role in NEAREST)},
            way.place IS NOT NULL AS in_right_of_way, easement_on.place IS NOT NULL AS on_easement
        FROM {place} p LEFT JOIN land ON land.place = p.n {joined}
        LEFT JOIN right_of_way_piece_on way ON way.place = p.n LEFT JOIN easement_on ON easement_on.place = p.n"""


def _largest_ft(column: np.ndarray, rows: range) -> float:
    return float(np.nanmax(column[rows.start : rows.stop].astype(float), initial=0.0)) + BEYOND_FT


def _columns(answers: Columns, query: LayerQuery) -> Ours:
    """In the order of places; a parcel's number is the rank of its id."""
    order = np.argsort(answers["place"])
    theirs = {name: values[order] for name, values in answers.items() if name != "place"}
    ids = np.sort(np.asarray(query.features("parcel").ids).astype(str)).astype(object)
    parcel = theirs["parcel"].astype(float)
    known = ~np.isnan(parcel)
    named = np.full(len(parcel), None, dtype=object)
    named[known] = ids[parcel[known].astype(int)]
    return theirs | {"parcel": named}
