"""The full check asked of PostGIS: one prepared statement for a place, the quickest of four ways for many."""

from __future__ import annotations

from itertools import product

import numpy as np

from benchmarks.full_agreement import assert_same, columns_of_postgis, slack_ft
from benchmarks.full_sql import full_check
from benchmarks.postgis_server import (
    AFFORDABLE_S,
    Columns,
    Sessions,
    answers_one_by_one,
    batch_s,
    kept,
    load_sites,
    one_by_one_s,
)
from benchmarks.results import Row, beside
from gis_ce.checks.check import Sites
from layers.query import LayerQuery

_TRIED_ON = 2000


def row(ours: Row, query: LayerQuery, sessions: Sessions, sites: Sites, found: Columns, *, one_each: bool) -> Row:
    """Their time and their answers beside ours, for these sites together or each alone.

    Without the probability, which PostGIS is not asked for; that helps it.
    """
    if one_each:
        statement = full_check(query)
        theirs_s, measured = one_by_one_s(sessions[0], statement, sites), 1
        theirs = answers_one_by_one(sessions[0], statement, sites)
        how = "PostGIS"
    else:
        how, theirs_s, measured, theirs = _batch(query, sessions, sites)
    agree = assert_same(found, columns_of_postgis(theirs, query), slack_ft(theirs))
    return beside(ours, how, theirs_s / measured, measured, agree)


def _batch(query: LayerQuery, sessions: Sessions, sites: Sites) -> tuple[str, float, int, Columns]:
    """In how many sessions, the seconds, the number of places that a minute is enough for, and the answers."""
    few = min(_TRIED_ON, len(sites))
    load_sites(sessions[0], sites.take(np.arange(few)))
    ways = [(full_check(query, parcels_once=once), sessions[:count]) for once, count in product((False, True), {1, 2})]
    tried = [batch_s(asked, statement) for statement, asked in ways]
    statement, asked = ways[int(np.argmin(tried))]
    measured = max(few, min(len(sites), int(few * AFFORDABLE_S / min(tried))))
    load_sites(sessions[0], sites.take(np.arange(measured)))
    taken = batch_s(asked, statement, expected_s=min(tried) * measured / few)
    how = "PostGIS" if len(asked) == 1 else f"PostGIS, {len(asked)} sessions"
    return how, taken, measured, kept(asked)
