"""Walking from nodes along pieces, nearest first: with the flow, against it, or wherever it may go."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from layers.grid import Floats, Rows
from layers.network.model import Network

Way = Literal["up", "down", "any"]


@dataclass(frozen=True, eq=False)
class Spread:
    """What a walk has reached: nodes with their distance in feet, and pieces with that of the end they were met at.

    `entered` is that end of each piece, `by` the piece on which each node was reached (-1 for a start).
    """

    distance_ft: Mapping[int, float]
    pieces: Rows
    entered: Rows
    entered_ft: Floats
    by: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Steps:
    """Which steps a walk may take: its way, whether also along unknown pieces, and where it may not go."""

    way: Way
    unknown: bool = False
    no_nodes: Collection[int] = ()
    no_pieces: Collection[int] = ()
    within_ft: float = float("inf")


def spread(network: Network, seeds: Mapping[int, float], steps: Steps) -> Spread:
    """Everything that a walk from some nodes, each at a distance, reaches within its limit."""
    first, incident = network.incident
    waiting = [(distance, node) for node, distance in seeds.items() if distance <= steps.within_ft]
    heapq.heapify(waiting)
    done: dict[int, float] = {}
    by = dict.fromkeys(seeds, -1)
    best = dict(seeds)
    met: dict[int, tuple[int, float]] = {}
    while waiting:
        distance, node = heapq.heappop(waiting)
        if node in done:
            continue
        done[node] = distance
        for piece in incident[first[node] : first[node + 1]].tolist():
            other = _step(network, piece, node, steps)
            if other < 0:
                continue
            met.setdefault(piece, (node, distance))
            farther = distance + float(network.length_ft[piece])
            if other not in done and farther <= steps.within_ft and farther < best.get(other, float("inf")):
                best[other], by[other] = farther, piece
                heapq.heappush(waiting, (farther, other))
    pieces = np.fromiter(met, dtype=np.intp, count=len(met))
    entered = np.fromiter((node for node, _ in met.values()), dtype=np.intp, count=len(met))
    entered_ft = np.fromiter((distance for _, distance in met.values()), dtype=np.float64, count=len(met))
    return Spread(done, pieces, entered, entered_ft, by)


def _step(network: Network, piece: int, node: int, steps: Steps) -> int:
    """The node at the other end of a piece, -1 where the walk may not take it."""
    if piece in steps.no_pieces:
        return -1
    tail, head = int(network.from_node[piece]), int(network.to_node[piece])
    other = head if tail == node else tail
    if other in steps.no_nodes:
        return -1
    if steps.way == "any":
        return other
    if not network.is_known[piece]:
        return other if steps.unknown else -1
    wanted = head if steps.way == "up" else tail
    return other if wanted == node else -1


def route(found: Spread, network: Network, node: int) -> tuple[list[int], list[int]]:
    """The pieces and nodes from a start of the walk to a node, in that order."""
    pieces: list[int] = []
    nodes = [node]
    while found.by[node] >= 0:
        piece = found.by[node]
        pieces.append(piece)
        tail, head = int(network.from_node[piece]), int(network.to_node[piece])
        node = head if tail == node else tail
        nodes.append(node)
    return pieces[::-1], nodes[::-1]
