"""Towns to measure on: made once, kept in a folder, opened as the product opens them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from benchmarks.timing import seconds_once
from layers.city import read_city
from layers.demo_town import Size, make_town
from layers.ingest import import_city
from layers.query import LayerQuery
from layers.report import ImportReport
from layers.versions import LayerStore

_OPEN = """
import resource, sys, time
from pathlib import Path
from layers.versions import LayerStore
def memory():
    if sys.platform == "linux":
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
before = memory()
started = time.perf_counter()
query = LayerStore(Path(sys.argv[1])).open()
features = [query.features(role) for role in query.roles]
opened = time.perf_counter() - started
for one in features:
    one.index(), one.rank
ready = time.perf_counter() - started
print(sum(map(len, features)), opened, ready, memory() - before)
"""

FULL_CHECK = ("right_of_way", "water_main", "sewer_main", "hydrant", "valve", "easement", "parcel")
"""The roles that the full check reads."""
_READY = """
import resource, sys, time
from pathlib import Path
started = time.perf_counter()
from layers.ready import make_ready
from layers.versions import LayerStore
query = LayerStore(Path(sys.argv[1])).open()
make_ready(query, sys.argv[2:])
ready = time.perf_counter() - started
pages = int(Path("/proc/self/statm").read_text().split()[1]) if sys.platform == "linux" else 0
rows = sum(len(query.features(role)) for role in sys.argv[2:] if query.has(role))
print(rows, ready, pages * resource.getpagesize() or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@dataclass(frozen=True)
class BenchTown:
    """An imported town; ``rows_per_s` is what the import managed."""

    name: str
    store: Path
    query: LayerQuery
    rows: int
    rows_per_s: float


def imported(city_file: Path, folder: Path, name: str | None = None) -> BenchTown:
    """The town of a city file, imported afresh into a folder."""
    city = read_city(city_file)
    store = LayerStore(folder / "layers")
    now = datetime.now(tz=UTC)
    made: list[object] = []

    def work() -> None:
        made.extend(import_city(city, store, today=date(2026, 3, 2), now=now, reports=folder / "reports"))

    taken = seconds_once(work)
    rows = sum(report.rows_written for report in made if isinstance(report, ImportReport))
    failed = [report for report in made if not isinstance(report, ImportReport)]
    if failed:
        raise RuntimeError(f"Not every layer of {city.name} could be imported: {failed}")
    query = store.open()
    # Neither side is asked for the wider zone of a main under water: the statements in SQL do not know it.
    dry = query.narrowed(role for role in query.roles if role != "water_body")
    return BenchTown(name or city.name, store.folder, dry, rows, rows / taken)


def opening(town: BenchTown) -> tuple[int, float, float, int]:
    """In a process of its own: features, seconds to open, seconds until indexed, bytes of memory taken."""
    command = [sys.executable, "-c", _OPEN, str(town.store)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return int(said[0]), float(said[1]), float(said[2]), int(said[3])


def ready(store: Path, roles: Sequence[str] = FULL_CHECK) -> tuple[int, float, int]:
    """In a process of its own: features of some roles, seconds until they can be asked, bytes of the whole process."""
    command = [sys.executable, "-c", _READY, str(store), *roles]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return int(said[0]), float(said[1]), int(said[2])


def demo(size: Size, folder: Path) -> BenchTown:
    """The made-up town of a size, drawn and imported."""
    return imported(make_town(folder / f"{size}-sources", size), folder / size, name=f"made-up {size}")
