"""The other engines of a run, each holding the same layers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb
import numpy as np

from benchmarks import in_duckdb, postgis_server
from benchmarks.postgis_server import Sessions
from layers.grid import Geometries
from layers.query import LayerQuery

_NONE: Geometries = np.empty(0, dtype=object)


@dataclass(frozen=True)
class Engines:
    """PostGIS, as sessions of one server, and DuckDB."""

    sessions: Sessions
    database: duckdb.DuckDBPyConnection


@contextmanager
def engines(query: LayerQuery) -> Iterator[Engines]:
    """Both engines with the layers that the query knows."""
    with postgis_server.loaded(query) as sessions:
        pieces = postgis_server.right_of_way_pieces(sessions[0]) if query.has("right_of_way") else _NONE
        with in_duckdb.loaded(query, pieces) as database:
            yield Engines(sessions, database)
