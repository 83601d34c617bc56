"""What users can ask of a network: trace from a place, shut a place off; the same for HTTP, commands and tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import shapely

from gis_ce.errors import PlaceRefused
from layers.errors import TraceRefused
from layers.grid import Rows
from layers.network.attached import attached
from layers.network.isolation import Isolation, Isolator
from layers.network.line import line
from layers.network.lines import IN_SERVICE
from layers.network.model import Network
from layers.network.starts import Start, at_manhole, at_point, at_segment, at_valve
from layers.network.trace import Trace, TraceKind, downstream, upstream
from layers.network.valves import zones_of
from layers.network_settings import NetworkSettings
from layers.query import LayerQuery

LONGEST_FT = 10_000_000.0
"""No trace is asked to go farther than this."""


@dataclass(frozen=True, slots=True)
class Where:
    """Where a trace starts or ends: exactly one of a point on the grid, a manhole, a main and a valve.

    `name` is what to call a point, such as its address or the number of its case.
    """

    point: shapely.Point | None = None
    manhole: str | None = None
    segment: str | None = None
    valve: str | None = None
    name: str = ""


@dataclass(frozen=True, eq=False)
class CutOff:
    """An isolation with the meters and hydrants that are without water, as rows of their features.

    `beyond_meters` and `beyond_hydrants` are those that lose their only way to a source, among the others.
    `valve` is the row of the valve that was asked about, `condition` what can be done with it; `closing` are
    pieces without water when it alone is closed, `closing_meters` the meters on them. `unplaced_meters` hang
    on no main that is known.
    """

    isolation: Isolation
    meters: Rows
    beyond_meters: Rows
    hydrants: Rows
    beyond_hydrants: Rows
    unplaced_meters: int
    valve: int | None
    condition: int | None
    closing: Rows
    closing_meters: Rows


def traced(
    query: LayerQuery,
    network: Network,
    settings: NetworkSettings,
    kind: TraceKind,
    start: Where,
    end: Where | None = None,
    within_ft: float | None = None,
) -> Trace:
    """A trace; `line` needs an end, and the others may have a distance. Raises TraceRefused, PlaceRefused."""
    if within_ft is not None and not 0 < within_ft <= LONGEST_FT:
        raise PlaceRefused(f"A trace goes some feet, at most {LONGEST_FT:,.0f}, not {within_ft:g}.")
    begun = start_of(query, network, settings, start)
    if kind == "line":
        if end is None:
            raise PlaceRefused("A line has two ends: say where it ends too.")
        if within_ft is not None:
            raise PlaceRefused("A line goes from one place to another: a distance does not go with it.")
        return line(network, begun, start_of(query, network, settings, end))
    if end is not None:
        raise PlaceRefused("Only a line has an end; a trace upstream or downstream goes as far as the network.")
    return (upstream if kind == "upstream" else downstream)(network, begun, within_ft)


def start_of(query: LayerQuery, network: Network, settings: NetworkSettings, where: Where) -> Start:
    """Where a trace starts; raises TraceRefused, and PlaceRefused where not exactly one place is said."""
    said = [one for one in (where.point, where.manhole, where.segment, where.valve) if one is not None]
    if len(said) != 1:
        raise PlaceRefused("Say where once: by a point, a manhole, a main or a valve.")
    if where.manhole is not None:
        return at_manhole(query, network, where.manhole, settings.start_ft, settings.snap_ft)
    if where.segment is not None:
        return at_segment(query, network, where.segment)
    if where.valve is not None:
        if network.role != "water_main":
            raise PlaceRefused("Valves are on water mains; a sewer is traced from a point, a manhole or a main.")
        return at_valve(query, network, where.valve)[0]
    assert where.point is not None
    return at_point(query, network, where.point, settings.start_ft, where.name, settings.snap_ft)


def cut_off(
    query: LayerQuery,
    network: Network,
    settings: NetworkSettings,
    where: Where,
    cannot_close: tuple[str, ...] = (),
) -> CutOff:
    """How to shut off a break or a valve, and who is then without water.

    `cannot_close` names valves that were found not to close. Raises TraceRefused, PlaceRefused.
    """
    start = start_of(query, network, settings, where)
    valves = query.features("valve") if query.has("valve") else None
    if valves is None:
        raise TraceRefused("No layer of valves is published here: what to close cannot be told.")
    stuck = np.array([at_valve(query, network, name)[1] for name in cannot_close], dtype=np.intp)
    isolator = Isolator(network, zones_of(network, valves, stuck))
    found = isolator.isolate(start)
    meters, hydrants = _hung(query, network, "meter", settings), _hung(query, network, "hydrant", settings)
    valve = at_valve(query, network, where.valve)[1] if where.valve is not None else None
    closing = isolator.closing(valve) if valve is not None else np.empty(0, dtype=np.intp)
    return CutOff(
        isolation=found,
        meters=_on(meters, found.shut.pieces),
        beyond_meters=_on(meters, found.shut.beyond),
        hydrants=_on(hydrants, found.shut.pieces),
        beyond_hydrants=_on(hydrants, found.shut.beyond),
        unplaced_meters=_unplaced(query, meters),
        valve=valve,
        condition=int(isolator.zones.condition[valve]) if valve is not None else None,
        closing=closing,
        closing_meters=_on(meters, closing),
    )


def meters_on(query: LayerQuery, network: Network, settings: NetworkSettings, pieces: Rows) -> Rows:
    """The rows of the meters that hang on some pieces."""
    return _on(_hung(query, network, "meter", settings), pieces)


def _hung(query: LayerQuery, network: Network, role: Literal["meter", "hydrant"], settings: NetworkSettings) -> Rows:
    """The piece of each feature of a role; worked out once for each set of versions."""
    if not query.has(role):
        return np.empty(0, dtype=np.intp)
    reach_ft = settings.meter_ft if role == "meter" else settings.hydrant_ft
    key = ("hung", settings, *sorted(query.versions_of((network.role, "valve", "lateral")).items()))
    return query.features(role).once(key, lambda: attached(query, network, role, reach_ft).piece)


def _unplaced(query: LayerQuery, hung: Rows) -> int:
    """How many meters in service hang on no main that is known."""
    return int((query.features("meter").selected(IN_SERVICE) & (hung < 0)).sum()) if len(hung) else 0


def _on(hung: Rows, pieces: Rows) -> Rows:
    wanted = np.zeros(int(max(hung.max(initial=-1), pieces.max(initial=-1))) + 2, dtype=np.bool_)
    wanted[pieces] = True
    wanted[-1] = False
    return np.flatnonzero(wanted[hung])
