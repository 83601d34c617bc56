"""The mains in service as plain lines with their two ends, and the node ids that the data declare for them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from layers.catalog import ABANDONED
from layers.features import Features, Selection
from layers.grid import Floats, Geometries, Rows
from layers.network.joined import near_groups
from layers.reference import plain_keys

IN_SERVICE = Selection((("status", ABANDONED),))
"""Mains that water can run through: all but those abandoned or removed."""

NODE_FIELDS = {"sewer_main": ("upstream_node", "downstream_node"), "water_main": ("from_node", "to_node")}
"""The fields that name a main's two nodes, the upper first."""

_MANHOLE_VOTES = 100


@dataclass(frozen=True, eq=False)
class Lines:
    """Lines (a main of several parts gives several), the `row` of each main, and its `offset_ft` along that main.

    `ends` holds the first and the last point of each line, `group` the number of the place where each
    end lies: ends at most the snapping distance apart share it.
    """

    row: Rows
    line: Geometries
    offset_ft: Floats
    ends: Floats
    group: Rows

    def __len__(self) -> int:
        return len(self.row)


@dataclass(frozen=True, eq=False)
class Declared:
    """Declared node ids: `code` of each end as drawn (-1: none) into `names`.

    `label` is 1 where the upper node's end is drawn first, -1 where it is drawn last, 0 without ids.
    """

    code: Rows
    names: npt.NDArray[np.str_]
    label: npt.NDArray[np.int8]


def lines_of(features: Features, snap_ft: float) -> Lines:
    """The lines of all mains in service."""
    rows = np.flatnonzero(features.selected(IN_SERVICE))
    parts, owner = shapely.get_parts(shapely.force_2d(features.geometry[rows]), return_index=True)
    parts = np.asarray(parts, dtype=object)
    length = shapely.length(parts)
    before = np.cumsum(length) - length
    first = np.searchsorted(owner, owner)
    ends = np.stack([_xy(parts, 0), _xy(parts, -1)], axis=1)
    group = near_groups(ends.reshape(-1, 2), snap_ft).reshape(-1, 2)
    return Lines(rows[owner], parts, before - before[first] if len(parts) else length, ends, group)


def declared_nodes(features: Features, lines: Lines, places: dict[str, tuple[float, float]]) -> Declared:
    """The declared node ids at the ends of the lines; `places` tells where manholes of an id lie.

    Ids name the upper and the lower end whichever way a line is drawn: which end is which is told by the
    manholes, else by where the ids of most neighbours meet; where nothing tells, by the drawn order.
    """
    upper, lower = NODE_FIELDS[features.role]
    keys = np.stack([plain_keys(features.texts(upper)), plain_keys(features.texts(lower))], axis=1)[lines.row]
    parts = np.bincount(lines.row, minlength=len(features))[lines.row] if len(lines) else np.empty(0)
    keys[parts > 1] = ""
    names, code = np.unique(keys, return_inverse=True)
    code = np.where(keys == "", -1, code.reshape(keys.shape))
    forward, backward = _votes(code, lines.group, len(names))
    told = _by_manholes(code, lines.ends, names, places)
    label = np.where(forward + told[0] >= backward + told[1], 1, -1).astype(np.int8)
    label[(code < 0).all(axis=1)] = 0
    return Declared(np.where((label < 0)[:, None], code[:, ::-1], code), names, label)


def _xy(lines: Geometries, end: int) -> Floats:
    return np.asarray(shapely.get_coordinates(shapely.get_point(lines, end)), dtype=np.float64).reshape(-1, 2)


def _votes(code: Rows, group: Rows, count: int) -> tuple[Rows, Rows]:
    """How many ends speak for each line's ids as drawn, and how many for the other way round."""
    groups = int(group.max(initial=0)) + 1
    key = np.where(code >= 0, code, count)[:, :, None] * groups + group[:, None, :]
    known, number = np.unique(key, return_inverse=True)
    votes = np.bincount(number.ravel(), minlength=len(known))[number.reshape(key.shape)]
    votes = votes * (code >= 0)[:, :, None]
    return votes[:, 0, 0] + votes[:, 1, 1], votes[:, 0, 1] + votes[:, 1, 0]


def _by_manholes(
    code: Rows, ends: Floats, names: npt.NDArray[np.str_], places: dict[str, tuple[float, float]]
) -> tuple[Rows, Rows]:
    """Strong votes of manholes that lie nearer to one end of their line than to the other."""
    at = np.array([places.get(str(name), (np.nan, np.nan)) for name in names], dtype=np.float64).reshape(-1, 2)
    xy = np.where((code >= 0)[:, :, None], at[code] if len(at) else np.nan, np.nan)
    apart = np.hypot(*np.moveaxis(xy[:, :, None, :] - ends[:, None, :, :], -1, 0))
    straight = (apart[:, 0, 0] < apart[:, 0, 1]).astype(np.intp) + (apart[:, 1, 1] < apart[:, 1, 0])
    crossed = (apart[:, 0, 1] < apart[:, 0, 0]).astype(np.intp) + (apart[:, 1, 0] < apart[:, 1, 1])
    return straight * _MANHOLE_VOTES, crossed * _MANHOLE_VOTES
