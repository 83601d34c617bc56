"""The probability that a place known with a sigma lies on its own side of the edges of polygons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from gis_ce.decision import Integrated, straight_edge
from layers.grid import Floats, Geometries, Rows
from layers.outlines import position_in_group
from layers.pairs import taken
from layers.query import LayerQuery, Pairs

RAYS = 72
"""Directions looked into; the integral along each ray is exact, so few are enough."""
FAR_SIGMAS = 5.0
"""Beyond this many sigmas lies less than four in a million of a normal position."""
RAY_STEP = 2 * np.pi / RAYS
"""Between two of them, in radians."""
Counts = Callable[[Rows, Rows], npt.NDArray[np.bool_]]
"""Whether each pair of place and feature (rows of both) counts."""
OFF_FT = 1e-4
"""A place so near to an edge lies on it."""
ASIDE = (0.8, 0.6)
"""The way in which a place on an edge is moved off it."""
SAME_FT = 1e-6
"""Two crossings of a ray closer than this are one: the edge that two neighbours share."""


def own_side(
    query: LayerQuery,
    role: str,
    places: Geometries,
    margin_ft: Floats,
    sigma_ft: Floats,
    of: npt.NDArray[np.bool_] | Counts | None = None,
) -> Integrated:
    """Integrates a round normal position over the union of a role's polygons.

    `places` are on the grid in feet, `margin_ft` their distances to the nearest edge (any sign),
    `sigma_ft` the standard deviation on one axis; `of` says which features count (None: all), for every
    place alike or for each pair of place and feature. The
    probability is that of the side on which the place itself lies, in the union or out of it;
    `seen` counts only what is reached without crossing to the other side. Along a ray the share of
    positions between two distances a and b is exp(-a^2 / 2 s^2) - exp(-b^2 / 2 s^2) (Rayleigh);
    rays are averaged. No random numbers. Lines and polygons, and places farther than five sigmas
    from an edge, are taken as facing a straight edge.
    Cost: one index look-up a near place, and rays times edge vertices within five sigmas.
    """
    straight = straight_edge(margin_ft, sigma_ft)
    near = np.abs(margin_ft) < FAR_SIGMAS * sigma_ft
    if not near.any():
        return straight
    asked = np.flatnonzero(near & (shapely.get_type_id(places) == shapely.GeometryType.POINT))
    if not len(asked):
        return straight
    probability, seen = straight.probability.copy(), straight.seen.copy()
    counts = _counting(of, asked)
    edges = _edges_near(query, role, places[asked], FAR_SIGMAS * sigma_ft[asked], counts)
    on_edge = edges.on_edge(places[asked])
    origin = _moved_off(places[asked], on_edge)
    own = _cover(query, role, places, asked, counts)
    cover = own
    if len(on_edge):
        cover = own.moved(on_edge, _covering(query, role, origin[on_edge], _counting(counts, on_edge)))
    stays, first = _along_rays(_crossings(edges, origin, sigma_ft[asked]), cover, len(asked))
    other = on_edge[(own.count[on_edge] > 0) != (cover.count[on_edge] > 0)]
    stays[other], first[other] = 1 - stays[other], 0.0
    probability[asked], seen[asked] = stays, first
    return Integrated(probability, seen)


def _moved_off(places: Geometries, rows: Rows) -> Geometries:
    """Places of which some lie on an edge: those a ten thousandth of a foot away, so that they have a side."""
    if not len(rows):
        return places
    moved = places.copy()
    moved[rows] = shapely.points(_at(places[rows]) + OFF_FT * np.array(ASIDE))
    return moved


def _at(places: Geometries) -> Floats:
    return np.column_stack([shapely.get_x(places), shapely.get_y(places)])


def _counting(of: npt.NDArray[np.bool_] | Counts | None, asked: Rows) -> Counts | None:
    """`of` as a question about pairs whose places are numbered among those asked."""
    if of is None:
        return None
    if isinstance(of, np.ndarray):
        mask = of
        return lambda place, feature: mask[feature]
    question = of
    return lambda place, feature: question(asked[place], feature)


@dataclass(frozen=True, slots=True)
class _Cover:
    """Which polygons cover each place: pairs of both, and how many a place has."""

    place: Rows
    feature: Rows
    count: Rows
    features: int

    def holds(self, place: Rows, feature: Rows) -> npt.NDArray[np.bool_]:
        """Whether each place lies in each polygon."""
        return np.isin(place * self.features + feature, self.place * self.features + self.feature)

    def moved(self, rows: Rows, pairs: Pairs) -> _Cover:
        """The cover after some places were moved, whose own pairs are given; they are numbered among those."""
        stay = ~np.isin(self.place, rows)
        place = np.concatenate([self.place[stay], rows[pairs.place]])
        feature = np.concatenate([self.feature[stay], pairs.feature])
        return _Cover(place, feature, np.bincount(place, minlength=len(self.count)), self.features)


@dataclass(frozen=True, slots=True)
class _Edges:
    """Segments of edges near places: the place, the polygon, both ends."""

    place: Rows
    owner: Rows
    start: Floats
    end: Floats

    def on_edge(self, places: Geometries) -> Rows:
        """The rows of places that lie on one of their segments."""
        at, along = _at(places)[self.place], self.end - self.start
        aside, length = at - self.start, np.hypot(*along.T)
        low, high = np.minimum(self.start, self.end) - OFF_FT, np.maximum(self.start, self.end) + OFF_FT
        across = np.abs(along[:, 0] * aside[:, 1] - along[:, 1] * aside[:, 0]) <= OFF_FT * length
        return np.unique(self.place[across & ((at >= low) & (at <= high)).all(axis=1)])


@dataclass(frozen=True, slots=True)
class _Crossings:
    """Where rays cross edges: the ray (numbered over all places), the polygon, the distance in feet,
    and the share of positions beyond."""

    line: Rows
    owner: Rows
    distance_ft: Floats
    beyond: Floats

    def take(self, rows: Rows) -> _Crossings:
        """Some of them."""
        return _Crossings(self.line[rows], self.owner[rows], self.distance_ft[rows], self.beyond[rows])


def _cover(query: LayerQuery, role: str, places: Geometries, asked: Rows, counts: Counts | None) -> _Cover:
    """What covers those that are asked about. All places are asked about, because who asks knows that already."""
    pairs, number = query.intersecting(role, places), np.full(len(places), -1, dtype=np.intp)
    number[asked] = np.arange(len(asked))
    place = number[pairs.place]
    kept = np.flatnonzero((pairs.distance_ft == 0.0) & (place >= 0))
    place, feature = place[kept], pairs.feature[kept]
    if counts is not None:
        counted = counts(place, feature)
        place, feature = place[counted], feature[counted]
    return _Cover(place, feature, np.bincount(place, minlength=len(asked)), len(query.features(role)))


def _covering(query: LayerQuery, role: str, places: Geometries, counts: Counts | None) -> Pairs:
    """The polygons in which places lie."""
    pairs = query.intersecting(role, places)
    kept = pairs.distance_ft == 0.0
    if counts is not None:
        kept = kept & counts(pairs.place, pairs.feature)
    return taken(pairs, np.flatnonzero(kept))


def _crossings(edges: _Edges, places: Geometries, sigma_ft: Floats) -> _Crossings:
    """Where each ray of each place crosses an edge within five sigmas.

    Rays are numbered by their angle, and so are the ends of a segment: it crosses the rays between their
    numbers. Both segments at a vertex number it alike, so a ray crosses just one of them there, and
    inside and outside alternate along it. Cost: one number an actual crossing, not one a ray.
    """
    place, owner = edges.place, edges.owner
    origin = _at(places)[place]
    a, b = edges.start - origin, edges.end - origin
    area = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
    first, count = _rays_between(a, b, area)
    segment = np.repeat(np.arange(len(place)), count)
    number = (first[segment] + position_in_group(count)) % RAYS
    angle = (number + 0.5) * RAY_STEP
    along = (b - a)[segment]
    with np.errstate(divide="ignore", invalid="ignore"):
        distance = area[segment] / (np.cos(angle) * along[:, 1] - np.sin(angle) * along[:, 0])
    kept = np.flatnonzero((distance > 0) & (distance <= FAR_SIGMAS * sigma_ft[place[segment]]))
    segment, number, distance = segment[kept], number[kept], distance[kept]
    beyond = np.exp(-0.5 * (distance / sigma_ft[place[segment]]) ** 2)
    return _Crossings(place[segment] * RAYS + number, owner[segment], distance, beyond)


def _rays_between(a: Floats, b: Floats, area: Floats) -> tuple[Rows, Rows]:
    """The first ray, and how many, that lie between two directions, the shorter way round."""
    before_a, before_b = (np.floor(np.arctan2(end[:, 1], end[:, 0]) / RAY_STEP - 0.5).astype(np.intp) for end in (a, b))
    half = RAYS // 2
    turn = (before_b - before_a + half) % RAYS - half
    turn[(turn == -half) & (area > 0)] = half
    return np.where(turn > 0, before_a, before_a + turn) + 1, np.abs(turn)


def _edges_near(query: LayerQuery, role: str, places: Geometries, reach_ft: Floats, counts: Counts | None) -> _Edges:
    """Every edge segment whose box lies in reach of a place."""
    index, place, piece = query.edges_near(role, places, reach_ft)
    if counts is not None:
        kept = counts(place, index.rows[piece])
        place, piece = place[kept], piece[kept]
    coordinates, pair = shapely.get_coordinates(index.geometry[piece], return_index=True)
    at, reach = _at(places)[place[pair[:-1]]], reach_ft[place[pair[:-1]]][:, None]
    start, end = coordinates[:-1], coordinates[1:]
    near = (np.minimum(start, end) <= at + reach) & (np.maximum(start, end) >= at - reach)
    joined = np.flatnonzero((pair[1:] == pair[:-1]) & near[:, 0] & near[:, 1])
    return _Edges(place[pair[joined]], index.rows[piece[pair[joined]]], start[joined], end[joined])


def _along_rays(crossings: _Crossings, cover: _Cover, count: int) -> tuple[Floats, Floats]:
    """The share of positions on the place's own side, and the share before the first change of side."""
    stays, seen = np.ones(count * RAYS), np.ones(count * RAYS)
    several = np.bincount(crossings.line, minlength=count * RAYS)[crossings.line] > 1
    for some, turns_of in ((np.flatnonzero(~several), _turns_at_once), (np.flatnonzero(several), _turns)):
        line, beyond, returns = turns_of(crossings.take(some), cover)
        stays += np.bincount(line, weights=np.where(returns, beyond, -beyond), minlength=count * RAYS)
        turned, first = np.unique(line, return_index=True)
        seen[turned] = 1 - beyond[first]
    return stays.reshape(count, RAYS).mean(axis=1), seen.reshape(count, RAYS).mean(axis=1)


_Turns = tuple[Rows, Floats, npt.NDArray[np.bool_]]
"""Where rays change sides, in their order: the ray, the share of positions beyond, and whether it comes back."""


def _turns_at_once(crossings: _Crossings, cover: _Cover) -> _Turns:
    """Of rays that cross one edge each."""
    place = crossings.line // RAYS
    before = cover.count[place]
    step = np.where(cover.holds(place, crossings.owner), -1, 1)
    turns = np.flatnonzero((before > 0) != (before + step > 0))
    return crossings.line[turns], crossings.beyond[turns], np.zeros(len(turns), dtype=np.bool_)


def _turns(crossings: _Crossings, cover: _Cover) -> _Turns:
    """Of rays that cross several."""
    step = _steps(crossings, cover)
    order = np.lexsort((-step, np.round(crossings.distance_ft / SAME_FT), crossings.line))
    line, beyond = crossings.line[order], crossings.beyond[order]
    starts = np.r_[True, line[1:] != line[:-1]] if len(line) else np.empty(0, dtype=bool)
    covered = _covers_after(step[order], line, starts, cover) > 0
    own = cover.count[line // RAYS] > 0
    before = np.r_[False, covered[:-1]] if len(line) else covered
    turns = np.flatnonzero(covered != np.where(starts, own, before))
    return line[turns], beyond[turns], np.asarray(covered[turns] == own[turns], dtype=np.bool_)


def _steps(crossings: _Crossings, cover: _Cover) -> Rows:
    """+1 where a ray enters a polygon, -1 where it leaves; each polygon alternates along a ray."""
    order = np.lexsort((crossings.distance_ft, crossings.owner, crossings.line))
    line, owner = crossings.line[order], crossings.owner[order]
    within = cover.holds(line // RAYS, owner)
    fresh = np.r_[True, (line[1:] != line[:-1]) | (owner[1:] != owner[:-1])] if len(line) else np.empty(0, dtype=bool)
    position = np.arange(len(line))
    position = position - np.maximum.accumulate(np.where(fresh, position, 0))
    step = np.empty(len(line), dtype=np.intp)
    step[order] = np.where((position % 2 == 0) == within, -1, 1)
    return step


def _covers_after(step: Rows, line: Rows, starts: npt.NDArray[np.bool_], cover: _Cover) -> Rows:
    """How many polygons cover a ray just after each of its crossings."""
    total = np.cumsum(step)
    before = np.where(starts, total - step, 0)
    group = np.cumsum(starts) - 1
    return total - before[starts][group] + cover.count[line // RAYS] if len(line) else total
