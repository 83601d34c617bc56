"""Traces: everything upstream or downstream of a start, with what on the way makes the answer doubtful."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from layers.grid import Floats, Rows
from layers.network.model import GAP, IN_DOUBT, TOUCH, Flags, Ints, Network
from layers.network.spread import Spread, Steps, Way, spread
from layers.network.starts import Start

TraceKind = Literal["upstream", "downstream", "line"]
_NONE: Rows = np.empty(0, dtype=np.intp)
IsAt = Callable[[Ints], Flags]
"""Which of some nodes a walk has reached."""
MOST_SIDES = 24
"""So many sides are told one by one; the count of unknown pieces and what may belong to the trace is always whole."""


@dataclass(frozen=True, eq=False)
class Side:
    """What lies beyond a piece of unknown direction: it belongs to the trace if that piece flows its way.

    `piece` is entered at `node`; `pieces` and `segments` (rows) are all that could then belong to it,
    that piece among them; `toward` is the node at its far end. `other_ways` are further pieces with their far
    ends by which one comes to the very same, as on a loop: a side is told once.
    """

    piece: int
    node: int
    toward: int
    pieces: Rows
    segments: Rows
    length_ft: float
    other_ways: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, eq=False)
class Trace:
    """A trace over a network. Lists are of what is certain; what is only possible is told apart, never left out.

    `segments` are rows of the role's features (ascending, each once), `pieces` those of the network with the
    stretch of the main's line that is traced; `nodes` those reached. `ends` are nodes where it stops.
    Doubts met on the way: `unknown_directions` (pieces), `sides` beyond them, `possible_segments` (rows that
    belong to it if the unknown pieces flow that way), `gaps` and `touches` (entries of `network.missed`: ends
    near another main, and blind joints, where an end lies on one), `blind_joints` (joints without a manhole),
    `splits` (nodes), `contradicted` (pieces whose inverts do not agree with their ids or their drawing).
    `against_flow` are pieces of a line that are walked against their direction.
    """

    kind: TraceKind
    start: Start
    segments: Rows
    pieces: Rows
    from_ft: Floats
    to_ft: Floats
    nodes: Rows
    length_ft: float
    ends: Rows
    unknown_directions: Rows
    sides: tuple[Side, ...]
    possible_segments: Rows
    possible_length_ft: float
    gaps: Rows
    touches: Rows
    blind_joints: Rows
    splits: Rows
    contradicted: Rows
    against_flow: Rows = field(default_factory=lambda: _NONE)
    within_ft: float | None = None

    @property
    def is_certain(self) -> bool:
        """Whether something was found, and nothing met that could make the list longer or shorter.

        A trace that finds nothing is never certain: a main recorded the wrong way looks the same.
        """
        doubtful = (self.unknown_directions, self.gaps, self.touches, self.contradicted)
        return len(self.pieces) > 0 and not any(map(len, doubtful))


@dataclass(frozen=True, eq=False)
class _Begun:
    """Where a walk sets out: nodes with their distance, pieces with their stretch, and unknown pieces to both sides."""

    seeds: Mapping[int, float]
    pieces: Rows
    from_ft: Floats
    to_ft: Floats
    doors: tuple[tuple[int, int, int], ...]


def upstream(network: Network, start: Start, within_ft: float | None = None) -> Trace:
    """All that flows to the start, at most `within_ft` along the network from it where that is given.

    The main that it starts in counts from the start on; a start that is a main counts whole, and
    distances are counted from its upper end. Where the start's own direction is unknown, both sides
    are offered and neither is taken.
    """
    begun = _begin(network, start, "upstream")
    if within_ft is not None:
        return _limited(network, start, begun, "upstream", within_ft)
    reached = network.forest.upstream(begun.seeds)
    nodes = network.forest.nodes(reached)
    pieces = network.forest.pieces(reached)
    own = pieces[~np.isin(pieces, begun.pieces)] if len(begun.pieces) else pieces
    stretches = (network.start_ft[own], network.end_ft[own])
    return _told(
        network, start, begun, "upstream", nodes, lambda some: reached[network.forest.place[some]], own, stretches, None
    )


def downstream(network: Network, start: Start, within_ft: float | None = None) -> Trace:
    """All that the start flows to, at most `within_ft` along the network from it; see `upstream`."""
    begun = _begin(network, start, "downstream")
    return _limited(network, start, begun, "downstream", within_ft)


def rows_of(network: Network, pieces: Rows) -> Rows:
    """The rows of the mains that some pieces belong to, ascending, each once."""
    if not len(pieces):
        return _NONE
    found = np.zeros(network.row_count, dtype=np.bool_)
    found[network.row[pieces]] = True
    return found.nonzero()[0]


def _begin(network: Network, start: Start, kind: TraceKind) -> _Begun:
    if start.node >= 0:
        return _Begun({start.node: 0.0}, _NONE, np.empty(0), np.empty(0), ())
    pieces = np.array(start.pieces, dtype=np.intp)
    low, high = network.start_ft[pieces], network.end_ft[pieces]
    known = network.is_known[pieces]
    ahead = network.from_node if kind == "upstream" else network.to_node
    doors = [
        (piece, -1, int(node[piece]))
        for piece in pieces[~known].tolist()
        for node in (network.from_node, network.to_node)
    ]
    if start.along_ft is not None and known[0]:
        towards_last = bool(network.is_reversed[pieces[0]]) == (kind == "upstream")
        low, high = (np.array([start.along_ft]), high) if towards_last else (low, np.array([start.along_ft]))
        return _Begun({int(ahead[pieces[0]]): float(high[0] - low[0])}, pieces, low, high, ())
    seeds = {int(ahead[piece]): 0.0 for piece in pieces[known].tolist()}
    return _Begun(seeds, pieces, low, high, tuple(doors))


def _limited(network: Network, start: Start, begun: _Begun, kind: TraceKind, within_ft: float | None) -> Trace:
    """Walked node by node, nearest first: for distances, and for what lies downstream."""
    limit = float("inf") if within_ft is None else within_ft
    found = spread(network, begun.seeds, Steps("up" if kind == "upstream" else "down", within_ft=limit))
    begun = _cut_start(network, start, begun, limit)
    nodes = np.fromiter(found.distance_ft, dtype=np.intp, count=len(found.distance_ft))
    at_node = np.zeros(network.node_count, dtype=np.bool_)
    at_node[nodes] = True
    own = ~np.isin(found.pieces, begun.pieces)
    pieces, stretches = _to_limit(network, found, own, limit)
    return _told(network, start, begun, kind, nodes, at_node.__getitem__, pieces, stretches, within_ft)


def _cut_start(network: Network, start: Start, begun: _Begun, limit_ft: float) -> _Begun:
    """The stretch of the main that it starts in, no longer than the limit."""
    if start.along_ft is None or not len(begun.pieces) or begun.doors:
        return begun
    low, high = begun.from_ft, begun.to_ft
    if low[0] == start.along_ft:
        high = np.minimum(high, low + limit_ft)
    else:
        low = np.maximum(low, high - limit_ft)
    return _Begun(begun.seeds, begun.pieces, low, high, begun.doors)


def _to_limit(network: Network, found: Spread, own: np.ndarray, limit_ft: float) -> tuple[Rows, tuple[Floats, Floats]]:
    """The pieces met, each as far as the limit goes from the end that it was met at."""
    pieces, entered, left = found.pieces[own], found.entered[own], limit_ft - found.entered_ft[own]
    first_drawn = np.where(network.is_reversed[pieces], network.to_node[pieces], network.from_node[pieces])
    low, high = network.start_ft[pieces], network.end_ft[pieces]
    from_first = entered == first_drawn
    cut_low = np.where(from_first, low, np.maximum(low, high - left))
    cut_high = np.where(from_first, np.minimum(high, low + left), high)
    kept = cut_high > cut_low
    return pieces[kept], (cut_low[kept], cut_high[kept])


def _told(  # noqa: PLR0913, PLR0917 - what a walk has found, put together
    network: Network,
    start: Start,
    begun: _Begun,
    kind: TraceKind,
    nodes: Rows,
    is_at: IsAt,
    pieces: Rows,
    stretches: tuple[Floats, Floats],
    within_ft: float | None,
) -> Trace:
    all_pieces = np.concatenate([begun.pieces, pieces])
    from_ft = np.concatenate([begun.from_ft, stretches[0]])
    to_ft = np.concatenate([begun.to_ft, stretches[1]])
    doors = [*begun.doors, *_doors(network, is_at, begun.pieces)]
    sides, possible = _sides(network, kind, doors, nodes, all_pieces, within_ft)
    gaps, touches = missed_at(network, is_at, all_pieces)
    more = network.incoming if kind == "upstream" else network.outgoing
    return Trace(
        kind=kind,
        start=start,
        segments=rows_of(network, all_pieces),
        pieces=all_pieces,
        from_ft=from_ft,
        to_ft=to_ft,
        nodes=nodes,
        length_ft=float((to_ft - from_ft).sum()),
        ends=nodes[more[nodes] == 0],
        unknown_directions=np.array(sorted({door[0] for door in doors}), dtype=np.intp),
        sides=sides,
        possible_segments=rows_of(network, possible),
        possible_length_ft=float(network.length_ft[possible].sum()),
        gaps=gaps,
        touches=touches,
        blind_joints=nodes[network.is_blind[nodes]],
        splits=nodes[network.outgoing[nodes] > 1],
        contradicted=all_pieces[(network.contradictions[all_pieces] & IN_DOUBT) != 0],
        within_ft=within_ft,
    )


def _doors(network: Network, is_at: IsAt, own: Rows) -> list[tuple[int, int, int]]:
    """Pieces of unknown direction at the nodes reached: piece, node, and the node at the far end."""
    unknown = network.unknown
    if not len(unknown):
        return []
    tails, heads = network.from_node[unknown], network.to_node[unknown]
    at_tail, at_head = is_at(tails), is_at(heads)
    met = np.flatnonzero((at_tail | at_head) & ~np.isin(unknown, own))
    near, far = np.where(at_tail, tails, heads)[met], np.where(at_tail, heads, tails)[met]
    return list(zip(unknown[met].tolist(), near.tolist(), far.tolist(), strict=True))


def _sides(
    network: Network,
    kind: TraceKind,
    doors: list[tuple[int, int, int]],
    nodes: Rows,
    pieces: Rows,
    within_ft: float | None,
) -> tuple[tuple[Side, ...], Rows]:
    """What lies beyond each door, and all of it together without what is certain."""
    if not doors:
        return (), _NONE
    certain = set(nodes.tolist())
    way: Way = "up" if kind == "upstream" else "down"
    limit = float("inf") if within_ft is None else within_ft

    def beyond(seeds: dict[int, float], without: set[int]) -> Rows:
        steps = Steps(way, unknown=True, no_nodes=certain, no_pieces=without, within_ft=limit)
        return spread(network, {node: far for node, far in seeds.items() if node not in certain}, steps).pieces

    sides = []
    for piece, node, toward in doors[:MOST_SIDES]:
        own = np.array([piece], dtype=np.intp) if node >= 0 else _NONE
        found = np.concatenate([own, beyond({toward: 0.0}, {piece})])
        length = float(network.length_ft[found].sum())
        sides.append(Side(piece, node, toward, found, rows_of(network, found), length))
    together = np.concatenate(
        [
            np.array([piece for piece, node, _ in doors if node >= 0], dtype=np.intp),
            beyond({toward: 0.0 for _, _, toward in doors}, set(pieces.tolist())),
        ]
    )
    found = np.zeros(len(network), dtype=np.bool_)
    found[together] = True
    found[pieces] = False
    return _each_once(sides), np.flatnonzero(found)


def _each_once(sides: list[Side]) -> tuple[Side, ...]:
    """The sides, those with the same pieces told as one that is come to by several ways."""
    found: dict[tuple[int, ...], Side] = {}
    for side in sides:
        same = tuple(sorted(side.pieces.tolist())) or (-1 - side.toward,)
        first, way = found.setdefault(same, side), (side.piece, side.toward)
        if way not in ((first.piece, first.toward), *first.other_ways):
            found[same] = replace(first, other_ways=(*first.other_ways, way))
    return tuple(found.values())


def missed_at(network: Network, is_at: IsAt, pieces: Rows) -> tuple[Rows, Rows]:
    """Joints that may be missing at a node reached or along a piece of the trace: gaps, and touching lines."""
    missed = network.missed
    if not len(missed):
        return _NONE, _NONE
    in_trace = np.zeros(len(network), dtype=np.bool_)
    in_trace[pieces] = True
    met = is_at(missed.node) != in_trace[missed.piece]
    return np.flatnonzero(met & (missed.kind == GAP)), np.flatnonzero(met & (missed.kind == TOUCH))
