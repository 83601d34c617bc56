"""Does the place lie on an easement, and what does that easement rest on?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from gis_ce.checks.check import Account, Check, Evidence, Findings, Measures, OneSite, Sites
from gis_ce.checks.easement_basis import GUARD, deed_of, modelled
from gis_ce.checks.facts import Facts
from gis_ce.checks.measuring import counts, each_once, ids_of, own_side_of_one, sigma_of, sigmas_of
from gis_ce.checks.one_or_many import Column, column, pick
from gis_ce.checks.wording import answered, feet
from gis_ce.decision import Integrated, joint_sigma_ft
from gis_ce.rules import Chosen, RuleBook
from gis_ce.uncertainty import own_side
from layers.features import Features, Rows
from layers.grid import AT_LIMIT_FT, Floats, Geometries
from layers.query import LayerQuery, Pairs

SEAM_REACH_FT = 100.0
"""How far around a place easements that meet are joined; the margin inside says no more than this."""
_HALF_SEAM_FT = AT_LIMIT_FT / 2
"""Half of the widest gap between two easements that counts as a seam, not as an edge."""
_NO_SEAM_FT = 5 * AT_LIMIT_FT
"""With no other easement so little farther than the edge, there is no seam at the edge."""


def measure(sites: Sites, query: LayerQuery, rulebook: RuleBook) -> Measures:
    """Signed distance in feet to the edge of the easements, positive inside; recorded ones go before modelled."""
    chosen = rulebook.choose("easement_exists", sites.day)
    features = query.features("easement")
    reach = chosen.largest("search_reach_ft")
    touching = query.intersecting("easement", sites.place)
    edge, edge_of = query.edge_distance("easement", sites.place, reach)
    edge = _past_seams(sites, query, touching, edge, edge_of)
    inside = np.zeros(len(sites), dtype=np.bool_)
    inside[_covered(touching)] = True
    signed, feature = _lies(inside, _chief(touching, features, len(sites)), edge, edge_of, reach)
    layer_sigma = sigmas_of(features, feature)
    side = own_side(query, "easement", sites.place, signed, joint_sigma_ft(sites.sigma_ft, layer_sigma))
    signed = np.where(shapely.is_missing(sites.place), np.nan, signed)
    return _measures(sites, query, chosen, _Lies(signed, feature, layer_sigma, edge), side)


def measure_one(site: OneSite, rulebook: RuleBook) -> Measures:
    """The same of one site, in numbers."""
    query, sites = site.query, site.sites
    chosen = rulebook.choose("easement_exists", sites.day)
    features = query.features("easement")
    reach = chosen.largest("search_reach_ft")
    touching = query.touching_one("easement")
    edge_of, edge = query.edge_one("easement", reach)
    inside, chief = any(apart == 0.0 for _, apart in touching), touching[0][0] if touching else -1
    if len(touching) > 1 or (inside and len(query.within_one("easement", edge + _NO_SEAM_FT)) > 1):
        pairs = query.intersecting("easement", sites.place)
        chief = int(_chief(pairs, features, 1)[0])
        edge = float(_past_seams(sites, query, pairs, np.array([edge]), np.array([edge_of]))[0])
    signed, feature = _lies(inside, chief, edge, edge_of, reach)
    layer_sigma = sigma_of(features, feature)
    side = own_side_of_one(site, "easement", signed, layer_sigma)
    return _measures(sites, query, chosen, _Lies(signed, feature, layer_sigma, edge), side)


@dataclass(frozen=True, slots=True)
class _Lies:
    """How a place lies to the easements, one or many."""

    signed_ft: Column
    feature: Column
    layer_sigma_ft: Column
    edge_ft: Column


def _lies(inside: Column, chief: Column, edge_ft: Column, edge_of: Column, reach_ft: float) -> tuple[Column, Column]:
    """The signed distance to the edge, and the easement that the answer turns on."""
    distance = pick(edge_of < 0, reach_ft, edge_ft)
    return pick(inside, distance, -distance), pick(chief >= 0, chief, edge_of)


def _measures(sites: Sites, query: LayerQuery, chosen: Chosen, lies: _Lies, side: Integrated | None) -> Measures:
    features, feature = query.features("easement"), column(lies.feature)
    return Measures(
        column(lies.signed_ft),
        chosen,
        role="easement",
        feature=feature,
        layer_sigma_ft=column(lies.layer_sigma_ft),
        probability=None if side is None else side.probability,
        seen=None if side is None else side.seen,
        facts=Facts(
            {"edge_distance_ft": column(lies.edge_ft)},
            {
                ("easement_id", "modelled", "easements_here"): lambda: {
                    "easement_id": ids_of(features, feature),
                    "modelled": modelled(features, feature),
                    "easements_here": counts(query.intersecting("easement", sites.place), len(sites)),
                },
            },
        ),
    )


def _covered(touching: Pairs) -> Rows:
    """The places of pairs that touch: those that lie in a polygon or on its edge."""
    return touching.place[touching.distance_ft == 0.0] if len(touching) else touching.place


def _past_seams(sites: Sites, query: LayerQuery, touching: Pairs, edge_ft: Floats, edge_of: Rows) -> Floats:
    """The distance to the edge of all easements together, for places inside, where several meet.

    Where the nearest point of the edge lies in no other easement, it is an edge of all of them together.
    """
    inside = np.unique(_covered(touching)) if len(touching) else touching.place
    inside = inside[edge_of[inside] >= 0]
    if not len(inside):
        return edge_ft
    shapes, edge = query.features("easement").geometry, edge_ft.copy()
    nearest = shapely.shortest_line(shapely.boundary(shapes[edge_of[inside]]), sites.place[inside])
    inside = inside[_meets_several(query, shapely.get_point(nearest, 0))]
    if not len(inside):
        return edge
    around = query.within("easement", sites.place[inside], SEAM_REACH_FT)
    joined = _joined_edges_ft(query, sites.place[inside], around)
    edge[inside] = np.maximum(edge[inside], np.minimum(joined, SEAM_REACH_FT))
    return edge


def _meets_several(query: LayerQuery, points: Geometries) -> Rows:
    """The rows of points that lie at more than one easement, or where a gap between two may be a seam."""
    pairs = query.within("easement", points, 2 * AT_LIMIT_FT)
    return np.flatnonzero(np.bincount(pairs.place, minlength=len(points)) > 1)


def _joined_edges_ft(query: LayerQuery, places: Geometries, around: Pairs) -> Floats:
    """Distance from each place to the edge of the polygons around it taken as one, however hairy the seams.

    Closing gaps of up to 0.01 ft moves an edge by some millionths of a foot, so the closed shape is
    used only where a gap was in the way. Places with the same polygons around them share what is joined.
    """
    shapes = query.features("easement").geometry
    sets, of = _sets(around, len(places))
    edges: Geometries = np.asarray(shapely.boundary(_united(shapes, sets)), dtype=object)
    plain = edges[of]
    distance = shapely.distance(plain, places)
    gaps = _meets_several(query, shapely.get_point(shapely.shortest_line(plain, places), 0))
    if len(gaps):
        with_gaps, which = each_once(of[gaps])
        once, grown = each_once(sets[with_gaps].ravel())
        wider = shapely.buffer(_shapes_of(shapes, once), _HALF_SEAM_FT, join_style="mitre")
        joined = shapely.union_all(wider[grown].reshape(len(with_gaps), -1), axis=1)
        closed: Geometries = np.asarray(
            shapely.boundary(shapely.buffer(joined, -_HALF_SEAM_FT, join_style="mitre")), dtype=object
        )
        to_closed = shapely.distance(closed[which], places[gaps])
        distance[gaps] = np.where(np.abs(distance[gaps] - to_closed) <= AT_LIMIT_FT, distance[gaps], to_closed)
    return np.asarray(distance, dtype=np.float64)


def _sets(pairs: Pairs, count: int) -> tuple[Rows, Rows]:
    """The sets of features that places have: a row each, filled up with -1; and which one each place has."""
    sizes = np.bincount(pairs.place, minlength=count)
    rows = np.full((count, sizes.max(initial=0)), -1, dtype=np.intp)
    rows[np.arange(rows.shape[1]) < sizes[:, None]] = pairs.feature[np.lexsort((pairs.feature, pairs.place))]
    sets, which = np.unique(rows, axis=0, return_inverse=True)
    return sets, which.reshape(count)


def _united(shapes: Geometries, sets: Rows) -> Geometries:
    """The polygons of each set as one shape."""
    return np.asarray(shapely.union_all(_shapes_of(shapes, sets.ravel()).reshape(sets.shape), axis=1), dtype=object)


def _shapes_of(shapes: Geometries, rows: Rows) -> Geometries:
    """The geometry of each row; None for -1."""
    found = np.full(len(rows), None, dtype=object)
    found[rows >= 0] = shapes[rows[rows >= 0]]
    return found


def _chief(touching: Pairs, features: Features, count: int) -> Rows:
    """For each site the easement it lies on or at, recorded before modelled, then the smallest id; -1 for none."""
    chief = np.full(count, -1, dtype=np.intp)
    if not len(touching):
        return chief
    if len(touching) == 1:
        chief[touching.place] = touching.feature
        return chief
    order = np.lexsort((features.rank[touching.feature], modelled(features, touching.feature), touching.place))
    chief[touching.place[order[::-1]]] = touching.feature[order[::-1]]
    return chief


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
    measure_one=measure_one,
    explain=explain,
    rule_subject="easement_exists",
)
