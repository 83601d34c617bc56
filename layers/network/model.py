"""A network of mains as compact arrays: nodes, pieces between them, and how the direction of each is known."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from layers.grid import Floats, Rows
from layers.network.forest import Forest, grown

Ints = npt.NDArray[np.int32]
Codes = npt.NDArray[np.int8]
Flags = npt.NDArray[np.bool_]
Names = npt.NDArray[Any]

UNKNOWN, INVERTS, NODE_IDS, DIGITISED, OUTFALLS = range(5)
DIRECTION_WORDS = (
    "unknown",
    "from inverts",
    "from node ids",
    "as drawn, which proves consistent",
    "inferred from the outfalls",
)
"""In words how the direction of a piece is known, by its code."""

AGAINST_NODES, AGAINST_DRAWN, DRAWN_BACKWARDS = 1, 2, 4
"""What speaks against each other in a piece, bits of `Network.contradictions`.

Inverts against node ids; inverts against the drawing, without node ids to settle it; and a line that is only
drawn against what node ids (and inverts, if there are any) say, which settles its direction.
"""
IN_DOUBT = AGAINST_NODES | AGAINST_DRAWN
"""Those that leave a direction in doubt."""

GAP, TOUCH = 0, 1
"""Kinds of a missed joint: an end near another line, or one that lies on it without a joint."""


@dataclass(frozen=True, eq=False)
class MissedJoints:
    """Ends that may have to be joined: `node` (of the end), the `piece` beside it, `apart_ft`, `kind`."""

    node: Ints
    piece: Ints
    apart_ft: Floats
    kind: Codes

    def __len__(self) -> int:
        return len(self.node)


@dataclass(frozen=True, eq=False)
class Network:
    """All mains in service of one role. A piece is a main, or a part of one between two joints.

    One entry a piece: `row` of its main in the role's features, `from_node` and `to_node` with the
    flow where `direction` is not UNKNOWN (else as drawn), `is_reversed` where the flow runs against
    the line as drawn, and the stretch `start_ft` to `end_ft` of the main's line as drawn.
    One entry a node: its place `xy` in feet, the `manhole` feature there (row, or -1), the `name`
    (declared id, else the manhole's id, else ""), whether it is an outfall (of water: a source), whether
    it is blind (a joint without a manhole), and how far its ends lie apart, `spread_ft`: beyond the
    snapping distance where one id is used at two places. One entry a valve: `valve_node`, the node of each
    valve feature (-1 where it is on no main); sewers have none.
    """

    role: str
    row: Ints
    from_node: Ints
    to_node: Ints
    direction: Codes
    is_reversed: Flags
    contradictions: Codes
    start_ft: Floats
    end_ft: Floats
    xy: Floats
    manhole: Ints
    name: Names
    is_outfall: Flags
    is_blind: Flags
    spread_ft: Floats
    valve_node: Ints
    missed: MissedJoints
    drawn_agrees: float
    """Share of the pieces with inverts (else with node ids) that are drawn with the flow; NaN where none has any."""

    def __len__(self) -> int:
        return len(self.row)

    @property
    def node_count(self) -> int:
        """How many nodes there are."""
        return len(self.xy)

    @cached_property
    def row_count(self) -> int:
        """One more than the largest row of a main."""
        return int(self.row.max(initial=-1)) + 1

    @cached_property
    def length_ft(self) -> Floats:
        """The length of each piece in feet."""
        return self.end_ft - self.start_ft

    @cached_property
    def is_known(self) -> Flags:
        """Whether the direction of each piece is known."""
        return np.asarray(self.direction != UNKNOWN, dtype=np.bool_)

    @cached_property
    def unknown(self) -> Rows:
        """The pieces of unknown direction."""
        return np.flatnonzero(~self.is_known)

    @cached_property
    def incident(self) -> tuple[Rows, Rows]:
        """Pieces at each node: those of node n are `pieces[first[n]:first[n + 1]]`; a loop stands twice."""
        nodes = np.concatenate([self.from_node, self.to_node])
        order = np.argsort(nodes, kind="stable")
        first = np.searchsorted(nodes[order], np.arange(self.node_count + 1))
        return first, np.concatenate([np.arange(len(self))] * 2)[order]

    @cached_property
    def pieces_of_row(self) -> tuple[Rows, Rows]:
        """The rows that have pieces, sorted, and the pieces in that order."""
        order = np.lexsort((self.start_ft, self.row))
        return np.asarray(self.row[order], dtype=np.intp), order

    @cached_property
    def degree(self) -> Rows:
        """How many ends of pieces meet in each node."""
        return np.bincount(self.from_node, minlength=self.node_count) + np.bincount(
            self.to_node, minlength=self.node_count
        )

    @cached_property
    def outgoing(self) -> Rows:
        """How many pieces are known to leave each node."""
        return np.bincount(self.from_node[self.is_known], minlength=self.node_count)

    @cached_property
    def incoming(self) -> Rows:
        """How many pieces are known to reach each node."""
        return np.bincount(self.to_node[self.is_known], minlength=self.node_count)

    @cached_property
    def splits(self) -> Rows:
        """Nodes from which the flow goes more than one way."""
        return np.flatnonzero(self.outgoing > 1)

    @cached_property
    def blind(self) -> Rows:
        """Nodes that are joints without a manhole."""
        return np.flatnonzero(self.is_blind)

    @cached_property
    def forest(self) -> Forest:
        """The pieces of known direction in an order that makes upstream traces slices."""
        known = np.flatnonzero(self.is_known)
        return grown(self.node_count, self.from_node[known], self.to_node[known], known)

    def pieces_of(self, rows: Rows) -> Rows:
        """The pieces of some mains, in the order of the mains and along each."""
        known, order = self.pieces_of_row
        starts, ends = np.searchsorted(known, rows, "left"), np.searchsorted(known, rows, "right")
        return np.concatenate([order[:0], *(order[a:b] for a, b in zip(starts, ends, strict=True))])
