"""Where a trace starts: a point, a manhole or a main; what is too far or not there is refused in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import shapely

from layers.errors import TraceRefused
from layers.features import Features
from layers.grid import Rows
from layers.network.lines import IN_SERVICE
from layers.network.model import Network
from layers.network.stretches import stretches
from layers.query import LayerQuery
from layers.reference import plain_keys

StartKind = Literal["point", "manhole", "segment", "valve"]
_SHOWN = 5
WORD = {"sewer_main": "sewer main", "water_main": "water main"}


@dataclass(frozen=True, slots=True)
class Start:
    """The start of a trace: a `node` (else -1), or `pieces` that count whole, or one of them at a place along it.

    `along_ft` is the place along the piece's main as drawn, None where whole pieces are meant.
    `snapped_ft` is how far the asked point lies from the network, `x` and `y` where the trace starts.
    """

    kind: StartKind
    name: str
    node: int
    pieces: tuple[int, ...]
    along_ft: float | None
    snapped_ft: float
    x: float
    y: float


def at_point(
    query: LayerQuery, network: Network, point: shapely.Point, reach_ft: float, name: str = "", snap_ft: float = 0.5
) -> Start:
    """The place on the nearest main in service; in its end node where that is at most `snap_ft` away along it.

    Raises TraceRefused with the distance where no main is within `reach_ft`.
    """
    places = np.array([point], dtype=object)
    found = query.nearest(network.role, places, reach_ft=reach_ft, select=IN_SERVICE)
    if not len(found):
        raise TraceRefused(_too_far(query, network, places, reach_ft))
    return on_main(query, network, int(found.feature[0]), point, float(found.distance_ft[0]), name, snap_ft)


def on_main(
    query: LayerQuery,
    network: Network,
    row: int,
    point: shapely.Point,
    distance_ft: float,
    name: str = "",
    snap_ft: float = 0.5,
) -> Start:
    """The start of a point whose nearest main in service is known by its row; see `at_point`."""
    line = query.features(network.role).geometry[row]
    piece, along = _along(network, line, row, point)
    ends = (float(network.start_ft[piece]), float(network.end_ft[piece]))
    x, y = _place(line, along)
    for number, end in enumerate(ends):
        if abs(along - end) <= snap_ft:
            first = network.to_node if network.is_reversed[piece] else network.from_node
            last = network.from_node if network.is_reversed[piece] else network.to_node
            return Start("point", name, int((first, last)[number][piece]), (), None, distance_ft, x, y)
    return Start("point", name, -1, (piece,), along, distance_ft, x, y)


def at_manhole(query: LayerQuery, network: Network, name: str, reach_ft: float, snap_ft: float = 0.5) -> Start:
    """The node of a manhole, by its facility id, its feature id, or a node id that the mains declare.

    A manhole that lies along a main without a joint there starts on that main. Raises TraceRefused for
    an id that is not there, or that several places have.
    """
    key = plain_keys(np.array([name], dtype=object))[0]
    nodes = np.flatnonzero(network.name == key) if key else np.empty(0, dtype=np.intp)
    rows = _named_rows(query.features("manhole"), str(key)) if query.has("manhole") else np.empty(0, dtype=np.intp)
    if not len(nodes) and len(rows):
        nodes = np.flatnonzero(np.isin(network.manhole, rows))
    if len(nodes) > 1 or (not len(nodes) and len(rows) > 1):
        raise TraceRefused(
            f"{max(len(nodes), len(rows))} manholes have the id {name!r}; start from a point or by feature id."
        )
    if len(nodes):
        x, y = network.xy[nodes[0]].tolist()
        return Start("manhole", name, int(nodes[0]), (), None, 0.0, x, y)
    if not len(rows):
        raise TraceRefused(f"There is no manhole {name!r} here, and no {WORD[network.role]} names such a node.")
    point = query.features("manhole").geometry[int(rows[0])]
    return at_point(query, network, shapely.centroid(point), reach_ft, name, snap_ft)


def at_segment(query: LayerQuery, network: Network, name: str) -> Start:
    """A whole main, by its feature id or its facility id.

    Raises TraceRefused for an id that is not there, that several mains have, or of an abandoned main.
    """
    features, word = query.features(network.role), WORD[network.role]
    rows = _named_rows(features, str(plain_keys(np.array([name], dtype=object))[0]))
    if not len(rows):
        raise TraceRefused(f"There is no {word} {name!r} here.")
    if len(rows) > 1:
        ids = ", ".join(str(features.ids[int(row)]) for row in rows[:_SHOWN])
        raise TraceRefused(f"{len(rows)} {word}s have the id {name!r}; name one of the feature ids {ids}.")
    return of_row(query, network, int(rows[0]), name)


def at_valve(query: LayerQuery, network: Network, name: str) -> tuple[Start, int]:
    """The node of a valve, by its facility id or feature id, and the valve's row.

    Raises TraceRefused for an id that is not there, that several valves have, or of a valve on no main.
    """
    valves = query.features("valve")
    rows = _named_rows(valves, str(plain_keys(np.array([name], dtype=object))[0]))
    if not len(rows):
        raise TraceRefused(f"There is no valve {name!r} here.")
    if len(rows) > 1:
        ids = ", ".join(str(valves.ids[int(row)]) for row in rows[:_SHOWN])
        raise TraceRefused(f"{len(rows)} valves have the id {name!r}; name one of the feature ids {ids}.")
    row = int(rows[0])
    node = int(network.valve_node[row])
    if node < 0:
        raise TraceRefused(f"The valve {name} is abandoned or lies on no main, so it shuts nothing off.")
    x, y = network.xy[node].tolist()
    return Start("valve", name, node, (), None, 0.0, x, y), row


def of_row(query: LayerQuery, network: Network, row: int, name: str = "") -> Start:
    """A whole main by its row among the features; raises TraceRefused where it is not in service."""
    pieces = network.pieces_of(np.array([row]))
    if not len(pieces):
        raise TraceRefused(f"The {WORD[network.role]} {name or row} is abandoned or has no line: nothing runs in it.")
    line = query.features(network.role).geometry[row]
    x, y = _place(line, float(shapely.length(line)) / 2)
    return Start("segment", name, -1, tuple(pieces.tolist()), None, 0.0, x, y)


def _named_rows(features: Features, key: str) -> Rows:
    """The rows of a feature id, else those of a facility id."""
    if not key:
        return np.empty(0, dtype=np.intp)
    own = features.once("plain ids", lambda: plain_keys(features.ids[:]))
    rows = np.flatnonzero(own == key)
    if not len(rows):
        facility = features.once("plain facility ids", lambda: plain_keys(features.texts("facility_id")))
        rows = np.flatnonzero(facility == key)
    return rows


def _along(network: Network, line: shapely.Geometry, row: int, point: shapely.Point) -> tuple[int, float]:
    """The piece of a main that is nearest to a point, and the place along the main."""
    pieces = network.pieces_of(np.array([row]))
    lines = stretches(np.full(len(pieces), line, dtype=object), network.start_ft[pieces], network.end_ft[pieces])
    nearest = int(np.argmin(shapely.distance(lines, point)))
    piece = int(pieces[nearest])
    along = float(shapely.line_locate_point(lines[nearest], point)) + float(network.start_ft[piece])
    return piece, min(along, float(network.end_ft[piece]))


def _place(line: shapely.Geometry, along_ft: float) -> tuple[float, float]:
    point = shapely.line_interpolate_point(shapely.line_merge(line), along_ft)
    x, y = shapely.get_coordinates(point)[0].tolist()
    return x, y


def _too_far(query: LayerQuery, network: Network, places: np.ndarray, reach_ft: float) -> str:
    word = WORD[network.role]
    farther = query.nearest(network.role, places, reach_ft=1e9, select=IN_SERVICE)
    if not len(farther):
        return f"There is no {word} in service here at all."
    apart = float(farther.distance_ft[0])
    return (
        f"The nearest {word} is {apart:,.0f} ft away, farther than the {reach_ft:g} ft from which a trace may start. "
        f"Start on a main or at a manhole."
    )
