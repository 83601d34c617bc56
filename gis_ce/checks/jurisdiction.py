"""In which limits does the place lie?"""

from __future__ import annotations

import numpy as np
import shapely

from gis_ce.checks.check import Account, Check, Evidence, Findings, Measures, Sites
from gis_ce.checks.measuring import first_of_each, sigmas_of, texts_of
from gis_ce.checks.wording import answered, feet
from gis_ce.decision import joint_sigma_ft
from gis_ce.rules import Chosen, RuleBook
from gis_ce.uncertainty import Counts, own_side
from layers.features import Features, Rows, Texts
from layers.grid import Floats
from layers.query import LayerQuery, Pairs

EDGE_REACH_FT = 2000.0
"""How far the edge of limits is looked for; beyond, the margin is at least this."""


def measure(sites: Sites, query: LayerQuery, rulebook: RuleBook) -> Measures:
    """Signed distance in feet to the nearest edge of limits, positive inside any; beyond it the town is another."""
    chosen = rulebook.choose("jurisdiction", sites.day)
    features = query.features("jurisdiction")
    counts = _counting(features, chosen)
    touching = _kept(query.intersecting("jurisdiction", sites.place), counts)
    inside, gap = first_of_each(touching, len(sites))
    edge, edge_of = _nearest_edge(sites, query, counts, chosen)
    signed = np.where(gap == 0.0, edge, -edge)
    feature = np.where(inside >= 0, inside, edge_of)
    layer_sigma = sigmas_of(features, feature)
    sigma = joint_sigma_ft(sites.sigma_ft, layer_sigma)
    side = own_side(query, "jurisdiction", sites.place, signed, sigma, of=counts)
    return Measures(
        np.where(shapely.is_missing(sites.place), np.nan, signed),
        chosen,
        role="jurisdiction",
        feature=feature,
        layer_sigma_ft=layer_sigma,
        probability=side.probability,
        seen=side.seen,
        facts={
            "name": _names(touching, features, len(sites)),
            "nearest_name": texts_of(features, "name", feature),
            "edge_distance_ft": np.where(edge_of >= 0, edge, np.nan),
        },
    )


def _counting(features: Features, chosen: Chosen) -> Counts:
    """The limits whose kind the rule of each site's day counts; all where it names no kind."""
    kind = features.texts("kind")
    of_rule = np.ones((len(chosen.rules) + 1, len(features)), dtype=bool)
    for number, rule in enumerate(chosen.rules):
        if rule.texts("limit_kinds"):
            of_rule[number] = np.isin(kind.astype("U"), np.array(rule.texts("limit_kinds"), dtype="U"))
    return lambda place, feature: of_rule[chosen.index[place], feature]


def _kept(pairs: Pairs, counts: Counts) -> Pairs:
    kept = counts(pairs.place, pairs.feature)
    return Pairs(pairs.place[kept], pairs.feature[kept], pairs.distance_ft[kept])


def _nearest_edge(sites: Sites, query: LayerQuery, counts: Counts, chosen: Chosen) -> tuple[Floats, Rows]:
    """Distance to the nearest edge of limits that count (the reach where none is nearer), and whose it is."""
    features = query.features("jurisdiction")
    if not any(rule.texts("limit_kinds") for rule in chosen.rules):
        nearest, feature = query.edge_distance("jurisdiction", sites.place, EDGE_REACH_FT)
        return np.where(feature >= 0, nearest, EDGE_REACH_FT), feature
    near = _kept(query.within("jurisdiction", sites.place, EDGE_REACH_FT), counts)
    boundary = shapely.boundary(features.geometry)
    distance = shapely.distance(sites.place[near.place], boundary[near.feature])
    order = np.lexsort((features.rank[near.feature], distance, near.place))
    feature, nearest = first_of_each(Pairs(near.place[order], near.feature[order], distance[order]), len(sites))
    known = nearest <= EDGE_REACH_FT
    return np.where(known, nearest, EDGE_REACH_FT), np.where(known, feature, -1)


def _names(touching: Pairs, features: Features, count: int) -> Texts:
    """The names of all limits that each place lies in, by comma; None where it lies in none."""
    names = features.texts("name")
    found: dict[int, list[str]] = {}
    for place, feature in zip(touching.place.tolist(), touching.feature.tolist(), strict=True):
        found.setdefault(place, []).append(str(names[feature] or features.ids[feature]))
    listed: Texts = np.full(count, None, dtype=object)
    for place, all_names in found.items():
        listed[place] = ", ".join(sorted(set(all_names)))
    return listed


def explain(sites: Sites, query: LayerQuery, findings: Findings, row: int) -> Account:
    """The limits by name, and how far their edge is."""
    facts, place = findings.measures.facts, sites.place[row]
    evidence = [Evidence(place, "site", "place")]
    feature, distance = int(findings.measures.feature[row]), float(facts["edge_distance_ft"][row])
    if feature < 0 or np.isnan(distance):
        fact = facts["name"][row] or f"no limits within {feet(EDGE_REACH_FT)}"
        return Account(answered("Inside or outside the limits", findings, row, fact), tuple(evidence))
    limits = query.features("jurisdiction").geometry[feature]
    line = shapely.shortest_line(place, shapely.boundary(limits))
    evidence += [
        Evidence(limits, "limits", f"limits of {facts['nearest_name'][row]}", "jurisdiction"),
        Evidence(line, "distance", feet(distance)),
    ]
    where = facts["name"][row] or f"nearest are those of {facts['nearest_name'][row]}"
    fact = f"{where}, {feet(distance)} from the edge"
    return Account(answered("Inside or outside the limits", findings, row, fact), tuple(evidence))


CHECK = Check(
    name="jurisdiction",
    question="In which limits does the place lie?",
    answers=("inside", "outside"),
    roles=("jurisdiction",),
    measure=measure,
    explain=explain,
    rule_subject="jurisdiction",
)
