"""Gravity sewers of one neighbourhood: a tree in the streets, and here and there through back yards."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import shapely

from layers.demo_town.drawing import Drawing, lines_of, points_of
from layers.demo_town.polylines import along, cut, length_ft
from layers.demo_town.streets import Streets
from layers.grid import Floats

DROP_FT = 0.1
"""How far the invert falls inside a manhole."""
_LONGEST_FT = 340.0
_BEND_FT = 5.0
_YARD_FT = 420.0
_YARD_WEIGHT = 0.55


@dataclass(frozen=True, slots=True, eq=False)
class _Way:
    """A possible sewer between two nodes."""

    points: Floats
    start: int
    end: int
    in_yard: bool


@dataclass(slots=True)
class _Sewer:
    places: list[Floats] = field(default_factory=list)
    rise: list[float] = field(default_factory=list)
    lines: list[Floats] = field(default_factory=list)
    up: list[int] = field(default_factory=list)
    down: list[int] = field(default_factory=list)
    slope: list[float] = field(default_factory=list)
    in_yard: list[bool] = field(default_factory=list)

    def manhole(self, place: Floats, rise: float) -> int:
        self.places.append(place)
        self.rise.append(rise)
        return len(self.places) - 1


def draw_sewer(rng: np.random.Generator, streets: Streets) -> tuple[dict[str, Drawing], int]:
    """The layers by role (`rise` is feet above the outlet's invert), and the node of the outlet.

    Manhole 0 is the outlet, at a gate to the south.
    """
    nodes = list(streets.nodes)
    ways = _with_yards(streets, nodes, [_Way(e.points, e.start, e.end, False) for e in streets.edges])
    outlets = [gate for gate in streets.gates() if streets.gate_side[gate] == 0]
    outlet = min(outlets, key=lambda gate: abs(nodes[gate][0] - 1024.0))
    order, parent = _tree(ways, outlet)
    sewer = _Sewer()
    manhole_of = {outlet: sewer.manhole(nodes[outlet], 0.0)}
    for node in order[1:]:
        way = parent[node]
        points = way.points if way.start == node else way.points[::-1]
        manhole_of[node] = _lay(rng, sewer, points, manhole_of[_other(way, node)], way.in_yard)
    used = {id(way) for way in parent.values()}
    for way in ways:
        if id(way) not in used and not way.in_yard and way.start in manhole_of:
            _lay_from_middle(rng, sewer, way, manhole_of)
    return _drawings(rng, sewer), outlet


def _other(way: _Way, node: int) -> int:
    return way.end if way.start == node else way.start


def _with_yards(streets: Streets, nodes: list[Floats], ways: list[_Way]) -> list[_Way]:
    """The ways, and a straight one from each dead end to the nearest street behind it."""
    for node in streets.dead_ends():
        others = [way for way in ways if node not in (way.start, way.end) and not way.in_yard]
        beside = {n for way in ways if node in (way.start, way.end) for n in (way.start, way.end)}
        others = [way for way in others if not beside & {way.start, way.end}]
        if not others:
            continue
        here = shapely.points(nodes[node])
        distance = shapely.distance(lines_of([way.points for way in others]), here)
        if distance.min() < _YARD_FT:
            ways = _joined_behind(nodes, ways, node, others[int(distance.argmin())])
    return ways


def _joined_behind(nodes: list[Floats], ways: list[_Way], node: int, hit: _Way) -> list[_Way]:
    station = float(shapely.line_locate_point(shapely.linestrings(hit.points), shapely.points(nodes[node])))
    if station < 25.0 or station > length_ft(hit.points) - 25.0:
        target = hit.start if station < 25.0 else hit.end
        return [*ways, _Way(np.array([nodes[node], nodes[target]]), node, target, True)]
    first, second = cut(hit.points, [station])
    nodes.append(first[-1])
    new = len(nodes) - 1
    kept = [way for way in ways if way is not hit]
    kept += [_Way(first, hit.start, new, False), _Way(second, new, hit.end, False)]
    return [*kept, _Way(np.array([nodes[node], first[-1]]), node, new, True)]


def _tree(ways: list[_Way], outlet: int) -> tuple[list[int], dict[int, _Way]]:
    """The nodes by distance from the outlet, and the way each one drains by."""
    at_node: dict[int, list[_Way]] = {}
    for way in ways:
        at_node.setdefault(way.start, []).append(way)
        at_node.setdefault(way.end, []).append(way)
    order: list[int] = []
    parent: dict[int, _Way] = {}
    done: set[int] = set()
    waiting: list[tuple[float, int, int, _Way | None]] = [(0.0, 0, outlet, None)]
    tick = 0
    while waiting:
        distance, _, node, by = heapq.heappop(waiting)
        if node in done:
            continue
        done.add(node)
        order.append(node)
        if by is not None:
            parent[node] = by
        for onward in at_node.get(node, ()):
            tick += 1
            weight = length_ft(onward.points) * (_YARD_WEIGHT if onward.in_yard else 1.0)
            heapq.heappush(waiting, (distance + weight, tick, _other(onward, node), onward))
    return order, parent


def _lay(rng: np.random.Generator, sewer: _Sewer, points: Floats, down: int, in_yard: bool) -> int:
    """Sewers along the points, which end at manhole `down`; gives the manhole at their start."""
    bends = shapely.get_coordinates(shapely.simplify(shapely.linestrings(points), _BEND_FT))
    spots = [bends[0]]
    for low, high in pairwise(bends):
        count = max(1, int(np.ceil(np.hypot(*(high - low)) / _LONGEST_FT)))
        spots += [low + (high - low) * step / count for step in range(1, count + 1)]
    slope = float(rng.uniform(0.005, 0.011))
    for low, high in zip(spots[-2::-1], spots[:0:-1], strict=True):
        stretch = np.array([low, sewer.places[down] if high is spots[-1] else high])
        up = sewer.manhole(low, sewer.rise[down] + DROP_FT + slope * length_ft(stretch))
        sewer.lines.append(stretch)
        sewer.up.append(up)
        sewer.down.append(down)
        sewer.slope.append(slope)
        sewer.in_yard.append(in_yard)
        down = up
    return down


def _lay_from_middle(rng: np.random.Generator, sewer: _Sewer, way: _Way, manhole_of: dict[int, int]) -> None:
    """A street that closes a loop drains both ways from its middle."""
    half = length_ft(way.points) / 2 - 9.0
    if half < 40.0:
        return
    for points, node in ((way.points, way.start), (way.points[::-1], way.end)):
        _lay(rng, sewer, along(points, half)[::-1], manhole_of[node], False)


def _drawings(rng: np.random.Generator, sewer: _Sewer) -> dict[str, Drawing]:
    up, down = np.array(sewer.up, dtype=np.intp), np.array(sewer.down, dtype=np.intp)
    rise = np.array(sewer.rise)
    load = np.ones(len(rise))
    for number in range(len(up) - 1, -1, -1):
        load[down[number]] += load[up[number]]
    mains = {
        "up": up,
        "down": down,
        "rise_up": rise[up],
        "rise_down": rise[down] + DROP_FT,
        "size": np.where(load[up] > 70, 12.0, np.where(load[up] > 45, 10.0, 8.0)),
        "in_yard": np.array(sewer.in_yard, dtype=bool),
    }
    depth = 4.5 + rng.gamma(3.0, 1.1, len(rise))
    return {
        "sewer_main": Drawing(lines_of(sewer.lines), mains),
        "manhole": Drawing(points_of(np.array(sewer.places)), {"rise": rise, "depth": depth}),
    }
