"""From lines to nodes and pieces: joined by declared ids, else by snapping ends; parted where something joins along."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from scipy.spatial import KDTree

from layers.grid import Floats, Rows
from layers.network.lines import Declared, Lines
from layers.network.model import GAP, TOUCH, Ints, MissedJoints

_NEARLY_FT = 1e-6


@dataclass(frozen=True, eq=False)
class Nodes:
    """The node at each end of each line, and of each node its place, declared name ("" for none) and spread in feet.

    The spread is how far the ends of one node lie apart: more than the snapping distance where an id
    is used at two places.
    """

    of_end: Rows
    xy: Floats
    name: npt.NDArray[np.str_]
    spread_ft: Floats


@dataclass(frozen=True, eq=False)
class Pieces:
    """Lines, parted at joints along them: line number, nodes as drawn, and stretch along the main in feet."""

    line: Rows
    nodes: Rows
    start_ft: Floats
    end_ft: Floats


@dataclass(frozen=True, eq=False)
class Meetings:
    """Where a node lies near the middle of a line that does not end in it: node, line, distance, place along."""

    node: Rows
    line: Rows
    apart_ft: Floats
    along_ft: Floats

    def taken(self, rows: npt.NDArray[np.bool_]) -> Meetings:
        """Some of them."""
        return Meetings(self.node[rows], self.line[rows], self.apart_ft[rows], self.along_ft[rows])


def nodes_of(lines: Lines, declared: Declared) -> Nodes:
    """One node for each declared id, and one for each other place where ends lie.

    An end without an id belongs to the id that most others at its place have (of equals, the first).
    """
    code, group = declared.code.ravel(), lines.group.ravel()
    key = np.where(code >= 0, code, _id_at(code, group)[group])
    key = np.where(key >= 0, key, len(declared.names) + group)
    _, first, of_end = np.unique(key, return_index=True, return_inverse=True)
    points = lines.ends.reshape(-1, 2)
    xy = points[first]
    apart = np.hypot(*(points - xy[of_end]).T)
    spread = np.zeros(len(first))
    np.maximum.at(spread, of_end, apart)
    has_name = key[first] < len(declared.names)
    names = np.append(declared.names, "")
    name = names[np.where(has_name, key[first], len(declared.names))]
    return Nodes(of_end.reshape(-1, 2), xy, name, spread)


def _id_at(code: Rows, group: Rows) -> Rows:
    """The id that most ends at each place have, -1 where none has any."""
    found = np.full(int(group.max(initial=-1)) + 1, -1, dtype=np.intp)
    named = np.flatnonzero(code >= 0)
    pairs, counts = np.unique(np.column_stack([group[named], code[named]]), axis=0, return_counts=True)
    order = np.lexsort((-pairs[:, 1], counts))
    found[pairs[order, 0]] = pairs[order, 1]
    return found


def meetings(lines: Lines, nodes: Nodes, reach_ft: float) -> Meetings:
    """Every node at most `reach_ft` from a line that does not end in it."""
    tree = shapely.STRtree(lines.line)
    points = np.asarray(shapely.points(nodes.xy), dtype=object)
    node, line = tree.query(points, predicate="dwithin", distance=reach_ft + _NEARLY_FT)
    other = (nodes.of_end[line] != node[:, None]).all(axis=1)
    node, line = node[other], line[other]
    apart = shapely.distance(lines.line[line], points[node])
    return Meetings(node, line, apart, shapely.line_locate_point(lines.line[line], points[node]))


def is_inside(met: Meetings, lines: Lines, snap_ft: float) -> npt.NDArray[np.bool_]:
    """Whether each meeting is away from both ends of its line."""
    length = shapely.length(lines.line[met.line])
    return np.asarray((met.along_ft > snap_ft) & (met.along_ft < length - snap_ft), dtype=np.bool_)


def parted(lines: Lines, of_end: Rows, joints: Meetings) -> Pieces:
    """The pieces of all lines: whole, or parted at the given joints along them."""
    count = len(lines)
    length = shapely.length(lines.line)
    numbers = np.arange(count)
    line = np.concatenate([numbers, joints.line, numbers])
    along = np.concatenate([np.zeros(count), joints.along_ft, length])
    node = np.concatenate([of_end[:, 0], joints.node, of_end[:, 1]])
    turn = np.repeat([0, 1, 2], [count, len(joints.line), count])
    order = np.lexsort((along, turn, line))
    line, along, node = line[order], along[order], node[order]
    same = line[1:] == line[:-1]
    offset = lines.offset_ft[line[:-1][same]]
    nodes = np.column_stack([node[:-1][same], node[1:][same]])
    return Pieces(line[:-1][same], nodes, along[:-1][same] + offset, along[1:][same] + offset)


def missed_joints(pieces: Pieces, unjoined: Meetings, degree: Rows, snap_ft: float) -> MissedJoints:
    """Meetings that are no joints: ends that lie on a line, and loose ends with another line near them.

    Of several lines near a loose end the nearest is told. What hangs together next door is no gap.
    """
    touching = unjoined.apart_ft <= snap_ft + _NEARLY_FT
    loose = ~touching & (degree[unjoined.node] == 1)
    kept = unjoined.taken(touching | loose)
    piece = _piece_at(pieces, kept)
    kind = np.where(kept.apart_ft <= snap_ft + _NEARLY_FT, TOUCH, GAP)
    apart = ~_next_door(pieces, kept.node, piece)
    far = kept.taken(apart)
    piece, kind = piece[apart], kind[apart]
    order = np.lexsort((piece, far.apart_ft, far.node))
    first = np.ones(len(order), dtype=np.bool_)
    first[1:] = (far.node[order][1:] != far.node[order][:-1]) | (kind[order][1:] == TOUCH)
    chosen = order[first]
    return MissedJoints(
        _int32(far.node[chosen]), _int32(piece[chosen]), far.apart_ft[chosen], kind[chosen].astype(np.int8)
    )


def _piece_at(pieces: Pieces, met: Meetings) -> Rows:
    """The piece of the line on which each meeting lies."""
    if not len(met.line):
        return np.empty(0, dtype=np.intp)
    first = np.searchsorted(pieces.line, met.line, "left")
    last = np.searchsorted(pieces.line, met.line, "right")
    found = first.copy()
    for step in range(1, int((last - first).max())):
        further = (first + step < last) & (pieces.start_ft[np.minimum(first + step, last - 1)] <= met.along_ft)
        found = np.where(further, first + step, found)
    return found


def _next_door(pieces: Pieces, node: Rows, piece: Rows) -> npt.NDArray[np.bool_]:
    """Whether the piece ends in a node that the given node is directly joined with."""
    ends = np.concatenate([pieces.nodes, pieces.nodes[:, ::-1]])
    count = int(ends.max(initial=0)) + 1
    joined = np.unique(ends[:, 0] * count + ends[:, 1])
    met = pieces.nodes[piece]
    asked = node[:, None] * count + met
    return np.asarray((np.isin(asked, joined) | (met == node[:, None])).any(axis=1), dtype=np.bool_)


def manholes_at(xy: Floats, names: npt.NDArray[np.str_], points: Floats, keys: dict[str, int], snap_ft: float) -> Ints:
    """The row of the manhole of each node: of its name, else the nearest within the snapping distance; -1 for none."""
    found = np.array([keys.get(str(name), -1) if name else -1 for name in names], dtype=np.int32)
    left = np.flatnonzero(found < 0)
    placed = np.flatnonzero(np.isfinite(points).all(axis=1))
    if len(placed) and len(left):
        apart, nearest = KDTree(points[placed]).query(xy[left], distance_upper_bound=snap_ft + _NEARLY_FT)
        near = np.isfinite(apart)
        found[left[near]] = placed[nearest[near]]
    return found


def _int32(values: Rows) -> Ints:
    return values.astype(np.int32)
