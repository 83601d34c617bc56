"""What a map draws of a trace, a shut-off and a network's health: geometry on the grid with a kind and a label."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis_ce.tracing import CutOff
from layers.features import Features
from layers.grid import Floats, Geometries, Rows
from layers.network.health import Health, Item, node_name, segment_name
from layers.network.model import Flags, Network
from layers.network.stretches import stretches
from layers.network.trace import Trace, rows_of
from layers.query import LayerQuery

MarkKind = Literal[
    "traced",
    "undirected",
    "possible",
    "unknown",
    "start",
    "end",
    "gap",
    "touch",
    "blind_joint",
    "split",
    "contradiction",
    "cycle",
    "loop",
    "outfall",
    "id_at_two_places",
    "dead_end",
    "shut",
    "beyond",
    "close",
    "closed",
    "unusable",
    "next_ring",
    "hydrant_out",
    "meter_out",
    "other_main",
    "directed_main",
]


_SIMPLER_FT = 2.0
_AT_ONCE = 500
"""So many lines are cut to what is traced of them at once."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing to draw; `feature_id` is that of the main, valve or hydrant, `name` what people call it."""

    kind: MarkKind
    label: str
    geometry: BaseGeometry
    feature_id: str | None = None
    name: str | None = None


def trace_marks(query: LayerQuery, network: Network, trace: Trace) -> Iterator[Mark]:
    """The mains traced (drawn with the flow), what may belong to it, and every doubt at its place, one by one."""
    features = query.features(network.role)
    yield from _lines(network, features, "possible", _pieces_of(network, trace.possible_segments, trace.pieces))
    known = network.is_known[trace.pieces]
    kind: MarkKind
    for kind, some in (("traced", known), ("undirected", ~known)):
        yield from _stretched(network, features, kind, trace.pieces[some], trace.from_ft[some], trace.to_ft[some])
    unknown = trace.unknown_directions[~np.isin(trace.unknown_directions, trace.pieces)]
    yield from _lines(network, features, "unknown", unknown)
    for kind, entries in (("gap", trace.gaps), ("touch", trace.touches)):
        yield from _at(network, kind, network.missed.node[entries].astype(np.intp))
    yield from _at(network, "blind_joint", trace.blind_joints)
    yield from _at(network, "split", trace.splits)
    yield from _at(network, "outfall", trace.nodes[network.is_outfall[trace.nodes]])
    if trace.kind == "downstream":
        yield from _at(network, "end", trace.ends[~network.is_outfall[trace.ends]])
    yield Mark("start", trace.start.name or "start", shapely.Point(trace.start.x, trace.start.y))


def isolation_marks(query: LayerQuery, network: Network, found: CutOff) -> Iterator[Mark]:
    """Mains shut off and those beyond, valves by what is to be done with them, hydrants and meters out of service."""
    mains, valves, shut = query.features(network.role), query.features("valve"), found.isolation.shut
    yield from _lines(network, mains, "beyond", shut.beyond)
    yield from _lines(network, mains, "shut", shut.pieces)
    if query.has("meter"):
        out = np.concatenate([found.meters, found.beyond_meters])
        yield from _points(query.features("meter"), "meter_out", out)
    yield from _points(valves, "next_ring", np.setdiff1d(found.isolation.next_ring.to_close, shut.to_close))
    yield from _points(valves, "closed", shut.closed_already)
    yield from _points(valves, "unusable", found.isolation.unusable)
    yield from _points(valves, "close", shut.to_close)
    if query.has("hydrant"):
        out = np.concatenate([found.hydrants, found.beyond_hydrants])
        yield from _points(query.features("hydrant"), "hydrant_out", out)
    start = found.isolation.start
    yield Mark("start", start.name or "break", shapely.Point(start.x, start.y))


def health_marks(network: Network, features: Features, health: Health) -> list[Mark]:
    """Every finding at its place, over all mains."""
    marks = [*_together(network, features, "other_main", ~network.is_known)]
    marks += _together(network, features, "directed_main", network.is_known)
    for item in health.items:
        marks += _item(network, features, item)
    return [*marks, *_at(network, "outfall", np.flatnonzero(network.is_outfall))]


def piece_geometry(network: Network, features: Features, pieces: Rows, from_ft: Floats, to_ft: Floats) -> Geometries:
    """Stretches of pieces as lines, in the direction of the flow where it is known."""
    lines = np.asarray(features.geometry[network.row[pieces].astype(np.intp)], dtype=object)
    found = stretches(lines, from_ft, to_ft)
    turned = network.is_reversed[pieces]
    found[turned] = shapely.reverse(found[turned])
    return found


_ON_MAINS: dict[str, MarkKind] = {"cycle": "cycle", "loop": "loop", "contradiction": "contradiction"}
_AT_NODES: dict[str, MarkKind] = {
    "outfalls": "outfall",
    "split": "split",
    "gap": "gap",
    "touch": "touch",
    "blind joint": "blind_joint",
    "id at two places": "id_at_two_places",
    "dead end": "dead_end",
}


def _item(network: Network, features: Features, item: Item) -> Iterator[Mark]:
    if item.kind in _ON_MAINS:
        for row in item.segments.tolist():
            name = segment_name(features, row)
            yield Mark(_ON_MAINS[item.kind], item.name, features.geometry[row], str(features.ids[row]), name)
        return
    for node in item.nodes.tolist():
        yield Mark(_AT_NODES[item.kind], node_name(network, node), shapely.Point(network.xy[node]), None, item.name)


def _pieces_of(network: Network, rows: Rows, without: Rows) -> Rows:
    pieces = network.pieces_of(rows)
    return pieces[~np.isin(pieces, without)]


def _lines(network: Network, features: Features, kind: MarkKind, pieces: Rows) -> Iterator[Mark]:
    return _stretched(network, features, kind, pieces, network.start_ft[pieces], network.end_ft[pieces])


def _stretched(
    network: Network, features: Features, kind: MarkKind, pieces: Rows, from_ft: Floats, to_ft: Floats
) -> Iterator[Mark]:
    for at in range(0, len(pieces), _AT_ONCE):
        some = slice(at, at + _AT_ONCE)
        shapes = piece_geometry(network, features, pieces[some], from_ft[some], to_ft[some])
        for shape, row in zip(shapes, network.row[pieces[some]].tolist(), strict=True):
            if not shape.is_empty:
                name = segment_name(features, row)
                yield Mark(kind, name, shape, str(features.ids[row]), name)


def _together(network: Network, features: Features, kind: MarkKind, some: Flags) -> list[Mark]:
    """Many mains as one thing to draw, a little simplified: the ground that findings lie on."""
    rows = rows_of(network, np.flatnonzero(some))
    if not len(rows):
        return []
    lines = shapely.get_parts(np.asarray(features.geometry[rows], dtype=object))
    return [Mark(kind, "", shapely.MultiLineString(list(shapely.simplify(lines, _SIMPLER_FT))))]


def _points(features: Features, kind: MarkKind, rows: Rows) -> list[Mark]:
    return [
        Mark(kind, name, features.geometry[row], str(features.ids[row]), name)
        for row in rows.tolist()
        for name in [segment_name(features, row)]
    ]


def _at(network: Network, kind: MarkKind, nodes: Rows) -> list[Mark]:
    return [
        Mark(kind, name, shapely.Point(network.xy[node]), None, name)
        for node in nodes.tolist()
        for name in [node_name(network, node)]
    ]
