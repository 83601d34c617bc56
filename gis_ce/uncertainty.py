"""The probability that a place known with a sigma lies on its own side of the edges of polygons."""

from __future__ import annotations

import numpy as np
import shapely

from gis_ce.decision import Integrated, straight_edge
from layers.features import Rows
from layers.grid import Floats, Geometries
from layers.query import LayerQuery

RAYS = 72
"""Directions looked into; the integral along each ray is exact, so few are enough."""
FAR_SIGMAS = 5.0
"""Beyond this many sigmas lies less than four in a million of a normal position."""


def own_side(query: LayerQuery, role: str, places: Geometries, margin_ft: Floats, sigma_ft: Floats) -> Integrated:
    """Integrates a round normal position over the polygons of a role, which must not overlap.

    `places` are on the grid in feet, `margin_ft` their distances to the nearest edge (any sign),
    `sigma_ft` the standard deviation on one axis. The probability is that of the side on which the
    place itself lies; `seen` counts only what is reached without crossing an edge. Along a ray the
    share of positions between two distances a and b is exp(-a^2 / 2 s^2) - exp(-b^2 / 2 s^2)
    (Rayleigh); rays are averaged. No random numbers. Lines and polygons, and places farther than
    five sigmas from an edge, are taken as facing a straight edge.
    Cost: one index look-up a near place, and rays times edge vertices within five sigmas.
    """
    straight = straight_edge(margin_ft, sigma_ft)
    probability, seen = straight.probability, straight.seen.copy()
    near = (sigma_ft > 0) & (np.abs(margin_ft) < FAR_SIGMAS * sigma_ft)
    asked = np.flatnonzero(near & (shapely.get_type_id(places) == shapely.GeometryType.POINT))
    if not len(asked):
        return straight
    origin = np.column_stack([shapely.get_x(places[asked]), shapely.get_y(places[asked])])
    place, start, end = _segments_near(query, role, places[asked], FAR_SIGMAS * sigma_ft[asked])
    site, ray, distance = _crossings(origin, place, start, end)
    near = distance <= FAR_SIGMAS * sigma_ft[asked][site]
    beyond = np.exp(-0.5 * (distance[near] / sigma_ft[asked][site[near]]) ** 2)
    stays, first = _along_rays(site[near], ray[near], distance[near], beyond, len(asked))
    probability[asked], seen[asked] = stays, first
    return Integrated(probability, seen)


def _segments_near(query: LayerQuery, role: str, places: Geometries, reach_ft: Floats) -> tuple[Rows, Floats, Floats]:
    """Every edge segment whose piece lies in reach of a place: the place, and both ends."""
    index, lines = query.features(role).edges()
    place, piece = index.tree.query(places, predicate="dwithin", distance=reach_ft)
    coordinates, owner = shapely.get_coordinates(lines[piece], return_index=True)
    joined = np.flatnonzero(owner[1:] == owner[:-1])
    return place[owner[joined]], coordinates[joined], coordinates[joined + 1]


def _crossings(origin: Floats, place: Rows, start: Floats, end: Floats) -> tuple[Rows, Rows, Floats]:
    """Where each ray of each place crosses a segment: place, ray, distance in feet.

    A ray that meets a vertex crosses just one of the two segments there (half-open), so that inside
    and outside alternate along it.
    """
    angle = (np.arange(RAYS) + 0.5) * (2 * np.pi / RAYS)
    ray = np.column_stack([np.cos(angle), np.sin(angle)])
    a, b = start - origin[place], end - origin[place]
    side_a = a[:, :1] * ray[:, 1] - a[:, 1:] * ray[:, 0]
    side_b = b[:, :1] * ray[:, 1] - b[:, 1:] * ray[:, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        along = side_a / (side_a - side_b)
        ahead_a, ahead_b = a @ ray.T, b @ ray.T
        distance = ahead_a + along * (ahead_b - ahead_a)
    segment, number = np.nonzero(((side_a > 0) != (side_b > 0)) & (distance > 0))
    return place[segment], number, distance[segment, number]


def _along_rays(site: Rows, ray: Rows, distance: Floats, beyond: Floats, count: int) -> tuple[Floats, Floats]:
    """The share of positions on the place's own side, and the share before the first edge."""
    line = site * RAYS + ray
    order = np.lexsort((distance, line))
    line, beyond = line[order], beyond[order]
    first = np.r_[True, line[1:] != line[:-1]] if len(line) else np.empty(0, dtype=bool)
    position = np.arange(len(line)) - np.maximum.accumulate(np.where(first, np.arange(len(line)), 0))
    sign = np.where(position % 2 == 0, -1.0, 1.0)
    stays = 1 + np.bincount(line, weights=sign * beyond, minlength=count * RAYS)
    seen = 1 - np.bincount(line[first], weights=beyond[first], minlength=count * RAYS)
    return stays.reshape(count, RAYS).mean(axis=1), seen.reshape(count, RAYS).mean(axis=1)
