"""How far shapes may slide in given directions before they leave polygons, or meet them: exact, without steps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from layers.grid import Floats, Geometries, Rows
from layers.outlines import outlines, position_in_group
from layers.query import starts_of

_SAME_FT = 1e-6
"""Two stretches of contact closer than this are one."""
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Near:
    """Polygons near shapes: the row of the shape, ascending, and a polygon."""

    shape: Rows
    polygon: Geometries


@dataclass(frozen=True, slots=True)
class _Sides:
    """Straight sides of outlines: whose they are, ascending, and both ends. A point is a side without length.

    `first` tells the first side of each part: where it starts speaks for a part that touches no side.
    `ring` tells the sides that go around an area.
    """

    owner: Rows
    start: Floats
    end: Floats
    first: Bools
    ring: Bools

    def only(self, which: Bools) -> _Sides:
        rows = np.flatnonzero(which)
        return _Sides(self.owner[rows], self.start[rows], self.end[rows], self.first[rows], self.ring[rows])


@dataclass(frozen=True, slots=True)
class _Stretches:
    """From where to where, in feet slid, a shape is in contact; `group` numbers its row and direction."""

    group: Rows
    low_ft: Floats
    high_ft: Floats


def slides_ft(shapes: Geometries, near: Near, touching: Bools, reach_ft: Floats, directions: Floats) -> Floats:
    """How far each shape slides in each direction before its contact with the polygons near it turns.

    `near` has every polygon that a shape can meet within `reach_ft`. `touching` says whether a shape
    meets any of them now: then the slide ends where it first meets none, else where it first meets
    one. `directions` are unit vectors, shape (m, 2). Feet, shape (n, m); infinite where the contact
    does not turn within reach. Shapes and polygons are on the grid in feet.

    While a shape slides, one of its sides meets one side of a polygon over one stretch, which begins and
    ends where an end of one passes the other; a part that meets no side may lie wholly inside. All these
    stretches together are the contact. Cost: directions times pairs of sides near each other.
    """
    own, theirs = _sides(shapes), _sides(near.polygon)
    close = theirs.only(_in_reach(theirs, near, shapes, reach_ft))
    stretches = [
        _of_sides(own, close, near, directions),
        _of_parts(own.only(own.first), theirs, near, directions),
        _of_surrounded(own.only(own.ring), theirs.only(theirs.first), near, directions),
    ]
    group, low, high = (
        np.concatenate([getattr(part, name) for part in stretches]) for name in ("group", "low_ft", "high_ft")
    )
    turn = _turns(
        _Stretches(group, low, high), np.repeat(touching, len(directions)), np.repeat(reach_ft, len(directions))
    )
    return turn.reshape(len(shapes), len(directions))


def _sides(shapes: Geometries) -> _Sides:
    around = outlines(shapes)
    points, line = shapely.get_coordinates(around.line, return_index=True)
    begins = np.r_[True, line[1:] != line[:-1]][: len(line)]
    follows = np.r_[~begins[1:], False][: len(line)]
    start = np.flatnonzero(follows | begins)
    of = line[start]
    return _Sides(around.owner[of], points[start], points[start + follows[start]], begins[start], around.ring[of])


def _in_reach(theirs: _Sides, near: Near, shapes: Geometries, reach_ft: Floats) -> Bools:
    """Which sides of the polygons have a box within reach of the shape's box."""
    shape = near.shape[theirs.owner]
    box, reach = shapely.bounds(shapes)[shape], reach_ft[shape][:, None]
    low, high = np.minimum(theirs.start, theirs.end), np.maximum(theirs.start, theirs.end)
    return np.asarray(((high >= box[:, :2] - reach) & (low <= box[:, 2:] + reach)).all(axis=1), dtype=np.bool_)


def _meetings(own: _Sides, theirs: _Sides, near: Near) -> tuple[Rows, Rows]:
    """Every pair of a shape's side and a side of a polygon near that shape."""
    shape = near.shape[theirs.owner]
    starts = np.searchsorted(own.owner, shape, side="left")
    sizes = np.searchsorted(own.owner, shape, side="right") - starts
    return np.repeat(starts, sizes) + position_in_group(sizes), np.repeat(np.arange(len(shape)), sizes)


def _of_sides(own: _Sides, theirs: _Sides, near: Near, directions: Floats) -> _Stretches:
    """Over which stretch each pair of sides meets."""
    one, other = _meetings(own, theirs, near)
    ways = [
        [_Way.between(mine[one], end[other], directions) for mine in (own.start, own.end)]
        for end in (theirs.start, theirs.end)
    ]
    passes = [(ways[0][0], ways[1][0]), (ways[0][1], ways[1][1]), (ways[0][0], ways[0][1]), (ways[1][0], ways[1][1])]
    low, high = np.full(ways[0][0].along.shape, np.inf), np.full(ways[0][0].along.shape, -np.inf)
    for first, second in passes:
        met, along = _passing(first, second)
        np.minimum(low, np.where(met, along, np.inf), out=low)
        np.maximum(high, np.where(met, along, -np.inf), out=high)
    row, direction = np.nonzero(high >= np.maximum(low, 0.0))
    group = own.owner[one[row]] * len(directions) + direction
    return _Stretches(group, low[row, direction], high[row, direction])


@dataclass(frozen=True, slots=True)
class _Way:
    """From a point of the shape to a point of the polygon: along each direction, and to its left."""

    along: Floats
    left: Floats

    @classmethod
    def between(cls, mine: Floats, end: Floats, directions: Floats) -> _Way:
        way = end - mine
        return cls(way @ directions.T, way @ np.column_stack([-directions[:, 1], directions[:, 0]]).T)


def _passing(first: _Way, second: _Way) -> tuple[Bools, Floats]:
    """Whether sliding brings the one point onto the side between two, and how far along.

    A side counts with its one end only (half-open), so that a corner is passed once.
    """
    met = (first.left > 0) != (second.left > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = first.left / (first.left - second.left)
        along = first.along * (1 - share) + second.along * share
    return met, along


def _of_parts(firsts: _Sides, theirs: _Sides, near: Near, directions: Floats) -> _Stretches:
    """While the first point of a shape's part lies in a polygon."""
    one, other = _meetings(firsts, theirs, near)
    met, along = _passing(
        *(_Way.between(firsts.start[one], end[other], directions) for end in (theirs.start, theirs.end))
    )
    key = one * len(near.shape) + theirs.owner[other]
    return _inside(key, firsts.owner[one], met, along, len(directions))


def _of_surrounded(own: _Sides, firsts: _Sides, near: Near, directions: Floats) -> _Stretches:
    """While the first point of a polygon's ring lies in the shape."""
    one, other = _meetings(own, firsts, near)
    ways = (_Way.between(mine[one], firsts.start[other], directions) for mine in (own.start, own.end))
    met, along = _passing(*ways)
    return _inside(other, own.owner[one], met, along, len(directions))


def _inside(key: Rows, shape: Rows, met: Bools, along: Floats, count: int) -> _Stretches:
    """From every second passing of an outline to the next one; an odd number ahead means that it is inside now.

    `key` numbers the pairs of a point and an outline. Passings beyond the reach count as well.
    """
    keys, first, number = np.unique(key, return_index=True, return_inverse=True)
    row, direction = np.nonzero(met & (along > 0))
    passing = number[row] * count + direction
    odd = np.flatnonzero(np.bincount(passing, minlength=len(keys) * count) % 2)
    line = np.concatenate([passing, odd])
    at = np.concatenate([along[row, direction], np.zeros(len(odd))])
    order = np.lexsort((at, line))
    line, at = line[order], at[order]
    group = shape[first][line[::2] // count] * count + line[::2] % count
    return _Stretches(group, at[::2], at[1::2])


def _turns(stretches: _Stretches, touching: Bools, reach_ft: Floats) -> Floats:
    """Where the first gap in the contact begins for those who touch, where the first contact begins for the others."""
    turn = np.where(touching, 0.0, np.inf)
    far = 2 * float(reach_ft.max(initial=0.0)) + 1.0
    order = np.lexsort((stretches.low_ft, stretches.group))
    group = stretches.group[order]
    low, high = (np.clip(values[order], 0.0, far - 1.0) for values in (stretches.low_ft, stretches.high_ft))
    begins = starts_of(group)
    owners = group[begins]
    turn[owners] = low[begins]
    # One running maximum serves all groups: each is lifted above the ones before it.
    lift = group * far
    covered = np.maximum.accumulate(high + lift) - lift
    gap = np.r_[group[1:] != group[:-1], True][: len(group)]
    gap[:-1] |= low[1:] > covered[:-1] + _SAME_FT
    ends = np.flatnonzero(gap)
    first_gap = ends[np.searchsorted(ends, begins)]
    held = touching[owners] & (low[begins] <= _SAME_FT)
    turn[owners[touching[owners]]] = 0.0
    spans = np.column_stack([begins, first_gap + 1]).ravel()
    turn[owners[held]] = np.maximum.reduceat(np.append(high, 0.0), spans)[::2][held] if len(spans) else 0.0
    return np.where(turn >= reach_ft, np.inf, turn)
