"""The fact sheet on a structure: what it takes of which easement, and what it comes near to, measured on the grid."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import shapely

from api.access import View
from api.answers import Message, finding_messages
from api.here_answers import here_findings, nearest_facilities
from gis_ce.checks.all import CHECKS
from gis_ce.checks.check import Check, Findings, Sites
from gis_ce.checks.easement_basis import GUARD, deed_of
from layers.grid import Grid

_NAMES = (
    "easement_encroachment",
    "easement_exists",
    "asset_clearance",
    "right_of_way",
    "nearest_asset_and_address",
)
SHEET: tuple[Check, ...] = tuple(check for name in _NAMES for check in CHECKS if check.name == name)
"""The checks of the sheet, in the order in which they are told."""
_KINDS = ("point", "line", "area")
_TAKEN = {
    "area_sqft": "overlap_sqft",
    "percent": "overlap_percent",
    "line_ft": "line_inside_ft",
    "depth_ft": "depth_ft",
    "along_ft": "length_along_ft",
    "across_ft": "width_across_ft",
    "free_left_ft": "free_left_ft",
    "free_right_ft": "free_right_ft",
    "all_easements_sqft": "all_easements_sqft",
}


def sheet_message(view: View, sites: Sites, grid: Grid) -> Message:
    """The whole sheet of the one structure of some sites."""
    found = view.assess(sites, SHEET)
    facts = {check.name: finding_messages(found[check.name], view)[0]["facts"] for check in SHEET}
    told = facts["easement_encroachment"]
    return {
        "structure": _structure(sites, grid),
        "parcels": _parcels(view, sites),
        "answer": found["easement_encroachment"].answer_of(0),
        "easement": _easement(view, found["easement_encroachment"], told),
        "taken": _taken(told),
        "pipe_clearance_ft": told.get("pipe_clearance_ft"),
        "findings": here_findings(sites, view, found, grid, SHEET),
        "nearest": nearest_facilities(facts["nearest_asset_and_address"]),
        "layers": dict(view.query.versions),
    }


def _structure(sites: Sites, grid: Grid) -> Message:
    shape = sites.structure[0]
    in_degrees = grid.to_lonlat(np.array([shape], dtype=object))[0]
    return {
        "kind": _KINDS[int(shapely.get_dimensions(shape))],
        "area_sqft": round(float(shape.area), 2),
        "length_ft": round(float(shape.length), 2),
        "geometry": shapely.geometry.mapping(in_degrees),
    }


def _parcels(view: View, sites: Sites) -> list[Message]:
    """What it stands on by more than a touch of its edge."""
    if not view.query.has("parcel"):
        return []
    on = view.query.intersecting("parcel", sites.structure)
    parcels, shape = view.query.features("parcel"), sites.structure[0]
    common = shapely.intersection(parcels.geometry[on.feature], shape)
    stands = shapely.get_dimensions(common) == shapely.get_dimensions(shape)
    may = view.fields(("situs_address",), "parcel")
    return [
        {"id": parcels.ids[row], "address": parcels.texts("situs_address")[row] if may else None}
        for row in on.feature[stands].tolist()
    ]


def _easement(view: View, found: Findings, told: Mapping[str, Any]) -> Message | None:
    row = int(found.measures.feature[0]) if len(found.measures.feature) else -1
    if row < 0 or "easement_id" not in told:
        return None
    modelled = bool(told["modelled"])
    return {
        "id": told["easement_id"],
        "basis": deed_of(view.query.features("easement"), row),
        "modelled": modelled,
        "distance_ft": told["distance_ft"],
        "guard": GUARD if modelled else None,
    }


def _taken(told: Mapping[str, Any]) -> Message | None:
    if not told.get("depth_ft"):
        return None
    return {name: told.get(fact) for name, fact in _TAKEN.items()}
