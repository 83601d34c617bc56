"""Is a service available: the rule's limit less the distance to the nearest main that counts, by the rule's measure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from gis_ce.checks.availability_facts import MEASURES, Measured, later_facts
from gis_ce.checks.check import Measures, Sites
from gis_ce.checks.facts import Facts
from gis_ce.checks.measuring import first_pair, first_that_holds, sigmas_of
from gis_ce.checks.one_or_many import Column, pick
from gis_ce.checks.other_land import both, not_there
from gis_ce.checks.service_ways import (
    SEARCH_REACH_FT,
    KnownWays,
    ParcelWays,
    Service,
    from_sites,
    parcel_ways,
)
from gis_ce.decision import Integrated, joint_sigma_ft, straight_band, straight_edge
from gis_ce.rules import Chosen, RuleBook
from gis_ce.uncertainty import FAR_SIGMAS
from layers.features import Rows
from layers.grid import AT_LIMIT_FT, Floats
from layers.query import LayerQuery, Pairs, starts_of

_FROM_EDGE, _FROM_SITE, _ALONG_FRONTAGE = range(3)
NO_PARCEL, PARCELS_DIFFER, _UNKNOWN_MEASURE, _NO_FRONTAGE, _NO_RIGHT_OF_WAY = range(5)
REASONS = (
    "The place lies in no parcel; say which parcel is meant.",
    "The place lies on several parcels that give different answers; say which parcel is meant.",
    f"The rule's way to measure is not known here; it must be one of {', '.join(MEASURES)}.",
    "The parcel borders no right of way on the map, and the rule measures along the frontage; look at the plat.",
    "The rule measures along the frontage, and the layer right_of_way is not there.",
)


def measure(service: Service, sites: Sites, query: LayerQuery, rulebook: RuleBook) -> Measures:
    """The rule's limit less the distance by the rule's measure.

    The other measures stand beside it as facts; they cost many times the answer, and are measured when
    somebody reads them.
    """
    chosen = rulebook.choose(service.subject, sites.day)
    on_parcel = query.intersecting("parcel", sites.place)
    ways = parcel_ways(service, on_parcel.place, on_parcel.feature, chosen, query)
    taken = _by_rule(service, sites, on_parcel, ways, chosen, query)
    mains, parcels = query.features(service.role), query.features("parcel")
    sigma = _Sigmas(sigmas_of(mains, taken.main), sigmas_of(parcels, taken.parcel))
    known = KnownWays(service, on_parcel, ways.distance_ft, chosen, query)
    limit = chosen.numbers("limit_ft")
    margin = limit - taken.distance_ft
    integrated = _integrated(known, sites, taken, margin, sigma, query)
    both_ft = sigma.main_and_parcel_ft
    return Measures(
        margin,
        chosen,
        role=service.role,
        feature=taken.main,
        layer_sigma_ft=np.where(taken.from_site, sigma.main_ft, both_ft) if taken.any_from_site else both_ft,
        probability=integrated.probability,
        seen=integrated.seen,
        reason=_reason(taken, _differing(on_parcel, ways, chosen, len(sites)), query),
        reasons=REASONS,
        facts=Facts(
            {
                "distance_ft": np.where(taken.main >= 0, taken.distance_ft, np.nan),
                "limit_ft": limit,
                "parcel_row": taken.parcel,
            },
            later_facts(service, sites, chosen, query, _told(taken)),
        ),
    )


@dataclass(frozen=True, slots=True)
class _Taken:
    """For each site: the pair of its first parcel (-1: none), and what the rule's measure gives."""

    pair: Rows
    parcel: Rows
    by: npt.NDArray[np.intp]
    main: Rows
    distance_ft: Floats
    edge_main: Rows
    edge_ft: Floats
    front_ft: Floats

    any_from_site: bool

    @property
    def from_site(self) -> npt.NDArray[np.bool_]:
        return np.asarray(self.by == _FROM_SITE, dtype=np.bool_)


@dataclass(frozen=True, slots=True)
class _Sigmas:
    main_ft: Floats
    parcel_ft: Floats

    @property
    def main_and_parcel_ft(self) -> Floats:
        return np.hypot(self.main_ft, self.parcel_ft)


def _by_rule(
    service: Service, sites: Sites, on_parcel: Pairs, ways: ParcelWays, chosen: Chosen, query: LayerQuery
) -> _Taken:
    pair, by = first_pair(on_parcel, len(sites)), _chosen_measure(chosen)
    in_parcel = pair >= 0
    everywhere = bool(in_parcel.all())

    def of_pair(values: npt.NDArray[Any], none: float) -> npt.NDArray[Any]:
        return values[pair] if everywhere else np.append(values, values.dtype.type(none))[pair]

    main, distance = of_pair(ways.main, -1), of_pair(ways.distance_ft, np.nan)
    from_site = np.flatnonzero(by == _FROM_SITE)
    if len(from_site):
        site_main, site_ft = from_sites(service, sites.take(from_site), chosen.at(from_site), query)
        main[from_site], distance[from_site] = site_main, np.where(site_main < 0, SEARCH_REACH_FT, site_ft)
    return _Taken(
        pair,
        of_pair(on_parcel.feature, -1),
        by,
        main,
        distance,
        of_pair(ways.edge_main, -1),
        of_pair(ways.edge_ft, np.nan),
        of_pair(ways.front_ft, np.nan),
        bool(len(from_site)),
    )


def _integrated(
    ways: KnownWays, sites: Sites, taken: _Taken, margin: Floats, sigma: _Sigmas, query: LayerQuery
) -> Integrated:
    """From the site: a band around the main. From the parcel: the map's error, and the place in another parcel."""
    chosen = ways.chosen
    limit, included = chosen.numbers("limit_ft"), chosen.limit_included
    own = is_yes(margin, included)

    def answers_otherwise(place: Rows, feature: Rows) -> npt.NDArray[np.bool_]:
        there = ways.distance_ft(place, feature)
        other = is_yes(limit[place] - there, included[place]) != own[place]
        return np.asarray(other & ~taken.from_site[place] & ~np.isnan(there), dtype=np.bool_)

    site_sigma = joint_sigma_ft(sites.sigma_ft, sigma.parcel_ft)
    sure = (site_sigma <= 0) | _yes_all_around(ways, sites, own, site_sigma, query)
    land = None
    if not sure.all():
        land = not_there(query, "parcel", sites.place, answers_otherwise, np.where(sure, 0.0, site_sigma))
    in_parcel = straight_edge(margin, sigma.main_and_parcel_ft)
    if land is not None:
        in_parcel = both(in_parcel, land)
    if not taken.any_from_site:
        return in_parcel
    in_band = straight_band(margin, joint_sigma_ft(sites.sigma_ft, sigma.main_ft), 2 * limit)
    return Integrated(
        np.where(taken.from_site, in_band.probability, in_parcel.probability),
        np.where(taken.from_site, in_band.seen, in_parcel.seen),
    )


def _yes_all_around(
    ways: KnownWays, sites: Sites, own: npt.NDArray[np.bool_], site_sigma_ft: Floats, query: LayerQuery
) -> npt.NDArray[np.bool_]:
    """Whether every parcel where the place may really lie has the answer yes, its own included.

    By the parcel's edge: a parcel at most five sigmas from the place is no farther from a main than the
    place is, and those five sigmas. That spares measuring the parcels around.
    """
    by_edge = _chosen_measure(ways.chosen) == _FROM_EDGE
    near: npt.NDArray[np.bool_] = own & by_edge & (site_sigma_ft > 0)
    if near.any():
        _, distance = from_sites(ways.service, sites, ways.chosen, query)
        near &= distance + FAR_SIGMAS * site_sigma_ft < ways.chosen.numbers("limit_ft") - AT_LIMIT_FT
    return near


def _chosen_measure(chosen: Chosen) -> npt.NDArray[np.intp]:
    """For each site an index into MEASURES; -1 for a measure that is not known."""
    return chosen.which("measured_from", MEASURES)


def is_yes(margin: Column, included: Column) -> Column:
    """Whether margins, one or many, lie on the side of the answer yes."""
    return pick(abs(margin) <= AT_LIMIT_FT, included, margin > 0)


def _differing(on_parcel: Pairs, ways: ParcelWays, chosen: Chosen, count: int) -> npt.NDArray[np.bool_]:
    """Whether the parcels that a place lies on give different answers."""
    place = on_parcel.place
    if len(place) < 2 or len(starts_of(place)) == len(place):
        return np.zeros(count, dtype=np.bool_)
    yes = is_yes(chosen.numbers("limit_ft")[place] - ways.distance_ft, chosen.limit_included[place])
    every = np.bincount(place, minlength=count)
    positive = np.bincount(place, weights=yes, minlength=count)
    return np.asarray((positive > 0) & (positive < every), dtype=np.bool_)


def _reason(taken: _Taken, differing: npt.NDArray[np.bool_], query: LayerQuery) -> npt.NDArray[np.int16]:
    along = taken.by == _ALONG_FRONTAGE
    by_parcel = ~taken.from_site
    no_way = along if not query.has("right_of_way") else np.zeros(len(along), dtype=np.bool_)
    no_front = along & ~(taken.front_ft > 0)
    conditions = [taken.by < 0, no_way, (taken.pair < 0) & by_parcel, no_front, differing & by_parcel]
    codes = [_UNKNOWN_MEASURE, _NO_RIGHT_OF_WAY, NO_PARCEL, _NO_FRONTAGE, PARCELS_DIFFER]
    return first_that_holds(conditions, codes)


def _told(taken: _Taken) -> Measured:
    return Measured(taken.parcel, taken.by, taken.main, taken.edge_main, taken.edge_ft)
