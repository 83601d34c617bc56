"""The facilities around one place, most critical first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from shapely.geometry.base import BaseGeometry

from gis_ce.checks.check import Evidence
from gis_ce.checks.wording import feet
from layers.features import Features, Rows
from layers.grid import Floats
from layers.query import LayerQuery

ASSET_ROLES = ("water_main", "sewer_main", "lateral", "hydrant", "valve", "blowoff", "manhole", "meter")
"""What the utility owns in the ground, in the order in which equals are listed."""

DepthOf = Callable[[str, Features, Rows, Floats], Floats]


@dataclass(frozen=True, slots=True)
class Facility:
    """One facility near a place: `depth_ft` is how far inside its zone the place lies (negative: outside)."""

    role: str
    id: str
    distance_ft: float
    depth_ft: float
    geometry: BaseGeometry

    @property
    def named(self) -> str:
        """`water main WM-12, 3.1 ft`."""
        return f"{self.role.replace('_', ' ')} {self.id}, {feet(self.distance_ft)}"


def facilities_within(place: BaseGeometry, query: LayerQuery, reach_ft: float, depth: DepthOf) -> list[Facility]:
    """Every facility at most `reach_ft` from a place, deepest in its zone first, then nearest, then by id."""
    places = np.array([place], dtype=object)
    found: list[Facility] = []
    for role in (role for role in ASSET_ROLES if query.has(role)):
        features = query.features(role)
        pairs = query.within(role, places, reach_ft)
        depths = depth(role, features, pairs.feature, pairs.distance_ft)
        found += [
            Facility(role, str(features.ids[row]), float(distance), float(deep), features.geometry[row])
            for row, distance, deep in zip(pairs.feature, pairs.distance_ft, depths, strict=True)
        ]
    return sorted(found, key=lambda item: (-round(item.depth_ft, 2), round(item.distance_ft, 2), item.role, item.id))


def evidence_of(facilities: Sequence[Facility]) -> list[Evidence]:
    """Facilities as things to draw, with their distance."""
    return [Evidence(item.geometry, "facility", item.named, item.role) for item in facilities]
