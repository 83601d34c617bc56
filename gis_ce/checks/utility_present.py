"""Is there city water, city sewer or an easement on the parcel, and how much of each?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from gis_ce.checks.check import Account, Check, Evidence, EvidenceKind, Findings, Measures, Sites
from gis_ce.checks.easement_basis import GUARD, modelled
from gis_ce.checks.facts import Fact
from gis_ce.checks.measuring import OURS, first_of_each, first_pair, first_that_holds, ids_of, sigmas_of
from gis_ce.checks.other_land import both, not_there
from gis_ce.checks.wording import answered, feet
from gis_ce.decision import first_where_positive, joint_sigma_ft, straight_edge
from gis_ce.rules import RuleBook
from layers.catalog import ROLE_BY_NAME
from layers.features import EVERYTHING, Rows, Selection
from layers.grid import AT_LIMIT_FT, Floats, Geometries
from layers.query import LayerQuery, Pairs

SEARCH_REACH_FT = 2000.0
"""How far utilities are looked for; with none in reach the margin is at least this much outside."""
SAMPLE_FT = 1.0
"""How deep a utility lies in a parcel is taken at steps of this length, and so never more than the truth."""

COUNTED: tuple[tuple[str, Selection], ...] = (("water_main", OURS), ("sewer_main", OURS), ("easement", EVERYTHING))
"""What counts: mains in service that are the utility's, and every easement."""

_NO_PARCEL, _PARCELS_DIFFER = 0, 1
_REASONS = (
    "The place lies in no parcel; say which parcel is meant.",
    "The place lies on several parcels that give different answers; say which parcel is meant.",
)


def measure(sites: Sites, query: LayerQuery, rulebook: RuleBook) -> Measures:
    """How far the deepest utility reaches into the parcel, in feet; negative: how far the nearest one is."""
    chosen = rulebook.choose("utility_present", sites.day)
    parcels = query.features("parcel")
    on = query.intersecting("parcel", sites.place)
    here = _on_parcels(on.feature, query)
    pair = first_pair(on, len(sites))
    parcel = np.append(on.feature, -1)[pair]
    margin = np.append(here.margin_ft, np.nan)[pair]
    included = chosen.limit_included
    own = first_where_positive(margin, included)

    def answers_otherwise(place: Rows, feature: Rows) -> npt.NDArray[np.bool_]:
        there = first_where_positive(_on_parcels(feature, query).margin_ft, included[place])
        return np.asarray(there != own[place], dtype=np.bool_)

    differ = first_where_positive(here.margin_ft, included[on.place]) != own[on.place]
    differing = np.bincount(on.place, weights=differ, minlength=len(sites)) > 0
    parcel_sigma = sigmas_of(parcels, parcel)
    layer_sigma = np.hypot(parcel_sigma, np.append(here.sigma_ft, 0.0)[pair])
    land = not_there(query, "parcel", sites.place, answers_otherwise, joint_sigma_ft(sites.sigma_ft, parcel_sigma))
    integrated = both(straight_edge(margin, layer_sigma), land)
    return Measures(
        margin,
        chosen,
        role="parcel",
        feature=parcel,
        layer_sigma_ft=layer_sigma,
        probability=integrated.probability,
        seen=integrated.seen,
        reason=first_that_holds([pair < 0, differing], [_NO_PARCEL, _PARCELS_DIFFER]),
        reasons=_REASONS,
        facts={"parcel_id": ids_of(parcels, parcel), "parcel_row": parcel, **_amounts_on(here, pair)},
    )


def _amounts_on(here: _OnParcels, pair: Rows) -> dict[str, Fact]:
    """What lies on each site's parcel: lengths and areas, and the ids."""
    facts: dict[str, Fact] = {}
    for role, _ in COUNTED:
        facts[f"{role}_{_unit(role)}"] = np.append(here.amount[role], np.nan)[pair]
        facts[f"{role}_ids"] = np.append(here.ids[role], np.array([None], dtype=object))[pair]
    return facts


def _unit(role: str) -> str:
    return "sqft" if ROLE_BY_NAME[role].geometry == "polygon" else "ft"


@dataclass(frozen=True, slots=True)
class _OnParcels:
    """One row a parcel asked about: the margin, the layer sigma of what it turns on, and what lies there."""

    margin_ft: Floats
    sigma_ft: Floats
    amount: dict[str, Floats]
    ids: dict[str, npt.NDArray[np.object_]]


def _on_parcels(parcel: Rows, query: LayerQuery) -> _OnParcels:
    asked, back = np.unique(parcel, return_inverse=True)
    shapes = query.features("parcel").geometry[asked]
    margin, sigma = np.full(len(asked), -SEARCH_REACH_FT), np.zeros(len(asked))
    amount: dict[str, Floats] = {}
    ids: dict[str, npt.NDArray[np.object_]] = {}
    for role, select in COUNTED:
        features = query.features(role)
        near, gap = first_of_each(query.nearest(role, shapes, reach_ft=SEARCH_REACH_FT, select=select), len(asked))
        there = _there(role, shapes, select, query)
        depth = np.where(near >= 0, -gap, -SEARCH_REACH_FT)
        np.maximum.at(depth, there.pairs.place, there.depth_ft)
        deeper = depth > margin
        margin = np.where(deeper, depth, margin)
        sigma = np.where(deeper, sigmas_of(features, near), sigma)
        amount[role] = _amounts(there.pieces, there.pairs.place, len(asked), role)[back]
        ids[role] = _listed(there.pairs, features.ids, len(asked))[back]
    return _OnParcels(margin[back], sigma[back], amount, ids)


@dataclass(frozen=True, slots=True)
class _There:
    """What reaches into parcels: pairs of parcel and feature, the piece inside, and how deep it reaches."""

    pairs: Pairs
    pieces: Geometries
    depth_ft: Floats


def _there(role: str, parcels: Geometries, select: Selection, query: LayerQuery) -> _There:
    """What lies in each parcel by more than 0.01 ft; what only touches its edge lies on the neighbour's."""
    pairs = query.intersecting(role, parcels, select)
    pieces = shapely.intersection(parcels[pairs.place], query.features(role).geometry[pairs.feature])
    depth = _depths(pieces, parcels[pairs.place])
    kept = depth > AT_LIMIT_FT
    return _There(Pairs(pairs.place[kept], pairs.feature[kept], pairs.distance_ft[kept]), pieces[kept], depth[kept])


def _depths(pieces: Geometries, parcels: Geometries) -> Floats:
    """How far the deepest sampled point of each piece lies from the edge of its parcel; 0 for a mere touch."""
    points, owner = shapely.get_coordinates(shapely.segmentize(pieces, SAMPLE_FT), return_index=True)
    depth = np.zeros(len(pieces))
    np.maximum.at(depth, owner, shapely.distance(shapely.points(points), shapely.boundary(parcels)[owner]))
    return depth


def _amounts(pieces: Geometries, place: Rows, count: int, role: str) -> Floats:
    """The length of lines, or the area that polygons cover together, in each parcel."""
    if _unit(role) == "ft":
        return np.bincount(place, weights=shapely.length(pieces), minlength=count).astype(np.float64)
    area = np.zeros(count)
    covered = np.unique(place)
    if len(covered):
        together = np.asarray(shapely.geometrycollections(pieces, indices=np.searchsorted(covered, place)))
        area[covered] = shapely.area(shapely.union_all(together[:, None], axis=1))
    return area


def _listed(pairs: Pairs, ids: npt.NDArray[np.object_], count: int) -> npt.NDArray[np.object_]:
    found: dict[int, list[str]] = {}
    for place, feature in zip(pairs.place.tolist(), pairs.feature.tolist(), strict=True):
        found.setdefault(place, []).append(str(ids[feature]))
    listed = np.full(count, None, dtype=object)
    for place, names in found.items():
        listed[place] = ", ".join(sorted(names))
    return listed


def explain(sites: Sites, query: LayerQuery, findings: Findings, row: int) -> Account:
    """What lies on the parcel, with lengths and areas; a modelled easement carries its guard."""
    facts = findings.measures.facts
    evidence = [Evidence(sites.place[row], "site", "place")]
    parcel_row = int(facts["parcel_row"][row])
    question = "City utility on the parcel"
    if parcel_row < 0:
        return Account(answered(question, findings, row, "no parcel"), tuple(evidence))
    parcel = query.features("parcel").geometry[parcel_row]
    evidence.append(Evidence(parcel, "parcel", f"parcel {facts['parcel_id'][row]}"))
    guess = False
    for role, select in COUNTED:
        features = query.features(role)
        for found in _there(role, np.array([parcel], dtype=object), select, query).pairs.feature:
            model = role == "easement" and bool(modelled(features, np.array([found]))[0])
            guess |= model
            kind: EvidenceKind = "easement" if role == "easement" else "main"
            evidence.append(Evidence(features.geometry[found], kind, str(features.ids[found]), role, model))
    said = answered(question, findings, row, _found(findings, row))
    return Account(f"{said} {GUARD}" if guess else said, tuple(evidence))


def _found(findings: Findings, row: int) -> str:
    facts = findings.measures.facts
    named = {"water_main": "water", "sewer_main": "sewer", "easement": "easement"}
    parts = []
    for role, name in named.items():
        amount, ids = float(facts[f"{role}_{_unit(role)}"][row]), facts[f"{role}_ids"][row]
        if ids is not None:
            size = f"{amount:,.0f} sq ft" if role == "easement" else feet(amount)
            parts.append(f"{name} {ids}, {size}")
    margin = float(findings.measures.margin_ft[row])
    return "; ".join(parts) if parts else f"none; the nearest is {feet(max(-margin, 0.0))} away"


CHECK = Check(
    name="utility_present",
    question="Is there city water, city sewer or an easement on the parcel?",
    answers=("yes", "no"),
    roles=("parcel", "water_main", "sewer_main", "easement"),
    measure=measure,
    explain=explain,
    rule_subject="utility_present",
)
