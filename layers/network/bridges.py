"""Pieces that alone hold two sides of a network together, and on which side its exits are."""

from __future__ import annotations

import numpy as np

from layers.grid import Rows
from layers.network.model import Codes, Flags


def bridges_of(nodes: Rows, node_count: int, is_exit: Flags) -> Codes:
    """For each piece: 1 where all exits of its component lie beyond its second node, -1 beyond its first, else 0.

    Zero too for a piece in a loop, for one with exits on both sides, and for one without any exit in reach.
    """
    walk = _Walk(nodes, node_count, is_exit)
    found = np.zeros(len(nodes), dtype=np.int8)
    for root in range(node_count):
        if walk.number[root] < 0 and walk.first[root] < walk.first[root + 1]:
            walk.run(root, found)
    return found


class _Walk:
    """A depth-first walk over all components, which finds bridges by the lowest number that a subtree reaches."""

    def __init__(self, nodes: Rows, node_count: int, is_exit: Flags) -> None:
        ends = np.concatenate([nodes[:, 0], nodes[:, 1]])
        order = np.argsort(ends, kind="stable")
        self.pieces = np.concatenate([np.arange(len(nodes))] * 2)[order].tolist()
        self.first = np.searchsorted(ends[order], np.arange(node_count + 1)).tolist()
        self.nodes = nodes.tolist()
        self.number = [-1] * node_count
        self.lowest = [0] * node_count
        self.exits = is_exit.astype(np.intp).tolist()
        self.next = 0

    def run(self, root: int, found: Codes) -> None:
        """One component; its bridges are noted in `found`."""
        bridges: list[tuple[int, int]] = []
        stack = [(root, -1, self.first[root])]
        self._enter(root)
        while stack:
            node, by, at = stack.pop()
            if at < self.first[node + 1]:
                stack.append((node, by, at + 1))
                self._step(stack, node, by, self.pieces[at])
            elif by >= 0:
                above = self._other(by, node)
                self.lowest[above] = min(self.lowest[above], self.lowest[node])
                self.exits[above] += self.exits[node]
                if self.lowest[node] > self.number[above]:
                    bridges.append((by, node))
        for piece, below in bridges:
            found[piece] = self._way(piece, below, self.exits[root])

    def _enter(self, node: int) -> None:
        self.number[node] = self.lowest[node] = self.next
        self.next += 1

    def _step(self, stack: list[tuple[int, int, int]], node: int, by: int, piece: int) -> None:
        if piece == by:
            return
        other = self._other(piece, node)
        if self.number[other] < 0:
            self._enter(other)
            stack.append((other, piece, self.first[other]))
        else:
            self.lowest[node] = min(self.lowest[node], self.number[other])

    def _other(self, piece: int, node: int) -> int:
        one, two = self.nodes[piece]
        return int(two if one == node else one)

    def _way(self, piece: int, below: int, exits: int) -> int:
        beneath = self.exits[below]
        if exits == 0 or 0 < beneath < exits:
            return 0
        towards_below = beneath == exits
        return 1 if (self.nodes[piece][1] == below) == towards_below else -1
