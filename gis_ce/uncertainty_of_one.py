"""The probability that one place lies on its own side of the edges: what `uncertainty.own_side` says, in numbers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import atan2, floor

import numpy as np
import shapely

from gis_ce.decision import Integrated
from gis_ce.uncertainty import ASIDE, FAR_SIGMAS, OFF_FT, RAY_STEP, RAYS, SAME_FT
from layers.grid import Floats, Geometries
from layers.one_query import OnePlaceQuery

_ANGLES = (np.arange(RAYS) + 0.5) * RAY_STEP
_COSINES: list[float] = np.cos(_ANGLES).tolist()
_SINES: list[float] = np.sin(_ANGLES).tolist()
Ray = list[tuple[float, int]]
"""How far along a ray edges are crossed, and the polygon of each."""
_Edge = tuple[float, float, float, float, int]


def own_side_of_point(query: OnePlaceQuery, role: str, place: Geometries, sigma_ft: float) -> Integrated:
    """See `own_side`: around one point (an array that holds it), over the union of a role's polygons."""
    x, y = shapely.get_coordinates(place)[0].tolist()
    edges = _edges_near(query, role, place, FAR_SIGMAS * sigma_ft)
    covering = [row for row, apart in query.touching_one(role) if apart == 0.0]
    segments, own = _seen_from(edges, x, y), bool(covering)
    if any(segment.is_touched for segment in segments):
        x, y = x + OFF_FT * ASIDE[0], y + OFF_FT * ASIDE[1]
        segments, aside = _seen_from(edges, x, y), np.array([shapely.Point(x, y)], dtype=object)
        pairs = query.intersecting(role, aside)
        covering = pairs.feature[pairs.distance_ft == 0.0].tolist()
    stays, seen = _shares(_crossings(segments, FAR_SIGMAS * sigma_ft), covering, sigma_ft)
    return Integrated(stays, seen) if own == bool(covering) else Integrated(1 - stays, np.zeros(1))


def _shares(rays: Sequence[Ray], covering: Collection[int], sigma_ft: float) -> tuple[Floats, Floats]:
    """The mean share of all rays on the place's own side, and before the first change of side."""
    distances = np.array([apart for ray in rays for apart, _ in ray])
    beyond: list[float] = np.exp(-0.5 * (distances / sigma_ft) ** 2).tolist()
    stays, seen, at = [1.0] * RAYS, [1.0] * RAYS, 0
    for number, ray in enumerate(rays):
        if ray:
            stays[number], seen[number] = _along(ray, beyond[at : at + len(ray)], covering)
            at += len(ray)
    return np.array([stays]).mean(axis=1), np.array([seen]).mean(axis=1)


@dataclass(slots=True)
class _Segment:
    """A piece of an edge, both ends as seen from the place, and the polygon it belongs to."""

    ax: float
    ay: float
    bx: float
    by: float
    owner: int

    @property
    def is_touched(self) -> bool:
        """Whether the place lies on it."""
        low_x, high_x = (self.ax, self.bx) if self.ax < self.bx else (self.bx, self.ax)
        low_y, high_y = (self.ay, self.by) if self.ay < self.by else (self.by, self.ay)
        if low_x > OFF_FT or high_x < -OFF_FT or low_y > OFF_FT or high_y < -OFF_FT:
            return False
        along = self.bx - self.ax, self.by - self.ay
        return abs(along[0] * self.ay - along[1] * self.ax) <= OFF_FT * float(np.hypot(*along))


def _edges_near(query: OnePlaceQuery, role: str, place: Geometries, reach_ft: float) -> list[_Edge]:
    """Every segment of an edge whose box lies in reach: both its ends, and the polygon it belongs to."""
    index, (at,) = query.features(role).edges(), shapely.get_coordinates(place)
    pieces = index.near_one((*at.tolist(), *at.tolist()), reach_ft)
    xy, piece = shapely.get_coordinates(index.geometry[pieces], return_index=True)
    low, high = np.minimum(xy[:-1], xy[1:]), np.maximum(xy[:-1], xy[1:])
    near = ((low <= at + reach_ft) & (high >= at - reach_ft)).all(axis=1) & (piece[1:] == piece[:-1])
    rows = near.nonzero()[0]
    owners = index.rows_of(pieces[piece[rows]]).tolist()
    ends = np.concatenate([xy[rows], xy[rows + 1]], axis=1).tolist()
    return [(*four, owner) for four, owner in zip(ends, owners, strict=True)]


def _seen_from(edges: Sequence[_Edge], x: float, y: float) -> list[_Segment]:
    return [_Segment(ax - x, ay - y, bx - x, by - y, owner) for ax, ay, bx, by, owner in edges]


def _crossings(segments: Sequence[_Segment], far_ft: float) -> list[Ray]:
    """For each ray how far along it edges are crossed, and whose they are; the nearest first."""
    rays: list[Ray] = [[] for _ in range(RAYS)]
    for segment in segments:
        ax, ay, bx, by = segment.ax, segment.ay, segment.bx, segment.by
        area, along_x, along_y = ax * by - ay * bx, bx - ax, by - ay
        first, count = _rays_between(ax, ay, bx, by, area)
        for number in range(first, first + count):
            ray = number % RAYS
            across = _COSINES[ray] * along_y - _SINES[ray] * along_x
            distance = area / across if across else 0.0
            if 0.0 < distance <= far_ft:
                rays[ray].append((distance, segment.owner))
    for each in rays:
        each.sort()
    return rays


def _rays_between(ax: float, ay: float, bx: float, by: float, area: float) -> tuple[int, int]:
    """The first ray, and how many, that lie between two directions, the shorter way round."""
    before_a, before_b = floor(atan2(ay, ax) / RAY_STEP - 0.5), floor(atan2(by, bx) / RAY_STEP - 0.5)
    half = RAYS // 2
    turn = (before_b - before_a + half) % RAYS - half
    if turn == -half and area > 0:
        turn = half
    return (before_a if turn > 0 else before_a + turn) + 1, abs(turn)


def _along(ray: Ray, beyond: Sequence[float], covering: Collection[int]) -> tuple[float, float]:
    """The share of a ray on the place's own side, and the share before the first change of side."""
    inside, steps = set(covering), []
    for (distance, owner), share in zip(ray, beyond, strict=True):
        steps.append((round(distance / SAME_FT), -1 if owner in inside else 1, share))
        inside ^= {owner}
    if len(steps) > 1:
        steps.sort(key=lambda step: (step[0], -step[1]))
    cover = len(covering)
    side = own = cover > 0
    turned, seen = 0.0, None
    for _, step, share in steps:
        cover += step
        if (cover > 0) != side:
            side = not side
            seen = 1 - share if seen is None else seen
            turned += share if side == own else -share
    return 1 + turned, 1.0 if seen is None else seen
