"""Does the place lie inside the right of way?"""

from __future__ import annotations

import numpy as np
import shapely

from gis_ce.checks.check import Account, Check, Evidence, Findings, Measures, Sites
from gis_ce.checks.measuring import first_of_each, first_that_holds, sigmas_of, touched
from gis_ce.checks.wording import answered, feet
from gis_ce.decision import joint_sigma_ft
from gis_ce.rules import RuleBook
from gis_ce.uncertainty import own_side
from layers.query import LayerQuery

EDGE_REACH_FT = 2000.0
"""How far the edge of the right of way is looked for; beyond, the margin is at least this."""

_BOTH, _NEITHER = 0, 1
_REASONS = (
    "The place lies both in the right of way and in a parcel, by the map; have the line surveyed.",
    "The place lies neither in the right of way nor in a parcel; complete the map, or locate the place anew.",
)


def measure(sites: Sites, query: LayerQuery, rulebook: RuleBook) -> Measures:
    """Signed distance in feet to the edge of the right of way, positive inside."""
    chosen = rulebook.choose("right_of_way", sites.day)
    touching = query.intersecting("right_of_way", sites.place)
    inside, gap = first_of_each(touching, len(sites))
    in_parcel = touched(query.intersecting("parcel", sites.place), len(sites))
    edge, edge_of = query.edge_distance("right_of_way", sites.place, EDGE_REACH_FT)
    distance = np.where(np.isnan(edge), EDGE_REACH_FT, edge)
    signed = np.where(gap == 0.0, distance, -distance)
    touches = inside >= 0
    reason = first_that_holds([touches & in_parcel, ~touches & ~in_parcel], [_BOTH, _NEITHER])
    feature = np.where(touches, inside, edge_of)
    layer_sigma = sigmas_of(query.features("right_of_way"), feature)
    side = own_side(query, "right_of_way", sites.place, signed, joint_sigma_ft(sites.sigma_ft, layer_sigma))
    return Measures(
        np.where(shapely.is_missing(sites.place), np.nan, signed),
        chosen,
        role="right_of_way",
        feature=feature,
        layer_sigma_ft=layer_sigma,
        probability=side.probability,
        seen=side.seen,
        reason=reason,
        reasons=_REASONS,
        facts={"in_right_of_way": touches, "in_parcel": in_parcel, "edge_distance_ft": distance},
    )


def explain(sites: Sites, query: LayerQuery, findings: Findings, row: int) -> Account:
    """The distance to the edge, and the polygons that the place lies in."""
    facts = findings.measures.facts
    distance = float(facts["edge_distance_ft"][row])
    place = sites.place[row]
    sentence = answered(
        "Inside or outside the right of way", findings, row, f"{feet(distance)} from the edge of the right of way"
    )
    evidence = [Evidence(place, "site", "place")]
    feature = int(findings.measures.feature[row])
    if feature >= 0:
        shape = query.features("right_of_way").geometry[feature]
        evidence.append(surface_around(shape, place, distance))
        line = shapely.shortest_line(place, shapely.boundary(shape))
        evidence.append(Evidence(line, "distance", feet(distance)))
    parcels = query.features("parcel")
    for parcel in query.intersecting("parcel", np.array([place], dtype=object)).feature:
        evidence.append(Evidence(parcels.geometry[parcel], "parcel", f"parcel {parcels.ids[parcel]}"))
    return Account(sentence, tuple(evidence))


def surface_around(surface: shapely.Geometry, place: shapely.Geometry, distance_ft: float) -> Evidence:
    """The right of way near a place, cut out so far away that a map of the evidence does not show the cut."""
    west, south, east, north = shapely.bounds(place)
    reach = min(max(4 * distance_ft, 1000.0), EDGE_REACH_FT)
    near = shapely.clip_by_rect(surface, west - reach, south - reach, east + reach, north + reach)
    return Evidence(near, "right_of_way", "right of way")


CHECK = Check(
    name="right_of_way",
    question="Does the place lie inside the right of way?",
    answers=("inside", "outside"),
    roles=("right_of_way", "parcel"),
    measure=measure,
    explain=explain,
    rule_subject="right_of_way",
)
