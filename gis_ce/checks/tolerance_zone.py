"""Does the place lie within the tolerance zone of an underground facility?"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

import numpy as np
import numpy.typing as npt
import shapely

from gis_ce.checks.check import Account, Check, Evidence, Findings, Measures, Sites
from gis_ce.checks.deepest import Deepest, half_width_ft
from gis_ce.checks.facts import Facts
from gis_ce.checks.marks import LINE_ROLES, marked, marked_diameter_in
from gis_ce.checks.measuring import OURS
from gis_ce.checks.nearby import DepthOf, evidence_of, facilities_within
from gis_ce.checks.submerged import submerged
from gis_ce.checks.wording import answered, feet, number
from gis_ce.rules import Chosen, Rule, RuleBook
from layers.features import Features
from layers.grid import Floats, Geometries, Rows
from layers.query import LayerQuery

SEARCH_REACH_FT = 1000.0
"""How far facilities are looked for; with none in reach the margin is at least this much outside."""


def measure(sites: Sites, query: LayerQuery, rulebook: RuleBook) -> Measures:
    """How far inside the zone the place lies, in feet, for the zone it lies deepest in.

    Measured from the locator's marks where the case brings them, else from the line on the map.
    """
    chosen = rulebook.choose("tolerance_zone", sites.day)
    deepest = Deepest(len(sites), SEARCH_REACH_FT)
    for rule, rows in chosen.each:
        _measure_under(rule, rows, sites, query, deepest)
    return _measures(deepest, chosen, sites)


def _measure_under(rule: Rule, rows: Rows, sites: Sites, query: LayerQuery, deepest: Deepest) -> None:
    places = sites.place if len(rows) == len(sites) else sites.place[rows]
    for role in (role for role in LINE_ROLES if role in rule.texts("facility_types") and query.has(role)):
        features = query.features(role)
        diameter = features.numbers("diameter_in")
        largest = query.largest(role, "diameter_in")
        spread = features.once(("spread of half-widths", rule.id), partial(_spread_ft, largest, rule))
        pairs = query.around_nearest(role, places, beyond_ft=spread, reach_ft=SEARCH_REACH_FT, select=OURS)
        half = half_width_ft(diameter[pairs.feature], rule)
        deepest.keep(role, features, rows[pairs.place], pairs.feature, pairs.distance_ft, half)
        _measure_submerged(rule, role, rows, places, query, deepest)
    _measure_marks(rule, rows, sites, query, deepest)


def _spread_ft(largest_in: float, rule: Rule) -> float:
    """By how much the zones of a role differ in half-width: a wider zone may reach farther than the nearest one."""
    widths = half_width_ft(np.array([largest_in, np.nan, 1e-9]), rule)
    return float(widths.max() - widths.min())


def _measure_submerged(
    rule: Rule, role: str, rows: Rows, places: Geometries, query: LayerQuery, deepest: Deepest
) -> None:
    """The wider zone of a line where it lies under a water body."""
    clearance, wet = rule.number("subaqueous_ft"), submerged(query, role)
    if np.isnan(clearance) or wet is None:
        return
    near = wet.query.nearest(role, places, reach_ft=SEARCH_REACH_FT, select=OURS)
    half = np.full(len(near), clearance)
    row = wet.row[near.feature]
    deepest.keep(role, query.features(role), rows[near.place], row, near.distance_ft, half, subaqueous=True)


def _measure_marks(rule: Rule, rows: Rows, sites: Sites, query: LayerQuery, deepest: Deepest) -> None:
    if "marks" not in sites.details:
        return
    with_marks = marked(sites)
    site = np.intersect1d(rows, with_marks)
    diameter = marked_diameter_in(sites, site, query, rule.number("listing_reach_ft"))
    distance = shapely.distance(sites.place[site], sites.detail("marks")[site])
    deepest.replace_by_mark(site, distance, half_width_ft(diameter, rule), diameter > 0)


def _measures(best: Deepest, chosen: Chosen, sites: Sites) -> Measures:
    margin: npt.NDArray[np.float64] = np.where(shapely.is_missing(sites.place), np.nan, best.margin_ft)
    band = np.where(np.isnan(best.half_width_ft), np.inf, 2 * best.half_width_ft)
    return Measures(
        margin,
        chosen,
        feature=best.feature,
        layer_sigma_ft=best.layer_sigma_ft,
        band_ft=band,
        facts=Facts(
            {"half_width_ft": best.half_width_ft, "subaqueous": best.subaqueous},
            {
                ("facility_id", "facility_role", "diameter_known"): best.named,
                ("distance_ft", "measured_from"): lambda: {
                    "distance_ft": best.half_width_ft - best.margin_ft,
                    "measured_from": np.where(best.from_mark, "mark", "map"),
                },
            },
        ),
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
    mark = sites.detail("marks")[row]
    line = query.features(role).geometry[feature] if mark is None else mark
    half, distance = float(facts["half_width_ft"][row]), float(facts["distance_ft"][row])
    near = shapely.clip_by_rect(line, *shapely.bounds(shapely.buffer(place, distance + 100.0)))
    zone = shapely.buffer(near, half, cap_style="round")
    evidence += [
        Evidence(zone, "zone", f"tolerance zone ±{number(half)} ft{'' if mark else ', presumptive'}", role),
        Evidence(line, "main", "mark" if mark else str(facts["facility_id"][row]), role),
        Evidence(shapely.shortest_line(place, line), "distance", feet(distance)),
    ]
    reach = rule.number("listing_reach_ft")
    listed = facilities_within(place, query, reach, _depth(rule))
    evidence += evidence_of(listed)
    return Account(_sentence(findings, row, [item.named for item in listed], reach), tuple(evidence))


def _sentence(findings: Findings, row: int, listed: Iterable[str], reach_ft: float) -> str:
    facts = findings.measures.facts
    half, distance = float(facts["half_width_ft"][row]), float(facts["distance_ft"][row])
    marked_there = facts["measured_from"][row] == "mark"
    start = "the locator's mark" if marked_there else str(facts["facility_id"][row])
    unknown = "" if facts["diameter_known"][row] else ", diameter unknown"
    wet = ", under a water body" if facts["subaqueous"][row] else ""
    fact = f"{feet(distance)} from {start}; half-width {number(half)} ft{unknown}{wet}"
    said = answered("Within or outside the tolerance zone", findings, row, fact)
    basis = "" if marked_there else " Presumptive: measured from the line on the map, not from a mark."
    return f"{said}{basis} Within {feet(reach_ft)}: {'; '.join(listed) or 'none'}."


def _depth(rule: Rule) -> DepthOf:
    def depth(role: str, features: Features, rows: Rows, distance_ft: Floats) -> Floats:
        if role not in rule.texts("facility_types"):
            return -distance_ft
        return half_width_ft(features.numbers("diameter_in")[rows], rule) - distance_ft

    return depth


CHECK = Check(
    name="tolerance_zone",
    question="Does the place lie within the tolerance zone?",
    answers=("within", "outside"),
    roles=("water_main", "sewer_main"),
    also=("lateral", "water_body", "hydrant", "valve", "blowoff", "manhole", "meter"),
    measure=measure,
    explain=explain,
    rule_subject="tolerance_zone",
)
