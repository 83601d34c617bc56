"""Towns to measure on: made once, kept in a folder, opened as the product opens them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from benchmarks.timing import seconds_once
from layers.city import read_city
from layers.demo_town import Size, make_town
from layers.ingest import import_city
from layers.model import City
from layers.query import LayerQuery
from layers.report import ImportReport
from layers.versions import LayerStore

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
    """An imported town; ``rows_per_s`` is what the import managed, 0 where it was imported before."""

    name: str
    store: Path
    query: LayerQuery
    rows: int = 0
    rows_per_s: float = 0.0


def imported(city_file: Path, folder: Path, name: str | None = None, roles: Collection[str] | None = None) -> BenchTown:
    """The town of a city file, imported afresh into a folder: all layers, or those that some roles rest on."""
    city = read_city(city_file)
    store = LayerStore(folder / "layers")
    now = datetime.now(tz=UTC)
    made: list[object] = []
    names = None if roles is None else names_for(city, roles)

    def work() -> None:
        made.extend(import_city(city, store, names=names, today=date(2026, 3, 2), now=now, reports=folder / "reports"))

    taken = seconds_once(work)
    rows = sum(report.rows_written for report in made if isinstance(report, ImportReport))
    failed = [report for report in made if not isinstance(report, ImportReport)]
    if failed:
        raise RuntimeError(f"Not every layer of {city.name} could be imported: {failed}")
    return BenchTown(name or city.name, store.folder, _dry(store), rows, rows / taken)


def opened(folder: Path) -> BenchTown:
    """A town that stands imported in a folder, named by that folder."""
    return BenchTown(folder.parent.name, folder, _dry(LayerStore(folder)))


def names_for(city: City, roles: Collection[str]) -> set[str]:
    """The layers of some roles, and those that they are derived from or held against."""
    rests_on = {
        layer.name: (
            *(layer.derivation.inputs if layer.derivation else ()),
            *([layer.coincides_with] if layer.coincides_with else ()),
        )
        for layer in city.layers
    }
    names: set[str] = set()
    left = [layer.name for layer in city.layers if layer.role_name in roles]
    while left:
        name = left.pop()
        if name not in names:
            names.add(name)
            left += rests_on[name]
    return names


def _dry(store: LayerStore) -> LayerQuery:
    """Neither side is asked for the wider zone of a main under water: the statements in SQL do not know it."""
    query = store.open()
    return query.narrowed(role for role in query.roles if role != "water_body")


def ready(store: Path, roles: Sequence[str] = FULL_CHECK) -> tuple[int, float, int]:
    """In a process of its own: features of some roles, seconds until they can be asked, bytes of the whole process."""
    command = [sys.executable, "-c", _READY, str(store), *roles]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return int(said[0]), float(said[1]), int(said[2])


def demo(size: Size, folder: Path, roles: Collection[str] | None = None) -> BenchTown:
    """The made-up town of a size, drawn and imported."""
    return imported(make_town(folder / f"{size}-sources", size), folder / size, f"made-up {size}", roles)
