"""Pictures of a case for paper: the evidence of what the map said, and the mains around its place."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from layers.query import LayerQuery
from maps.around import LAND, NETWORK, around
from maps.still_map import frame_around, still_map
from maps.still_shapes import Drawn
from maps.style import Look, style

_IN_ITS_HUE = ("zone", "clearance")
_LEAST_EVIDENCE_FT, _LEAST_MAINS_FT = 120.0, 500.0


@dataclass(frozen=True, slots=True)
class StillPicture:
    """A picture as SVG, and what it shows in words."""

    svg: bytes
    words: str


def evidence_picture(evidence: Mapping[str, Any], query: LayerQuery, words: str) -> StillPicture | None:
    """The evidence of a decision (GeoJSON on the grid, in feet) over what lies around; None where there is none."""
    drawn = list(drawn_evidence(evidence.get("features", ())))
    focus = [item.geometry for item in drawn if not item.modelled and item.geometry.area < 1e6] or [
        item.geometry for item in drawn
    ]
    if not focus:
        return None
    frame = frame_around(focus, _LEAST_EVIDENCE_FT)
    return StillPicture(still_map([*around(query, frame, LAND), *drawn], frame), words)


def mains_picture(query: LayerQuery, place: BaseGeometry, words: str) -> StillPicture:
    """The mains, manholes, valves and hydrants around a place on the grid, with their sizes."""
    frame = frame_around([place], _LEAST_MAINS_FT)
    site = Drawn(place, style().evidence["site"], "", strong=True)
    return StillPicture(still_map([*around(query, frame, (*LAND, *NETWORK)), site], frame), words)


def drawn_evidence(features: Iterable[Mapping[str, Any]]) -> Iterator[Drawn]:
    """The evidence that a decision keeps (GeoJSON on the grid, in feet), ready to be drawn."""
    for feature in features:
        told = feature["properties"]
        look = _look(told["kind"], told.get("role"))
        shape = shape_of(feature)
        label = str(told.get("label") or "") if look.label_always else ""
        yield Drawn(shape, look, label, bool(told.get("modelled")), strong=True)


def shape_of(feature: Mapping[str, Any]) -> BaseGeometry:
    """The shape of a feature of GeoJSON."""
    return shapely.from_geojson(json.dumps(feature["geometry"]))


def _look(kind: str, role: str | None) -> Look:
    """The look of a kind of evidence; a sewer main and what is around it in the colour of sewers."""
    look, of_role = style().evidence[kind], style().roles.get(role or "")
    if kind == "main" and role == "sewer_main" and of_role is not None:
        return of_role
    if kind in _IN_ITS_HUE and of_role is not None:
        return replace(look, colour=of_role.colour, fill=of_role.colour)
    return look
