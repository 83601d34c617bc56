"""The local streets of one neighbourhood: bent rows, cross streets, cuts that leave cul-de-sacs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from layers.demo_town.kinds import FRAME_FT, SIDE_FT, Kind
from layers.demo_town.polylines import along, length_ft
from layers.grid import Floats

_CORE_FT = 150.0
_STEP_FT = 32.0
_REACH_FT = 1700.0
Bend = Callable[[Floats, Floats], Floats]


@dataclass(slots=True, eq=False)
class Edge:
    """One stretch of street between two nodes."""

    points: Floats
    start: int
    end: int
    street: int
    is_row: bool

    @property
    def length_ft(self) -> float:
        """Length along the centre line."""
        return length_ft(self.points)


@dataclass(slots=True)
class Streets:
    """The street graph of a neighbourhood. `gate_side` is 0 south, 1 east, 2 north, 3 west, -1 no gate."""

    nodes: list[Floats] = field(default_factory=list)
    gate_side: list[int] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    street_count: int = 0

    def add_node(self, point: Floats, gate_side: int = -1) -> int:
        """The number of a new node."""
        self.nodes.append(point)
        self.gate_side.append(gate_side)
        return len(self.nodes) - 1

    def add_street(self) -> int:
        """The number of a new street."""
        self.street_count += 1
        return self.street_count - 1

    def degree(self) -> dict[int, int]:
        """How many edges meet at each node that has any."""
        count: dict[int, int] = {}
        for edge in self.edges:
            count[edge.start] = count.get(edge.start, 0) + 1
            count[edge.end] = count.get(edge.end, 0) + 1
        return count

    def gates(self) -> list[int]:
        """The nodes where a street leaves towards an arterial."""
        used = self.degree()
        return [node for node, side in enumerate(self.gate_side) if side >= 0 and node in used]

    def dead_ends(self) -> list[int]:
        """The nodes where a street simply stops."""
        return [node for node, count in self.degree().items() if count == 1 and self.gate_side[node] < 0]


def street_plan(rng: np.random.Generator, kind: Kind) -> Streets:
    """The streets of one neighbourhood; may come out without a gate to the south: then draw again."""
    bend = _bend(rng, kind)
    rows = _spaced(rng, kind.row_ft)
    crossings = _crossings(rng, kind, len(rows) - 1)
    streets = Streets()
    attached: dict[tuple[int, float], int] = {}
    for number, v in enumerate(rows):
        here = np.union1d(crossings[number - 1] if number else [], crossings[number] if number < len(rows) - 1 else [])
        _add_row(rng, kind, streets, bend, (number, float(v), here), attached)
    for number in range(len(rows) - 1):
        _add_crosses(streets, bend, rows[number : number + 2], number, crossings[number], attached)
    _cut_some(rng, kind, streets)
    _keep_connected(streets)
    return streets


def _bend(rng: np.random.Generator, kind: Kind) -> Bend:
    """A smooth way from the drawing board (u, v) to the neighbourhood (x, y)."""
    turn = np.deg2rad(rng.uniform(-kind.turn_deg, kind.turn_deg) + (90.0 if rng.random() < 0.5 else 0.0))
    wavelength = rng.uniform(1500.0, 3200.0, 3)
    heading, phase = rng.uniform(0, 2 * np.pi, 3), rng.uniform(0, 2 * np.pi, 3)
    height = kind.wave_ft * rng.uniform(0.3, 0.8, 3) * wavelength / 2400.0
    toward = rng.uniform(0, 2 * np.pi, 3)

    def bend(u: Floats, v: Floats) -> Floats:
        x = u * np.cos(turn) - v * np.sin(turn)
        y = u * np.sin(turn) + v * np.cos(turn)
        along_wave = (x[:, None] * np.cos(heading) + y[:, None] * np.sin(heading)) * 2 * np.pi / wavelength
        swing = height * np.sin(along_wave + phase)
        x = x + (swing * np.cos(toward)).sum(1)
        y = y + (swing * np.sin(toward)).sum(1)
        return np.column_stack([x, y]) + SIDE_FT / 2

    return bend


def _spaced(rng: np.random.Generator, spacing: tuple[float, float]) -> Floats:
    steps = rng.uniform(*spacing, int(2 * _REACH_FT / spacing[0]) + 2)
    places: Floats = np.cumsum(steps)
    middle = float(places[len(places) // 2])
    return places - middle + (0.0 if spacing[0] != spacing[1] else spacing[0] / 2)


def _crossings(rng: np.random.Generator, kind: Kind, count: int) -> list[Floats]:
    """Where cross streets stand between each row and the next."""
    if kind.aligned:
        shared = _spaced(rng, kind.cross_ft)
        return [shared] * count
    return [np.round(_spaced(rng, kind.cross_ft) + rng.uniform(-200, 200), 3) for _ in range(count)]


def _add_row(
    rng: np.random.Generator,
    kind: Kind,
    streets: Streets,
    bend: Bend,
    row: tuple[int, float, Floats],
    attached: dict[tuple[int, float], int],
) -> None:
    number, v, here = row
    us = np.union1d(np.arange(-_REACH_FT, _REACH_FT, _STEP_FT), here)
    points = bend(us, np.full(len(us), v))
    inside = (_inset(points) >= _CORE_FT).astype(np.int8)
    turns = np.flatnonzero(np.diff(np.r_[0, inside, 0]))
    for first, stop in zip(turns[::2], turns[1::2], strict=True):
        _add_run(rng, kind, streets, (points, us, number, here), (int(first), int(stop)), attached)


def _add_run(
    rng: np.random.Generator,
    kind: Kind,
    streets: Streets,
    row: tuple[Floats, Floats, int, Floats],
    run: tuple[int, int],
    attached: dict[tuple[int, float], int],
) -> None:
    points, us, number, here = row
    street = streets.add_street()
    before = _way_out(rng, kind, streets, points[: run[0] + 1][::-1])
    after = _way_out(rng, kind, streets, points[run[1] - 1 :])
    stops = [i for i in range(*run) if us[i] in here]
    for i in stops:
        attached[number, float(us[i])] = streets.add_node(points[i])
    chain = [points[run[0] : run[1]]]
    if before is not None:
        chain.insert(0, before[::-1][:-1])
    if after is not None:
        chain.append(after[1:])
    whole = np.concatenate(chain)
    offset = (len(before) - 1 if before is not None else 0) - run[0]
    marks = [(0, _end_node(streets, whole[0], before is not None))]
    marks += [(i + offset, attached[number, float(us[i])]) for i in stops]
    marks += [(len(whole) - 1, _end_node(streets, whole[-1], after is not None))]
    for (a, node_a), (b, node_b) in pairwise(marks):
        edge = Edge(whole[a : b + 1], node_a, node_b, street, True)
        is_stub = (node_a == marks[0][1] and before is None) or (node_b == marks[-1][1] and after is None)
        if b > a and edge.length_ft > (130.0 if is_stub else 1.0):
            streets.edges.append(edge)


def _way_out(rng: np.random.Generator, kind: Kind, streets: Streets, outward: Floats) -> Floats | None:
    """The row from its last inner point to the arterial's edge, where it may have a gate there."""
    inset = _inset(outward)
    beyond = np.flatnonzero(inset < FRAME_FT)
    if not len(beyond) or beyond[0] > 14 or rng.random() > kind.gates:
        return None
    last, out = outward[beyond[0] - 1], outward[beyond[0]]
    side, place = _crossing(last, out)
    taken = [streets.nodes[n] for n, s in enumerate(streets.gate_side) if s == side]
    near_corner = not 210.0 < place[side % 2] < SIDE_FT - 210.0
    if near_corner or _steepness(last, out, side) < 0.64 or any(np.hypot(*(other - place)) < 200 for other in taken):
        return None
    streets.add_node(place, side)
    return np.concatenate([outward[: beyond[0]], place[None]])


def _end_node(streets: Streets, point: Floats, is_gate: bool) -> int:
    if is_gate:
        return next(n for n in reversed(range(len(streets.nodes))) if np.array_equal(streets.nodes[n], point))
    return streets.add_node(point)


def _crossing(last: Floats, out: Floats) -> tuple[int, Floats]:
    """Which side of the frame a step crosses first, and where."""
    low, high = FRAME_FT, SIDE_FT - FRAME_FT
    best, side, place = 2.0, 0, last
    for candidate, axis, limit in ((0, 1, low), (1, 0, high), (2, 1, high), (3, 0, low)):
        step = out[axis] - last[axis]
        share = (limit - last[axis]) / step if step else 2.0
        if 0.0 <= share < best and (out[axis] - limit) * (last[axis] - limit) <= 0:
            best, side, place = share, candidate, last + share * (out - last)
            place[axis] = limit
    return side, place


def _steepness(last: Floats, out: Floats, side: int) -> float:
    step = out - last
    return float(abs(step[1 - side % 2]) / np.hypot(*step))


def _inset(points: Floats) -> Floats:
    """How far inside the neighbourhood's edge each point is (negative outside)."""
    inset: Floats = np.minimum(points, SIDE_FT - points).min(axis=1)
    return inset


def _add_crosses(
    streets: Streets,
    bend: Bend,
    rows: Floats,
    number: int,
    places: Floats,
    attached: dict[tuple[int, float], int],
) -> None:
    v = np.linspace(rows[0], rows[1], max(3, int((rows[1] - rows[0]) / _STEP_FT)))
    for u in places.tolist():
        ends = attached.get((number, u)), attached.get((number + 1, u))
        points = bend(np.full(len(v), u), v)
        if ends[0] is None or ends[1] is None or _inset(points).min() < _CORE_FT:
            continue
        points[0], points[-1] = streets.nodes[ends[0]], streets.nodes[ends[1]]
        streets.edges.append(Edge(points, ends[0], ends[1], streets.add_street(), False))


def _cut_some(rng: np.random.Generator, kind: Kind, streets: Streets) -> None:
    """Take streets away, or cut long ones in the middle, as long as everything stays connected."""
    for edge in [streets.edges[i] for i in rng.permutation(len(streets.edges))]:
        is_gate = max(streets.gate_side[edge.start], streets.gate_side[edge.end]) >= 0
        if is_gate or rng.random() > kind.cuts * (1.0 if edge.is_row else 0.6) or edge.length_ft < 240:
            continue
        streets.edges.remove(edge)
        if len(_reached(streets)) < len(streets.degree().keys() | {edge.start, edge.end}):
            streets.edges.append(edge)
        elif edge.length_ft > 380:
            _leave_stubs(streets, edge)


def _leave_stubs(streets: Streets, edge: Edge) -> None:
    share = (edge.length_ft / 2 - 92.0) / edge.length_ft
    for points, node in ((edge.points, edge.start), (edge.points[::-1], edge.end)):
        stub = along(points, share * edge.length_ft)
        streets.edges.append(Edge(stub, node, streets.add_node(stub[-1]), edge.street, edge.is_row))


def _reached(streets: Streets, gates: list[int] | None = None) -> set[int]:
    """The nodes that can be reached from any of the gates (by default from all)."""
    neighbours: dict[int, list[int]] = {}
    for edge in streets.edges:
        neighbours.setdefault(edge.start, []).append(edge.end)
        neighbours.setdefault(edge.end, []).append(edge.start)
    reached = set(streets.gates() if gates is None else gates)
    waiting = list(reached)
    while waiting:
        for node in neighbours.get(waiting.pop(), ()):
            if node not in reached:
                reached.add(node)
                waiting.append(node)
    return reached


def _keep_connected(streets: Streets) -> None:
    """Keep only the largest part that hangs together and has a gate to the south."""
    parts = [_reached(streets, [gate]) for gate in streets.gates() if streets.gate_side[gate] == 0]
    reached = max(parts, key=len, default=set())
    streets.edges = [edge for edge in streets.edges if edge.start in reached]
