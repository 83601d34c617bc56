"""The line of an overflow: the blocked segment and what drains to it, with all that is doubtful about it told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from gis_ce.mailing.settings import MailingSettings
from layers.features import Rows
from layers.model import City
from layers.network.build import network_of
from layers.network.model import Network
from layers.network.starts import Start, at_point, of_row
from layers.network.trace import Trace, upstream
from layers.query import LayerQuery

_ROLE = "sewer_main"


@dataclass(frozen=True, slots=True)
class TracedLine:
    """The segments of a line (rows of `sewer_main`), the blocked one (-1 where it begins at a manhole), and what was
    met on the way as plain values."""

    segments: Rows
    blocked: Rows
    told: dict[str, Any]


def traced_line(query: LayerQuery, city: City, place: shapely.Point, settings: MailingSettings) -> TracedLine:
    """The line of an overflow at a place; raises TraceRefused far from every sewer, LayerMissing without sewers."""
    network = network_of(query, city.network, _ROLE)
    start = at_point(query, network, place, city.network.start_ft, snap_ft=city.network.snap_ft)
    blocked = _blocked(network, start)
    if settings.reach == "segment" and len(blocked):
        return TracedLine(blocked, blocked, _told(query, network, start, None, blocked, settings))
    whole = of_row(query, network, int(blocked[0])) if start.node < 0 and len(blocked) else start
    trace = upstream(network, whole, settings.upstream_ft)
    more = trace.possible_segments if settings.both_sides else np.empty(0, dtype=np.intp)
    segments = np.unique(np.concatenate([trace.segments, blocked, more]))
    return TracedLine(segments.astype(np.intp), blocked, _told(query, network, start, trace, segments, settings))


def _blocked(network: Network, start: Start) -> Rows:
    """The main that the place lies on; at a manhole the mains that leave it, for what overflows there cannot pass."""
    if start.node < 0:
        return np.unique(network.row[list(start.pieces)]).astype(np.intp)
    leaving = np.flatnonzero((network.from_node == start.node) & network.is_known)
    return np.unique(network.row[leaving]).astype(np.intp)


def _told(
    query: LayerQuery, network: Network, start: Start, trace: Trace | None, segments: Rows, settings: MailingSettings
) -> dict[str, Any]:
    mains = query.features(_ROLE)
    told: dict[str, Any] = {
        "reach": settings.sentence,
        "start": "manhole" if start.node >= 0 else "main",
        "snapped_ft": round(float(start.snapped_ft), 1),
        "x": round(float(start.x), 2),
        "y": round(float(start.y), 2),
        "blocked": _names(query, _blocked(network, start)),
        "segments": _names(query, segments),
        "length_ft": round(float(shapely.length(mains.geometry[segments]).sum()), 1),
    }
    return told | {"doubts": _doubts(trace, settings) if trace is not None else []}


def _names(query: LayerQuery, rows: Rows) -> list[str]:
    mains = query.features(_ROLE)
    return [str(mains.texts("facility_id")[row] or mains.ids[row]) for row in rows.tolist()]


def _doubts(trace: Trace, settings: MailingSettings) -> list[str]:
    """One sentence for each kind of doubt that was met; none where the trace is certain."""
    possible = len(trace.possible_segments)
    taken = "are on the list" if settings.both_sides else "are not on the list"
    said = [
        (len(trace.unknown_directions), f"{len(trace.unknown_directions)} pipes on the way have no known direction; "
         f"{possible} more segments ({trace.possible_length_ft:,.0f} ft) may drain to the line and {taken}."),
        (len(trace.gaps), f"{len(trace.gaps)} pipe ends on the way nearly meet another pipe: a joint may be missing."),
        (len(trace.touches), f"{len(trace.touches)} pipes touch the line without a joint."),
        (len(trace.contradicted), f"{len(trace.contradicted)} pipes contradict themselves about their direction."),
        (len(trace.splits), f"At {len(trace.splits)} places the flow splits: some of it goes another way."),
    ]  # fmt: skip
    return [sentence for count, sentence in said if count]
