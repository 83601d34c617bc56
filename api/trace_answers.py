"""Traces, shut-offs and the health of a network as messages: ids, lengths in feet, words for every doubt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import shapely

from api.answers import Message
from api.streaming import LongList, batches
from gis_ce.network_marks import Mark
from gis_ce.trace_words import (
    condition_word,
    direction_word,
    isolation_doubts,
    isolation_sentence,
    side_sentence,
    start_words,
    trace_doubts,
    trace_notes,
    trace_sentence,
)
from gis_ce.tracing import CutOff
from layers.features import Features
from layers.grid import Grid, Rows
from layers.network.health import KINDS, Component, Health, Item, node_name, segment_name
from layers.network.isolation import Shut
from layers.network.model import Network
from layers.network.starts import Start
from layers.network.trace import Side, Trace
from layers.query import LayerQuery
from maps.evidence import map_features


def trace_message(query: LayerQuery, network: Network, trace: Trace, grid: Grid) -> Message:
    """A whole trace."""
    features = query.features(network.role)
    return {
        "kind": trace.kind,
        "sentence": trace_sentence(trace),
        "certain": trace.is_certain,
        "doubts": trace_doubts(query, network, trace),
        "notes": trace_notes(network, trace),
        "start": _start(trace.start, grid),
        "within_ft": trace.within_ft,
        "length_ft": round(trace.length_ft, 2),
        "segments": _segments(network, features, trace),
        "manholes": [node_name(network, node) for node in trace.nodes.tolist()],
        "ends": [node_name(network, node) for node in trace.ends.tolist()],
        "unknown_directions": _ids(features, network.row[trace.unknown_directions].astype(np.intp)),
        "sides": [_side(query, network, side) for side in trace.sides],
        "possible_segments": _ids(features, trace.possible_segments),
        "possible_length_ft": round(trace.possible_length_ft, 2),
        "gaps": [_missed(network, features, entry) for entry in trace.gaps.tolist()],
        "unjoined_ends": [_missed(network, features, entry) for entry in trace.touches.tolist()],
        "blind_joints": [node_name(network, node) for node in trace.blind_joints.tolist()],
        "splits": [node_name(network, node) for node in trace.splits.tolist()],
        "contradictions": _ids(features, network.row[trace.contradicted].astype(np.intp)),
        "layers": dict(query.versions_of((network.role, "manhole"))),
    }


def isolation_message(query: LayerQuery, network: Network, found: CutOff, grid: Grid) -> Message:
    """A whole shut-off."""
    mains, valves = query.features(network.role), query.features("valve")
    shut, ring = found.isolation.shut, found.isolation.next_ring
    message: Message = {
        "sentence": isolation_sentence(query, network, found),
        "doubts": isolation_doubts(query, network, found),
        "start": _start(found.isolation.start, grid),
        "close": _ids(valves, shut.to_close),
        "closed_already": _ids(valves, shut.closed_already),
        "unusable": _ids(valves, found.isolation.unusable),
        "without_water": _shut(query, mains, shut, found),
        "if_a_valve_fails": [
            {
                "valve": _id(valves, fails.valve),
                "also_close": _ids(valves, fails.also_close),
                "more_segments": _ids(mains, fails.more_segments),
                "more_length_ft": round(fails.more_length_ft, 2),
            }
            for fails in found.isolation.if_fails
        ],
        "next_ring": {
            "close": _ids(valves, ring.to_close),
            "segments": _ids(mains, ring.segments),
            "length_ft": round(ring.length_ft, 2),
        },
        "layers": dict(query.versions_of((network.role, "valve", "meter", "hydrant", "lateral"))),
    }
    if found.valve is not None:
        message["closing_it_alone"] = {
            "valve": _id(valves, found.valve),
            "condition": condition_word(found.condition or 0),
            "segments": _ids(mains, np.unique(network.row[found.closing]).astype(np.intp)),
            "meters": _ids(query.features("meter"), found.closing_meters) if query.has("meter") else [],
        }
    return message


def health_message(health: Health, network: Network, features: Features, grid: Grid) -> Message:
    """The health of a network: every component and every finding by name and place."""
    places = [(component.x, component.y) for component in health.components]
    lonlat = _lonlat([*places, *((item.x, item.y) for item in health.items)], grid)
    parts, items = lonlat[: len(places)], lonlat[len(places) :]
    return {
        "role": health.role,
        "segments": health.segments,
        "nodes": health.nodes,
        "length_ft": round(health.length_ft, 1),
        "drawn_with_the_flow": None if np.isnan(health.drawn_agrees) else round(health.drawn_agrees, 4),
        "directions": [{"how": how, "pieces": n, "length_ft": round(far, 1)} for how, n, far in health.by_direction],
        "counts": {kind: len(health.of_kind(kind)) for kind, _, _ in KINDS},
        "components": [_component(part, at) for part, at in zip(health.components, parts, strict=True)],
        "findings": [_finding(item, at, network, features) for item, at in zip(health.items, items, strict=True)],
    }


def _component(part: Component, at: tuple[float, float]) -> Message:
    return {
        "number": part.number,
        "name": part.name,
        "segments": len(part.segments),
        "nodes": len(part.nodes),
        "length_ft": round(part.length_ft, 1),
        "known_direction_ft": round(part.known_ft, 1),
        "sinks": part.sinks,
        "sources": part.sources,
        "loops": part.loops,
        "outfalls": list(part.outfalls),
        "lon": at[0],
        "lat": at[1],
    }


def _finding(item: Item, at: tuple[float, float], network: Network, features: Features) -> Message:
    return {
        "kind": item.kind,
        "name": item.name,
        "says": item.says,
        "segments": [segment_name(features, row) for row in item.segments.tolist()],
        "nodes": [node_name(network, node) for node in item.nodes.tolist()],
        "lon": at[0],
        "lat": at[1],
    }


def marks_collection(marks: Iterable[Mark], grid: Grid) -> Message:
    """The marks as GeoJSON in degrees: `kind`, `label`, and the feature's id and name where it is one.

    Its features are made some at a time, and once.
    """
    return {"type": "FeatureCollection", "features": _features(marks, grid)}


def _features(marks: Iterable[Mark], grid: Grid) -> Iterator[Message]:
    for some in batches(marks):
        properties: list[dict[str, object]] = [
            {"kind": mark.kind, "label": mark.label, "id": mark.feature_id, "name": mark.name} for mark in some
        ]
        yield from map_features([mark.geometry for mark in some], properties, grid)


def _start(start: Start, grid: Grid) -> Message:
    lon, lat = _lonlat([(start.x, start.y)], grid)[0]
    return {
        "kind": start.kind,
        "name": start.name,
        "told": start_words(start),
        "snapped_ft": round(start.snapped_ft, 2),
        "easting_ft": round(start.x, 3),
        "northing_ft": round(start.y, 3),
        "lon": lon,
        "lat": lat,
    }


def _lonlat(places: Sequence[tuple[float, float]], grid: Grid) -> list[tuple[float, float]]:
    if not places:
        return []
    moved = grid.to_lonlat(np.asarray(shapely.points(np.array(places)), dtype=object))
    return [(round(x, 7), round(y, 7)) for x, y in shapely.get_coordinates(moved).tolist()]


def _segments(network: Network, features: Features, trace: Trace) -> LongList:
    """One entry a main, in the order of its row (of a line, in the order of the way), with the feet that are traced."""
    rows, first, main = np.unique(network.row[trace.pieces], return_index=True, return_inverse=True)
    traced_ft = np.bincount(main, trace.to_ft - trace.from_ft, len(rows))
    how = network.direction[trace.pieces[first]]
    order = np.argsort(first) if trace.kind == "line" else np.arange(len(rows))

    def segment(place: int) -> Message:
        at = order[place]
        told = {"length_ft": round(float(traced_ft[at]), 2), "direction": direction_word(int(how[at]))}
        return _id(features, int(rows[at])) | told

    return LongList(len(rows), segment)


def _side(query: LayerQuery, network: Network, side: Side) -> Message:
    features = query.features(network.role)
    return {
        "by": _id(features, int(network.row[side.piece])),
        "toward": node_name(network, side.toward),
        "other_ways": [
            {"by": _id(features, int(network.row[piece])), "toward": node_name(network, node)}
            for piece, node in side.other_ways
        ],
        "sentence": side_sentence(query, network, side),
        "length_ft": round(side.length_ft, 2),
        "segments": _ids(features, side.segments),
    }


def _shut(query: LayerQuery, mains: Features, shut: Shut, found: CutOff) -> Message:
    meters = query.features("meter") if query.has("meter") else None
    hydrants = query.features("hydrant") if query.has("hydrant") else None
    return {
        "segments": _ids(mains, shut.segments),
        "length_ft": round(shut.length_ft, 2),
        "meters": _ids(meters, found.meters) if meters else [],
        "hydrants": _ids(hydrants, found.hydrants) if hydrants else [],
        "beyond_segments": _ids(mains, shut.beyond_segments),
        "beyond_length_ft": round(shut.beyond_length_ft, 2),
        "beyond_meters": _ids(meters, found.beyond_meters) if meters else [],
        "beyond_hydrants": _ids(hydrants, found.beyond_hydrants) if hydrants else [],
    }


def _missed(network: Network, features: Features, entry: int) -> Message:
    first, incident = network.incident
    node = int(network.missed.node[entry])
    return {
        "end_of": _id(features, int(network.row[incident[first[node]]])),
        "beside": _id(features, int(network.row[network.missed.piece[entry]])),
        "apart_ft": round(float(network.missed.apart_ft[entry]), 3),
    }


def _ids(features: Features, rows: Rows) -> LongList:
    return LongList(len(rows), lambda at: _id(features, int(rows[at])))


def _id(features: Features, row: int) -> Message:
    return {"id": str(features.ids[row]), "name": segment_name(features, row)}
