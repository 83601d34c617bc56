"""Is a service available to one site alone: what `availability` says of it, measured in numbers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gis_ce.checks import availability
from gis_ce.checks.availability_facts import MEASURES, Measured, later_facts
from gis_ce.checks.check import Measures, OneSite
from gis_ce.checks.facts import Facts
from gis_ce.checks.measuring import sigma_of
from gis_ce.checks.service_ways import SEARCH_REACH_FT, Service, counted
from gis_ce.decision import joint_of_one_ft, stays_of_one
from gis_ce.rules import Rule, RuleBook
from gis_ce.uncertainty import FAR_SIGMAS
from layers.grid import AT_LIMIT_FT
from layers.one_place import Near
from layers.one_query import NOTHING


def measure_one(service: Service, site: OneSite, rulebook: RuleBook) -> Measures | None:
    """The measures of one site where the rule measures from the parcel's edge; None where it does not.

    None too where a parcel nearby has another answer, and the probability is more than a straight edge's.
    """
    sites, query = site.sites, site.query
    chosen, on_parcel = rulebook.choose(service.subject, sites.day), query.touching_one("parcel")
    rule = chosen.first
    if rule is None or rule.values.get("measured_from") != "parcel_edge":
        return None
    parcels = [row for row, _ in on_parcel] or [-1]
    ways = [_from_parcel(service, site, rule, parcel) for parcel in parcels]
    parcel, (main, distance) = parcels[0], ways[0]
    sigma = _Sigmas(site, service, main, parcel)
    limit = rule.number("limit_ft")
    margin = limit - distance
    if parcel >= 0 and not _sure(service, site, rule, margin, sigma.site_and_parcel_ft):
        return None
    stays = np.array([stays_of_one(margin, sigma.main_and_parcel_ft)])

    by_edge, at, apart = np.array([MEASURES.index("parcel_edge")]), np.array([main]), np.array([distance])
    told = Measured(np.array([parcel]), by_edge, at, at, apart)
    return Measures(
        np.array([margin]),
        chosen,
        role=service.role,
        feature=np.array([main]),
        layer_sigma_ft=np.array([sigma.main_and_parcel_ft]),
        probability=stays,
        seen=stays,
        reason=_reason(on_parcel, [availability.is_yes(limit - way, rule.limit_included) for _, way in ways]),
        reasons=availability.REASONS,
        facts=Facts(
            {
                "distance_ft": np.array([distance if main >= 0 else np.nan]),
                "limit_ft": chosen.numbers("limit_ft"),
                "parcel_row": np.array([parcel]),
            },
            later_facts(service, sites, chosen, query, told),
        ),
    )


class _Sigmas:
    """The sigmas of one site, its parcel and its main, joined."""

    def __init__(self, site: OneSite, service: Service, main: int, parcel: int) -> None:
        of_parcel = sigma_of(site.query.features("parcel"), parcel)
        self.main_and_parcel_ft = joint_of_one_ft(sigma_of(site.query.features(service.role), main), of_parcel)
        self.site_and_parcel_ft = joint_of_one_ft(site.sigma_ft, of_parcel)


def _from_parcel(service: Service, site: OneSite, rule: Rule, parcel: int) -> tuple[int, float]:
    """The main that counts nearest to a parcel, -1 without one in reach; and its distance."""
    if parcel < 0:
        return NOTHING
    shape = site.query.features("parcel").geometry[np.array([parcel])]
    main, distance = site.query.nearest_one(service.role, SEARCH_REACH_FT, counted(rule), shape)
    return main, distance if main >= 0 else SEARCH_REACH_FT


def _sure(service: Service, site: OneSite, rule: Rule, margin_ft: float, sigma_ft: float) -> bool:
    """Whether every parcel where the place may really lie has the same answer.

    Yes without measuring them where the place is so near to a main that all of them are (see `availability`).
    """
    if sigma_ft <= 0:
        return True
    limit, included = rule.number("limit_ft"), rule.limit_included
    yes: bool = availability.is_yes(margin_ft, included)
    if yes:
        _, distance = site.query.nearest_one(service.role, SEARCH_REACH_FT, counted(rule))
        if distance + FAR_SIGMAS * sigma_ft < limit - AT_LIMIT_FT:
            return True
    near = site.query.within_one("parcel", FAR_SIGMAS * sigma_ft)
    ways = (_from_parcel(service, site, rule, row)[1] for row, _ in near)
    return all(availability.is_yes(limit - way, included) == yes for way in ways)


def _reason(on_parcel: list[Near], yes: list[bool]) -> npt.NDArray[np.int16] | None:
    if on_parcel and all(yes) == any(yes):
        return None
    return np.array([availability.PARCELS_DIFFER if on_parcel else availability.NO_PARCEL], dtype=np.int16)
