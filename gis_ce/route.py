"""The order in which places are best visited, by straight distance: the nearest next, then crossings taken out."""

from __future__ import annotations

import numpy as np

from layers.grid import Floats, Rows

_LEAST_GAIN_FT = 0.01
_MOST_ROUNDS = 200


def short_route(xy: Floats) -> Rows:
    """The rows of places (in feet, one a row) in a short order that begins with the first and ends anywhere.

    Always the same for the same places; among places that are equally near the first one goes before.
    """
    apart = np.linalg.norm(xy[:, None, :] - xy[None, :, :], axis=2)
    order = _nearest_next(apart)
    for _ in range(_MOST_ROUNDS):
        if not _uncross(order, apart):
            break
    return order


def length_ft(xy: Floats, order: Rows) -> float:
    """How long a route is, straight from place to place."""
    return float(np.linalg.norm(np.diff(xy[order], axis=0), axis=1).sum())


def _nearest_next(apart: Floats) -> Rows:
    left, order = np.ones(len(apart), dtype=bool), np.zeros(len(apart), dtype=np.intp)
    for stop in range(len(apart)):
        if stop:
            order[stop] = np.argmin(np.where(left, apart[order[stop - 1]], np.inf))
        left[order[stop]] = False
    return order


def _uncross(order: Rows, apart: Floats) -> bool:
    """Turns pieces of the route around wherever that makes it shorter; whether it did (2-opt)."""
    better = False
    for start in range(len(order) - 2):
        ends = np.arange(start + 2, len(order))
        here, after, end = order[start], order[start + 1], order[ends]
        beyond = np.append(order[ends[:-1] + 1], -1)
        onward = np.where(beyond >= 0, apart[after, beyond] - apart[end, beyond], 0.0)
        gain = apart[here, after] - apart[here, end] - onward
        best = int(np.argmax(gain))
        if gain[best] > _LEAST_GAIN_FT:
            order[start + 1 : ends[best] + 1] = order[start + 1 : ends[best] + 1][::-1].copy()
            better = True
    return better
