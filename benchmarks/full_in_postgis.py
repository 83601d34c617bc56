"""The full check asked of PostGIS: one prepared statement for a place, the quicker of two ways for many."""

from __future__ import annotations

import numpy as np

from benchmarks.full_agreement import assert_same, columns_of_postgis, slack_ft
from benchmarks.full_sql import NORMAL_POSITIONS, full_check
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


def rows(
    ours: Row, query: LayerQuery, sessions: Sessions, sites: Sites, found: Columns, *, one_each: bool
) -> list[Row]:
    """Their time and their answers beside ours, for these sites together or each alone.

    With the probability over the real edges, as we answer; without it; and for a batch without it in
    as many sessions as there are cores.
    """
    sessions[0].execute(NORMAL_POSITIONS)
    ways = [("PostGIS", 1, True), ("PostGIS, no probability", 1, False)]
    if not one_each:
        ways.append((f"PostGIS, no probability, {len(sessions)} sessions", len(sessions), False))
    found_rows = []
    for how, count, probability in ways:
        ask = _one_each if one_each else _batch
        theirs_s, measured, theirs = ask(query, sessions[:count], sites, probability)
        agree = assert_same(found, columns_of_postgis(theirs, query), slack_ft(theirs))
        found_rows.append(beside(ours, how, theirs_s / measured, measured, agree))
    return found_rows


def _one_each(query: LayerQuery, sessions: Sessions, sites: Sites, probability: bool) -> tuple[float, int, Columns]:
    statement = full_check(query, probability=probability)
    taken = one_by_one_s(sessions[0], statement, sites)
    return taken, 1, answers_one_by_one(sessions[0], statement, sites)


def _batch(query: LayerQuery, sessions: Sessions, sites: Sites, probability: bool) -> tuple[float, int, Columns]:
    """The seconds of the quicker of two ways, how many places half a minute is enough for, and the answers."""
    few = min(_TRIED_ON, len(sites))
    load_sites(sessions[0], sites.take(np.arange(few)))
    ways = [full_check(query, parcels_once=once, probability=probability) for once in (False, True)]
    tried = [batch_s(sessions, statement) for statement in ways]
    statement = ways[int(np.argmin(tried))]
    measured = max(few, min(len(sites), int(few * AFFORDABLE_S / min(tried))))
    load_sites(sessions[0], sites.take(np.arange(measured)))
    taken = batch_s(sessions, statement, expected_s=min(tried) * measured / few)
    return taken, measured, kept(sessions)
