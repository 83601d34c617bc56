"""The independent loops of a network, whatever its directions: each as the pieces that close it."""

from __future__ import annotations

import numpy as np

from layers.grid import Rows
from layers.network.model import Network


def loops_of(network: Network) -> list[Rows]:
    """One loop for each piece that closes one: pieces in the order in which they are walked, shortest closings first.

    There are as many as pieces and components exceed nodes. Which loops stand for the others follows from
    a walk breadth first, so they are short but not always the shortest.
    """
    above, depth, closing = _walked(network)
    return [_ring(network, piece, above, depth) for piece in closing]


def _walked(network: Network) -> tuple[list[tuple[int, int]], list[int], list[int]]:
    """For each node the node above it and the piece between, its depth; and the pieces that close loops."""
    first, incident = network.incident
    bounds, pieces = first.tolist(), incident.tolist()
    tails, heads = network.from_node.tolist(), network.to_node.tolist()
    above, depth = [(-1, -1)] * network.node_count, [-1] * network.node_count
    used = [False] * len(network)
    closing: list[int] = []
    for root in range(network.node_count):
        if depth[root] >= 0:
            continue
        depth[root], waiting = 0, [root]
        for node in waiting:
            for piece in pieces[bounds[node] : bounds[node + 1]]:
                if used[piece]:
                    continue
                used[piece] = True
                other = heads[piece] if tails[piece] == node else tails[piece]
                if depth[other] >= 0:
                    closing.append(piece)
                else:
                    depth[other], above[other] = depth[node] + 1, (node, piece)
                    waiting.append(other)
    return above, depth, closing


def _ring(network: Network, closing: int, above: list[tuple[int, int]], depth: list[int]) -> Rows:
    one, other = int(network.from_node[closing]), int(network.to_node[closing])
    left: list[int] = []
    right: list[int] = []
    while one != other:
        if depth[one] >= depth[other]:
            one, piece = above[one]
            left.append(piece)
        else:
            other, piece = above[other]
            right.append(piece)
    return np.array([closing, *left, *right[::-1]], dtype=np.intp)
