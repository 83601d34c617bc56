"""Pictures of a case for paper: the evidence of what the map said, and the mains around its place."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from layers.features import Features
from layers.query import LayerQuery
from maps.still_map import frame_around, still_map
from maps.still_shapes import Drawn, Frame
from maps.style import Look, style

AROUND = ("right_of_way", "parcel", "water_body", "building", "street")
NETWORK = ("lateral", "sewer_main", "water_main", "manhole", "valve", "blowoff", "meter", "hydrant")
_LEAST_EVIDENCE_FT, _LEAST_MAINS_FT = 120.0, 500.0
_LABELLED = ("street", "sewer_main", "water_main", "manhole", "hydrant")
_AS_ID = ("manhole", "hydrant")


@dataclass(frozen=True, slots=True)
class StillPicture:
    """A picture as SVG, and what it shows in words."""

    svg: bytes
    words: str


def evidence_picture(evidence: Mapping[str, Any], query: LayerQuery, words: str) -> StillPicture | None:
    """The evidence of a decision (GeoJSON on the grid, in feet) over what lies around; None where there is none."""
    drawn = list(_evidence(evidence))
    focus = [item.geometry for item in drawn if not item.modelled and item.geometry.area < 1e6] or [
        item.geometry for item in drawn
    ]
    if not focus:
        return None
    frame = frame_around(focus, _LEAST_EVIDENCE_FT)
    around = list(_around(query, frame, AROUND))
    return StillPicture(still_map([*around, *drawn], frame), words)


def mains_picture(query: LayerQuery, place: BaseGeometry, words: str) -> StillPicture:
    """The mains, manholes, valves and hydrants around a place on the grid, with their sizes."""
    frame = frame_around([place], _LEAST_MAINS_FT)
    site = Drawn(place, style().evidence["site"], "", strong=True)
    return StillPicture(still_map([*_around(query, frame, (*AROUND, *NETWORK)), site], frame), words)


def _evidence(evidence: Mapping[str, Any]) -> Iterator[Drawn]:
    for feature in evidence.get("features", ()):
        told = feature["properties"]
        look = style().evidence[told["kind"]]
        if told.get("role") == "sewer_main" and told["kind"] == "main":
            look = style().roles["sewer_main"]
        shape = shapely.from_geojson(json.dumps(feature["geometry"]))
        label = str(told.get("label") or "") if look.label_always else ""
        yield Drawn(shape, look, label, bool(told.get("modelled")), strong=True)


def _around(query: LayerQuery, frame: Frame, roles: Sequence[str]) -> Iterator[Drawn]:
    window = np.array([shapely.box(frame.west, frame.south, frame.east, frame.north)], dtype=object)
    for role in roles:
        if not query.has(role):
            continue
        look, features = style().roles[role], query.features(role)
        for row in query.intersecting(role, window).feature:
            label = _label(features, int(row), role, look) if role in _LABELLED else ""
            yield Drawn(features.geometry[row], look, label)


def _label(features: Features, row: int, role: str, look: Look) -> str:
    if role in _AS_ID:
        return str(features.texts("facility_id")[row] or "")
    words = []
    for name in look.label:
        if name == "{diameter_in}":
            size = float(features.numbers("diameter_in")[row])
            words.append(f'{size:g}"' if np.isfinite(size) else "")
        elif name.isupper():
            words.append(name)
        else:
            words.append(str(features.texts(name)[row] or ""))
    return " ".join(word for word in words if word)
