"""The line of an overflow: the blocked segment and what drains to it, with all that is doubtful about it told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import shapely

from gis_ce.checks.line_reach import LineReach
from layers.features import Rows
from layers.network.build import network_of
from layers.network.model import Network
from layers.network.starts import Start, at_point, of_row
from layers.network.trace import Trace, upstream
from layers.query import LayerQuery

ROLE = "sewer_main"
Doubt = Literal["direction", "joint", "contradiction"]


@dataclass(frozen=True, slots=True)
class TracedLine:
    """The segments of a line (rows of `sewer_main`), the blocked one (-1 where it begins at a manhole), and what was
    met on the way as plain values. `doubt` is why more segments may belong to it; None where none can."""

    segments: Rows
    blocked: Rows
    told: dict[str, Any]
    doubt: Doubt | None


def sewers_of(query: LayerQuery) -> Network:
    """The network of the sewers, as the city declares it; raises LayerMissing without sewers.

    Any main or manhole may turn a direction somewhere else, so an answer rests on all of them.
    """
    query.whole(ROLE)
    if query.has("manhole"):
        query.whole("manhole")
    return network_of(query, query.network_settings, ROLE)


def traced_line(query: LayerQuery, place: shapely.Point, reach: LineReach) -> TracedLine:
    """The line of an overflow at a place; raises TraceRefused far from every sewer, LayerMissing without sewers."""
    network, settings = sewers_of(query), query.network_settings
    start = at_point(query, network, place, settings.start_ft, snap_ft=settings.snap_ft)
    return line_from(query, network, start, reach)


def line_from(query: LayerQuery, network: Network, start: Start, reach: LineReach) -> TracedLine:
    """The line of an overflow at a place on the network."""
    blocked = _blocked(network, start)
    if reach.reach == "segment" and len(blocked):
        told, doubts = _told(query, network, start, blocked, reach), _doubts_of_one(network, start)
        return TracedLine(blocked, blocked, told | {"doubts": doubts}, "direction" if doubts else None)
    whole = of_row(query, network, int(blocked[0])) if start.node < 0 and len(blocked) else start
    trace = upstream(network, whole, reach.upstream_ft)
    more = trace.possible_segments if reach.both_sides else np.empty(0, dtype=np.intp)
    segments = np.unique(np.concatenate([trace.segments, blocked, more])).astype(np.intp)
    told = _told(query, network, start, segments, reach) | {"doubts": _doubts(trace, reach)}
    return TracedLine(segments, blocked, told, _doubt(trace, reach))


def _blocked(network: Network, start: Start) -> Rows:
    """The main that the place lies on; at a manhole the mains that leave it, for what overflows there cannot pass."""
    if start.node < 0:
        return np.unique(network.row[list(start.pieces)]).astype(np.intp)
    leaving = np.flatnonzero((network.from_node == start.node) & network.is_known)
    return np.unique(network.row[leaving]).astype(np.intp)


def _told(query: LayerQuery, network: Network, start: Start, segments: Rows, reach: LineReach) -> dict[str, Any]:
    mains = query.features(ROLE)
    return {
        "reach": reach.sentence,
        "start": "manhole" if start.node >= 0 else "main",
        "snapped_ft": round(float(start.snapped_ft), 1),
        "x": round(float(start.x), 2),
        "y": round(float(start.y), 2),
        "blocked": _names(query, _blocked(network, start)),
        "segments": _names(query, segments),
        "length_ft": round(float(shapely.length(mains.geometry[segments]).sum()), 1),
    }


def _names(query: LayerQuery, rows: Rows) -> list[str]:
    mains = query.features(ROLE)
    return [str(mains.texts("facility_id")[row] or mains.ids[row]) for row in rows.tolist()]


def _doubt(trace: Trace, reach: LineReach) -> Doubt | None:
    """The first reason why the list may be short; with both sides taken in it may only be long."""
    if len(trace.unknown_directions) and not reach.both_sides:
        return "direction"
    if len(trace.gaps) or len(trace.touches):
        return "joint"
    return "contradiction" if len(trace.contradicted) else None


def _doubts_of_one(network: Network, start: Start) -> list[str]:
    """At a manhole with a pipe of unknown direction, that one may be the blocked segment as well."""
    if start.node < 0:
        return []
    first, pieces = network.incident
    here = pieces[first[start.node] : first[start.node + 1]]
    unknown = len(np.unique(here[~network.is_known[here]]))
    said = _many(unknown, "pipe at the manhole has", "pipes at the manhole have")
    return [f"{said} no known direction and may be blocked too."] if unknown else []


def _doubts(trace: Trace, reach: LineReach) -> list[str]:
    """One sentence for each kind of doubt that was met; none where the trace is certain."""
    taken = "on the list" if reach.both_sides else "not on the list"
    more = _many(len(trace.possible_segments), "more segment", "more segments")
    said = [
        (trace.unknown_directions, ("pipe on the way has", "pipes on the way have"),
         f"no known direction; {more} ({trace.possible_length_ft:,.0f} ft) may drain to the line, {taken}."),
        (trace.gaps, ("pipe end on the way nearly meets", "pipe ends on the way nearly meet"),
         "another pipe: a joint may be missing."),
        (trace.touches, ("pipe touches", "pipes touch"), "the line without a joint."),
        (trace.contradicted, ("pipe contradicts itself", "pipes contradict themselves"), "about the direction."),
        (trace.splits, ("manhole splits", "manholes split"), "the flow: some of it goes another way."),
    ]  # fmt: skip
    return [f"{_many(len(found), *words)} {rest}" for found, words, rest in said if len(found)]


def _many(count: int, one: str, more: str) -> str:
    return f"{count:,} {one if count == 1 else more}"
