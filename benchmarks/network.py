"""`python -m benchmarks.network`: everything upstream and its distinct parcels, against a recursive query of PostGIS.

Both sides know the pairs of sewer and parcel beforehand. PostGIS counts, so that it carries no rows; we make the
whole trace with all that makes it doubtful. The same once more with flow splits put in. `--write` puts the table
into docs/performance.md too.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import shapely

from benchmarks.performance_page import write_section
from benchmarks.timing import seconds_of_one
from benchmarks.towns import BenchTown, demo, opened
from layers.grid import Rows
from layers.network.build import network_of
from layers.network.model import NODE_IDS, Network
from layers.network.starts import Start
from layers.network.trace import upstream
from layers.network_settings import NetworkSettings
from layers.query import LayerQuery
from tests.postgis_cluster import postgis_cluster

ROLES = ("sewer_main", "manhole", "parcel")
SIZES = (100, 1_000, 5_000, 20_000)
"""About how many mains are upstream of the starts of a row."""
STARTS = 12
REACH_FT = 80.0
SPLITS = 400
PAGE = Path("docs/performance.md")

_UPSTREAM = """
WITH RECURSIVE above(id, from_node) AS (
  SELECT id, from_node FROM edge WHERE to_node = %(node)s
  UNION
  SELECT e.id, e.from_node FROM edge e JOIN above a ON e.to_node = a.from_node
)
"""
_COUNT = (
    _UPSTREAM + "SELECT count(DISTINCT p.parcel) FROM above a JOIN edge e USING (id) JOIN pair p ON p.main = e.main"
)
_LIST = _UPSTREAM + "SELECT DISTINCT p.parcel FROM above a JOIN edge e USING (id) JOIN pair p ON p.main = e.main"


@dataclass(frozen=True)
class Pairs:
    """Which parcels lie along which main: those of main m are `parcel[first[m]:first[m + 1]]`."""

    first: Rows
    parcel: Rows
    parcels: int

    def along(self, mains: Rows) -> Rows:
        """The distinct parcels along some mains, by a bitmap."""
        starts = self.first[mains]
        counts = self.first[mains + 1] - starts
        offset = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        found = np.zeros(self.parcels, dtype=np.bool_)
        found[self.parcel[np.repeat(starts, counts) + offset]] = True
        return found.nonzero()[0]


@dataclass(frozen=True)
class Measured:
    """One row: medians of a trace with its parcels, in milliseconds."""

    network: str
    mains: int
    parcels: int
    ours_ms: float
    postgis_ms: float


def main() -> None:
    """Measure, and print the table."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="gis-ce-bench-") as folder:
        stored = Path(options.town)
        is_stored = (stored / "catalogue.json").exists()
        town = opened(stored) if is_stored else demo(options.town, Path(folder), ROLES)
        told = _told(town)
    print(told)
    if options.write:
        write_section(PAGE, "upstream traces", told)


def _told(town: BenchTown) -> str:
    network = network_of(town.query, NetworkSettings(), "sewer_main")
    pairs = pairs_of(town.query)
    rows: list[Measured] = []
    with postgis_cluster() as dsn, psycopg.connect(dsn, autocommit=True) as session:
        session.execute("SET jit = off")
        for name, built in (("as it is", network), (f"with {SPLITS} flow splits", split(network, SPLITS))):
            _load(session, built, pairs)
            rows += [_measured(session, name, built, pairs, size) for size in SIZES]
    return _table(town, network, pairs, rows)


def pairs_of(query: LayerQuery) -> Pairs:
    """The parcels within reach of each main."""
    mains, parcels = query.features("sewer_main"), query.features("parcel")
    found = query.within("parcel", np.asarray(mains.geometry[np.arange(len(mains))], dtype=object), REACH_FT)
    return Pairs(np.searchsorted(found.place, np.arange(len(mains) + 1)), found.feature, len(parcels))


def split(network: Network, count: int) -> Network:
    """The network with further pieces, each from one node to another that is nearer to the outlet: no cycle arises."""
    rng = np.random.default_rng(3)
    forest = network.forest
    depth = np.zeros(network.node_count, dtype=np.intp)
    for place, above in enumerate(forest.above.tolist()):
        depth[place] = depth[above] + 1 if above >= 0 else 0
    one, other = rng.integers(0, network.node_count, (2, count * 3))
    good = np.flatnonzero(depth[one] != depth[other])[:count]
    upper = np.where(depth[one] > depth[other], one, other)[good]
    lower = np.where(depth[one] > depth[other], other, one)[good]
    rows = rng.integers(0, len(network), count)
    added: dict[str, Any] = {
        "row": network.row[rows],
        "from_node": forest.node[upper].astype(np.int32),
        "to_node": forest.node[lower].astype(np.int32),
        "direction": np.full(count, NODE_IDS, dtype=np.int8),
        "is_reversed": np.zeros(count, dtype=np.bool_),
        "contradictions": np.zeros(count, dtype=np.int8),
        "start_ft": np.zeros(count),
        "end_ft": np.full(count, 100.0),
    }
    return replace(network, **{name: np.concatenate([getattr(network, name), more]) for name, more in added.items()})


def _load(session: psycopg.Connection[Any], network: Network, pairs: Pairs) -> None:
    session.execute("DROP TABLE IF EXISTS edge, pair")
    session.execute("CREATE TABLE edge (id int PRIMARY KEY, from_node int, to_node int, main int)")
    session.execute("CREATE TABLE pair (main int, parcel int)")
    with session.cursor() as cursor:
        with cursor.copy("COPY edge FROM STDIN") as copy:
            columns = (network.from_node.tolist(), network.to_node.tolist(), network.row.tolist())
            for number, row in enumerate(zip(*columns, strict=True)):
                copy.write_row((number, *row))
        with cursor.copy("COPY pair FROM STDIN") as copy:
            mains = np.repeat(np.arange(len(pairs.first) - 1), np.diff(pairs.first)).tolist()
            for row in zip(mains, pairs.parcel.tolist(), strict=True):
                copy.write_row(row)
    for index in ("edge (to_node)", "pair (main) INCLUDE (parcel)"):
        session.execute(f"CREATE INDEX ON {index}")
    session.execute("VACUUM ANALYZE edge")
    session.execute("VACUUM ANALYZE pair")


def _measured(session: psycopg.Connection[Any], name: str, network: Network, pairs: Pairs, size: int) -> Measured:
    starts = _starts(network, size)
    lists = [pairs.along(upstream(network, start).segments) for start in starts]
    for start, ours in zip(starts, lists, strict=True):
        theirs = session.execute(_LIST, {"node": start.node}, prepare=True).fetchall()
        if sorted(parcel for (parcel,) in theirs) != ours.tolist():
            raise RuntimeError(f"The two do not agree about node {start.node}.")
    ours_s = seconds_of_one([lambda s=start: pairs.along(upstream(network, s).segments) for start in starts])
    theirs_s = seconds_of_one(
        [lambda s=start: session.execute(_COUNT, {"node": s.node}, prepare=True).fetchone() for start in starts]
    )
    mains = int(np.median([len(upstream(network, start).segments) for start in starts]))
    parcels = int(np.median([len(found) for found in lists]))
    return Measured(name, mains, parcels, ours_s * 1e3, theirs_s * 1e3)


def _starts(network: Network, size: int) -> Sequence[Start]:
    """The nodes whose upstream is nearest to a size, as the forest counts it."""
    forest = network.forest
    below = forest.end - np.arange(len(forest.end))
    nodes = forest.node[np.argsort(np.abs(below - size), kind="stable")[:STARTS]]
    return [Start("manhole", "", int(node), (), None, 0.0, 0.0, 0.0) for node in nodes]


def _table(town: BenchTown, network: Network, pairs: Pairs, rows: Sequence[Measured]) -> str:
    busy = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    lines = [
        f"Made by `{' '.join(['python -m benchmarks.network', *sys.argv[1:]])}` on {datetime.now(tz=UTC).date()}, "
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"shapely {shapely.__version__}, load at the end {busy}.",
        "",
        f"- {town.name}: {pairs.parcels:,} parcels, {len(network):,} sewers, {len(pairs.parcel):,} pairs at most "
        f"{REACH_FT:g} ft apart, known to both sides. Medians of {STARTS} starts; the lists are the same.",
        "",
        "| network | mains upstream | parcels | ours, ms | PostGIS, ms | times |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {row.network} | {row.mains:,} | {row.parcels:,} | {row.ours_ms:.3f} | {row.postgis_ms:.1f} "
        f"| {row.postgis_ms / row.ours_ms:.0f} |"
        for row in rows
    ]
    return "\n".join(lines)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.network", description=__doc__)
    parser.add_argument("town", nargs="?", default="city", help="town, city, metro, or a folder with imported layers")
    parser.add_argument("--write", action="store_true", help="into docs/performance.md too")
    return parser.parse_args()


if __name__ == "__main__":
    main()
