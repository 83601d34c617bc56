"""The probability of an answer about a shape: how far the shape may slide before the answer turns."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import shapely

from gis_ce.contact import Near, slides_ft
from gis_ce.decision import Integrated, straight_edge
from layers.grid import Floats, Geometries, Rows
from layers.query import LayerQuery

DIRECTIONS = 24
"""Directions slid into; along each, the share of positions up to a distance is known exactly."""
FAR_SIGMAS = 4.0
"""A shape with this margin keeps its answer in more than 99.96 of 100 positions, whatever its form."""
_STEPS = 4
_HALVINGS = 10

Holds = Callable[[Rows, Floats, Floats], npt.NDArray[np.bool_]]
"""Whether the answers of sites (rows) hold when their shapes are moved by so many feet east and north."""


def slid(holds: Holds, margin_ft: Floats, sigma_ft: Floats) -> Integrated:
    """Integrates a round normal position error of a whole shape: a car before a hydrant.

    In each direction the distance r at which the answer first turns is found by steps and halving,
    up to four sigmas; the share of positions nearer than r is 1 - exp(-r^2 / 2 s^2) (Rayleigh), and
    directions are averaged. What lies beyond the first turn counts as turned, so the probability is
    never too high, and falls as sigma grows. No random numbers. Shapes farther than four sigmas from
    the limit are taken as facing a straight edge. Cost: 24 times 14 questions a near shape, asked
    for all near shapes at once.
    """
    return _integrated(margin_ft, sigma_ft, lambda near, reach: _turning_distances(holds, near, reach))


def slid_over(query: LayerQuery, role: str, shapes: Geometries, margin_ft: Floats, sigma_ft: Floats) -> Integrated:
    """The same for shapes that stand on a role's polygons (`margin_ft` above 0) or off them all.

    Where the answer turns is computed from the outlines (see gis_ce.contact), so it is exact.
    """

    def turning(near: Rows, reach: Floats) -> Floats:
        pairs = query.within(role, shapes[near], reach)
        around = Near(pairs.place, query.features(role).geometry[pairs.feature])
        return slides_ft(shapes[near], around, margin_ft[near] > 0, reach, _unit_vectors())

    return _integrated(margin_ft, sigma_ft, turning)


def _integrated(margin_ft: Floats, sigma_ft: Floats, turning: Callable[[Rows, Floats], Floats]) -> Integrated:
    straight = straight_edge(margin_ft, sigma_ft)
    near = np.flatnonzero((sigma_ft > 0) & (np.abs(margin_ft) < FAR_SIGMAS * sigma_ft))
    if not len(near):
        return straight
    turn = turning(near, FAR_SIGMAS * sigma_ft[near])
    inside = 1 - np.exp(-0.5 * (turn / sigma_ft[near][:, None]) ** 2)
    kept = straight.probability.copy()
    kept[near] = inside.mean(axis=1)
    return Integrated(kept, kept)


def _unit_vectors() -> Floats:
    angle = (np.arange(DIRECTIONS) + 0.5) * (2 * np.pi / DIRECTIONS)
    return np.column_stack([np.cos(angle), np.sin(angle)])


def translated(shapes: Geometries, east_ft: Floats, north_ft: Floats) -> Geometries:
    """Each shape moved by its own feet east and north."""
    coordinates, owner = shapely.get_coordinates(shapes, return_index=True)
    moved = coordinates + np.column_stack([east_ft, north_ft])[owner]
    return np.asarray(shapely.set_coordinates(shapes.copy(), moved), dtype=object)


def _turning_distances(holds: Holds, rows: Rows, reach_ft: Floats) -> Floats:
    """For each site and direction the distance at which the answer turns; infinite where it never does."""
    site = np.repeat(rows, DIRECTIONS)
    east, north = np.tile(_unit_vectors(), (len(rows), 1)).T
    low, high, never = _first_turns(holds, site, east, north, np.repeat(reach_ft, DIRECTIONS))
    open_rows = np.flatnonzero(~never)
    for _ in range(_HALVINGS):
        middle = (low[open_rows] + high[open_rows]) / 2
        stays = holds(site[open_rows], east[open_rows] * middle, north[open_rows] * middle)
        low[open_rows[stays]] = middle[stays]
        high[open_rows[~stays]] = middle[~stays]
    distance = np.where(never, np.inf, (low + high) / 2)
    return distance.reshape(len(rows), DIRECTIONS)


def _first_turns(
    holds: Holds, site: Rows, east: Floats, north: Floats, reach_ft: Floats
) -> tuple[Floats, Floats, npt.NDArray[np.bool_]]:
    """Between which two of a few steps the answer first turns, and where it never does."""
    low, high = np.zeros(len(site)), reach_ft.copy()
    held = np.ones(len(site), dtype=np.bool_)
    for step in range(1, _STEPS + 1):
        rows = np.flatnonzero(held)
        distance = reach_ft[rows] * step / _STEPS
        stays = holds(site[rows], east[rows] * distance, north[rows] * distance)
        low[rows[stays]] = distance[stays]
        high[rows[~stays]] = distance[~stays]
        held[rows[~stays]] = False
    return low, high, held
