"""Five checks, each alone and all in one assessment, as the product asks them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from benchmarks import in_postgis
from benchmarks.engines import Engines
from benchmarks.results import Row
from benchmarks.timing import seconds, seconds_of_one
from benchmarks.towns import BenchTown
from gis_ce.assess import assess, chosen_checks
from gis_ce.checks.all import CHECKS
from gis_ce.checks.check import Check, Sites
from gis_ce.rules import RuleBook
from layers.query import LayerQuery

NAME = "five checks"
FIVE = chosen_checks(
    CHECKS, ("right_of_way", "tolerance_zone", "water_available", "easement_encroachment", "nearest_asset_and_address")
)
ROLES = ("right_of_way", "parcel", "easement", "address", *in_postgis.ASSETS)
Assess = Callable[[Sites, Sequence[Check]], object]


def rows(
    town: BenchTown,
    query: LayerQuery,
    engines: Engines | None,
    ones: Sites,
    batches: Sequence[Sites],
    rulebook: RuleBook,
) -> Iterator[list[Row]]:
    """Single places, each alone, then every batch; PostGIS takes for the five what it takes for one after another."""

    def asked(sites: Sites, checks: Sequence[Check]) -> object:
        return assess(sites, query, rulebook, checks)

    for sites, one_each in ((ones, True), *((batch, False) for batch in batches)):
        ours_s = _one_s(asked, sites) if one_each else _batch_s(asked, sites)
        if engines is None:
            count = 1 if one_each else len(sites)
            yield [Row(town.name, name, count, taken * 1e6 / count) for name, taken in ours_s.items()]
        else:
            found = assess(sites, query, rulebook, FIVE)
            yield in_postgis.checks_rows(town, query, engines.sessions, sites, found, ours_s, one_each=one_each)


def _asked() -> dict[str, tuple[Check, ...]]:
    return {check.name: (check,) for check in FIVE} | {NAME: FIVE}


def _one_s(asked: Assess, sites: Sites) -> dict[str, float]:
    alone = [sites.take(np.array([row])) for row in range(len(sites))]
    return {
        name: seconds_of_one([lambda one=one, checks=checks: asked(one, checks) for one in alone])
        for name, checks in _asked().items()
    }


def _batch_s(asked: Assess, sites: Sites) -> dict[str, float]:
    return {name: seconds(lambda checks=checks: asked(sites, checks)) for name, checks in _asked().items()}
