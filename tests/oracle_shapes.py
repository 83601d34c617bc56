"""Places and structures that are hard for one kind of feature: on its edges and corners, and just beside them."""

from __future__ import annotations

import numpy as np
import shapely

from layers.grid import Floats, Geometries

BESIDE_FT = (-0.02, -0.011, -0.009, 0.0, 0.0, 0.0, 0.009, 0.011, 0.02)


def beside_polygons(polygons: Geometries, count: int, seed: int) -> Geometries:
    """Points on corners, on edges, a hundredth of a foot or two from them, and inside."""
    random = np.random.default_rng(seed)
    picked = random.choice(polygons, count)
    rings = shapely.get_exterior_ring(picked)
    on_edge = shapely.line_interpolate_point(rings, random.uniform(0, 1, count), normalized=True)
    corner = shapely.get_point(rings, random.integers(0, shapely.get_num_points(rings)))
    moved = shapely.get_coordinates(on_edge) + random.choice(BESIDE_FT, (count, 2))
    middle = shapely.point_on_surface(picked)
    kinds = (on_edge, corner, shapely.points(moved), middle)
    found: Geometries = np.choose(random.integers(0, len(kinds), count), kinds)
    return found


def rings_around(points: Geometries, radii: Floats, seed: int) -> Geometries:
    """A place in some direction from each point, `radii` feet away."""
    random = np.random.default_rng(seed)
    angle = random.uniform(0, 2 * np.pi, len(points))
    around = np.column_stack([np.cos(angle), np.sin(angle)]) * radii[:, None]
    return np.asarray(shapely.points(shapely.get_coordinates(points) + around), dtype=object)


def off_lines(lines: Geometries, off_ft: Floats, seed: int) -> Geometries:
    """Points square off the side of each line, `off_ft` feet away."""
    random = np.random.default_rng(seed)
    along = random.uniform(0, 0.99, len(lines))
    here, ahead = (
        shapely.get_coordinates(shapely.line_interpolate_point(lines, at, normalized=True))
        for at in (along, along + 1e-4)
    )
    way = ahead - here
    side = np.column_stack([-way[:, 1], way[:, 0]]) / np.hypot(*way.T)[:, None]
    side *= random.choice([-1.0, 1.0], (len(lines), 1))
    return np.asarray(shapely.points(here + side * off_ft[:, None]), dtype=object)


def fences(places: Geometries, seed: int) -> Geometries:
    """A fence of three to six posts that begins at each place and turns right and left."""
    random = np.random.default_rng(seed)
    found = []
    for place in places:
        posts = int(random.integers(2, 6))
        turns = np.cumsum(np.r_[random.uniform(0, 2 * np.pi), random.uniform(-1.2, 1.2, posts - 1)])
        steps = np.column_stack([np.cos(turns), np.sin(turns)]) * random.uniform(4, 40, (posts, 1))
        found.append(shapely.LineString(np.array([place.x, place.y]) + np.cumsum([(0, 0), *steps], axis=0)))
    return np.array(found, dtype=object)
