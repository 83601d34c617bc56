"""One full check: everything the map says at once about a place, from validated sites to findings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from benchmarks import full_in_duckdb, full_in_postgis
from benchmarks.engines import Engines
from benchmarks.full_agreement import columns_of
from benchmarks.postgis_server import Columns, joined
from benchmarks.results import Row
from benchmarks.timing import seconds, seconds_of_one
from benchmarks.towns import BenchTown
from gis_ce.assess import assess, chosen_checks
from gis_ce.checks.all import CHECKS
from gis_ce.checks.check import Sites
from gis_ce.rules import RuleBook
from layers.query import LayerQuery

NAME = "full check"
ROLES = ("right_of_way", "water_main", "sewer_main", "hydrant", "valve", "easement", "parcel")
FULL = chosen_checks(
    CHECKS, ("right_of_way", "tolerance_zone", "nearest_asset_and_address", "easement_exists", "sewer_available")
)
"""Right of way, tolerance zone, nearest main, hydrant and valve, easement, the parcel, and sewer from there."""


def rows(
    town: BenchTown,
    query: LayerQuery,
    engines: Engines | None,
    ones: Sites,
    batches: Sequence[Sites],
    rulebook: RuleBook,
) -> Iterator[list[Row]]:
    """The full check of single places, each alone, then of every batch, against each engine there is."""
    alone = [ones.take(np.array([row])) for row in range(len(ones))]
    ours_s = seconds_of_one([lambda one=one: assess(one, query, rulebook, FULL) for one in alone])
    found = joined([_found(one, query, rulebook) for one in alone])
    yield _against(town, query, engines, ones, found, ours_s, one_each=True)
    for sites in batches:
        ours_s = seconds(lambda some=sites: assess(some, query, rulebook, FULL))
        yield _against(town, query, engines, sites, _found(sites, query, rulebook), ours_s, one_each=False)


def _found(sites: Sites, query: LayerQuery, rulebook: RuleBook) -> Columns:
    return columns_of(assess(sites, query, rulebook, FULL))


def _against(
    town: BenchTown,
    query: LayerQuery,
    engines: Engines | None,
    sites: Sites,
    found: Columns,
    ours_s: float,
    *,
    one_each: bool,
) -> list[Row]:
    count = 1 if one_each else len(sites)
    ours = Row(town.name, NAME, count, ours_s * 1e6 / count)
    if engines is None:
        return [ours]
    return [
        *full_in_postgis.rows(ours, query, engines.sessions, sites, found, one_each=one_each),
        full_in_duckdb.row(ours, query, engines.database, sites, found, one_each=one_each),
    ]
