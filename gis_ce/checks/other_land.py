"""How far is the land where the answer is another, and how likely does the place lie there?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely

from gis_ce.decision import Integrated
from gis_ce.uncertainty import FAR_SIGMAS, Counts, own_side
from layers.grid import Floats, Geometries
from layers.query import LayerQuery

_STEPS_FT = (25.0, 100.0)


def nearest_counted(
    query: LayerQuery, role: str, places: Geometries, counts: Counts, reach_ft: float | Floats
) -> Floats:
    """Distance in feet to the nearest feature that counts for a place; infinite where none is in reach."""
    pairs = query.within(role, places, reach_ft)
    kept = counts(pairs.place, pairs.feature)
    distance = np.full(len(places), np.inf)
    np.minimum.at(distance, pairs.place[kept], pairs.distance_ft[kept])
    return distance


def nearest_counted_by_steps(
    query: LayerQuery, role: str, places: Geometries, counts: Counts, reach_ft: float
) -> Floats:
    """The same with a wide reach: looks near first, and farther only for the places without any."""
    distance = np.full(len(places), np.inf)
    for reach in (*(step for step in _STEPS_FT if step < reach_ft), reach_ft):
        open_rows = np.flatnonzero(np.isinf(distance) & ~shapely.is_missing(places))
        if len(open_rows):
            asked = _renumbered(counts, open_rows)
            distance[open_rows] = nearest_counted(query, role, places[open_rows], asked, reach)
    return distance


def _renumbered(counts: Counts, rows: np.ndarray[tuple[int], np.dtype[np.intp]]) -> Counts:
    return lambda place, feature: counts(rows[place], feature)


def not_there(query: LayerQuery, role: str, places: Geometries, counts: Counts, sigma_ft: Floats) -> Integrated:
    """The probability that a place does not really lie in a polygon that counts for it.

    For places that lie in none of them by the map. Land in no polygon speaks for neither side.
    """
    reach = np.where(sigma_ft > 0, FAR_SIGMAS * sigma_ft, -1.0)
    distance = nearest_counted(query, role, places, counts, reach)
    return own_side(query, role, places, distance, sigma_ft, of=counts)


def together(parts: Sequence[Integrated]) -> Integrated:
    """Not in any of several kinds of land that lie side by side: what each takes is taken away."""
    probability = 1 - sum((1 - part.probability for part in parts), start=np.zeros(1))
    seen = 1 - sum((1 - part.seen for part in parts), start=np.zeros(1))
    return Integrated(np.clip(probability, 0.0, 1.0), np.clip(seen, 0.0, 1.0))


def both(one: Integrated, other: Integrated) -> Integrated:
    """Two things that do not depend on each other both hold."""
    return Integrated(one.probability * other.probability, one.seen * other.seen)
