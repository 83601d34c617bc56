"""Little networks of known shape, in memory: mains, manholes and valves, in feet from a corner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from made_layers import DAY, EAST, GRID, NORTH, NOW, described
from shapely.affinity import translate

from layers.features import Features, LayerPart
from layers.model import LayerVersion
from layers.network.build import network_of
from layers.network.model import Network
from layers.network.starts import Start
from layers.network_settings import NetworkSettings
from layers.query import LayerQuery

Row = Mapping[str, Any]


def features(role: str, rows: Sequence[Row]) -> Features:
    """Features of a role; each row has an `id`, `wkt` in feet from the corner, and fields."""
    names = sorted({key for row in rows for key in row} - {"wkt"})
    table = pa.table({name: pa.array([row.get(name) for row in rows]) for name in names})
    shapes = np.array([translate(shapely.from_wkt(row["wkt"]), EAST, NORTH) for row in rows], dtype=object)
    version = LayerVersion(f"{role}s", f"{role}s/{'0' * 64}", len(rows), DAY, NOW)
    return Features(role, [LayerPart(version, described(f"{role}s", role), table, shapes)])


def query_of(**roles: Sequence[Row]) -> LayerQuery:
    """A query over layers by role."""
    return LayerQuery([features(role, rows) for role, rows in roles.items()], GRID)


def network(role: str, settings: NetworkSettings | None = None, **roles: Sequence[Row]) -> tuple[Network, LayerQuery]:
    """The network of some mains, and the query."""
    query = query_of(**roles)
    return network_of(query, settings or NetworkSettings(), role), query


def main(name: str, *points: tuple[float, float], **fields: object) -> Row:
    """A main through points, in feet from the corner."""
    line = ", ".join(f"{x} {y}" for x, y in points)
    return {"id": name, "facility_id": name, "wkt": f"LINESTRING ({line})", **fields}


def point(name: str, x: float, y: float, **fields: object) -> Row:
    """A manhole, a valve, a hydrant or a meter."""
    return {"id": name, "facility_id": name, "wkt": f"POINT ({x} {y})", **fields}


def between(name: str, upper: str, lower: str, places: Mapping[str, tuple[float, float]], **fields: object) -> Row:
    """A sewer from one named node down to another, drawn with the flow."""
    return main(name, places[upper], places[lower], upstream_node=upper, downstream_node=lower, **fields)


def at_node(network: Network, name: str) -> Start:
    """The start at the node of that name."""
    (node,) = np.flatnonzero(network.name == name)
    return Start("manhole", name, int(node), (), None, 0.0, *network.xy[node].tolist())


def names(network: Network, query: LayerQuery, rows: Any) -> set[str]:
    """The ids of some mains."""
    return {str(name) for name in query.features(network.role).ids[np.asarray(rows, dtype=np.intp)]}
