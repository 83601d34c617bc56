"""Small measures and cuts on one polyline, an array of points."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from layers.grid import Floats


def length_ft(points: Floats) -> float:
    """Length along the points."""
    return float(np.hypot(*np.diff(points, axis=0).T).sum())


def chainage(points: Floats) -> Floats:
    """Distance from the start to each point."""
    return np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])


def at(points: Floats, distance: float) -> Floats:
    """The point at a distance from the start."""
    stations = chainage(points)
    return np.array([np.interp(distance, stations, points[:, 0]), np.interp(distance, stations, points[:, 1])])


def along(points: Floats, distance: float) -> Floats:
    """The part from the start to a distance."""
    stations = chainage(points)
    return np.concatenate([points[stations < distance - 1e-6], at(points, distance)[None]])


def cut(points: Floats, distances: list[float]) -> list[Floats]:
    """The parts between the given distances, which rise and lie inside the line."""
    stations = chainage(points)
    limits = [0.0, *distances, float(stations[-1])]
    parts = []
    for low, high in pairwise(limits):
        inner = points[(stations > low + 1e-6) & (stations < high - 1e-6)]
        parts.append(np.concatenate([at(points, low)[None], inner, at(points, high)[None]]))
    return parts


def normals(points: Floats) -> Floats:
    """The unit normal to the left at each point."""
    step = np.gradient(points, axis=0)
    size = np.hypot(*step.T)
    left: Floats = np.column_stack([-step[:, 1], step[:, 0]]) / np.maximum(size, 1e-9)[:, None]
    return left
