"""Which points lie together: snapping, and components of a graph."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

from layers.grid import Floats, Rows


def near_groups(points: Floats, reach_ft: float) -> Rows:
    """A number for each point; points at most `reach_ft` apart share it, also by way of others between."""
    if not len(points):
        return np.empty(0, dtype=np.intp)
    pairs = KDTree(points).query_pairs(reach_ft, output_type="ndarray")
    return components(len(points), pairs[:, 0], pairs[:, 1])


def components(count: int, one: npt.NDArray[np.integer], other: npt.NDArray[np.integer]) -> Rows:
    """The number of the connected component of each of `count` nodes, joined in pairs."""
    graph = coo_array((np.ones(len(one), dtype=np.int8), (one, other)), shape=(count, count))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.intp)


def strong_components(count: int, tail: npt.NDArray[np.integer], head: npt.NDArray[np.integer]) -> Rows:
    """The number of the component of each node within which every node leads to every other."""
    graph = coo_array((np.ones(len(tail), dtype=np.int8), (tail, head)), shape=(count, count))
    return np.asarray(connected_components(graph, directed=True, connection="strong")[1], dtype=np.intp)
