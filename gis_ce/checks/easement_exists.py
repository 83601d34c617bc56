"""Does the place lie on an easement, and what does that easement rest on?"""

from __future__ import annotations

import numpy as np
import shapely

from gis_ce.checks.check import Account, Check, Evidence, Findings, Measures, Sites
from gis_ce.checks.easement_basis import GUARD, deed_of, modelled
from gis_ce.checks.measuring import counts, ids_of, sigmas_of
from gis_ce.checks.wording import answered, feet
from gis_ce.decision import joint_sigma_ft
from gis_ce.rules import RuleBook
from gis_ce.uncertainty import own_side
from layers.features import Features, Rows
from layers.grid import Floats
from layers.query import LayerQuery, Pairs

SEAM_REACH_FT = 100.0
"""How far around a place easements that meet are joined; the margin inside says no more than this."""


def measure(sites: Sites, query: LayerQuery, rulebook: RuleBook) -> Measures:
    """Signed distance in feet to the edge of the easements, positive inside; recorded ones go before modelled."""
    chosen = rulebook.choose("easement_exists", sites.day)
    features = query.features("easement")
    reach = float(np.nanmax(chosen.numbers("search_reach_ft"), initial=0.0))
    touching = query.intersecting("easement", sites.place)
    edge, edge_of = query.edge_distance("easement", sites.place, reach)
    edge = _past_seams(sites, query, touching, edge)
    distance = np.where(np.isnan(edge), reach, edge)
    chief, gap = _chief(touching, features, len(sites))
    feature = np.where(chief >= 0, chief, edge_of)
    signed = np.where(gap == 0.0, distance, -distance)
    layer_sigma = sigmas_of(features, feature)
    side = own_side(query, "easement", sites.place, signed, joint_sigma_ft(sites.sigma_ft, layer_sigma))
    return Measures(
        np.where(shapely.is_missing(sites.place), np.nan, signed),
        chosen,
        role="easement",
        feature=feature,
        layer_sigma_ft=layer_sigma,
        probability=side.probability,
        seen=side.seen,
        facts={
            "easement_id": ids_of(features, feature),
            "easements_here": counts(touching, len(sites)),
            "edge_distance_ft": np.where(np.isnan(edge), np.nan, edge),
            "modelled": modelled(features, feature),
        },
    )


def _past_seams(sites: Sites, query: LayerQuery, touching: Pairs, edge_ft: Floats) -> Floats:
    """The distance to the edge of all easements together, for places inside, where several meet."""
    inside = np.unique(touching.place[touching.distance_ft == 0.0])
    around = query.within("easement", sites.place[inside], SEAM_REACH_FT)
    several = np.flatnonzero(np.bincount(around.place, minlength=len(inside)) > 1)
    shapes, edge = query.features("easement").geometry, edge_ft.copy()
    first, end = (np.searchsorted(around.place, several, side) for side in ("left", "right"))
    for site, start, stop in zip(inside[several], first, end, strict=True):
        joined = shapely.union_all(shapes[around.feature[start:stop]])
        edge[site] = max(edge[site], min(shapely.distance(shapely.boundary(joined), sites.place[site]), SEAM_REACH_FT))
    return edge


def _chief(touching: Pairs, features: Features, count: int) -> tuple[Rows, Floats]:
    """For each site the easement it lies on, recorded before modelled, then the smallest id."""
    guess = modelled(features, touching.feature)
    order = np.lexsort((features.rank[touching.feature], guess, touching.distance_ft > 0, touching.place))
    chief, gap = np.full(count, -1, dtype=np.intp), np.full(count, np.nan)
    if len(order):
        place = touching.place[order]
        first = np.r_[True, place[1:] != place[:-1]]
        chief[place[first]] = touching.feature[order][first]
        gap[place[first]] = touching.distance_ft[order][first]
    return chief, gap


def explain(sites: Sites, query: LayerQuery, findings: Findings, row: int) -> Account:
    """The easement with what it rests on, or the distance to the nearest one."""
    facts, place = findings.measures.facts, sites.place[row]
    question, feature = "On an easement", int(findings.measures.feature[row])
    evidence = [Evidence(place, "site", "place")]
    if feature < 0 or place is None:
        return Account(answered(question, findings, row, "none in reach"), tuple(evidence))
    features = query.features("easement")
    easement = features.geometry[feature]
    guess = bool(facts["modelled"][row])
    name, deed = facts["easement_id"][row], deed_of(features, feature)
    evidence.append(Evidence(easement, "easement", f"easement {name} ({deed})", "easement", guess))
    evidence.append(
        Evidence(shapely.shortest_line(place, shapely.boundary(easement)), "distance", _edge(findings, row))
    )
    said = answered(question, findings, row, f"{_edge(findings, row)} from the edge of easement {name}, {deed}")
    return Account(f"{said} {GUARD}" if guess else said, tuple(evidence))


def _edge(findings: Findings, row: int) -> str:
    return feet(float(findings.measures.facts["edge_distance_ft"][row]))


CHECK = Check(
    name="easement_exists",
    question="Does the place lie on an easement?",
    answers=("yes", "no"),
    roles=("easement",),
    measure=measure,
    explain=explain,
    rule_subject="easement_exists",
)
