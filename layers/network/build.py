"""Makes a network from the layers of a query; made once for each set of versions and kept beside the snapshots."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import shapely

from layers.catalog import ROLE_BY_NAME
from layers.features import Features
from layers.grid import Floats
from layers.network.direction import Evidence, Flow, flow_of, inverts_say
from layers.network.files import kept, key_of
from layers.network.lines import IN_SERVICE, Declared, Lines, declared_nodes, lines_of
from layers.network.model import Codes, Flags, Ints, Network
from layers.network.nodes import (
    Meetings,
    Nodes,
    Pieces,
    is_inside,
    manholes_at,
    meetings,
    missed_joints,
    nodes_of,
    parted,
)
from layers.network.taps import tapped
from layers.network_settings import NetworkSettings
from layers.query import LayerQuery
from layers.reference import plain_keys

OUTFALL_KINDS = ("outfall", "treatment plant")
"""Words in the kind of a manhole that mean everything may end there."""
_MADE = re.compile("X[0-9A-F]{12}")
"""An id that was made at the import for want of one: nobody knows a manhole by it."""
FORCED_KINDS = ("force", "pressure")
"""Words in the kind of a sewer main that mean it is pumped."""


@dataclass(frozen=True, eq=False)
class Manholes:
    """What a network needs of the manholes: places, ids by either name, inverts in feet, outfalls by kind."""

    xy: Floats
    row_of: Mapping[str, int]
    id: npt.NDArray[np.str_]
    invert_ft: Floats
    is_outfall: Flags


def network_of(query: LayerQuery, settings: NetworkSettings, role: str, folder: Path | None = None) -> Network:
    """The network of the mains of a role; raises LayerMissing where that role has no layer.

    Made once: kept with the features in memory and, where the store's `folder` is given, in a file
    beside the snapshot. Abandoned mains are no part of it.
    """
    features = query.features(role)
    beside = "manhole" if role == "sewer_main" else "valve"
    points = query.features(beside) if query.has(beside) else None
    key = key_of(features, points, settings)
    return features.once(
        ("network", key), lambda: kept(folder, features, key, lambda: build(features, points, settings))
    )


def build(features: Features, points: Features | None, settings: NetworkSettings) -> Network:
    """The same without remembering it; `points` are the manholes of sewers, the valves of water mains."""
    is_sewer = features.role == "sewer_main"
    manholes = manholes_of(points if is_sewer else None)
    lines = lines_of(features, settings.snap_ft)
    places = {name: tuple(manholes.xy[row]) for name, row in manholes.row_of.items()}
    declared = declared_nodes(features, lines, places)
    nodes = nodes_of(lines, declared)
    met = meetings(lines, nodes, max(settings.gap_ft, settings.snap_ft))
    is_joint = _joins(features, lines, declared, nodes, met, settings)
    joints = met.taken(is_joint)
    taps = tapped(lines, nodes, joints, None if is_sewer else points, settings)
    pieces = parted(lines, nodes.of_end, taps.joints)
    made = _Made(features, manholes, lines, declared, taps.nodes, pieces, settings)
    return made.network(met.taken(~is_joint), taps.node)


def manholes_of(holes: Features | None) -> Manholes:
    """The manholes in service; of several with one id the first."""
    if holes is None or not len(holes):
        return Manholes(np.empty((0, 2)), {}, np.empty(0, "U1"), np.empty(0), np.empty(0, np.bool_))
    counts = holes.selected(IN_SERVICE)
    xy = np.full((len(holes), 2), np.nan)
    xy[counts] = shapely.get_coordinates(shapely.centroid(np.asarray(holes.geometry[counts], dtype=object)))
    facility, ids = plain_keys(holes.texts("facility_id")), plain_keys(holes.ids[:])
    row_of: dict[str, int] = {}
    for keys in (facility, ids):
        for row in np.flatnonzero(counts & (keys != "")).tolist():
            row_of.setdefault(str(keys[row]), row)
    kinds = np.array([str(kind or "").strip().lower() for kind in holes.texts("kind")], dtype="U")
    own = np.array([not _MADE.fullmatch(str(key)) for key in ids], dtype=np.bool_)
    named = np.where(facility != "", facility, np.where(own, ids, ""))
    return Manholes(xy, row_of, named, holes.numbers("invert_ft"), np.isin(kinds, OUTFALL_KINDS))


def _joins(
    features: Features, lines: Lines, declared: Declared, nodes: Nodes, met: Meetings, settings: NetworkSettings
) -> Flags:
    """Which meetings are joints along a line: those that touch it away from its ends, where the role says so.

    Where both lines have declared ids, the ids say what is joined.
    """
    own = settings.split_sewer if features.role == "sewer_main" else settings.split_water
    splits = ROLE_BY_NAME[features.role].joins_along if own is None else own
    if not splits:
        return np.zeros(len(met.node), dtype=np.bool_)
    has_ids = (declared.code >= 0).all(axis=1)
    declared_node = nodes.name[met.node] != ""
    touching = (met.apart_ft <= settings.snap_ft) & is_inside(met, lines, settings.snap_ft)
    by_ids = np.asarray(has_ids)[met.line] & declared_node
    return np.asarray(touching & ~by_ids, dtype=np.bool_)


@dataclass(frozen=True, eq=False)
class _Made:
    """All that a network is put together from."""

    features: Features
    manholes: Manholes
    lines: Lines
    declared: Declared
    nodes: Nodes
    pieces: Pieces
    settings: NetworkSettings

    def network(self, unjoined: Meetings, valve_node: Ints) -> Network:
        """The network; its nodes are those that pieces end in."""
        ends, count = self.pieces.nodes, len(self.nodes.xy)
        manhole = self._manholes_at_nodes()
        is_outfall = self._outfalls(manhole)
        flow = self._flow(manhole, is_outfall)
        degree = np.bincount(ends.ravel(), minlength=count)
        missed = missed_joints(self.pieces, unjoined, degree, self.settings.snap_ft)
        turned = flow.way == -1
        blind = (degree > 1) & (manhole < 0)
        return Network(
            role=self.features.role,
            row=self.lines.row[self.pieces.line].astype(np.int32),
            from_node=np.where(turned, ends[:, 1], ends[:, 0]).astype(np.int32),
            to_node=np.where(turned, ends[:, 0], ends[:, 1]).astype(np.int32),
            direction=flow.direction,
            is_reversed=turned,
            contradictions=flow.contradictions,
            start_ft=self.pieces.start_ft,
            end_ft=self.pieces.end_ft,
            xy=self.nodes.xy,
            manhole=manhole,
            name=self._names(manhole),
            is_outfall=is_outfall,
            is_blind=blind if self.features.role == "sewer_main" else np.zeros(count, dtype=np.bool_),
            spread_ft=self.nodes.spread_ft,
            valve_node=valve_node,
            missed=missed,
            drawn_agrees=flow.drawn_agrees,
        )

    def _manholes_at_nodes(self) -> Ints:
        holes = self.manholes
        return manholes_at(self.nodes.xy, self.nodes.name, holes.xy, dict(holes.row_of), self.settings.snap_ft)

    def _outfalls(self, manhole: Ints) -> Flags:
        wanted = plain_keys(np.array([*self.settings.outfalls, *self.settings.sources], dtype=object))
        named = np.isin(self.nodes.name, wanted) | np.isin(self._names(manhole), wanted)
        if self.features.role == "water_main" and len(wanted):
            facility, ids = plain_keys(self.features.texts("facility_id")), plain_keys(self.features.ids[:])
            fed = np.isin(facility, wanted) | np.isin(ids, wanted)
            named[self.pieces.nodes[fed[self.lines.row[self.pieces.line]]].ravel()] = True
        by_kind = np.append(self.manholes.is_outfall, False)[manhole]
        return np.asarray(named | by_kind, dtype=np.bool_)

    def _names(self, manhole: Ints) -> npt.NDArray[np.str_]:
        of_manhole = np.append(self.manholes.id, "")[manhole]
        return np.where(self.nodes.name != "", self.nodes.name, of_manhole)

    def _flow(self, manhole: Ints, is_outfall: Flags) -> Flow:
        by_main = self.features.role == "sewer_main"
        inverts = self._inverts(manhole) if by_main else np.zeros(len(self.lines), dtype=np.int8)
        evidence = Evidence(inverts[self.pieces.line], self._by_nodes()[self.pieces.line])
        if not by_main:
            nothing = np.zeros(len(self.pieces.line), dtype=np.int8)
            return Flow(nothing, nothing.copy(), nothing.copy(), float("nan"))
        return flow_of(evidence, self.pieces.nodes, len(self.nodes.xy), is_outfall)

    def _by_nodes(self) -> Codes:
        both = (self.declared.code >= 0).all(axis=1)
        return np.where(both, self.declared.label, 0).astype(np.int8)

    def _inverts(self, manhole: Ints) -> Codes:
        rows = self.lines.row
        kinds = np.array([str(kind or "").strip().lower() for kind in self.features.texts("kind")[rows]], dtype="U")
        at_nodes = np.append(self.manholes.invert_ft, np.nan)[manhole]
        return inverts_say(
            self.features.numbers("upstream_invert_ft")[rows],
            self.features.numbers("downstream_invert_ft")[rows],
            self.declared.label,
            at_nodes[self.nodes.of_end],
            np.isin(kinds, FORCED_KINDS),
        )
