"""Places of a town, as requests ask about them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from layers.grid import Floats, Grid
from layers.query import LayerQuery
from tests.oracle_places import hard_places


def asked_about(place: Floats, checks: Sequence[str] | None = None) -> dict[str, object]:
    """A request about one place."""
    where = {"type": "Point", "coordinates": place.tolist()}
    return {"geometry": where, "on": "2026-03-02", **({"checks": checks} if checks else {})}


def degrees_of_places(query: LayerQuery, count: int) -> Floats:
    """Hard places, in degrees."""
    points = Grid(query.grid_epsg).to_lonlat(hard_places(query, count))
    return np.array([(point.x, point.y) for point in points])
