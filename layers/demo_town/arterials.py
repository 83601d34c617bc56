"""What lies in the arterials: their centre lines, the larger water mains and the trunk sewers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from layers.demo_town.drawing import Drawing, Rows, points_of
from layers.demo_town.kinds import SIDE_FT
from layers.demo_town.placing import Ground, on_board
from layers.demo_town.plan import Plan
from layers.grid import Floats, Geometries

MAIN_OFFSET_FT = 12.0
_LEAD_FT = 8.0
_STEP_FT = 128.0
_HYDRANTS = np.array([0.13, 0.38, 0.61, 0.87])


@dataclass(frozen=True, slots=True)
class Sides:
    """The stretches of arterial between two crossings: along x (`is_across`) or along y, from low to high."""

    is_across: np.ndarray
    line: Rows
    cell: Rows
    at: Floats
    low: Floats
    high: Floats


def arterial_sides(plan: Plan) -> Sides:
    """Every side of a cell that is present, once."""
    cells = plan.present()
    padded = np.pad(cells, 1)
    across = padded[1:-1, :-1] | padded[1:-1, 1:]
    upward = padded[:-1, 1:-1] | padded[1:, 1:-1]
    column, line_y = np.nonzero(across)
    line_x, row = np.nonzero(upward)
    return Sides(
        is_across=np.repeat([True, False], [len(column), len(row)]),
        line=np.concatenate([line_y, line_x]),
        cell=np.concatenate([column, row]),
        at=np.concatenate([plan.y[line_y], plan.x[line_x]]),
        low=np.concatenate([plan.x[column], plan.y[row]]),
        high=np.concatenate([plan.x[column + 1], plan.y[row + 1]]),
    )


def stretched(start: Floats, end: Floats) -> tuple[Floats, Rows]:
    """Points along straight stretches, no step longer than 128 ft, and the stretch of each point."""
    steps = np.maximum(1, np.ceil(np.hypot(*(end - start).T) / _STEP_FT)).astype(np.intp)
    owner = np.repeat(np.arange(len(start)), steps + 1)
    first = np.cumsum(steps + 1) - (steps + 1)
    share = (np.arange(len(owner)) - first[owner]) / steps[owner]
    points = start[owner] + share[:, None] * (end - start)[owner]
    last = share == 1.0
    points[last] = end[owner[last]]
    return points, owner


def laid(ground: Ground, start: Floats, end: Floats) -> Geometries:
    """Lines on the ground for straight stretches of the board."""
    points, owner = stretched(start, end)
    lines: Geometries = np.asarray(shapely.linestrings(ground.place(points), indices=owner), dtype=object)
    return lines


def arterial_streets(plan: Plan, ground: Ground) -> Drawing:
    """Centre lines; `line` numbers the arterial, rows first, then columns."""
    sides = arterial_sides(plan)
    start, end = _ends(sides, 0.0)
    number = np.where(sides.is_across, sides.line, len(plan.y) + sides.line)
    return Drawing(laid(ground, start, end), {"line": number})


def _ends(sides: Sides, offset: float) -> tuple[Floats, Floats]:
    return _points(sides.is_across, sides.at + offset, sides.low + offset), _points(
        sides.is_across, sides.at + offset, sides.high + offset
    )


def _points(is_across: np.ndarray, at: Floats, along: Floats) -> Floats:
    return np.column_stack([np.where(is_across, along, at), np.where(is_across, at, along)])


@dataclass(frozen=True, slots=True)
class ArterialWater:
    """Mains (with `size`, `use`) and hydrants of the arterials."""

    mains: Drawing
    hydrants: Geometries
    valves: Geometries


def arterial_water(plan: Plan, ground: Ground) -> ArterialWater:
    """Mains beside the centre lines, cut where a neighbourhood's gate or a hydrant lead joins."""
    rng = np.random.default_rng([plan.seed, 3])
    sides = arterial_sides(plan)
    gate, gate_side, gate_along = _gates(plan, sides)
    tee_side, tee_along, out = _hydrant_tees(rng, plan, sides)
    side = np.concatenate([np.arange(len(sides.at)).repeat(2), gate_side, tee_side])
    ends = np.column_stack([sides.low, sides.high]).ravel() + MAIN_OFFSET_FT
    along = np.concatenate([ends, gate_along, tee_along])
    order = np.lexsort((along, side))
    side, along = side[order], along[order]
    pair = np.flatnonzero((side[1:] == side[:-1]) & (along[1:] - along[:-1] > 1e-6))
    at = sides.at[side] + MAIN_OFFSET_FT
    points = _points(sides.is_across[side], at, along)
    tee = _points(sides.is_across[tee_side], sides.at[tee_side] + MAIN_OFFSET_FT, tee_along)
    hydrant = _points(sides.is_across[tee_side], sides.at[tee_side] + MAIN_OFFSET_FT + out, tee_along)
    join = _points(sides.is_across[gate_side], sides.at[gate_side] + MAIN_OFFSET_FT, gate_along)
    lines = [laid(ground, points[pair], points[pair + 1]), laid(ground, gate, join), laid(ground, tee, hydrant)]
    big = rng.choice([12.0, 12.0, 16.0, 24.0], len(plan.x) + len(plan.y))
    size = big[np.where(sides.is_across, sides.line, len(plan.y) + sides.line)][side[pair]]
    sizes = np.concatenate([size, np.full(len(gate), 8.0), np.full(len(tee), 6.0)])
    uses = np.repeat(["distribution", "distribution", "hydrant lead"], [len(part) for part in lines])
    uses[: len(pair)][size >= 24.0] = "transmission"
    near = points[pair] + (points[pair + 1] - points[pair]) * 0.03
    return ArterialWater(
        Drawing(np.concatenate(lines), {"size": sizes, "use": uses.astype("U14")}),
        points_of(ground.place(hydrant)),
        points_of(ground.place(near[rng.random(len(near)) < 0.4])),
    )


def _gates(plan: Plan, sides: Sides) -> tuple[Floats, Rows, Floats]:
    """On the board: the point of every gate, the arterial's side it joins, and the place along it."""
    places, points, facing = [], [], []
    for number, tile in enumerate(plan.tiles):
        here = np.flatnonzero(plan.tile == number)
        if not len(tile.gate) or not len(here):
            continue
        points.append(on_board(plan, here, tile.gate[None, :, :2].repeat(len(here), axis=0)).reshape(-1, 2))
        places.append(np.repeat(here, len(tile.gate)))
        facing.append(np.tile(tile.gate[:, 2].astype(np.intp), len(here)))
    place, point, side = np.concatenate(places), np.concatenate(points), np.concatenate(facing)
    side = np.where((side % 2 == 0) & plan.flip_y[place], 2 - side, side)
    side = np.where((side % 2 == 1) & plan.flip_x[place], 4 - side, side)
    is_across = side % 2 == 0
    line = np.where(is_across, plan.row[place] + (side == 2), plan.column[place] + (side == 1))
    cell = np.where(is_across, plan.column[place], plan.row[place])
    wide = max(len(plan.x), len(plan.y)) + 1
    key = (sides.is_across * wide + sides.line) * wide + sides.cell
    order = np.argsort(key)
    found = order[np.searchsorted(key, (is_across * wide + line) * wide + cell, sorter=order)]
    return point, found, np.where(is_across, point[:, 0], point[:, 1])


def _hydrant_tees(rng: np.random.Generator, plan: Plan, sides: Sides) -> tuple[Rows, Floats, Floats]:
    long = np.flatnonzero(sides.high - sides.low == SIDE_FT)
    side = long.repeat(len(_HYDRANTS))
    along = sides.low[side] + SIDE_FT * np.tile(_HYDRANTS, len(long)) + rng.uniform(-60, 60, len(side))
    return side, along, rng.normal(_LEAD_FT, 1.0, len(side))
