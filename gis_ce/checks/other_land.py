"""How far is the land where the answer is another, and how likely does the place lie there?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import shapely

from gis_ce.decision import Integrated
from gis_ce.uncertainty import FAR_SIGMAS, Counts, own_side
from layers.grid import Floats, Geometries, Rows
from layers.pairs import least_ft, taken
from layers.query import LayerQuery, Pairs

_STEPS_FT = (25.0, 100.0)


def nearest_counted(
    query: LayerQuery, role: str, places: Geometries, counts: Counts, reach_ft: float | Floats
) -> Floats:
    """Distance in feet to the nearest feature that counts for a place; infinite where none is in reach."""
    return least_ft(_counted(query, role, places, counts, reach_ft), len(places))


def _counted(query: LayerQuery, role: str, places: Geometries, counts: Counts, reach_ft: float | Floats) -> Pairs:
    """The features in reach that count."""
    pairs = query.within(role, places, reach_ft)
    return taken(pairs, np.flatnonzero(counts(pairs.place, pairs.feature)))


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


def _renumbered(counts: Counts, rows: Rows) -> Counts:
    return lambda place, feature: counts(rows[place], feature)


def not_there(query: LayerQuery, role: str, places: Geometries, counts: Counts, sigma_ft: Floats) -> Integrated:
    """The probability that a place does not really lie in a polygon that counts for it.

    For places that lie in none of them by the map. Land in no polygon speaks for neither side.
    """
    near = _counted(query, role, places, counts, np.where(sigma_ft > 0, FAR_SIGMAS * sigma_ft, -1.0))
    features = len(query.features(role))
    known = near.place * features + near.feature

    def counted_before(place: Rows, feature: Rows) -> npt.NDArray[np.bool_]:
        return np.isin(place * features + feature, known)

    return own_side(query, role, places, least_ft(near, len(places)), sigma_ft, of=counted_before)


def together(parts: Sequence[Integrated]) -> Integrated:
    """Not in any of several kinds of land that lie side by side: what each takes is taken away."""
    probability = 1 - sum((1 - part.probability for part in parts), start=np.zeros(1))
    seen = 1 - sum((1 - part.seen for part in parts), start=np.zeros(1))
    return Integrated(np.clip(probability, 0.0, 1.0), np.clip(seen, 0.0, 1.0))


def both(one: Integrated, other: Integrated) -> Integrated:
    """Two things that do not depend on each other both hold."""
    return Integrated(one.probability * other.probability, one.seen * other.seen)
