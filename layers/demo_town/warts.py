"""The faults of real data, planted on purpose and in small doses."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely

from layers.demo_town.drawing import Rows
from layers.grid import Geometries


def some(rng: np.random.Generator, count: int, share: float, at_least: int = 0) -> npt.NDArray[np.bool_]:
    """A random share of the rows, but not fewer than the least."""
    chosen = rng.random(count) < share
    missing = min(at_least, count) - int(chosen.sum())
    if missing > 0:
        chosen[rng.choice(np.flatnonzero(~chosen), missing, replace=False)] = True
    return chosen


def doubled(rng: np.random.Generator, numbers: Rows, share: float) -> Rows:
    """The numbers, some of which repeat the one before: ids that are not unique."""
    again = some(rng, len(numbers), share, at_least=2)
    again[:1] = False
    return np.where(again, np.roll(numbers, 1), numbers)


def with_slivers(rng: np.random.Generator, polygons: Geometries, share: float) -> Geometries:
    """The polygons, some with one corner 0.5 to 2.5 ft off: thin gaps and overlaps to the neighbours."""
    rows = np.flatnonzero(some(rng, len(polygons), share, at_least=2))
    chosen = polygons[rows]
    coordinates, owner = shapely.get_coordinates(chosen, return_index=True)
    second = np.searchsorted(owner, np.arange(len(rows))) + 1
    angle, size = rng.uniform(0, 2 * np.pi, len(rows)), rng.uniform(0.5, 2.5, len(rows))
    coordinates[second] += (size * np.stack([np.cos(angle), np.sin(angle)])).T
    moved = shapely.set_coordinates(chosen.copy(), coordinates)
    result = polygons.copy()
    result[rows] = np.where(shapely.is_valid(moved), moved, chosen)
    return result


def with_bad_rings(rng: np.random.Generator, polygons: Geometries, count: int) -> Geometries:
    """The polygons, a few of which touch themselves in a tiny extra loop: not valid, easily repaired."""
    result = polygons.copy()
    for row in rng.choice(len(polygons), min(count, len(polygons)), replace=False).tolist():
        ring = shapely.get_coordinates(shapely.get_exterior_ring(polygons[row]))
        loop = ring[1] + np.array([(0.0, 0.0), (5.0, 8.0), (8.0, 5.0)])
        result[row] = shapely.polygons(np.concatenate([ring[:1], loop, ring[1:]]))
    return result


def strayed(
    rng: np.random.Generator, points: Geometries, rows: npt.NDArray[np.bool_], reach: tuple[float, float]
) -> Geometries:
    """The points, with the chosen ones moved by a distance within the reach, in feet."""
    coordinates = shapely.get_coordinates(points)
    angle, size = rng.uniform(0, 2 * np.pi, int(rows.sum())), rng.uniform(*reach, int(rows.sum()))
    coordinates[rows] += (size * np.stack([np.cos(angle), np.sin(angle)])).T
    moved: Geometries = np.asarray(shapely.points(coordinates), dtype=object)
    return moved
