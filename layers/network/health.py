"""What is right and wrong with a network: its parts, loops, contradictions, splits, gaps, each by name and place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from layers.features import Features
from layers.grid import Floats, Rows
from layers.network.joined import components, strong_components
from layers.network.loops import loops_of
from layers.network.model import (
    AGAINST_DRAWN,
    AGAINST_NODES,
    DIRECTION_WORDS,
    DRAWN_BACKWARDS,
    GAP,
    IN_DOUBT,
    TOUCH,
    Network,
)
from layers.network.trace import rows_of

ItemKind = Literal[
    "cycle", "loop", "contradiction", "outfalls", "split", "gap", "touch", "blind joint", "id at two places", "dead end"
]
KINDS: tuple[tuple[ItemKind, str, str], ...] = (
    ("cycle", "Cycles", "water cannot flow in a circle: the direction of at least one main here is wrong"),
    ("contradiction", "Contradictions", "what the data say of a main's direction does not agree"),
    ("outfalls", "Several outfalls", "what is upstream of one may also drain to another"),
    ("split", "Flow splits", "the flow goes more than one way from here"),
    ("loop", "Loops", "mains that close a ring; the direction in it cannot be told from outfalls"),
    ("gap", "Gaps", "a main ends close to another without meeting it; a trace stops here"),
    ("touch", "Blind joints", "a main ends on another that has no joint there; a trace does not go across"),
    ("blind joint", "Joints without a manhole", "mains meet where no manhole is on record"),
    ("id at two places", "Node ids at two places", "ends with the same node id lie apart; they are taken as joined"),
    ("dead end", "Ends that are no outfall", "everything drains to here, but no outfall is on record"),
)
"""Every kind of finding: its name, its title, and what it means."""


@dataclass(frozen=True, eq=False)
class Item:
    """One finding: in words, with the mains (rows) and nodes concerned and a place in feet."""

    kind: ItemKind
    name: str
    says: str
    segments: Rows
    nodes: Rows
    x: float
    y: float


@dataclass(frozen=True, eq=False)
class Component:
    """One part of a network that hangs together; `name` is its first node's, else that of its longest main."""

    number: int
    name: str
    segments: Rows
    nodes: Rows
    length_ft: float
    known_ft: float
    sinks: int
    sources: int
    loops: int
    outfalls: tuple[str, ...]
    x: float
    y: float


@dataclass(frozen=True, eq=False)
class Health:
    """Components, the largest first, and findings; `by_direction` gives pieces and feet for each way of knowing.

    `sinks` and `sources` of a component count nodes that nothing leaves or reaches as the lines are
    directed (of unknown direction: as they are drawn).
    """

    role: str
    segments: int
    nodes: int
    length_ft: float
    by_direction: tuple[tuple[str, int, float], ...]
    drawn_agrees: float
    components: tuple[Component, ...]
    items: tuple[Item, ...]

    def of_kind(self, kind: ItemKind) -> tuple[Item, ...]:
        """The findings of one kind."""
        return tuple(item for item in self.items if item.kind == kind)


Named = Callable[[int], str]


def examined(network: Network, features: Features) -> Health:
    """The whole network, every component and every loop by name."""
    of_node = components(network.node_count, network.from_node, network.to_node)
    rings = loops_of(network)
    return Health(
        role=network.role,
        segments=len(rows_of(network, np.arange(len(network)))),
        nodes=network.node_count,
        length_ft=float(network.length_ft.sum()),
        by_direction=tuple(
            (word, int((network.direction == code).sum()), float(network.length_ft[network.direction == code].sum()))
            for code, word in enumerate(DIRECTION_WORDS)
        ),
        drawn_agrees=network.drawn_agrees,
        components=_components(network, features, of_node, rings),
        items=tuple(_items(network, features, of_node, rings)),
    )


def segment_name(features: Features, row: int) -> str:
    """What a main is called: its facility id, else its feature id."""
    return str(features.texts("facility_id")[row] or features.ids[row])


def node_name(network: Network, node: int) -> str:
    """What a node is called: its id, else its place."""
    x, y = network.xy[node]
    return str(network.name[node]) or f"node at {x:,.0f}, {y:,.0f} ft"


def _components(network: Network, features: Features, of_node: Rows, rings: Sequence[Rows]) -> tuple[Component, ...]:
    of_piece = of_node[network.from_node]
    count = int(of_node.max(initial=-1)) + 1
    length = np.bincount(of_piece, weights=network.length_ft, minlength=count)
    rank = np.argsort(-length, kind="stable")
    pieces, first = _grouped(of_piece, count)
    nodes, first_node = _grouped(of_node, count)
    looped = np.bincount([of_piece[ring[0]] for ring in rings], minlength=count) if rings else np.zeros(count, int)
    leaves = np.bincount(network.from_node, minlength=network.node_count) > 0
    enters = np.bincount(network.to_node, minlength=network.node_count) > 0
    made = []
    for number, group in enumerate(rank.tolist(), start=1):
        own = pieces[first[group] : first[group + 1]]
        at = nodes[first_node[group] : first_node[group + 1]]
        rows, x_y = rows_of(network, own), _middle(network, own)
        made.append(
            Component(
                number=number,
                name=_component_name(network, features, own, at),
                segments=rows,
                nodes=at,
                length_ft=float(length[group]),
                known_ft=float(network.length_ft[own[network.is_known[own]]].sum()),
                sinks=int((~leaves[at]).sum()),
                sources=int((~enters[at]).sum()),
                loops=int(looped[group]),
                outfalls=tuple(node_name(network, int(node)) for node in at[network.is_outfall[at]]),
                x=x_y[0],
                y=x_y[1],
            )
        )
    return tuple(made)


def _component_name(network: Network, features: Features, pieces: Rows, nodes: Rows) -> str:
    names = sorted({str(name) for name in network.name[nodes] if name})
    if names:
        return names[0]
    longest = pieces[np.argmax(network.length_ft[pieces])]
    return segment_name(features, int(network.row[longest]))


def _grouped(group: Rows, count: int) -> tuple[Rows, Rows]:
    order = np.argsort(group, kind="stable")
    return order, np.searchsorted(group[order], np.arange(count + 1))


def _middle(network: Network, pieces: Rows) -> tuple[float, float]:
    """The node of these pieces that is nearest to their middle: a place on the network."""
    nodes = np.concatenate([network.from_node[pieces], network.to_node[pieces]])
    xy = network.xy[nodes]
    x, y = xy[np.argmin(np.hypot(*(xy - xy.mean(axis=0)).T))].tolist()
    return x, y


def _items(network: Network, features: Features, of_node: Rows, rings: Sequence[Rows]) -> Iterator[Item]:
    yield from _cycles(network, features)
    yield from _contradictions(network, features)
    if network.role == "sewer_main":
        yield from _outfalls(network, of_node)
        yield from _at_nodes(network, "split", network.splits, _split_says)
        yield from _at_nodes(network, "blind joint", network.blind, lambda n, node: f"{n.degree[node]} mains meet")
        yield from _at_nodes(network, "dead end", _dead_ends(network), lambda n, _: "everything drains to here")
    yield from _loops(network, features, rings)
    yield from _missed(network, features)
    apart = np.flatnonzero(network.spread_ft > 1.0)
    yield from _at_nodes(
        network, "id at two places", apart, lambda n, node: f"ends lie up to {n.spread_ft[node]:,.1f} ft apart"
    )


def _item(network: Network, kind: ItemKind, name: str, says: str, pieces: Rows, nodes: Rows) -> Item:
    at: Floats = network.xy[nodes[0]] if len(nodes) else np.array(_middle(network, pieces))
    x, y = at.tolist()
    return Item(kind, name, says, rows_of(network, pieces), nodes, x, y)


def _cycles(network: Network, features: Features) -> Iterator[Item]:
    known = np.flatnonzero(network.is_known)
    tail, head = network.from_node[known], network.to_node[known]
    strong = strong_components(network.node_count, tail, head)
    inside = known[strong[tail] == strong[head]]
    for group in np.unique(strong[network.from_node[inside]]):
        pieces = inside[strong[network.from_node[inside]] == group]
        yield _item(network, "cycle", *_ring_words(network, features, pieces), pieces, np.empty(0, dtype=np.intp))


def _loops(network: Network, features: Features, rings: Sequence[Rows]) -> Iterator[Item]:
    for ring in rings if network.role == "sewer_main" else ():
        yield _item(network, "loop", *_ring_words(network, features, ring), ring, np.empty(0, dtype=np.intp))


def _ring_words(network: Network, features: Features, pieces: Rows) -> tuple[str, str]:
    names = list(dict.fromkeys(segment_name(features, int(row)) for row in network.row[pieces]))
    length = float(network.length_ft[pieces].sum())
    return names[0], f"{len(names)} mains, {length:,.0f} ft: {', '.join(names)}"


def _contradictions(network: Network, features: Features) -> Iterator[Item]:
    words = (
        (AGAINST_NODES, "inverts rise from its upstream to its downstream node"),
        (AGAINST_DRAWN, "inverts rise in the direction in which it is drawn, and no node ids settle it"),
        (DRAWN_BACKWARDS, "it is drawn against the flow: from its downstream to its upstream node"),
    )
    in_doubt = (network.contradictions & IN_DOUBT) == 0
    found_at = np.flatnonzero(network.contradictions)
    for piece in found_at[np.argsort(in_doubt[found_at], kind="stable")].tolist():
        found = [word for bit, word in words if network.contradictions[piece] & bit]
        taken = DIRECTION_WORDS[int(network.direction[piece])]
        name = segment_name(features, int(network.row[piece]))
        one = np.array([piece], dtype=np.intp)
        says = f"{'; '.join(found)}; taken {taken}"
        yield _item(network, "contradiction", name, says, one, np.empty(0, dtype=np.intp))


def _outfalls(network: Network, of_node: Rows) -> Iterator[Item]:
    outfalls = np.flatnonzero(network.is_outfall)
    for group in np.unique(of_node[outfalls]):
        nodes = outfalls[of_node[outfalls] == group]
        if len(nodes) > 1:
            names = [node_name(network, int(node)) for node in nodes]
            says = f"one part of the network has {len(nodes)} outfalls: {', '.join(names)}"
            yield _item(network, "outfalls", names[0], says, np.empty(0, dtype=np.intp), nodes)


def _dead_ends(network: Network) -> Rows:
    """Where known flow ends though nothing leaves and no outfall is on record."""
    first, incident = network.incident
    ends = np.flatnonzero((network.incoming > 0) & (network.outgoing == 0) & ~network.is_outfall)
    unknown = [bool((~network.is_known[incident[first[node] : first[node + 1]]]).any()) for node in ends]
    return ends[~np.array(unknown, dtype=np.bool_)]


def _split_says(network: Network, node: int) -> str:
    return f"{network.outgoing[node]} mains leave it"


def _at_nodes(network: Network, kind: ItemKind, nodes: Rows, says: Callable[[Network, int], str]) -> Iterator[Item]:
    first, incident = network.incident
    for node in nodes.tolist():
        pieces = incident[first[node] : first[node + 1]]
        at = np.array([node], dtype=np.intp)
        yield _item(network, kind, node_name(network, node), says(network, node), pieces, at)


def _missed(network: Network, features: Features) -> Iterator[Item]:
    missed = network.missed
    first, incident = network.incident
    for code, kind in ((GAP, "gap"), (TOUCH, "touch")):
        for entry in np.flatnonzero(missed.kind == code).tolist():
            node, piece = int(missed.node[entry]), int(missed.piece[entry])
            own = incident[first[node] : first[node + 1]]
            names = [segment_name(features, int(network.row[one])) for one in (own[0], piece)]
            lies = f"lies {missed.apart_ft[entry]:.2f} ft from" if code == GAP else "lies on"
            pieces = np.array([own[0], piece], dtype=np.intp)
            at = np.array([node], dtype=np.intp)
            yield _item(network, kind, names[0], f"its end {lies} {names[1]}", pieces, at)  # type: ignore[arg-type]
