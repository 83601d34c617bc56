"""The answer of `POST /checks` made from one row of PostGIS: every check and fact of ours, in the plainest code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import erfc, hypot, sqrt
from typing import Any

from benchmarks.facts_sql import LINES
from gis_ce.assess import TOO_POOR
from gis_ce.checks.availability import NO_PARCEL, PARCELS_DIFFER, REASONS
from gis_ce.checks.nearby import ASSET_ROLES

Row = Mapping[str, Any]
Message = dict[str, Any]
_PASSES, _CONFIDENCE = 1.6448536269514722, 0.95
_LIMIT_FT, _WET_FT, _AT_LIMIT_FT, _NEAR_SEAM_FT = 100.0, 15.0, 0.01, 100.0
_BOTH = "The place lies both in the right of way and in a parcel, by the map; have the line surveyed."
_NOTHING = "Neither a facility nor an address lies in reach."
_NEITHER = "The place lies neither in the right of way nor in a parcel; complete the map, or locate the place anew."


@dataclass(frozen=True)
class Known:
    """What is the same for every place: columns of each role by row, the sigmas of layers, and the ids of rules."""

    ids: Mapping[str, list[str]]
    diameter_in: Mapping[str, list[float | None]]
    addresses: list[str | None]
    modelled: list[bool]
    easement_sigma_ft: list[float]
    sigma_ft: Mapping[str, float]
    rules: Mapping[str, str]

    def id(self, role: str, row: int | None) -> str | None:
        """The id of a row; None without one."""
        return None if row is None else self.ids[role][row]


def findings(row: Row, known: Known, site_ft: float) -> list[Message]:
    """The findings about one place, in the order of the full check."""
    return [
        _right_of_way(row, known, site_ft),
        _tolerance_zone(row, known, site_ft),
        _nearest(row, known, site_ft),
        _easement(row, known, site_ft),
        _sewer(row, known, site_ft),
    ]


def _right_of_way(row: Row, known: Known, site_ft: float) -> Message:
    signed, in_parcel = row["right_of_way_ft"], row["parcel"] is not None
    because = None if row["touches"] != in_parcel else _BOTH if in_parcel else _NEITHER
    facts = {"in_right_of_way": row["touches"], "in_parcel": in_parcel, "edge_distance_ft": abs(signed)}
    feature, sigma = known.id("right_of_way", row["right_of_way"]), hypot(site_ft, known.sigma_ft["right_of_way"])
    answer = "inside" if signed > _AT_LIMIT_FT or abs(signed) <= _AT_LIMIT_FT else "outside"
    return _said(
        "right_of_way", answer, because, signed, row["way_share"], sigma, feature=feature, known=known, facts=facts
    )


def _tolerance_zone(row: Row, known: Known, site_ft: float) -> Message:
    best: tuple[float, str, int, bool] | None = None
    for role in LINES:
        zone = role.removesuffix("_main")
        for margin, line, wet in (
            (row[f"{zone}_zone_ft"], row[f"{zone}_zone"], False),
            (None if row[f"{role}_wet"] is None else _WET_FT - row[f"{role}_wet_ft"], row[f"{role}_wet"], True),
        ):
            if margin is not None and (best is None or margin > best[0] + _AT_LIMIT_FT):
                best = (margin, role, line, wet)
    if best is None:
        facts: Message = {"subaqueous": False, "diameter_known": False, "measured_from": "map"}
        return _said("tolerance_zone", "outside", None, -1000.0, 1.0, site_ft, feature=None, known=known, facts=facts)
    margin, role, line, wet = best
    diameter = known.diameter_in[role][line] or 0.0
    half = _WET_FT if wet else diameter / 24 + 2.0
    sigma, name = hypot(site_ft, known.sigma_ft[role]), known.id(role, line)
    facts = {
        "half_width_ft": half,
        "subaqueous": wet,
        "facility_id": name,
        "facility_role": role,
        "diameter_known": diameter > 0,
        "distance_ft": half - margin,
        "measured_from": "map",
    }
    inside = _normal(margin / sigma) - _normal((margin - 2 * half) / sigma)
    probability = inside if margin > 0 else 1 - inside
    answer = "within" if margin > -_AT_LIMIT_FT else "outside"
    return _said("tolerance_zone", answer, None, margin, probability, sigma, feature=name, known=known, facts=facts)


def _nearest(row: Row, known: Known, site_ft: float) -> Message:
    facts: Message = {}
    least, nearest = float("inf"), None
    for role in ASSET_ROLES:
        facts[f"{role}_distance_ft"], facts[f"{role}_id"] = row[f"{role}_ft"], known.id(role, row[role])
        if row[role] is not None and row[f"{role}_ft"] < least - _AT_LIMIT_FT:
            least, nearest = row[f"{role}_ft"], role
    if nearest is not None:
        facts |= {"facility_distance_ft": least, "facility_role": nearest, "facility_id": facts[f"{nearest}_id"]}
    own = row["own_address"] is not None
    address = row["own_address"] if own else row["address"]
    if address is not None:
        facts |= {
            "address": known.addresses[address],
            "address_id": known.id("address", address),
            "address_distance_ft": row["own_address_ft" if own else "address_ft"],
            "address_found": "on the same parcel" if own else "nearest",
        }
    feature = facts.get("facility_id")
    because = _NOTHING if nearest is None and address is None else None
    return _said(
        "nearest_asset_and_address", None, because, None, None, site_ft, feature=feature, known=known, facts=facts
    )


def _easement(row: Row, known: Known, site_ft: float) -> Message:
    easement, own, joined = row["easement"], row["bound_ft"], row["joined_ft"]
    edge = own if joined is None or own is None else max(own, min(joined, _NEAR_SEAM_FT))
    margin = (1 if row["inside"] else -1) * (1000.0 if edge is None else edge)
    modelled = easement is not None and known.modelled[easement]
    layer = known.sigma_ft["easement"] if easement is None else known.easement_sigma_ft[easement]
    name = known.id("easement", easement)
    facts = {"edge_distance_ft": edge, "easement_id": name, "modelled": modelled, "easements_here": row["here"]}
    answer, sigma = "yes" if margin > -_AT_LIMIT_FT else "no", hypot(site_ft, layer)
    return _said(
        "easement_exists", answer, None, margin, row["easement_share"], sigma, feature=name, known=known, facts=facts
    )


def _sewer(row: Row, known: Known, site_ft: float) -> Message:
    parcel, main = row["parcel"], known.id("sewer_main", row["serving"])
    sigma = hypot(known.sigma_ft["sewer_main"], known.sigma_ft["parcel"])
    facts: Message = {
        "limit_ft": _LIMIT_FT,
        "measured_from": "parcel_edge",
        "site_distance_ft": row["site_distance_ft"],
    }
    if parcel is None:
        return _said(
            "sewer_available", None, REASONS[NO_PARCEL], None, None, sigma, feature=None, known=known, facts=facts
        )
    distance = row["serving_ft"]
    facts |= {
        "distance_ft": distance,
        "parcel_id": known.id("parcel", parcel),
        "facility_id": main,
        "edge_distance_ft": distance,
        "frontage_ft": row["frontage_ft"] or 0.0,
        "frontage_distance_ft": row["frontage_distance_ft"],
        "frontage_faced_ft": row["frontage_faced_ft"] or 0.0,
        "crosses_parcels": row["crosses_parcels"],
    }
    margin = _LIMIT_FT - (5000.0 if distance is None else distance)
    because = REASONS[PARCELS_DIFFER] if row["all_yes"] != row["any_yes"] else None
    probability = _normal(abs(margin) / sigma) * row["land_share"]
    answer = "yes" if margin >= -_AT_LIMIT_FT else "no"
    return _said("sewer_available", answer, because, margin, probability, sigma, feature=main, known=known, facts=facts)


def _said(
    check: str,
    answer: str | None,
    because: str | None,
    margin_ft: float | None,
    probability: float | None,
    sigma_ft: float,
    *,
    feature: str | None,
    known: Known,
    facts: Message,
) -> Message:
    """One finding; undecided where the position is too poor."""
    if because is None and margin_ft is not None and probability is not None and sigma_ft > 0:
        if abs(margin_ft) < _PASSES * sigma_ft or probability < _CONFIDENCE:
            because, answer = TOO_POOR, None
    elif because is not None:
        answer = probability = None
    return {
        "check": check,
        "answer": answer,
        "undecided_because": because,
        "margin_ft": margin_ft,
        "probability": probability,
        "sigma_ft": sigma_ft,
        "feature_id": feature,
        "rule_id": known.rules[check],
        "facts": {name: value for name, value in facts.items() if value is not None},
    }


def _normal(value: float) -> float:
    return erfc(-value / sqrt(2)) / 2
