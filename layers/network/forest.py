"""Everything upstream of a node in a few array operations: a spanning forest in preorder, and the pieces beside it.

Each node hangs on the node that one of its outgoing pieces leads to, so what is upstream of it by the
forest alone is one slice. Pieces beside the forest (at flow splits, in cycles) are few; a trace takes in
the slice behind each whose lower end it has reached, until none is left. That is exact for any network.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from layers.grid import Rows

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Forest:
    """The `place` of each node in the order; for each place its `node`, the `end` of its slice, and what it hangs on.

    That is the place `above`, by way of `piece`; roots have -1 for both. Pieces beside the forest are sorted
    by the place of their lower end: `lower`, `upper` (places) and `beside` (pieces).
    """

    place: Rows
    node: Rows
    end: Rows
    above: Rows
    piece: Rows
    lower: Rows
    upper: Rows
    beside: Rows

    def upstream(self, nodes: Iterable[int]) -> Mask:
        """Which places are upstream of some nodes, the nodes themselves among them."""
        ends, lowers, uppers = self._lists
        reached, ones = bytearray(len(self.node)), b"\x01"
        waiting = [int(self.place[node]) for node in nodes]
        while waiting:
            place = waiting.pop()
            if reached[place]:
                continue
            end = ends[place]
            reached[place:end] = ones * (end - place)
            for beside in range(bisect_left(lowers, place), bisect_left(lowers, end)):
                if not reached[uppers[beside]]:
                    waiting.append(uppers[beside])
        return np.frombuffer(reached, dtype=np.bool_)

    @cached_property
    def _lists(self) -> tuple[list[int], list[int], list[int]]:
        """Ends, lower and upper places as Python's own numbers: single ones are looked up faster so."""
        return self.end.tolist(), self.lower.tolist(), self.upper.tolist()

    def nodes(self, reached: Mask) -> Rows:
        """The nodes at the places reached."""
        return self.node[np.flatnonzero(reached)]

    def pieces(self, reached: Mask) -> Rows:
        """The pieces that lead into a place reached, in no order."""
        places = reached.nonzero()[0]
        above = self.above[places]
        inside = places[(above >= 0) & reached[above]]
        if not len(self.beside):
            return self.piece[inside]
        return np.concatenate([self.piece[inside], self.beside[reached[self.lower]]])


def grown(node_count: int, from_node: npt.NDArray[np.int32], to_node: npt.NDArray[np.int32], pieces: Rows) -> Forest:
    """The forest of pieces with a direction; the first outgoing piece of a node carries it."""
    carrier = np.full(node_count, -1, dtype=np.intp)
    last_first = np.arange(len(pieces))[::-1]
    carrier[from_node[last_first]] = last_first
    _open_cycles(carrier, to_node)
    above_node = np.where(carrier >= 0, to_node[carrier] if len(to_node) else -1, -1)
    order, end = _preorder(above_node)
    place = np.empty(node_count, dtype=np.intp)
    place[order] = np.arange(node_count)
    carried = carrier[order]
    above = np.where(carried >= 0, place[above_node[order]], -1)
    is_beside = np.ones(len(pieces), dtype=np.bool_)
    is_beside[carrier[carrier >= 0]] = False
    lower = place[to_node[is_beside]]
    by_lower = np.argsort(lower, kind="stable")
    return Forest(
        place=place,
        node=order,
        end=end,
        above=above,
        piece=np.where(carried >= 0, pieces[carried] if len(pieces) else -1, -1),
        lower=lower[by_lower],
        upper=place[from_node[is_beside]][by_lower],
        beside=pieces[is_beside][by_lower],
    )


def _open_cycles(carrier: Rows, to_node: npt.NDArray[np.int32]) -> None:
    """Let go of one carrying piece in each cycle, in place."""
    heads, carriers = to_node.tolist(), carrier.tolist()
    seen = [0] * len(carriers)
    for start in range(len(carriers)):
        node = start
        while seen[node] == 0 and carriers[node] >= 0:
            seen[node] = start + 1
            node = heads[carriers[node]]
        if seen[node] == start + 1 and carriers[node] >= 0:
            carriers[node] = carrier[node] = -1
        seen[node] = seen[node] or start + 1


def _preorder(above: Rows) -> tuple[Rows, Rows]:
    """Nodes so that each comes before all that hang on it, and the end of each one's slice by place."""
    count = len(above)
    by_above = np.argsort(above, kind="stable")
    first = np.searchsorted(above[by_above], np.arange(-1, count + 1)).tolist()
    children, order = by_above.tolist(), []
    waiting = children[first[0] : first[1]][::-1]
    while waiting:
        node = waiting.pop()
        order.append(node)
        waiting += children[first[node + 1] : first[node + 2]][::-1]
    place = np.empty(count, dtype=np.intp)
    ordered = np.array(order, dtype=np.intp)
    place[ordered] = np.arange(count)
    size = [1] * count
    parents = np.where(above[ordered] >= 0, place[above[ordered]], -1).tolist()
    for position in range(count - 1, -1, -1):
        if parents[position] >= 0:
            size[parents[position]] += size[position]
    return ordered, np.arange(count) + np.array(size, dtype=np.intp)
