"""Does the place lie within the tolerance zone of an underground facility?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from math import isnan

import numpy as np
import numpy.typing as npt
import shapely

from gis_ce.checks.check import Account, Check, Evidence, Findings, Measures, OneSite, Sites
from gis_ce.checks.deepest import Deepest, Zone, deepest_of, half_width_ft
from gis_ce.checks.facts import Fact, Facts
from gis_ce.checks.marks import LINE_ROLES, marked, marked_diameter_in
from gis_ce.checks.measuring import OURS
from gis_ce.checks.nearby import DepthOf, evidence_of, facilities_within
from gis_ce.checks.submerged import submerged, wet_parts
from gis_ce.checks.wording import answered, feet, number
from gis_ce.rules import Chosen, Rule, RuleBook
from layers.features import Features
from layers.grid import AT_LIMIT_FT, Floats, Geometries, Rows
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


def measure_one(site: OneSite, rulebook: RuleBook) -> Measures | None:
    """The same of one site without marks, in numbers."""
    if len(marked(site.sites)):
        return None
    chosen = rulebook.choose("tolerance_zone", site.sites.day)
    best: Zone | None = None
    for zone in _zones_of_one(site, chosen):
        if best is None or zone.margin_ft > best.margin_ft + AT_LIMIT_FT:
            best = zone
    if best is None:
        best = Zone("", -1, float("nan"), -SEARCH_REACH_FT)
    features = site.query.features(best.role) if best.role else None
    return Measures(
        np.array([best.margin_ft]),
        chosen,
        feature=np.array([best.row]),
        layer_sigma_ft=np.array([float(features.sigma_ft[best.row]) if features else 0.0]),
        band_ft=np.array([2 * best.half_ft if features else np.inf]),
        facts=Facts(
            {"half_width_ft": np.array([best.half_ft]), "subaqueous": np.array([best.subaqueous])},
            {
                ("facility_id", "facility_role", "diameter_known"): lambda: _named(best, features),
                ("distance_ft", "measured_from"): lambda: {
                    "distance_ft": np.array([best.half_ft - best.margin_ft]),
                    "measured_from": np.array(["map"], dtype="U4"),
                },
            },
        ),
    )


def _named(zone: Zone, features: Features | None) -> dict[str, Fact]:
    """Whose zone it is, as `Deepest.named` says it."""
    known = features is not None and bool(features.numbers("diameter_in")[zone.row] > 0)
    names = {
        "facility_id": features.ids[zone.row] if features is not None else None,
        "facility_role": zone.role or None,
    }
    return {
        **{name: np.array([word], dtype=object) for name, word in names.items()},
        "diameter_known": np.array([known]),
    }


def _zones_of_one(site: OneSite, chosen: Chosen) -> Iterator[Zone]:
    """The deepest zone of each role, and of its lines under water, in the order in which they count."""
    query, rule = site.query, chosen.first
    if rule is None:
        return
    for role in _roles_under(rule, query):
        features, half_ft = query.features(role), chosen.once("half-widths", partial(_half_widths, rule))
        diameter, spread = (
            features.numbers("diameter_in"),
            _spread_ft(features, query.largest(role, "diameter_in"), rule),
        )
        near = query.around_one(role, spread, SEARCH_REACH_FT, OURS)
        if near:
            halves = [half_ft(float(diameter[row])) for row, _ in near]
            deepest = deepest_of(
                [half - apart for half, (_, apart) in zip(halves, near, strict=True)], near, features.rank
            )
            yield Zone(role, near[deepest][0], halves[deepest], halves[deepest] - near[deepest][1])
        if query.has("water_body"):
            yield from _submerged_of_one(site, role, rule)


def _half_widths(rule: Rule) -> Callable[[float], float]:
    """Half the width of the zone by the diameter, worked out once for each."""
    known = cache(lambda diameter_in: half_width_ft(diameter_in, rule))
    return lambda diameter_in: known(diameter_in if diameter_in > 0 else 0.0)


def _submerged_of_one(site: OneSite, role: str, rule: Rule) -> Iterator[Zone]:
    clearance, wet = rule.number("subaqueous_ft"), wet_parts(site.query, role)
    if isnan(clearance) or wet is None:
        return
    part, distance = site.query.nearest_among(wet[0], SEARCH_REACH_FT, OURS)
    if part >= 0:
        yield Zone(role, int(wet[1][part]), clearance, clearance - distance, subaqueous=True)


def _roles_under(rule: Rule, query: LayerQuery) -> list[str]:
    """The lines that have a zone under a rule, of those that are on the map."""
    types = rule.texts("facility_types")
    return [role for role in LINE_ROLES if role in types and query.has(role)]


def _measure_under(rule: Rule, rows: Rows, sites: Sites, query: LayerQuery, deepest: Deepest) -> None:
    places = sites.place if len(rows) == len(sites) else sites.place[rows]
    for role in _roles_under(rule, query):
        features = query.features(role)
        diameter = features.numbers("diameter_in")
        spread = _spread_ft(features, query.largest(role, "diameter_in"), rule)
        pairs = query.around_nearest(role, places, beyond_ft=spread, reach_ft=SEARCH_REACH_FT, select=OURS)
        half = half_width_ft(diameter[pairs.feature], rule)
        deepest.keep(role, features, rows[pairs.place], pairs.feature, pairs.distance_ft, half)
        _measure_submerged(rule, role, rows, places, query, deepest)
    _measure_marks(rule, rows, sites, query, deepest)


def _spread_ft(features: Features, largest_in: float, rule: Rule) -> float:
    """By how much the zones of a role differ in half-width: a wider zone may reach farther than the nearest one."""

    def spread() -> float:
        widths = half_width_ft(np.array([largest_in, np.nan, 1e-9]), rule)
        return float(widths.max() - widths.min())

    return features.once(("spread of half-widths", rule.id), spread)


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
        half: Floats = half_width_ft(features.numbers("diameter_in")[rows], rule)
        return half - distance_ft

    return depth


CHECK = Check(
    name="tolerance_zone",
    question="Does the place lie within the tolerance zone?",
    answers=("within", "outside"),
    roles=("water_main", "sewer_main"),
    also=("lateral", "water_body", "hydrant", "valve", "blowoff", "manhole", "meter"),
    measure=measure,
    measure_one=measure_one,
    explain=explain,
    rule_subject="tolerance_zone",
)
