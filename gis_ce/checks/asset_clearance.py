"""Does an obstruction keep clear of the hydrant, valve, manhole or meter?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from gis_ce.checks.check import Account, Check, Evidence, Findings, Measures, Sites
from gis_ce.checks.measuring import IN_SERVICE, first_that_holds, ids_of
from gis_ce.checks.outlets import before_outlet
from gis_ce.checks.wording import answered, feet, number
from gis_ce.decision import Integrated, joint_sigma_ft
from gis_ce.rules import Rule, RuleBook
from gis_ce.sliding import slid, translated
from layers.features import Features
from layers.grid import AT_LIMIT_FT, Floats, Geometries, Rows
from layers.query import LayerQuery, Pairs, starts_of

INCHES_PER_FOOT = 12.0
ROLES = ("hydrant", "valve", "manhole", "meter")
RING, OUTLET, VEHICLE, VEGETATION, OTHER = range(5)
WORDS = (
    "all round the hydrant",
    "in front of the hydrant's large outlet",
    "for vehicles near a hydrant",
    "for vegetation near a hydrant",
    "around it",
)

_NO_KERB = "Measured straight from the hydrant, the map has no kerbs: measure along the kerb before any notice."
_BY_KIND = (("vehicle", VEHICLE, "hydrant_vehicle_ft"), ("vegetation", VEGETATION, "hydrant_vegetation_ft"))
_NO_RULE, _NO_BEARING = 0, 1
_REASONS = (
    "An asset without a known clearance stands near; say what clearance the utility wants.",
    "The map does not tell which way the hydrant's large outlet points; look whether it faces the obstruction.",
)


@dataclass(frozen=True, slots=True)
class _Clearance:
    """A clearance at pairs of site and asset: how near they are, what is wanted, how much more is kept."""

    kind: int
    distance_ft: Floats
    required_ft: float
    margin_ft: Floats

    @classmethod
    def all_round(cls, kind: int, distance_ft: Floats, required_ft: float) -> _Clearance:
        """A ring around the asset."""
        return cls(kind, distance_ft, required_ft, distance_ft - required_ft)


class _Tightest:
    """For each site the asset whose clearance is kept least."""

    def __init__(self, count: int) -> None:
        self.margin_ft = np.full(count, np.inf)
        self.distance_ft = np.full(count, np.nan)
        self.required_ft = np.full(count, np.nan)
        self.kind = np.full(count, -1, dtype=np.int8)
        self.feature = np.full(count, -1, dtype=np.intp)
        self.id = np.full(count, None, dtype=object)
        self.role = np.full(count, None, dtype=object)
        self.layer_sigma_ft = np.zeros(count)
        self.without_rule = np.zeros(count, dtype=bool)
        self.without_bearing = np.zeros(count, dtype=bool)
        self.ring_ft = np.zeros(count)
        self.outlet_ft, self.half_angle_deg = np.zeros(count), np.zeros(count)

    def keep(self, role: str, features: Features, site: Rows, feature: Rows, kept: _Clearance) -> None:
        """Takes for each site the least margin; within 0.01 ft what came before, then the smallest id."""
        margin = kept.margin_ft
        least = np.full(len(self.margin_ft), np.inf)
        np.minimum.at(least, site, margin)
        tied = np.flatnonzero(margin <= least[site] + AT_LIMIT_FT)
        order = tied[np.lexsort((features.rank[feature[tied]], site[tied]))]
        first = order[starts_of(site[order])]
        better = first[margin[first] < self.margin_ft[site[first]] - AT_LIMIT_FT]
        at, rows = site[better], feature[better]
        self.margin_ft[at], self.required_ft[at], self.kind[at] = margin[better], kept.required_ft, kept.kind
        self.distance_ft[at] = kept.distance_ft[better]
        self.feature[at], self.id[at], self.role[at] = rows, ids_of(features, rows), role
        self.layer_sigma_ft[at] = features.sigma_ft[rows]


def obstructions(sites: Sites) -> Geometries:
    """What stands in the way: the structure where one is given, else the place."""
    shapes: Geometries = np.where(shapely.is_missing(sites.structure), sites.place, sites.structure)
    return shapes


def measure(sites: Sites, query: LayerQuery, rulebook: RuleBook) -> Measures:
    """How much more than the required clearance the obstruction keeps, in feet, where it keeps least."""
    chosen = rulebook.choose("asset_clearance", sites.day)
    tightest = _Tightest(len(sites))
    for index, rule in enumerate(chosen.rules):
        rows = np.flatnonzero(chosen.index == index)
        for role in (role for role in ROLES if len(rows) and query.has(role)):
            _measure_role(role, rule, rows, sites, query, tightest)
    reach = np.nan_to_num(chosen.numbers("search_reach_ft"))
    margin = np.where(np.isinf(tightest.margin_ft), reach, tightest.margin_ft)
    kept = margin >= -AT_LIMIT_FT
    side = _sliding(sites, query, tightest, margin)
    return Measures(
        np.where(shapely.is_missing(obstructions(sites)), np.nan, margin),
        chosen,
        feature=tightest.feature,
        layer_sigma_ft=tightest.layer_sigma_ft,
        probability=side.probability,
        seen=side.seen,
        reason=first_that_holds(
            [tightest.without_rule & kept, tightest.without_bearing & kept], [_NO_RULE, _NO_BEARING]
        ),
        reasons=_REASONS,
        facts={
            "facility_id": tightest.id,
            "facility_role": tightest.role,
            "distance_ft": tightest.distance_ft,
            "required_ft": tightest.required_ft,
            "rule_broken": _broken(tightest, margin),
        },
    )


def _sliding(sites: Sites, query: LayerQuery, tightest: _Tightest, margin_ft: Floats) -> Integrated:
    """The probability of keeping, or not keeping, all clearances of the tightest asset."""
    shapes, assets = obstructions(sites), np.full(len(sites), None, dtype=object)
    for role in (role for role in ROLES if query.has(role)):
        of = np.flatnonzero(tightest.role == role)
        assets[of] = query.features(role).geometry[tightest.feature[of]]
    hydrants = query.features("hydrant")

    def holds(rows: Rows, east_ft: Floats, north_ft: Floats) -> npt.NDArray[np.bool_]:
        moved = translated(shapes[rows], east_ft, north_ft)
        over = shapely.distance(moved, assets[rows]) - tightest.ring_ft[rows]
        near = np.flatnonzero(tightest.role[rows] == "hydrant")
        of = rows[near]
        front, _ = before_outlet(
            hydrants, tightest.feature[of], moved[near], tightest.half_angle_deg[of], tightest.outlet_ft[of]
        )
        over[near] = np.fmin(over[near], front)
        return np.asarray((over >= 0) == (margin_ft[rows] >= 0), dtype=np.bool_)

    margin = np.where(shapely.is_missing(shapes) | (tightest.feature < 0), np.inf, margin_ft)
    return slid(holds, margin, joint_sigma_ft(sites.sigma_ft, tightest.layer_sigma_ft))


def _measure_role(role: str, rule: Rule, rows: Rows, sites: Sites, query: LayerQuery, tightest: _Tightest) -> None:
    shapes, features = obstructions(sites)[rows], query.features(role)
    near = query.within(role, shapes, rule.number("search_reach_ft"), IN_SERVICE)
    site = rows[near.place]
    if role != "hydrant":
        required = rule.number(f"{role}_ft")
        if np.isnan(required):
            tightest.without_rule[site[near.distance_ft <= rule.number("hydrant_vegetation_ft") + AT_LIMIT_FT]] = True
        else:
            kept = _Clearance.all_round(OTHER, near.distance_ft, required)
            tightest.keep(role, features, site, near.feature, kept)
            tightest.ring_ft[rows[tightest.role[rows] == role]] = required
        return
    _measure_hydrants(rule, rows, near, sites, features, tightest)


def _measure_hydrants(
    rule: Rule, rows: Rows, near: Pairs, sites: Sites, features: Features, tightest: _Tightest
) -> None:
    """The ring, the space before the outlet, and what vehicles and vegetation keep."""
    site, what = rows[near.place], sites.detail("obstruction")
    ring = rule.number("hydrant_ring_in") / INCHES_PER_FOOT
    tightest.ring_ft[rows] = ring
    tightest.outlet_ft[rows] = rule.number("hydrant_outlet_in") / INCHES_PER_FOOT
    tightest.half_angle_deg[rows] = rule.number("hydrant_outlet_half_angle_deg")
    kept = _Clearance.all_round(RING, near.distance_ft, ring)
    tightest.keep("hydrant", features, site, near.feature, kept)
    shapes, angle, outlet = obstructions(sites)[site], tightest.half_angle_deg[site], tightest.outlet_ft[site]
    margin, front = before_outlet(features, near.feature, shapes, angle, outlet)
    tightest.without_bearing[site[np.isnan(margin) & (near.distance_ft < outlet - AT_LIMIT_FT)]] = True
    of = np.flatnonzero(~np.isnan(margin))
    kept = _Clearance(OUTLET, front[of], rule.number("hydrant_outlet_in") / INCHES_PER_FOOT, margin[of])
    tightest.keep("hydrant", features, site[of], near.feature[of], kept)
    for word, kind, value in _BY_KIND:
        required = rule.number(value)
        of = np.flatnonzero(what[site] == word)
        tightest.ring_ft[rows[what[rows] == word]] = max(ring, required)
        kept = _Clearance.all_round(kind, near.distance_ft[of], required)
        tightest.keep("hydrant", features, site[of], near.feature[of], kept)


def _broken(tightest: _Tightest, margin: Floats) -> npt.NDArray[np.object_]:
    words: npt.NDArray[np.object_] = np.array([*WORDS, None], dtype=object)[tightest.kind]
    words[margin >= -AT_LIMIT_FT] = None
    return words


def explain(sites: Sites, query: LayerQuery, findings: Findings, row: int) -> Account:
    """The asset, the clearance it wants, and how near the obstruction comes."""
    facts, shape = findings.measures.facts, obstructions(sites)[row]
    question, feature = "Clear of the utility's assets", int(findings.measures.feature[row])
    evidence = [Evidence(shape, "structure", "obstruction")] if shape is not None else []
    if feature < 0 or shape is None:
        return Account(answered(question, findings, row, "no asset near"), tuple(evidence))
    role, required = str(facts["facility_role"][row]), float(facts["required_ft"][row])
    asset = query.features(role).geometry[feature]
    distance = feet(float(facts["distance_ft"][row]))
    evidence += [
        Evidence(asset, "facility", f"{role} {facts['facility_id'][row]}", role),
        Evidence(shapely.buffer(asset, required), "clearance", f"{number(required)} ft clear", role),
        Evidence(shapely.shortest_line(asset, shape), "distance", distance),
    ]
    fact = f"{distance} from {role} {facts['facility_id'][row]}, {number(required)} ft wanted"
    broken = facts["rule_broken"][row]
    said = [answered(question, findings, row, fact)]
    said += [f"The clearance {broken} is not kept."] if broken else []
    said += [_NO_KERB] if role == "hydrant" and sites.detail("obstruction")[row] == "vehicle" else []
    return Account(" ".join(said), tuple(evidence))


CHECK = Check(
    name="asset_clearance",
    question="Does the obstruction keep clear of the utility's assets?",
    answers=("yes", "no"),
    fails=("no",),
    roles=("hydrant",),
    also=("valve", "manhole", "meter"),
    measure=measure,
    explain=explain,
    rule_subject="asset_clearance",
    needs=("structure", "obstruction"),
)
