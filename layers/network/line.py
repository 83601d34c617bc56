"""The line between two places of a network: along the flow where there is such a way, else by whatever joins them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from layers.errors import TraceRefused
from layers.grid import Floats, Rows
from layers.network.joined import components
from layers.network.model import IN_DOUBT, Network
from layers.network.spread import Steps, Way, route, spread
from layers.network.starts import Start
from layers.network.trace import Trace, missed_at, rows_of


def line(network: Network, start: Start, end: Start) -> Trace:
    """The mains from one place to another, the shortest way in feet, stretches in the order of the way.

    With the flow from the start, else with the flow to it, else whatever way there is: then pieces
    whose direction is unknown are listed, and those walked against their direction too. Raises
    TraceRefused where nothing joins the two.
    """
    shared = sorted(set(start.pieces) & set(end.pieces))
    if shared:
        return _told(network, (start, end), (shared, [], []))
    for way in ("down", "up", "any"):
        found = _way(network, start, end, way)
        if found is not None:
            return _told(network, (start, end), found)
    raise TraceRefused(_apart(network, start, end))


def _way(network: Network, start: Start, end: Start, way: Way) -> tuple[list[int], list[int], list[int]] | None:
    """The pieces from start to end, the nodes, and the pieces walked backwards; None where there is no such way."""
    seeds, goals = _ends(network, start, way), _ends(network, end, _other(way))
    found = spread(network, {node: far for node, (far, _) in seeds.items()}, Steps(way))
    reached = {node: found.distance_ft[node] + far for node, (far, _) in goals.items() if node in found.distance_ft}
    if not reached:
        return None
    goal = min(reached, key=lambda node: (reached[node], node))
    pieces, nodes = route(found, network, goal)
    first, last = seeds[nodes[0]][1], goals[goal][1]
    whole = [piece for piece in (first, *pieces, last) if piece >= 0]
    return list(dict.fromkeys(whole)), nodes, _backwards(network, pieces, nodes) if way == "any" else []


def _other(way: Way) -> Way:
    return {"up": "down", "down": "up", "any": "any"}[way]  # type: ignore[return-value]


def _ends(network: Network, place: Start, way: Way) -> Mapping[int, tuple[float, int]]:
    """The nodes that a place leads to by a way, each with the feet to it and the piece between (-1: none)."""
    if place.node >= 0:
        return {place.node: (0.0, -1)}
    ends: dict[int, tuple[float, int]] = {}
    for piece in place.pieces:
        known = bool(network.is_known[piece])
        for is_head, node in ((False, int(network.from_node[piece])), (True, int(network.to_node[piece]))):
            if way == "any" or (known and is_head == (way == "down")):
                far = _feet_to(network, place, piece, at_head=is_head)
                if node not in ends or far < ends[node][0]:
                    ends[node] = (far, piece)
    return ends


def _feet_to(network: Network, place: Start, piece: int, *, at_head: bool) -> float:
    """From the place to an end of its piece, in feet; 0 where the whole piece is meant."""
    if place.along_ft is None:
        return 0.0
    drawn_last = at_head != bool(network.is_reversed[piece])
    end = network.end_ft[piece] if drawn_last else network.start_ft[piece]
    return abs(float(end) - place.along_ft)


def _backwards(network: Network, pieces: list[int], nodes: list[int]) -> list[int]:
    return [
        piece
        for piece, node in zip(pieces, nodes, strict=False)
        if network.is_known[piece] and int(network.from_node[piece]) != node
    ]


def _stretches(network: Network, places: tuple[Start, Start], pieces: Rows, nodes: Rows) -> tuple[Floats, Floats]:
    """The stretch of each piece: that in which the line starts or ends counts from there on."""
    low, high = network.start_ft[pieces].copy(), network.end_ft[pieces].copy()
    if not len(nodes):
        one, other = places[0].along_ft, places[1].along_ft
        if len(pieces) == 1 and one is not None and other is not None:
            return np.array([min(one, other)]), np.array([max(one, other)])
        return low, high
    for place, node in zip(places, (nodes[0], nodes[-1]), strict=True):
        if place.along_ft is None:
            continue
        at = int(np.flatnonzero(pieces == place.pieces[0])[0])
        drawn_first = network.to_node if network.is_reversed[pieces[at]] else network.from_node
        if int(drawn_first[pieces[at]]) == int(node):
            high[at] = place.along_ft
        else:
            low[at] = place.along_ft
    return low, high


def _told(network: Network, places: tuple[Start, Start], way: tuple[list[int], list[int], list[int]]) -> Trace:
    found, reached = np.array(way[0], dtype=np.intp), np.array(way[1], dtype=np.intp)
    low, high = _stretches(network, places, found, reached)
    none = np.empty(0, dtype=np.intp)
    at_node = np.zeros(network.node_count, dtype=np.bool_)
    at_node[reached] = True
    gaps, touches = missed_at(network, at_node.__getitem__, found)
    return Trace(
        kind="line",
        start=places[0],
        segments=rows_of(network, found),
        pieces=found,
        from_ft=low,
        to_ft=high,
        nodes=reached,
        length_ft=float((high - low).sum()),
        ends=none,
        unknown_directions=found[~network.is_known[found]],
        sides=(),
        possible_segments=none,
        possible_length_ft=0.0,
        gaps=gaps,
        touches=touches,
        blind_joints=reached[network.is_blind[reached]],
        splits=reached[network.outgoing[reached] > 1],
        contradicted=found[(network.contradictions[found] & IN_DOUBT) != 0],
        against_flow=np.array(way[2], dtype=np.intp),
    )


def _apart(network: Network, start: Start, end: Start) -> str:
    of_node = components(network.node_count, network.from_node, network.to_node)

    def part(place: Start) -> Rows:
        node = place.node if place.node >= 0 else int(network.from_node[place.pieces[0]])
        return np.flatnonzero(of_node == of_node[node])

    counts = [len(part(place)) for place in (start, end)]
    missing = sum(1 for node in network.missed.node if of_node[node] in {of_node[part(p)[0]] for p in (start, end)})
    return (
        f"Nothing joins {start.name or 'the start'} and {end.name or 'the end'}: they lie in separate parts of the "
        f"network, of {counts[0]:,} and {counts[1]:,} nodes, with {missing:,} gaps or unjoined ends in them. "
        "See gis-ce network report."
    )
