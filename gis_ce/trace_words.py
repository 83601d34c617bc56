"""Traces and shut-offs in words: what was found, and everything that makes it doubtful."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gis_ce.tracing import CutOff
from layers.features import Features
from layers.grid import Rows
from layers.network.health import node_name, segment_name
from layers.network.model import DIRECTION_WORDS, Network
from layers.network.starts import Start
from layers.network.trace import Side, Trace
from layers.network.valves import CONDITION_WORDS
from layers.query import LayerQuery

_SHOWN = 5
_WAYS = {"upstream": "Upstream of", "downstream": "Downstream of", "line": "The line from"}


def feet(length_ft: float) -> str:
    """A length as people read it."""
    return f"{length_ft:,.0f} ft" if length_ft >= 100 else f"{length_ft:.1f} ft"


def count_of(count: int, noun: str) -> str:
    """A count with its noun."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def start_words(start: Start) -> str:
    """What a trace starts at, with how far it was snapped."""
    named = start.name or f"{start.x:,.1f}, {start.y:,.1f} ft"
    if start.kind == "point":
        return f"{named} (snapped {start.snapped_ft:.1f} ft to the nearest main)"
    word = {"manhole": "manhole", "segment": "main", "valve": "valve"}[start.kind]
    moved = f" (snapped {start.snapped_ft:.1f} ft)" if start.snapped_ft > 0 else ""
    return f"{word} {named}{moved}"


def trace_sentence(trace: Trace) -> str:
    """What a trace has found."""
    limit = f" within {feet(trace.within_ft)}" if trace.within_ft is not None else ""
    found = f"{count_of(len(trace.segments), 'main')}, {feet(trace.length_ft)}"
    sure = "" if trace.is_certain else " This is not the whole answer: see the doubts."
    return f"{_WAYS[trace.kind]} {start_words(trace.start)}{limit}: {found}.{sure}"


def trace_doubts(query: LayerQuery, network: Network, trace: Trace) -> list[str]:
    """Everything met on the way that could make the list longer or shorter, a sentence each."""
    features = query.features(network.role)
    told = [
        *_nothing(network, features, trace),
        *_unknown(network, features, trace),
        *_missed(network, features, trace),
    ]
    if len(trace.contradicted):
        names = _mains(network, features, trace.contradicted)
        count = count_of(len(trace.contradicted), "main")
        told.append(f"What the data say of the direction of {count} does not agree: {names}.")
    if len(trace.against_flow):
        names = _mains(network, features, trace.against_flow)
        told.append(f"There is no way along the flow: {names} {_is(trace.against_flow)} walked against it.")
    return told


def trace_notes(network: Network, trace: Trace) -> list[str]:
    """What is worth knowing, though the list stands: flow splits, joints without a manhole, where it ends."""
    notes = []
    if len(trace.splits):
        notes.append(
            f"The flow splits at {count_of(len(trace.splits), 'place')} ({_nodes(network, trace.splits)}): "
            "what drains here may drain elsewhere too."
        )
    if len(trace.blind_joints):
        notes.append(
            f"{count_of(len(trace.blind_joints), 'joint')} without a manhole on record: "
            f"{_nodes(network, trace.blind_joints)}."
        )
    if trace.kind == "downstream" and len(trace.ends):
        outfalls = trace.ends[network.is_outfall[trace.ends]]
        others = trace.ends[~network.is_outfall[trace.ends]]
        if len(outfalls):
            notes.append(f"It reaches {_nodes(network, outfalls)}, on record as an outfall.")
        if len(others):
            notes.append(f"It ends at {_nodes(network, others)}, which is not on record as an outfall.")
    return notes


def side_sentence(query: LayerQuery, network: Network, side: Side) -> str:
    """What lies beyond a main of unknown direction."""
    beyond = f"{count_of(len(side.segments), 'main')}, {feet(side.length_ft)}" if len(side.pieces) else "nothing"
    if not side.other_ways:
        return f"{side_ways(query, network, side)}: {beyond}."
    return f"{side_ways(query, network, side)}, for a loop joins them: {beyond}."


def side_ways(query: LayerQuery, network: Network, side: Side) -> str:
    """By which main, and towards which node, one comes to a side; every way where a loop has several."""
    features = query.features(network.role)
    ways = ((side.piece, side.toward), *side.other_ways)
    shown = [
        f"{segment_name(features, int(network.row[piece]))} towards {node_name(network, node)}"
        for piece, node in ways[:_SHOWN]
    ]
    more = f" and {len(ways) - _SHOWN} more ways" if len(ways) > _SHOWN else ""
    return f"By {' or '.join(shown)}{more}"


def isolation_sentence(query: LayerQuery, network: Network, found: CutOff) -> str:
    """Which valves to close, and what is then without water."""
    shut = found.isolation.shut
    valves = query.features("valve")
    close = f"close {count_of(len(shut.to_close), 'valve')} ({_names(valves, shut.to_close)})"
    if not len(shut.to_close):
        close = "no valve has to be closed" if len(shut.closed_already) else "there is no valve that shuts it off"
    out = f"{count_of(len(shut.segments), 'main')}, {feet(shut.length_ft)}, {count_of(len(found.meters), 'meter')}"
    beyond = ""
    if len(shut.beyond_segments):
        lost = count_of(len(found.beyond_meters), "meter")
        beyond = f" Beyond it {count_of(len(shut.beyond_segments), 'main')} and {lost} lose their only way to a source."
    return f"To shut off {start_words(found.isolation.start)}, {close}. Without water: {out}.{beyond}"


def isolation_doubts(query: LayerQuery, network: Network, found: CutOff) -> list[str]:
    """What makes a shut-off doubtful, a sentence each."""
    told, valves = [], query.features("valve")
    if len(found.isolation.unusable):
        names = _names(valves, found.isolation.unusable)
        told.append(f"Cannot be used, so the ring is wider: {names}.")
    if not found.isolation.has_source:
        told.append(
            "No source of the network is on record: the largest part that is left is taken to have the supply. "
            "Name them in [network.water] sources of the city file."
        )
    if found.unplaced_meters:
        told.append(f"{count_of(found.unplaced_meters, 'meter')} cannot be told to a main, so they are not counted.")
    apart = network.missed
    shut = found.isolation.shut
    nodes = {int(node) for piece in shut.pieces for node in (network.from_node[piece], network.to_node[piece])}
    gaps = [entry for entry in range(len(apart)) if int(apart.node[entry]) in nodes]
    if gaps:
        told.append(
            f"{count_of(len(gaps), 'end')} of these mains nearly meet others: if they do, more is without water."
        )
    return told


def condition_word(code: int) -> str:
    """What can be done with a valve."""
    return CONDITION_WORDS[code]


def direction_word(code: int) -> str:
    """How a direction is known."""
    return DIRECTION_WORDS[code]


def _nothing(network: Network, features: Features, trace: Trace) -> list[str]:
    """What a trace that finds nothing may hide: one main turned round on record, and all beyond it is lost."""
    if len(trace.pieces):
        return []
    if trace.kind == "line":
        return ["The line begins and ends at the same place: no main lies on it."]
    upstream = trace.kind == "upstream"
    at_start = (network.from_node if upstream else network.to_node) == trace.start.node
    mains = np.flatnonzero(at_start & network.is_known)
    said = f"By the records nothing flows {'to' if upstream else 'on from'} this place"
    if not len(mains):
        return [f"{said}."]
    how = ", ".join(dict.fromkeys(direction_word(int(network.direction[piece])) for piece in mains))
    leads = f"lead{'s' if len(mains) == 1 else ''} {'away from' if upstream else 'to'} it"
    names = _mains(network, features, mains)
    return [f"{said}: {names} {leads} (direction {how}). If a main should, its direction is recorded the wrong way."]


def _unknown(network: Network, features: Features, trace: Trace) -> list[str]:
    if not len(trace.unknown_directions):
        return []
    names = _mains(network, features, trace.unknown_directions)
    count = count_of(len(trace.unknown_directions), "main")
    if trace.kind == "line":
        return [f"The direction of {count} on the way is unknown: {names}."]
    may = f"{count_of(len(trace.possible_segments), 'more main')}, {feet(trace.possible_length_ft)}"
    told = sum(1 + len(side.other_ways) for side in trace.sides)
    shown = " Only the first sides are told one by one." if told < len(trace.unknown_directions) else ""
    return [f"The direction of {count} met on the way is unknown: {names}. Up to {may} may belong to it.{shown}"]


def _missed(network: Network, features: Features, trace: Trace) -> list[str]:
    told = []
    for entries, words in (
        (trace.gaps, "end close to another without meeting it"),
        (trace.touches, "end on another that has no joint there (a blind joint)"),
    ):
        if len(entries):
            ends = ", ".join(_missed_name(network, features, int(entry)) for entry in entries[:_SHOWN])
            more = f" and {len(entries) - _SHOWN} more" if len(entries) > _SHOWN else ""
            told.append(f"{count_of(len(entries), 'main')} {words}, and the trace stops there: {ends}{more}.")
    return told


def _missed_name(network: Network, features: Features, entry: int) -> str:
    first, incident = network.incident
    node = int(network.missed.node[entry])
    own = segment_name(features, int(network.row[incident[first[node]]]))
    other = segment_name(features, int(network.row[network.missed.piece[entry]]))
    apart = float(network.missed.apart_ft[entry])
    return f"{own} and {other}" + (f" ({apart:.1f} ft apart)" if apart > 0.1 else "")


def _mains(network: Network, features: Features, pieces: Rows) -> str:
    return _names(features, network.row[pieces].astype(np.intp))


def _names(features: Features, rows: Rows) -> str:
    names = list(dict.fromkeys(segment_name(features, int(row)) for row in rows[: _SHOWN * 3]))
    more = len(set(rows.tolist())) - len(names[:_SHOWN])
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _nodes(network: Network, nodes: Rows) -> str:
    names: Sequence[str] = [node_name(network, int(node)) for node in nodes[:_SHOWN]]
    more = len(nodes) - len(names)
    return ", ".join(names) + (f" and {more} more" if more > 0 else "")


def _is(rows: Rows) -> str:
    return "is" if len(rows) == 1 else "are"
