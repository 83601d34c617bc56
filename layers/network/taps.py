"""Valves on water mains: each becomes a node, an end or a joint where one is near, else a place along its main."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from scipy.spatial import KDTree

from layers.features import Features
from layers.grid import Geometries, Rows
from layers.network.lines import IN_SERVICE, Lines
from layers.network.model import Ints
from layers.network.nodes import Meetings, Nodes
from layers.network_settings import NetworkSettings
from layers.reference import plain_keys


@dataclass(frozen=True, eq=False)
class Taps:
    """The nodes and joints with those of the valves among them, and the node of each valve (-1: on no main)."""

    nodes: Nodes
    joints: Meetings
    node: Ints


def tapped(lines: Lines, nodes: Nodes, joints: Meetings, valves: Features | None, settings: NetworkSettings) -> Taps:
    """The valves in service put onto the mains: on the node of their id, else a node in snapping distance.

    Else on the nearest main at most `valve_ft` away, at the place next to them.
    """
    if valves is None or not len(valves) or not len(lines):
        return Taps(nodes, joints, np.full(0 if valves is None else len(valves), -1, dtype=np.int32))
    found = np.full(len(valves), -1, dtype=np.int32)
    rows = np.flatnonzero(valves.selected(IN_SERVICE))
    points = np.asarray(shapely.centroid(np.asarray(valves.geometry[rows], dtype=object)), dtype=object)
    found[rows] = _at_nodes(nodes, plain_keys(valves.texts("facility_id")[rows]), points, settings.snap_ft)
    left = found[rows] < 0
    new = _along(lines, points[left], settings)
    node = len(nodes.xy) + np.arange(len(new.node))
    found[rows[left][new.node]] = node
    along = shapely.line_interpolate_point(lines.line[new.line], new.along_ft)
    count = len(node)
    more = Nodes(
        nodes.of_end,
        np.concatenate([nodes.xy, shapely.get_coordinates(along).reshape(-1, 2)]),
        np.concatenate([nodes.name, np.full(count, "", dtype="U1")]),
        np.concatenate([nodes.spread_ft, np.zeros(count)]),
    )
    both = Meetings(
        np.concatenate([joints.node, node]),
        np.concatenate([joints.line, new.line]),
        np.concatenate([joints.apart_ft, new.apart_ft]),
        np.concatenate([joints.along_ft, new.along_ft]),
    )
    return Taps(more, both, found)


def _at_nodes(nodes: Nodes, ids: np.ndarray, points: Geometries, snap_ft: float) -> Rows:
    """The node of each valve's id, else the nearest in snapping distance, else -1."""
    named = {str(name): number for number, name in enumerate(nodes.name) if name}
    found = np.array([named.get(str(key), -1) for key in ids], dtype=np.intp)
    left = np.flatnonzero(found < 0)
    if len(left):
        apart, nearest = KDTree(nodes.xy).query(shapely.get_coordinates(points[left]), distance_upper_bound=snap_ft)
        near = np.isfinite(apart)
        found[left[near]] = nearest[near]
    return found


def _along(lines: Lines, points: Geometries, settings: NetworkSettings) -> Meetings:
    """The nearest line of each point in reach (`node` is the point's number), of equals the first."""
    tree = shapely.STRtree(lines.line)
    point, line = tree.query_nearest(points, max_distance=settings.valve_ft, all_matches=True)
    order = np.lexsort((line, point))
    first = np.ones(len(order), dtype=np.bool_)
    first[1:] = point[order][1:] != point[order][:-1]
    point, line = point[order][first], line[order][first]
    apart = shapely.distance(lines.line[line], points[point])
    return Meetings(point, line, apart, shapely.line_locate_point(lines.line[line], points[point]))
