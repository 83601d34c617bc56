"""Water mains of one neighbourhood, beside the centre lines, with hydrants, valves and blowoffs."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from layers.demo_town.drawing import Drawing, lines_of, points_of
from layers.demo_town.kinds import Kind
from layers.demo_town.polylines import at, cut, length_ft, normals
from layers.demo_town.streets import Edge, Streets
from layers.grid import Floats

OFFSET_FT = 10.0
LEAD_FT = 8.0
_HYDRANT_EVERY_FT = 520.0
_VALVE_FT = 7.0
_SIDE = np.array([0.38, 0.92])


@dataclass(slots=True)
class _Pipes:
    lines: list[Floats] = field(default_factory=list)
    size: list[float] = field(default_factory=list)
    use: list[str] = field(default_factory=list)
    street: list[int] = field(default_factory=list)
    hydrants: list[Floats] = field(default_factory=list)
    valves: list[tuple[Floats, float]] = field(default_factory=list)
    blowoffs: list[tuple[Floats, float]] = field(default_factory=list)

    def add(self, points: Floats, size: float, use: str, street: int) -> None:
        self.lines.append(points)
        self.size.append(size)
        self.use.append(use)
        self.street.append(street)


def draw_water(rng: np.random.Generator, kind: Kind, streets: Streets) -> tuple[dict[str, Drawing], Floats]:
    """The layers by role, and the point (x, y) where each gate's main ends at the neighbourhood's edge."""
    nodes = _node_places(streets)
    pipes = _Pipes()
    degree = streets.degree()
    for edge in streets.edges:
        _lay(rng, kind, pipes, edge, _beside(edge, nodes), (degree[edge.start], degree[edge.end]))
    for node in streets.dead_ends():
        if rng.random() < 0.6:
            pipes.blowoffs.append((nodes[node], 2.0))
    if kind.era < 1960:
        _abandon_some(rng, pipes, streets)
    gates = np.array([nodes[gate] for gate in streets.gates()]).reshape(-1, 2)
    return _drawings(pipes), gates


def _side_of(points: Floats) -> float:
    middle = normals(points)[len(points) // 2]
    return 1.0 if middle @ _SIDE >= 0 else -1.0


def _node_places(streets: Streets) -> dict[int, Floats]:
    """Where the mains of all streets that meet in a node come together."""
    away: dict[int, list[Floats]] = {}
    for edge in streets.edges:
        beside = normals(edge.points) * _side_of(edge.points)
        away.setdefault(edge.start, []).append(beside[0])
        away.setdefault(edge.end, []).append(beside[-1])
    places = {}
    for node, directions in away.items():
        total = np.sum(directions, axis=0)
        if streets.gate_side[node] >= 0:
            total[1 - streets.gate_side[node] % 2] = 0.0
        size = float(np.hypot(*total))
        unit = total / size if size > 0.3 else directions[0]
        places[node] = streets.nodes[node] + OFFSET_FT * unit
    return places


def _beside(edge: Edge, nodes: dict[int, Floats]) -> Floats:
    line = edge.points + OFFSET_FT * _side_of(edge.points) * normals(edge.points)
    inner = line[1:-1]
    near = np.minimum(np.hypot(*(inner - nodes[edge.start]).T), np.hypot(*(inner - nodes[edge.end]).T))
    return np.concatenate([nodes[edge.start][None], inner[near > 14.0], nodes[edge.end][None]])


def _lay(
    rng: np.random.Generator, kind: Kind, pipes: _Pipes, edge: Edge, line: Floats, degree: tuple[int, int]
) -> None:
    """The mains along one edge, cut where hydrant leads leave."""
    whole = length_ft(line)
    ends_dead = min(degree) == 1
    size = (12.0 if kind.name == "works" else 8.0) if edge.is_row else 6.0
    if ends_dead and whole < 330 and rng.random() < 0.5:
        size = 2.0
    count = round(whole / _HYDRANT_EVERY_FT + rng.uniform(-0.15, 0.35)) if size > 2.0 else 0
    tees = [whole * (i + rng.uniform(0.35, 0.65)) / count for i in range(count)]
    for tee in tees:
        _add_lead(rng, pipes, line, tee, edge)
    parts = cut(line, tees)
    if degree[0] > 2 and rng.random() < 0.7:
        parts[0] = _with_valve(pipes, parts[0], _VALVE_FT, size)
    if degree[1] > 2 and rng.random() < 0.5:
        parts[-1] = _with_valve(pipes, parts[-1][::-1], _VALVE_FT, size)[::-1]
    for part in parts:
        pipes.add(part, size, "distribution", edge.street)


def _add_lead(rng: np.random.Generator, pipes: _Pipes, line: Floats, tee: float, edge: Edge) -> None:
    start = at(line, tee)
    ahead = at(line, tee + 3.0) - at(line, tee - 3.0)
    normal = np.array([-ahead[1], ahead[0]]) / max(float(np.hypot(*ahead)), 1e-9)
    end = start + rng.normal(LEAD_FT, 1.2) * _side_of(edge.points) * normal
    lead = _with_valve(pipes, np.array([start, end]), 2.5, 6.0)
    pipes.add(lead, 6.0, "hydrant lead", edge.street)
    pipes.hydrants.append(end)


def _with_valve(pipes: _Pipes, line: Floats, distance: float, size: float) -> Floats:
    """The line with a vertex where the valve sits."""
    if length_ft(line) < 2 * distance:
        return line
    first, rest = cut(line, [distance])
    pipes.valves.append((rest[0], size))
    return np.concatenate([first, rest[1:]])


def _abandon_some(rng: np.random.Generator, pipes: _Pipes, streets: Streets) -> None:
    """Old mains left in the ground beside the new ones, at least one."""
    long = [edge for edge in streets.edges if edge.is_row and edge.length_ft > 150]
    left = rng.random(len(long)) < 0.06
    left[:1] = True
    for edge in [edge for edge, is_left in zip(long, left, strict=True) if is_left]:
        other_side = edge.points - 6.0 * _side_of(edge.points) * normals(edge.points)
        pipes.add(other_side, 2.0, "abandoned", edge.street)


def _drawings(pipes: _Pipes) -> dict[str, Drawing]:
    valve_points = np.array([point for point, _ in pipes.valves]).reshape(-1, 2)
    blowoff_points = np.array([point for point, _ in pipes.blowoffs]).reshape(-1, 2)
    mains = {
        "size": np.array(pipes.size),
        "use": np.array(pipes.use, dtype="U14"),
        "street": np.array(pipes.street, dtype=np.intp),
    }
    return {
        "water_main": Drawing(lines_of(pipes.lines), mains),
        "hydrant": Drawing(points_of(np.array(pipes.hydrants)), {}),
        "valve": Drawing(points_of(valve_points), {"size": np.array([size for _, size in pipes.valves])}),
        "blowoff": Drawing(points_of(blowoff_points), {"size": np.array([size for _, size in pipes.blowoffs])}),
    }
