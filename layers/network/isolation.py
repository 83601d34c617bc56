"""Shutting off water: which valves to close for a break, what is cut off, and what to do if a valve fails."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from layers.grid import Floats, Rows
from layers.network.joined import components
from layers.network.model import Flags, Network
from layers.network.starts import Start
from layers.network.trace import rows_of
from layers.network.valves import CLOSED, INOPERABLE, USABLE, Zones

_NONE: Rows = np.empty(0, dtype=np.intp)


@dataclass(frozen=True, eq=False)
class Shut:
    """What is without water when a set of zones is shut off.

    Valves are rows of the valve features. `to_close` and `closed_already` are those around it, apart from
    valves behind which there is no water any more (which takes a known source); `pieces`
    and `segments` (rows) what lies between them; `beyond` and `beyond_segments` what loses its only way
    to a source. Where no source is known, the largest part that is left is taken to have the supply.
    """

    to_close: Rows
    closed_already: Rows
    pieces: Rows
    segments: Rows
    length_ft: float
    beyond: Rows
    beyond_segments: Rows
    beyond_length_ft: float

    @property
    def all_pieces(self) -> Rows:
        """All pieces without water."""
        return np.concatenate([self.pieces, self.beyond])


@dataclass(frozen=True, eq=False)
class IfFails:
    """A valve that may turn out not to close: then these must be closed too, and so much more is without water."""

    valve: int
    also_close: Rows
    more_segments: Rows
    more_length_ft: float
    shut: Shut


@dataclass(frozen=True, eq=False)
class Isolation:
    """How to shut off a place: the ring of valves, what cannot be used in it, and the next ring.

    `unusable` are valves of the ring as designed that cannot be operated: the ring had to grow past them.
    `next_ring` is the ring around this one, `if_fails` what each single valve's failure would mean.
    `has_source` says whether a source of the network is known; else what lies beyond rests on an assumption.
    """

    start: Start
    shut: Shut
    unusable: Rows
    next_ring: Shut
    if_fails: tuple[IfFails, ...]
    has_source: bool


class Isolator:
    """Answers for one network and the state of its valves."""

    def __init__(self, network: Network, zones: Zones) -> None:
        self.network = network
        self.zones = zones

    def isolate(self, start: Start) -> Isolation:
        """How to shut off a place, a whole main, or (where the start is its node) what a valve parts."""
        wanted = self._zones_at(start)
        shut = self.shut(wanted)
        fails = tuple(self._if_fails(wanted, shut, int(valve)) for valve in shut.to_close)
        return Isolation(start, shut, self._unusable(start), self.shut(self._grown(wanted)), fails, self.has_source)

    def ring(self, start: Start) -> Shut:
        """What shutting off a place takes and means, without what follows if a valve fails."""
        return self.shut(self._zones_at(start))

    def closing(self, valve: int) -> Rows:
        """The pieces that lose their only way to a source when one valve alone is closed; none where it is a loop."""
        node = int(self.network.valve_node[valve])
        if node < 0 or self.zones.condition[valve] not in {USABLE, CLOSED}:
            return _NONE
        closed = _no_nodes(self.network)
        closed[node] = True
        lost = self._normally & ~self._supplied(_NONE, closed)
        return np.flatnonzero(lost[self.zones.zone])

    def shut(self, wanted: Rows) -> Shut:
        """What shutting off some zones takes and means."""
        network, inside = self.network, np.zeros(self.zones.count, dtype=np.bool_)
        inside[wanted] = True
        is_in = inside[self.zones.zone]
        pieces = np.flatnonzero(is_in)
        lost = self._normally & ~self._supplied(wanted, _no_nodes(network))
        is_beyond = lost[self.zones.zone] & ~is_in
        beyond = np.flatnonzero(is_beyond)
        ring = self._ring(is_in, is_in | is_beyond if self.has_source else is_in)
        on_ring = np.flatnonzero(ring[network.valve_node] & (network.valve_node >= 0))
        condition = self.zones.condition[on_ring]
        return Shut(
            to_close=on_ring[condition == USABLE],
            closed_already=on_ring[condition == CLOSED],
            pieces=pieces,
            segments=rows_of(network, pieces),
            length_ft=float(network.length_ft[pieces].sum()),
            beyond=beyond,
            beyond_segments=rows_of(network, beyond),
            beyond_length_ft=float(network.length_ft[beyond].sum()),
        )

    @cached_property
    def has_source(self) -> bool:
        """Whether any source of the network is known."""
        return bool(self.network.is_outfall.any())

    def _zones_at(self, start: Start) -> Rows:
        if start.node >= 0:
            first, incident = self.network.incident
            pieces = incident[first[start.node] : first[start.node + 1]]
        elif start.along_ft is None:
            pieces = np.array(start.pieces, dtype=np.intp)
        else:
            pieces = np.array(start.pieces[:1], dtype=np.intp)
        return np.unique(self.zones.zone[pieces])

    def _ring(self, is_in: Flags, is_dry: Flags) -> Flags:
        """Nodes with a parting valve between a piece inside and one outside that still has water."""
        network = self.network
        inner, outer = _no_nodes(network), _no_nodes(network)
        for ends in (network.from_node, network.to_node):
            inner[ends[is_in]] = True
            outer[ends[~is_dry]] = True
        return np.asarray(inner & outer & self.zones.parts, dtype=np.bool_)

    def _grown(self, wanted: Rows) -> Rows:
        """The zones with all those next to them across a valve that would have to be closed."""
        is_in = np.isin(self.zones.zone, wanted)
        ring = self._ring(is_in, is_in) & ~self.zones.is_closed
        return np.union1d(wanted, self._zones_of_nodes(np.flatnonzero(ring).tolist()))

    def _if_fails(self, wanted: Rows, shut: Shut, valve: int) -> IfFails:
        node = int(self.network.valve_node[valve])
        wider = self.shut(np.union1d(wanted, self._zones_of_nodes([node])))
        also = np.setdiff1d(wider.to_close, shut.to_close)
        more = np.setdiff1d(wider.all_pieces, shut.all_pieces)
        segments = np.setdiff1d(rows_of(self.network, more), rows_of(self.network, shut.all_pieces))
        return IfFails(valve, also, segments, float(self.network.length_ft[more].sum()), wider)

    def _zones_of_nodes(self, nodes: Iterable[int]) -> Rows:
        first, incident = self.network.incident
        pieces = [incident[first[node] : first[node + 1]] for node in nodes]
        return np.unique(self.zones.zone[np.concatenate([_NONE, *pieces])])

    def _unusable(self, start: Start) -> Rows:
        """Inoperable valves at the edge of the zone that the start would have if they could be turned."""
        if start.node >= 0:
            first, incident = self.network.incident
            pieces = incident[first[start.node] : first[start.node + 1]]
        else:
            pieces = np.array(start.pieces, dtype=np.intp)
        is_in = np.isin(self.zones.designed, self.zones.designed[pieces])
        nodes = _no_nodes(self.network)
        for ends in (self.network.from_node, self.network.to_node):
            nodes[ends[is_in]] = True
        at = self.network.valve_node
        return np.flatnonzero((at >= 0) & nodes[at] & (self.zones.condition == INOPERABLE))

    def _supplied(self, without: Rows, closed: Flags) -> Flags:
        """Which zones have a way to a source, by open valves, without passing some zones."""
        count = self.zones.count
        zone, node = self._borders
        passable = ~np.isin(zone, without) & ~(self.zones.is_closed | closed)[self._valved[node]]
        label = components(count + len(self._valved), zone[passable], count + node[passable])[:count]
        sources = self._source_zones if self.has_source else self._largest(label, without)
        sources = sources[~np.isin(sources, without)]
        return np.asarray(np.isin(label, label[sources]), dtype=np.bool_)

    def _largest(self, label: Rows, without: Rows) -> Rows:
        """A zone of the longest part that is left of each part of the network; of equals the first."""
        left = np.ones(self.zones.count, dtype=np.bool_)
        left[without] = False
        part = np.zeros(int(label.max(initial=-1)) + 1)
        np.add.at(part, label[left], self._zone_length_ft[left])
        rows = np.flatnonzero(left)
        order = np.lexsort((rows, -part[label[rows]], self._whole[rows]))
        first = np.ones(len(order), dtype=np.bool_)
        first[1:] = self._whole[rows[order]][1:] != self._whole[rows[order]][:-1]
        return rows[order[first]]

    @cached_property
    def _normally(self) -> Flags:
        """Which zones have water while nothing is shut off."""
        return self._supplied(_NONE, _no_nodes(self.network))

    @cached_property
    def _whole(self) -> Rows:
        """The part of the network that each zone belongs to while nothing is shut off."""
        count = self.zones.count
        zone, node = self._borders
        open_ = ~self.zones.is_closed[self._valved[node]]
        return components(count + len(self._valved), zone[open_], count + node[open_])[:count]

    @cached_property
    def _zone_length_ft(self) -> Floats:
        return np.bincount(self.zones.zone, self.network.length_ft, self.zones.count).astype(np.float64)

    @cached_property
    def _borders(self) -> tuple[Rows, Rows]:
        """Zones and the nodes with parting valves at their edges, in pairs; the nodes as numbers among those."""
        nodes = np.concatenate([self.network.from_node, self.network.to_node]).astype(np.intp)
        zone = np.concatenate([self.zones.zone] * 2)
        at = self.zones.parts[nodes]
        return zone[at], np.searchsorted(self._valved, nodes[at])

    @cached_property
    def _valved(self) -> Rows:
        """The nodes with a parting valve."""
        return np.flatnonzero(self.zones.parts)

    @cached_property
    def _source_zones(self) -> Rows:
        sources = self.network.is_outfall
        fed = sources[self.network.from_node] | sources[self.network.to_node]
        return np.unique(self.zones.zone[fed])


def _no_nodes(network: Network) -> Flags:
    return np.zeros(network.node_count, dtype=np.bool_)
