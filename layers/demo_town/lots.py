"""Lots of one neighbourhood: what is left between the streets, shared out by nearest frontage."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import shapely

from layers.demo_town.kinds import FRAME_FT, GRAIN_FT, SIDE_FT, Kind
from layers.demo_town.streets import Streets
from layers.grid import Floats, Geometries

_SAMPLE_FT = 12.0
_SIMPLE_FT = 3.0
_LONGEST_FT = 128.0
_BULB_FT = 46.0
_COMMONS_DEPTH_FT = 190.0


@dataclass(frozen=True, slots=True)
class Lots:
    """Parcels and right of way of one neighbourhood, sharing every corner.

    `front` is the middle of each frontage, `inward` the unit vector from it into the lot. Commons
    (open space without frontage) have width 0.
    """

    parcels: Geometries
    right_of_way: shapely.Geometry
    front: Floats
    inward: Floats
    width_ft: Floats


@dataclass(slots=True)
class _Drawn:
    region: shapely.Geometry
    front: Floats
    inward: Floats
    width_ft: float


def lots_between(rng: np.random.Generator, kind: Kind, streets: Streets) -> Lots:
    """The lots that the streets leave over."""
    paved = street_area(streets, kind.half_width_ft)
    frame = shapely.box(FRAME_FT, FRAME_FT, SIDE_FT - FRAME_FT, SIDE_FT - FRAME_FT)
    blocks = shapely.get_parts(shapely.difference(frame, paved))
    drawn: list[_Drawn] = []
    for block in blocks[shapely.area(blocks) > 3000.0]:
        drawn += _share_out(rng, kind, shapely.simplify(block, 0.5))
    regions = np.array([lot.region for lot in drawn], dtype=object)
    parcels, right_of_way = tidy_coverage(regions, shapely.box(0, 0, SIDE_FT, SIDE_FT))
    return Lots(
        parcels,
        right_of_way,
        np.array([lot.front for lot in drawn]),
        np.array([lot.inward for lot in drawn]),
        np.array([lot.width_ft for lot in drawn]),
    )


def tidy_coverage(regions: Geometries, whole: shapely.Geometry) -> tuple[Geometries, shapely.Geometry]:
    """The regions and the rest of the whole, with straight edges, no long one, and every corner shared."""
    rest = shapely.difference(whole, shapely.coverage_union_all(regions))
    cover = shapely.coverage_simplify(np.concatenate([regions, [rest]]), _SIMPLE_FT)
    fine: Geometries = shapely.transform(shapely.segmentize(cover, _LONGEST_FT), to_grain)
    in_one_piece = (shapely.get_type_id(fine[:-1]) == shapely.GeometryType.POLYGON).all()
    if not in_one_piece or not shapely.is_valid(fine).all() or not shapely.coverage_is_valid(fine):
        raise ValueError("A neighbourhood's lots do not fit together.")
    return fine[:-1], fine[-1]


def to_grain(coordinates: Floats) -> Floats:
    """Coordinates rounded to the grain that all of them share."""
    return np.round(coordinates / GRAIN_FT) * GRAIN_FT


def street_area(streets: Streets, half_width_ft: float) -> shapely.Geometry:
    """The local right of way, with the round ends of cul-de-sacs."""
    lines = [shapely.linestrings(edge.points) for edge in streets.edges]
    for node in streets.gates():
        x, y = streets.nodes[node]
        out = {0: (x, 0.0), 1: (SIDE_FT, y), 2: (x, SIDE_FT), 3: (0.0, y)}[streets.gate_side[node]]
        lines.append(shapely.linestrings([(x, y), out]))
    ends = [shapely.points(streets.nodes[node]) for node in streets.dead_ends()]
    bulbs = shapely.buffer(np.array(ends, dtype=object), _BULB_FT, quad_segs=5)
    strips = shapely.buffer(np.array(lines, dtype=object), half_width_ft, quad_segs=3)
    return shapely.union_all(np.concatenate([strips, bulbs]))


def _share_out(rng: np.random.Generator, kind: Kind, block: shapely.Geometry) -> list[_Drawn]:
    ring = shapely.get_coordinates(shapely.get_exterior_ring(shapely.normalize(block)))[::-1]
    sides = _kept_sides(kind, _sides(ring))
    samples, lot, fronts = _frontages(rng, kind, sides)
    core = shapely.buffer(block, -_COMMONS_DEPTH_FT if kind.depth_ft < 200 else -600.0, quad_segs=2)
    commons = [c for c in shapely.get_parts(core) if c.area > 20000.0]
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(samples), ordered=True, extend_to=block))
    regions = _dissolved(cells, lot, len(fronts))
    faces = _faces(block, regions, commons)
    return _assigned(faces, regions, fronts, commons)


def _sides(ring: Floats) -> list[Floats]:
    """The ring cut at its convex corners; the ring runs counter-clockwise."""
    step = np.diff(ring, axis=0)
    heading = np.arctan2(step[:, 1], step[:, 0])
    turn = np.angle(np.exp(1j * (heading - np.roll(heading, 1))))
    corners = np.flatnonzero(turn > np.deg2rad(48))
    if not len(corners):
        return [ring]
    ring = np.roll(ring[:-1], -corners[0], axis=0)
    ring = np.concatenate([ring, ring[:1]])
    marks = [*(corners - corners[0]).tolist(), len(ring) - 1]
    return [ring[a : b + 1] for a, b in pairwise(marks)]


@dataclass(slots=True)
class _Side:
    """A side of a block; lots face it between `low` and `high`, the rest belongs to the lots round the corner."""

    number: int
    points: Floats
    length_ft: float
    low: float
    high: float


def _kept_sides(kind: Kind, sides: list[Floats]) -> list[_Side]:
    """The stretches of each side that lots may face: at a corner the longer side wins."""
    lengths = [float(np.hypot(*np.diff(side, axis=0).T).sum()) for side in sides]
    usable = [kind.faces_arterial or not _on_frame(side) for side in sides]
    if not any(usable):
        usable = [True] * len(sides)
    kept = []
    for number, side in enumerate(sides):
        before, after = (number - 1) % len(sides), (number + 1) % len(sides)
        low, high = 0.0, lengths[number]
        if len(sides) > 1:
            low += kind.depth_ft * (usable[before] and _wins(lengths, before, number))
            high -= kind.depth_ft * (usable[after] and _wins(lengths, after, number))
        if usable[number] and high - low > 0.5 * kind.lot_ft[0]:
            kept.append(_Side(number, side, lengths[number], low, high))
    if not kept:
        longest = int(np.argmax(np.where(usable, lengths, 0)))
        kept.append(_Side(longest, sides[longest], lengths[longest], 0.0, lengths[longest]))
    return kept


def _wins(lengths: list[float], other: int, mine: int) -> bool:
    return (lengths[other], other) > (lengths[mine], mine)


def _on_frame(side: Floats) -> bool:
    middle = (side[:-1] + side[1:]) / 2
    depth = np.minimum(middle, SIDE_FT - middle).min(axis=1)
    weight = np.hypot(*np.diff(side, axis=0).T)
    return bool(weight[depth < FRAME_FT + 1.0].sum() > 0.5 * weight.sum())


def _frontages(
    rng: np.random.Generator, kind: Kind, sides: list[_Side]
) -> tuple[Floats, npt.NDArray[np.intp], list[tuple[Floats, Floats, float]]]:
    samples, lots = [], []
    fronts: list[tuple[Floats, Floats, float]] = []
    ends: dict[int, tuple[int, int]] = {}
    for side in sides:
        count = max(1, round((side.high - side.low) / rng.uniform(*kind.lot_ft)))
        jitter = rng.uniform(-0.16, 0.16, count - 1)
        limits = side.low + (side.high - side.low) * np.r_[0.0, (np.arange(1, count) + jitter) / count, 1.0]
        size = max(2, int((side.high - side.low) / _SAMPLE_FT))
        places = side.low + (side.high - side.low) * (np.arange(size) + 0.5) / size
        samples.append(_at(side.points, places))
        lots.append(len(fronts) + np.clip(np.searchsorted(limits, places) - 1, 0, count - 1))
        middles = (limits[:-1] + limits[1:]) / 2
        ahead = _at(side.points, middles + 4.0) - _at(side.points, middles - 4.0)
        ahead /= np.maximum(np.hypot(*ahead.T), 1e-9)[:, None]
        inward = np.column_stack([-ahead[:, 1], ahead[:, 0]])
        ends[side.number] = len(fronts), len(fronts) + count - 1
        fronts += list(zip(_at(side.points, middles), inward, np.diff(limits).tolist(), strict=True))
    for side in sides:
        for places, lot in _round_the_corner(side, ends):
            samples.append(_at(side.points, places))
            lots.append(np.full(len(places), lot))
    return np.concatenate(samples), np.concatenate(lots), fronts


def _round_the_corner(side: _Side, ends: dict[int, tuple[int, int]]) -> list[tuple[Floats, int]]:
    """Places of a side that belong to the last lot of the side before, or the first of the side after."""
    last_number = max(ends)
    gifts = []
    before = side.number - 1 if side.number else last_number
    after = side.number + 1 if side.number < last_number else 0
    if side.low > 0.0 and before in ends:
        gifts.append((np.arange(side.low * 0.4, side.low, _SAMPLE_FT), ends[before][1]))
    if side.high < side.length_ft and after in ends:
        rest = side.length_ft - side.high
        gifts.append((np.arange(side.high + 1.0, side.high + rest * 0.6, _SAMPLE_FT), ends[after][0]))
    return gifts


def _at(points: Floats, distances: Floats) -> Floats:
    stations = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    return np.column_stack([np.interp(distances, stations, points[:, i]) for i in (0, 1)])


def _dissolved(cells: Geometries, lot: npt.NDArray[np.intp], count: int) -> Geometries:
    return np.array([shapely.coverage_union_all(cells[lot == number]) for number in range(count)], dtype=object)


def _faces(block: shapely.Geometry, regions: Geometries, commons: list[shapely.Geometry]) -> Geometries:
    """The block cut by the limits of the regions and of the commons.

    The limits are noded with the block's edge before anything is clipped: clipped first, their ends
    would miss the edge by a rounding.
    """
    limits = shapely.union_all(shapely.boundary(regions))
    for core in commons:
        limits = shapely.union(limits, shapely.boundary(core))
    lines = shapely.union(limits, shapely.boundary(block))
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    return _merged_cores(faces[shapely.contains(block, shapely.point_on_surface(faces))], commons)


def _merged_cores(faces: Geometries, commons: list[shapely.Geometry]) -> Geometries:
    """The faces, with those inside one common made one again."""
    inner = shapely.point_on_surface(faces)
    left = np.ones(len(faces), dtype=bool)
    merged = []
    for core in commons:
        inside = shapely.contains(core, inner)
        merged.append(shapely.coverage_union_all(faces[inside]))
        left &= ~inside
    return np.append(faces[left], np.array(merged, dtype=object))


def _assigned(
    faces: Geometries,
    regions: Geometries,
    fronts: list[tuple[Floats, Floats, float]],
    commons: list[shapely.Geometry],
) -> list[_Drawn]:
    """Each face to its region; scraps that lie apart from their lot join the neighbour they touch most."""
    inner = shapely.point_on_surface(faces)
    in_core = np.zeros(len(faces), dtype=bool)
    for core in commons:
        in_core |= shapely.contains(core, inner)
    owner = np.full(len(faces), -1)
    face, region = shapely.STRtree(regions).query(inner, predicate="intersects")
    owner[face[::-1]] = region[::-1]
    drawn: dict[int, shapely.Geometry] = {}
    scraps = []
    for number in np.argsort(-shapely.area(faces)).tolist():
        if in_core[number]:
            drawn[len(fronts) + number] = faces[number]
        elif owner[number] in drawn or owner[number] < 0:
            scraps.append(faces[number])
        else:
            drawn[int(owner[number])] = faces[number]
    _join_scraps(drawn, scraps)
    nowhere = np.zeros(2)
    return [
        _Drawn(shape, *fronts[key]) if key < len(fronts) else _Drawn(shape, nowhere, nowhere, 0.0)
        for key, shape in sorted(drawn.items())
    ]


def _join_scraps(drawn: dict[int, shapely.Geometry], scraps: list[shapely.Geometry]) -> None:
    for scrap in scraps:
        keys = list(drawn)
        shared = shapely.length(shapely.intersection(np.array([drawn[k] for k in keys], dtype=object), scrap))
        best = keys[int(np.argmax(shared))]
        drawn[best] = shapely.union(drawn[best], scrap)
