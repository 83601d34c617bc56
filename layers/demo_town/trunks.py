"""Trunk sewers in the arterials, down to the interceptors along the creeks and their outfalls; lift stations."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely

from layers.demo_town.arterials import laid
from layers.demo_town.creek import NORTH, SEAM_X_FT, SOUTH
from layers.demo_town.drawing import Drawing, Rows, points_of
from layers.demo_town.kinds import SIDE_FT
from layers.demo_town.placing import Ground, on_board
from layers.demo_town.plan import Flags, Plan
from layers.demo_town.tile_sewer import DROP_FT
from layers.grid import Floats, Geometries

OUTFALL_INVERT_FT = 12.0
_EVERY_FT = 380.0
_NEAREST_FT = 10.0
_SLOPE = 0.0032
_FORCE_OFFSET_FT = -14.0
_PUMPED_SHARE = 0.3
_LIFT_FT = 17.0


@dataclass(frozen=True, slots=True)
class Trunks:
    """Trunk manholes (`invert`, `depth`, `is_outfall`), mains between them, and what the places hang on.

    Node numbers count the neighbourhoods' manholes first. `base` is the invert of each place's
    outlet, or of a creek stretch's southern manhole; `south` and `north` are a stretch's end nodes.
    `is_pumped` marks the places whose outlet is a lift station.
    """

    manholes: Drawing
    mains: Drawing
    base: Floats
    south: Rows
    north: Rows
    is_pumped: Flags


@dataclass(frozen=True, slots=True)
class _Outlets:
    place: Rows
    board: Floats
    line: Rows
    strip: Rows
    away: Floats
    side: Floats


def lay_trunks(plan: Plan, ground: Ground) -> Trunks:
    """All sewers in the arterials; every gravity main falls towards an outfall."""
    rng = np.random.default_rng([plan.seed, 4])
    seams = _Seams(plan)
    outlets = _outlets(plan, seams)
    first_node = int(plan.counts("manhole").sum())
    chain = _chains(plan, seams, outlets, rng)
    return _drawn(plan, ground, seams, outlets, chain, first_node)


class _Seams:
    """The manholes where an interceptor crosses an arterial: node, board place and invert."""

    def __init__(self, plan: Plan) -> None:
        creek = np.flatnonzero(plan.is_creek)
        column, row = plan.column[creek], plan.row[creek]
        self.strips = np.unique(column)
        self.invert = np.full((len(plan.x), len(plan.y)), np.nan)
        order = np.lexsort((row, column))
        for place in creek[order].tolist():
            c, r = int(plan.column[place]), int(plan.row[place])
            if np.isnan(self.invert[c, r]):
                self.invert[c, r] = OUTFALL_INVERT_FT
            mains = plan.tiles[plan.tile[place]].layers["sewer_main"]
            rise = float(mains.numbers("rise_up").max())
            self.invert[c, r + 1] = self.invert[c, r] + rise
        self.column, self.line = np.nonzero(~np.isnan(self.invert))
        self.number = np.full(self.invert.shape, -1, dtype=np.intp)
        self.number[self.column, self.line] = np.arange(len(self.column))
        self.board = np.column_stack([plan.x[self.column] + SEAM_X_FT, plan.y[self.line]])
        self.is_outfall = np.r_[True, self.column[1:] != self.column[:-1]]


def _outlets(plan: Plan, seams: _Seams) -> _Outlets:
    """Where each neighbourhood's sewer reaches its arterial, and the creek it runs to."""
    place = np.flatnonzero(~plan.is_creek)
    local = np.array([tile.outlet if len(tile.outlet) else (0.0, 0.0) for tile in plan.tiles])[plan.tile[place]]
    board = on_board(plan, place, local[:, None, :])[:, 0, :]
    line = plan.row[place] + plan.flip_y[place]
    strips = seams.strips
    reach = np.abs(plan.x[strips] + SEAM_X_FT - board[:, :1])
    reach[seams.number[strips][:, line].T < 0] = np.inf
    nearest = strips[reach.argmin(axis=1)]
    away = board[:, 0] - (plan.x[nearest] + SEAM_X_FT)
    return _Outlets(place, board, line, nearest, np.abs(away), np.sign(away))


@dataclass(frozen=True, slots=True)
class _Chain:
    """Manholes along the trunks: trunk after trunk, each away from the creek.

    `first` marks the one next to the creek, `seam` the interceptor's manhole its trunk runs to, `load`
    counts the outlets from there on. `at_outlet` is the manhole at each outlet (-1 where `pumped`).
    """

    board: Floats
    invert: Floats
    load: Rows
    first: Flags
    seam: Rows
    at_outlet: Rows
    pumped: Flags


def _chains(plan: Plan, seams: _Seams, outlets: _Outlets, rng: np.random.Generator) -> _Chain:
    trunk = (outlets.line * (len(plan.x) + 1) + outlets.strip) * 2 + (outlets.side > 0)
    order = np.lexsort((outlets.away, trunk))
    pumped = _pumped(rng, trunk, order)
    order = order[~pumped[order]]
    away = outlets.away[order]
    starts = _changes(trunk[order])
    gap = away - np.where(starts, 0.0, np.r_[0.0, away[:-1]])
    parts = np.where(gap < _NEAREST_FT, 0, np.ceil(gap / _EVERY_FT)).astype(np.intp)
    owner = np.repeat(np.arange(len(order)), parts)
    step = np.arange(len(owner)) - np.repeat(np.cumsum(parts) - parts, parts) + 1
    at_end = step == parts[owner]
    station = np.where(at_end, away[owner], (away - gap)[owner] + gap[owner] * step / parts[owner])
    seam = seams.number[outlets.strip[order], outlets.line[order]][owner]
    x = np.where(at_end, outlets.board[order, 0][owner], seams.board[seam, 0] + outlets.side[order][owner] * station)
    at_outlet = np.full(len(pumped), -1, dtype=np.intp)
    at_outlet[order] = np.cumsum(parts) - 1
    first = _changes(trunk[order][owner])
    return _Chain(
        board=np.column_stack([x, plan.y[outlets.line[order][owner]]]),
        invert=seams.invert[seams.column, seams.line][seam] + 0.4 + _falls(station, first),
        load=_loads(at_end, first),
        first=first,
        seam=seam,
        at_outlet=at_outlet,
        pumped=pumped,
    )


def _changes(groups: Rows) -> Flags:
    """Whether each row begins a new group."""
    change: Flags = np.r_[True, groups[1:] != groups[:-1]]
    return change


def _pumped(rng: np.random.Generator, trunk: Rows, order: Rows) -> Flags:
    """Some of the farthest outlets of the trunks, at least one, are lift stations."""
    starts = _changes(trunk[order])
    is_last = np.r_[starts[1:], True]
    farthest = order[is_last & ~starts]
    pumped = np.zeros(len(order), dtype=bool)
    pumped[farthest[rng.random(len(farthest)) < _PUMPED_SHARE]] = True
    if not pumped.any():
        pumped[farthest[:1]] = True
    return pumped


def _falls(station: Floats, first: Flags) -> Floats:
    """How far each manhole of a trunk lies above the trunk's mouth."""
    step = _SLOPE * (station - np.where(first, 0.0, np.r_[0.0, station[:-1]])) + DROP_FT
    total = np.cumsum(step)
    sizes = np.diff(np.r_[np.flatnonzero(first), len(first)])
    fall: Floats = total - np.repeat((total - step)[first], sizes)
    return fall


def _loads(is_outlet: Flags, first: Flags) -> Rows:
    """How many outlets drain through each manhole of a trunk."""
    total = np.cumsum(is_outlet)
    last = np.flatnonzero(np.r_[first[1:], True])
    sizes = np.diff(np.r_[-1, last])
    return np.asarray(np.repeat(total[last], sizes) - total + is_outlet, dtype=np.intp)


def _drawn(plan: Plan, ground: Ground, seams: _Seams, outlets: _Outlets, chain: _Chain, first_node: int) -> Trunks:
    seam_node = first_node + np.arange(len(seams.column))
    node = first_node + len(seams.column) + np.arange(len(chain.invert))
    board = np.concatenate([seams.board, chain.board])
    invert = np.concatenate([seams.invert[seams.column, seams.line], chain.invert])
    manholes = Drawing(
        points_of(ground.place(board)),
        {
            "invert": invert,
            "depth": np.concatenate([np.full(len(seams.column), 9.0), 7.0 + (chain.load % 5) * 0.8]),
            "is_outfall": np.concatenate([seams.is_outfall, np.zeros(len(node), dtype=bool)]),
        },
    )
    at_outlet = _discharges(outlets, chain)
    base = np.zeros(len(plan))
    base[outlets.place] = chain.invert[at_outlet] + np.where(chain.pumped, -_LIFT_FT, 0.4)
    creek = np.flatnonzero(plan.is_creek)
    base[creek] = seams.invert[plan.column[creek], plan.row[creek]]
    south, north = np.full(len(plan), -1, dtype=np.intp), np.full(len(plan), -1, dtype=np.intp)
    south[creek] = seam_node[seams.number[plan.column[creek], plan.row[creek]]]
    north[creek] = seam_node[seams.number[plan.column[creek], plan.row[creek] + 1]]
    is_pumped = np.zeros(len(plan), dtype=bool)
    is_pumped[outlets.place] = chain.pumped
    parts = [
        _gravity(ground, seams, chain, seam_node, node),
        _stubs(plan, ground, outlets, chain, (at_outlet, node), base),
        _force_mains(plan, ground, outlets, chain, (at_outlet, node)),
    ]
    names = parts[0].columns
    mains = Drawing(
        np.concatenate([part.geometry for part in parts]),
        {name: np.concatenate([part.columns[name] for part in parts]) for name in names},
    )
    return Trunks(manholes, mains, base, south, north, is_pumped)


def _discharges(outlets: _Outlets, chain: _Chain) -> Rows:
    """The manhole each outlet comes to; a pumped one comes to the nearest end of a trunk in its arterial."""
    at_outlet = chain.at_outlet.copy()
    ends = np.flatnonzero(np.r_[chain.first[1:], True])
    for outlet in np.flatnonzero(chain.pumped).tolist():
        same_line = ends[np.abs(chain.board[ends, 1] - outlets.line[outlet] * SIDE_FT) < 1.0]
        away = np.abs(chain.board[same_line, 0] - outlets.board[outlet, 0])
        at_outlet[outlet] = same_line[int(away.argmin())]
    return at_outlet


def _gravity(ground: Ground, seams: _Seams, chain: _Chain, seam_node: Rows, node: Rows) -> Drawing:
    down = np.where(chain.first, seam_node[chain.seam], np.r_[-1, node[:-1]])
    low = np.where(chain.first[:, None], seams.board[chain.seam], np.r_[chain.board[:1], chain.board[:-1]])
    seam_invert = seams.invert[seams.column, seams.line][chain.seam]
    below = np.where(chain.first, seam_invert + 0.4, np.r_[0.0, chain.invert[:-1]]) + DROP_FT
    size = np.select([chain.load > 12, chain.load > 5, chain.load > 2, chain.load > 1], [24.0, 18.0, 15.0, 12.0], 10.0)
    return _mains(laid(ground, chain.board, low), (node, down), (chain.invert, below), size, "gravity")


def _stubs(
    plan: Plan, ground: Ground, outlets: _Outlets, chain: _Chain, nodes: tuple[Rows, Rows], base: Floats
) -> Drawing:
    """From a neighbourhood's outlet, its manhole 0, to the trunk in the arterial."""
    at_outlet, node = nodes
    rows = np.flatnonzero(~chain.pumped)
    up = plan.starts("manhole")[outlets.place[rows]]
    inverts = base[outlets.place[rows]], chain.invert[at_outlet[rows]] + DROP_FT
    lines = laid(ground, outlets.board[rows], chain.board[at_outlet[rows]])
    return _mains(lines, (up, node[at_outlet[rows]]), inverts, np.full(len(rows), 12.0), "gravity")


def _force_mains(plan: Plan, ground: Ground, outlets: _Outlets, chain: _Chain, nodes: tuple[Rows, Rows]) -> Drawing:
    """From a lift station out to the arterial and beside the centre line to the head of the trunk."""
    at_outlet, node = nodes
    rows = np.flatnonzero(chain.pumped)
    start, goal = outlets.board[rows], chain.board[at_outlet[rows]]
    y = goal[:, 1] + _FORCE_OFFSET_FT
    corners = [start, np.column_stack([start[:, 0], y]), np.column_stack([goal[:, 0], y]), goal]
    lines: Geometries = np.empty(len(rows), dtype=object)
    pieces = [laid(ground, a, b) for a, b in pairwise(corners)]
    for row in range(len(rows)):
        chained = np.concatenate([shapely.get_coordinates(piece[row])[(i > 0) :] for i, piece in enumerate(pieces)])
        lines[row] = shapely.linestrings(chained)
    up = plan.starts("manhole")[outlets.place[rows]]
    unknown = np.full(len(rows), np.nan)
    return _mains(lines, (up, node[at_outlet[rows]]), (unknown, unknown), np.full(len(rows), 6.0), "force")


def _mains(
    lines: Geometries, nodes: tuple[Rows, Rows], inverts: tuple[Floats, Floats], size: Floats, kind: str
) -> Drawing:
    columns = {
        "up": nodes[0],
        "down": nodes[1],
        "invert_up": inverts[0],
        "invert_down": inverts[1],
        "size": size,
        "kind": np.full(len(lines), kind, dtype="U7"),
    }
    return Drawing(lines, columns)


def town_node(plan: Plan, trunks: Trunks, place: Rows, local: Rows) -> Rows:
    """The town's number of a neighbourhood's manhole; a creek stretch's ends are trunk manholes."""
    number = plan.starts("manhole")[place] + local
    return np.where(local == SOUTH, trunks.south[place], np.where(local == NORTH, trunks.north[place], number))
