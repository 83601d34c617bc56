"""Places that are hard to answer: shared corners, edges, and just at, before and beyond a limit."""

from __future__ import annotations

import numpy as np
import shapely

from layers.grid import Floats, Geometries
from layers.query import LayerQuery

LIMITS_FT = (2.25, 2.3333333333333335, 2.5, 25.0, 99.98, 100.0, 100.02)


def hard_places(query: LayerQuery, count: int, seed: int = 20261103) -> Geometries:
    """`count` points: anywhere, at addresses, at corners and edges of parcels and easements, at limits from mains.

    None at addresses where the query knows of none.
    """
    random = np.random.default_rng(seed)
    at_addresses = [_at_addresses] if query.has("address") else []
    kinds = (_anywhere, *at_addresses, _at_corners, _on_edges, _at_easements, _at_limits)
    each = -(-count // len(kinds))
    found = np.concatenate([kind(query, each, random) for kind in kinds])
    chosen: Geometries = found[random.permutation(len(found))[:count]]
    return chosen


def hard_structures(places: Geometries, seed: int = 7) -> Geometries:
    """A shed of some size and turn around each place."""
    random = np.random.default_rng(seed)
    x, y = shapely.get_x(places), shapely.get_y(places)
    wide, deep = random.uniform(4.0, 40.0, (2, len(places)))
    turn = random.uniform(0.0, np.pi, len(places))
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) / 2
    along = corners[None, :, 0] * wide[:, None]
    across = corners[None, :, 1] * deep[:, None]
    cos, sin = np.cos(turn)[:, None], np.sin(turn)[:, None]
    ring = np.stack([x[:, None] + along * cos - across * sin, y[:, None] + along * sin + across * cos], axis=-1)
    return np.asarray(shapely.polygons(ring), dtype=object)


def _anywhere(query: LayerQuery, count: int, random: np.random.Generator) -> Geometries:
    west, south, east, north = shapely.total_bounds(query.features("parcel").geometry)
    return _points(random.uniform(west, east, count), random.uniform(south, north, count))


def _at_addresses(query: LayerQuery, count: int, random: np.random.Generator) -> Geometries:
    found: Geometries = random.choice(query.features("address").geometry, count)
    return found


def _at_corners(query: LayerQuery, count: int, random: np.random.Generator) -> Geometries:
    corners = shapely.get_coordinates(random.choice(query.features("parcel").geometry, count))
    return _points(*corners[random.choice(len(corners), count)].T)


def _on_edges(query: LayerQuery, count: int, random: np.random.Generator) -> Geometries:
    return _along(shapely.boundary(random.choice(query.features("parcel").geometry, count)), random)


def _at_easements(query: LayerQuery, count: int, random: np.random.Generator) -> Geometries:
    return _along(shapely.boundary(random.choice(query.features("easement").geometry, count)), random)


def _along(lines: Geometries, random: np.random.Generator) -> Geometries:
    share = random.uniform(0, 1, len(lines))
    found: Geometries = shapely.line_interpolate_point(lines, share, normalized=True)
    return found


def _at_limits(query: LayerQuery, count: int, random: np.random.Generator) -> Geometries:
    """Off the side of a main by one of the limits; some other main may of course be nearer."""
    mains = random.choice(query.features("water_main").geometry, count)
    at = random.uniform(0.05, 0.95, count)
    here = shapely.line_interpolate_point(mains, at, normalized=True)
    ahead = shapely.line_interpolate_point(mains, at + 1e-4, normalized=True)
    way = _xy(ahead) - _xy(here)
    normal = np.column_stack([-way[:, 1], way[:, 0]]) / np.hypot(*way.T)[:, None]
    moved = _xy(here) + normal * random.choice(LIMITS_FT, count)[:, None]
    return _points(*moved.T)


def _xy(points: Geometries) -> Floats:
    return shapely.get_coordinates(points)


def _points(x: Floats, y: Floats) -> Geometries:
    return np.asarray(shapely.points(x, y), dtype=object)
