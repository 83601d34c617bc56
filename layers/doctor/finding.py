"""What an examination found, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import shapely

from layers.features import Features, Rows
from layers.grid import Geometries, Grid
from layers.query import LayerQuery

Severity = Literal["error", "warning", "note"]

EXAMPLES = 10


@dataclass(frozen=True, slots=True)
class Example:
    """One case of a finding: the features concerned, where (degrees on the grid's datum), and a detail."""

    feature_ids: tuple[str, ...]
    lon: float | None
    lat: float | None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """`count` cases in a layer, a few of them as examples, and the next step of whoever mends it.

    An `error` makes answers wrong or impossible, a `warning` makes them doubtful, a `note` is worth knowing.
    """

    layer: str
    severity: Severity
    what: str
    count: int
    next_step: str
    examples: tuple[Example, ...] = ()

    def as_json(self) -> dict[str, object]:
        """The finding for machines."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From where on something is worth a finding; lengths in feet, areas in square feet."""

    hydrant_ft: float = 50.0
    valve_ft: float = 10.0
    nearly_ft: float = 2.0
    gap_width_ft: float = 3.0
    least_sqft: float = 10.0


@dataclass(frozen=True, slots=True)
class Patient:
    """The layers under examination: those that can be asked, and from where on to speak up."""

    query: LayerQuery
    thresholds: Thresholds

    def features(self, role: str) -> Features | None:
        """The features of a role, or None where it has no layer."""
        return self.query.features(role) if self.query.has(role) else None

    def examples(
        self, points: Geometries, ids: Sequence[tuple[str, ...]], details: Sequence[str]
    ) -> tuple[Example, ...]:
        """The first few cases with their places; the three go together."""
        some = np.asarray(points[:EXAMPLES], dtype=object)
        degrees = Grid(self.query.grid_epsg).to_lonlat(shapely.centroid(some)) if len(some) else some
        xy = shapely.get_coordinates(degrees)
        placed = iter(xy.round(7).tolist())
        places = [
            next(placed) if there else (None, None)
            for there in ~shapely.is_empty(degrees) & ~shapely.is_missing(degrees)
        ]
        return tuple(
            Example(tuple(map(str, names)), lon, lat, detail)
            for names, (lon, lat), detail in zip(ids, places, details, strict=False)
        )

    def of_rows(self, features: Features, rows: Rows, details: Sequence[str] | None = None) -> tuple[Example, ...]:
        """Examples of single features."""
        some = rows[:EXAMPLES]
        names = [(str(name),) for name in features.ids[some]]
        return self.examples(features.geometry[some], names, details or [""] * len(some))


def layer_names(features: Features, rows: Rows | npt.NDArray[np.bool_]) -> str:
    """The layers that the given rows of a role's features come from."""
    return ", ".join(sorted({features.parts[part].description.name for part in np.unique(features.layer_of[rows])}))
