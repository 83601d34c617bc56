"""Does the place lie inside the right of way?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from gis_ce.checks.check import Account, Check, Evidence, Findings, Measures, OneSite, Sites
from gis_ce.checks.measuring import first_of_each, own_side_of_one, sigma_of, sigmas_of, touched
from gis_ce.checks.one_or_many import Column, column, pick
from gis_ce.checks.wording import answered, feet
from gis_ce.decision import Integrated, joint_sigma_ft
from gis_ce.rules import Chosen, RuleBook
from gis_ce.uncertainty import own_side
from layers.one_query import NOTHING
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
    inside, gap = first_of_each(query.intersecting("right_of_way", sites.place), len(sites))
    in_parcel = touched(query.intersecting("parcel", sites.place), len(sites))
    edge, edge_of = query.edge_distance("right_of_way", sites.place, EDGE_REACH_FT)
    lies = _lies(inside, gap, in_parcel, edge, edge_of)
    layer_sigma = sigmas_of(query.features("right_of_way"), lies.feature)
    joint = joint_sigma_ft(sites.sigma_ft, layer_sigma)
    side = own_side(query, "right_of_way", sites.place, lies.signed_ft, joint)
    signed = np.where(shapely.is_missing(sites.place), np.nan, lies.signed_ft)
    return _measures(lies, signed, layer_sigma, side, rulebook.choose("right_of_way", sites.day))


def measure_one(site: OneSite, rulebook: RuleBook) -> Measures:
    """The same of one site, in numbers."""
    query = site.query
    inside, gap = (query.touching_one("right_of_way") or [NOTHING])[0]
    in_parcel = bool(query.touching_one("parcel"))
    edge_of, edge = query.edge_one("right_of_way", EDGE_REACH_FT)
    lies = _lies(inside, gap, in_parcel, edge, edge_of)
    layer_sigma = sigma_of(query.features("right_of_way"), lies.feature)
    side = own_side_of_one(site, "right_of_way", lies.signed_ft, layer_sigma)
    return _measures(lies, lies.signed_ft, layer_sigma, side, rulebook.choose("right_of_way", site.sites.day))


@dataclass(frozen=True, slots=True)
class _Lies:
    """How a place lies to the right of way and to the parcels, one or many."""

    signed_ft: Column
    edge_ft: Column
    touches: Column
    in_parcel: Column
    feature: Column
    reason: Column


def _lies(inside: Column, gap_ft: Column, in_parcel: Column, edge_ft: Column, edge_of: Column) -> _Lies:
    touches, distance = inside >= 0, pick(edge_of < 0, EDGE_REACH_FT, edge_ft)
    signed = pick(gap_ft == 0.0, distance, -distance)
    reason = pick(touches == in_parcel, pick(touches, _BOTH, _NEITHER), -1)
    return _Lies(signed, distance, touches, in_parcel, pick(touches, inside, edge_of), reason)


def _measures(lies: _Lies, signed_ft: Column, layer_sigma: Column, side: Integrated | None, chosen: Chosen) -> Measures:
    return Measures(
        column(signed_ft),
        chosen,
        role="right_of_way",
        feature=column(lies.feature),
        layer_sigma_ft=column(layer_sigma),
        probability=None if side is None else side.probability,
        seen=None if side is None else side.seen,
        reason=column(lies.reason, np.int16),
        reasons=_REASONS,
        facts={
            "in_right_of_way": column(lies.touches),
            "in_parcel": column(lies.in_parcel),
            "edge_distance_ft": column(lies.edge_ft),
        },
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
    measure_one=measure_one,
    explain=explain,
    rule_subject="right_of_way",
)
