"""`python -m benchmarks.decisions`: decisions on record held against layers of which 1 % has changed, on both stores.

`--decisions N` says how many, `--write` puts the table into docs/performance.md too.
"""

from __future__ import annotations

import argparse
import platform
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from benchmarks.many_decisions import (
    ASKED,
    MOVED_FT,
    NOW,
    PLACES,
    RULES,
    Made,
    decisions_of,
    one_percent_changed,
    parts_by_version,
    store_all,
)
from benchmarks.performance_page import write_section
from benchmarks.towns import demo
from gis_ce.actions.desk import Actor, Desk
from gis_ce.actions.flips import Rechecked, recheck_all
from gis_ce.assess import assess
from gis_ce.case_store import CaseStore
from gis_ce.city_processes import city_processes
from gis_ce.decision_inputs import sites_from
from gis_ce.locate import AddressBook
from layers.features import LayerPart
from layers.model import City
from layers.query import LayerQuery
from layers.versions import LayerStore
from tests.case_stores import postgis_database, upgraded
from tests.postgis_cluster import postgis_cluster

_CITY = City("Bench", "America/New_York", 2264, "NC", Path(), (), other={"rules": {"pack": "nc-raleigh-2016"}})


@dataclass(frozen=True)
class Measured:
    """What one store took."""

    store: str
    decisions: int
    evaluated: int
    flips: int
    seconds: float
    all_seconds: float
    missed: int


def main() -> None:
    """Measure on SQLite and on PostGIS, and print one table."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="gis-ce-bench-") as folder:
        town = demo("town", Path(folder))
        before = LayerStore(town.store).open()
        kept = parts_by_version(before)
        after, changed = one_percent_changed(before)
        started = time.perf_counter()
        made = decisions_of(before, options.decisions)
        spent = time.perf_counter() - started
        distinct = min(len(made), PLACES * len(ASKED))
        notes = [
            f"- {len(made):,} decisions ({', '.join(ASKED)}) at hard places of the made-up town; what one rests on is "
            f"found in {1e6 * spent / distinct:,.0f} us.",
            f"- {changed:,} of {sum(len(before.features(role)) for role in before.roles):,} features lie in the "
            f"one percent of the town whose features were all moved by {np.hypot(*MOVED_FT):g} ft.",
        ]
        print(*notes, sep="\n", file=sys.stderr, flush=True)
        measured = []
        for name, store in _stores():
            measured.append(_measured(name, store, made, before, after, kept))
            print(_table(measured[-1:]).splitlines()[-1], file=sys.stderr, flush=True)
    said = "\n".join([_circumstances(), "", *notes, "", _table(measured)])
    print(said)
    if options.write:
        write_section(Path("docs/performance.md"), "decisions held against changed layers", said)


def _measured(
    name: str, store: CaseStore, made: list[Made], before: LayerQuery, after: LayerQuery, kept: dict[str, LayerPart]
) -> Measured:
    store_all(store, made, before)
    desk = _desk(after)
    started = time.perf_counter()
    expected = _turned(made, after)
    all_seconds = time.perf_counter() - started
    found, seconds = _recheck(store, desk, kept)
    missed = len(expected - {flip.number for flip in found.flips})
    return Measured(name, found.decisions, found.evaluated, len(found.flips), seconds, all_seconds, missed)


def _turned(made: list[Made], after: LayerQuery) -> set[int]:
    """The numbers of the decisions that turn, by asking all of them again, each check for all places at once."""
    turned: set[int] = set()
    for name in ASKED:
        numbers = [number for number, each in enumerate(made, 1) if each.check.name == name]
        sites = sites_from([made[number - 1].inputs for number in numbers])
        check = made[numbers[0] - 1].check
        found = assess(sites, after, RULES.rulebook, [check], RULES.confidence)[name]
        turned |= {number for row, number in enumerate(numbers) if found.answer_of(row) != made[number - 1].answer}
    return turned


def _recheck(store: CaseStore, desk: Desk, kept: dict[str, LayerPart]) -> tuple[Rechecked, float]:
    started = time.perf_counter()
    with store.session() as session:
        found = recheck_all(session, desk, kept.get)
        session.commit()
    return found, time.perf_counter() - started


def _desk(query: LayerQuery) -> Desk:
    processes = city_processes(_CITY, RULES.rulebook.calendar)
    return Desk(query, AddressBook(query), RULES, _CITY, processes, NOW, Actor("bench"))


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="gis-ce-bench-") as folder:
        yield Path(folder)


def _stores() -> Iterator[tuple[str, CaseStore]]:
    with _folder() as folder:
        store = upgraded(f"sqlite:///{folder / 'cases.sqlite'}")
        yield "SQLite", store
        store.close()
    with postgis_cluster() as dsn, postgis_database(dsn) as url:
        store = upgraded(url)
        yield "PostGIS", store
        store.close()


def _table(measured: list[Measured]) -> str:
    head = "| store | decisions | evaluated | turned | missed | seconds | answers of all, seconds |"
    lines = [head, "|---|---:|---:|---:|---:|---:|---:|"]
    for each in measured:
        figures = (each.decisions, each.evaluated, each.flips, each.missed)
        said = " | ".join(f"{figure:,}" for figure in figures)
        lines.append(f"| {each.store} | {said} | **{each.seconds:.1f}** | {each.all_seconds:.1f} |")
    return "\n".join(lines)


def _circumstances() -> str:
    command = " ".join(["python -m benchmarks.decisions", *sys.argv[1:]])
    machine = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return f"Made by `{command}` on {datetime.now(tz=UTC).date()}, {machine}."


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.decisions", description=__doc__)
    parser.add_argument("--decisions", type=int, default=100_000, help="how many decisions")
    parser.add_argument("--write", action="store_true", help="into docs/performance.md too")
    return parser.parse_args()


if __name__ == "__main__":
    main()
