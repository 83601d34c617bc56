"""Does the place lie within the tolerance zone of an underground facility?"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import shapely

from gis_ce.checks.check import Account, Check, Evidence, Findings, Measures, Sites
from gis_ce.checks.measuring import OURS, ids_of
from gis_ce.checks.nearby import DepthOf, evidence_of, facilities_within
from gis_ce.checks.wording import answered, feet, number
from gis_ce.rules import Chosen, Rule, RuleBook
from layers.features import Features, Rows
from layers.grid import AT_LIMIT_FT, Floats
from layers.query import LayerQuery

SEARCH_REACH_FT = 1000.0
"""How far facilities are looked for; with none in reach the margin is at least this much outside."""
INCHES_PER_FOOT = 12.0
ROLES = ("water_main", "sewer_main", "lateral")
"""The underground lines that can have a zone; the rule says which of them do."""


def half_width_ft(features: Features, rows: Rows, rule: Rule) -> Floats:
    """Half the width of the zone around each line, in feet from the line.

    Half the diameter plus the rule's inches where the diameter is known. Where it is not, the
    rule's own inches, counted from the line, since the map shows no edge of a mark.
    """
    diameter = features.numbers("diameter_in")[rows]
    known = diameter > 0
    half = np.where(known, diameter / 2, 0.0) if rule.holds("half_diameter") else np.zeros(len(rows))
    add = np.where(known, rule.number("add_in"), rule.number("unknown_diameter_add_in"))
    return (half + add) / INCHES_PER_FOOT


def measure(sites: Sites, query: LayerQuery, rulebook: RuleBook) -> Measures:
    """How far inside the zone the place lies, in feet, for the zone it lies deepest in."""
    chosen = rulebook.choose("tolerance_zone", sites.day)
    best = _Best(len(sites))
    for number_of_rule, rule in enumerate(chosen.rules):
        rows = np.flatnonzero(chosen.index == number_of_rule)
        if len(rows):
            _measure_under(rule, rows, sites, query, best)
    return _measures(best, chosen, sites)


class _Best:
    """The deepest zone found so far, for each site."""

    def __init__(self, count: int) -> None:
        self.margin_ft = np.full(count, -SEARCH_REACH_FT)
        self.half_width_ft = np.full(count, np.nan)
        self.feature = np.full(count, -1, dtype=np.intp)
        self.id = np.full(count, None, dtype=object)
        self.role = np.full(count, None, dtype=object)
        self.layer_sigma_ft = np.zeros(count)
        self.diameter_known = np.zeros(count, dtype=bool)


def _measure_under(rule: Rule, rows: Rows, sites: Sites, query: LayerQuery, best: _Best) -> None:
    places = sites.place[rows]
    for role in (role for role in ROLES if role in rule.texts("facility_types") and query.has(role)):
        features = query.features(role)
        counted = features.index(OURS).rows
        if not len(counted):
            continue
        widths = half_width_ft(features, counted, rule)
        near = query.nearest(role, places, reach_ft=SEARCH_REACH_FT, select=OURS)
        reach = np.full(len(places), -1.0)
        reach[near.place] = near.distance_ft + (widths.max() - widths.min())
        pairs = query.within(role, places, reach, OURS)
        half = half_width_ft(features, pairs.feature, rule)
        _keep_deepest(best, role, features, rows[pairs.place], pairs.feature, half - pairs.distance_ft, half)


def _keep_deepest(
    best: _Best, role: str, features: Features, site: Rows, feature: Rows, margin_ft: Floats, half_ft: Floats
) -> None:
    """Takes the deepest zone of each site; within 0.01 ft the role first asked, then the smallest id."""
    deepest = np.full(len(best.margin_ft), -np.inf)
    np.maximum.at(deepest, site, margin_ft)
    tied = np.flatnonzero(margin_ft >= deepest[site] - AT_LIMIT_FT)
    order = tied[np.lexsort((features.rank[feature[tied]], site[tied]))]
    if not len(order):
        return
    first = order[np.r_[True, site[order][1:] != site[order][:-1]]]
    better = first[(margin_ft[first] > best.margin_ft[site[first]] + AT_LIMIT_FT) | (best.feature[site[first]] < 0)]
    at, rows = site[better], feature[better]
    best.margin_ft[at] = margin_ft[better]
    best.half_width_ft[at] = half_ft[better]
    best.feature[at] = rows
    best.id[at] = ids_of(features, rows)
    best.role[at] = role
    best.layer_sigma_ft[at] = features.sigma_ft[rows]
    best.diameter_known[at] = features.numbers("diameter_in")[rows] > 0


def _measures(best: _Best, chosen: Chosen, sites: Sites) -> Measures:
    margin: npt.NDArray[np.float64] = np.where(shapely.is_missing(sites.place), np.nan, best.margin_ft)
    band = np.where(np.isnan(best.half_width_ft), np.inf, 2 * best.half_width_ft)
    return Measures(
        margin,
        chosen,
        feature=best.feature,
        layer_sigma_ft=best.layer_sigma_ft,
        band_ft=band,
        facts={
            "facility_id": best.id,
            "facility_role": best.role,
            "distance_ft": best.half_width_ft - best.margin_ft,
            "half_width_ft": best.half_width_ft,
            "diameter_known": best.diameter_known,
        },
    )


def explain(sites: Sites, query: LayerQuery, findings: Findings, row: int) -> Account:
    """The zone around the facility, and every facility within the rule's listing reach."""
    facts = findings.measures.facts
    place, rule = sites.place[row], findings.rule_of(row)
    role, feature = facts["facility_role"][row], int(findings.measures.feature[row])
    evidence = [Evidence(place, "site", "place")]
    if role is None or rule is None:
        fact = f"no facility within {feet(SEARCH_REACH_FT)}"
        return Account(answered("Within or outside the tolerance zone", findings, row, fact), tuple(evidence))
    line = query.features(role).geometry[feature]
    half, distance = float(facts["half_width_ft"][row]), float(facts["distance_ft"][row])
    near = shapely.clip_by_rect(line, *shapely.bounds(shapely.buffer(place, distance + 100.0)))
    zone = shapely.buffer(near, half, cap_style="round")
    evidence += [
        Evidence(zone, "zone", f"tolerance zone ±{number(half)} ft, presumptive", role),
        Evidence(line, "main", str(facts["facility_id"][row]), role),
        Evidence(shapely.shortest_line(place, line), "distance", feet(distance)),
    ]
    reach = rule.number("listing_reach_ft")
    listed = facilities_within(place, query, reach, _depth(rule))
    evidence += evidence_of(listed)
    return Account(_sentence(findings, row, [item.named for item in listed], reach), tuple(evidence))


def _sentence(findings: Findings, row: int, listed: Iterable[str], reach_ft: float) -> str:
    facts = findings.measures.facts
    half, distance = float(facts["half_width_ft"][row]), float(facts["distance_ft"][row])
    unknown = "" if facts["diameter_known"][row] else ", diameter unknown"
    fact = f"{feet(distance)} from {facts['facility_id'][row]}; half-width {number(half)} ft{unknown}"
    said = answered("Within or outside the tolerance zone", findings, row, fact)
    names = "; ".join(listed) or "none"
    return f"{said} Presumptive: measured from the line on the map, not from a mark. Within {feet(reach_ft)}: {names}."


def _depth(rule: Rule) -> DepthOf:
    def depth(role: str, features: Features, rows: Rows, distance_ft: Floats) -> Floats:
        if role not in rule.texts("facility_types"):
            return -distance_ft
        return half_width_ft(features, rows, rule) - distance_ft

    return depth


CHECK = Check(
    name="tolerance_zone",
    question="Does the place lie within the tolerance zone?",
    answers=("within", "outside"),
    roles=("water_main", "sewer_main"),
    also=("lateral", "hydrant", "valve", "blowoff", "manhole", "meter"),
    measure=measure,
    explain=explain,
    rule_subject="tolerance_zone",
)
