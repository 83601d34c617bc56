"""`python -m benchmarks`: full checks, single checks, questions; `--write` puts them into docs/performance.md."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from benchmarks import five_checks, full_check, questions
from benchmarks.engines import Engines, engines
from benchmarks.performance_page import write_section
from benchmarks.results import Row, growth, table
from benchmarks.towns import BenchTown, demo, imported, opened, ready
from gis_ce.checks.check import Sites
from gis_ce.rule_files import open_pack
from layers.query import LayerQuery
from layers.ready import make_ready
from tests.oracle_places import hard_places, hard_structures

PACK = "nc-raleigh-2016"
BATCHES = (100, 10_000, 100_000)
ONES = 200
"""So many different places are asked about, each alone, for what one place takes."""
PARTS = {full_check.NAME: full_check, five_checks.NAME: five_checks, questions.NAME: questions}
PAGE = Path("docs/performance.md")


def main() -> None:
    """Measure, and print a table for each town and part."""
    options = _options()
    rows: list[Row] = []
    notes: list[str] = []
    with tempfile.TemporaryDirectory(prefix="gis-ce-bench-") as folder:
        for name in options.towns:
            _say(f"making {name}")
            town = _town(name, Path(folder), options)
            notes.append(_note(town))
            _say(notes[-1])
            with ExitStack() as stack:
                asked = town.query.narrowed({role for part in options.parts for role in PARTS[part].ROLES})
                others = stack.enter_context(engines(asked)) if options.engines else None
                for part in options.parts:
                    measured = list(_measured(town, others, part, options))
                    rows += measured
                    _report(f"{town.name}, {part}", table(measured), [notes[-1]], options)
    if grown := growth(rows, full_check.NAME):
        _report(f"{full_check.NAME} as a town grows", grown, notes, options)
    if options.json:
        print(json.dumps({"notes": notes, "rows": [row.as_json() for row in rows]}, indent=1))


def _town(name: str, folder: Path, options: argparse.Namespace) -> BenchTown:
    """A made-up town, that of a city file, or one that stands imported in a folder."""
    roles = None if options.parts != [full_check.NAME] else full_check.ROLES
    if (Path(name) / "catalogue.json").exists():
        return opened(Path(name))
    return imported(Path(name), folder / "own", roles=roles) if name.endswith(".toml") else demo(name, folder, roles)


def _measured(town: BenchTown, others: Engines | None, part: str, options: argparse.Namespace) -> Iterator[Row]:
    """The rows of one part, told as they come."""
    module, rulebook = PARTS[part], open_pack(PACK)
    query = town.query.narrowed(module.ROLES)
    make_ready(query)
    counts = sorted(set(options.places))
    sites = _sites(query, max([ONES, *counts]))
    batches = [sites.take(np.arange(count)) for count in counts]
    for rows in module.rows(town, query, others, sites.take(np.arange(ONES)), batches, rulebook):
        _say(*table(rows).splitlines()[2:])
        yield from rows


def _sites(query: LayerQuery, count: int) -> Sites:
    """Hard places with a shed at each, exactly known."""
    places = hard_places(query, count)
    days = np.full(count, np.datetime64("2026-03-02"))
    return Sites(places, hard_structures(places), np.zeros(count), days)


def _note(town: BenchTown) -> str:
    asked, ready_s, resident = ready(town.store)
    made = f"{town.rows:,} rows imported at {town.rows_per_s:,.0f} rows a second; " if town.rows else ""
    return (
        f"{town.name}: {made}the {asked:,} features that the full check reads are ready after {ready_s:.2f} s, "
        f"in a process of {resident / 2**20:,.0f} MiB."
    )


def _report(name: str, figures: str, notes: Sequence[str], options: argparse.Namespace) -> None:
    said = "\n".join([_circumstances(), "", *(f"- {note}" for note in notes), "", figures])
    if not options.json:
        print(f"## {name}\n\n{said}\n", flush=True)
    if options.write:
        write_section(PAGE, name, said)


def _circumstances() -> str:
    command = " ".join(["python -m benchmarks", *sys.argv[1:]])
    today = datetime.now(tz=UTC).date()
    busy = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    return (
        f"Made by `{command}` on {today}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, load at the end {busy}."
    )


def _say(*lines: str) -> None:
    for line in lines:
        print(line, file=sys.stderr, flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "towns",
        nargs="*",
        default=["town", "city"],
        help="town, city, metro, a city file, or a folder with imported layers",
    )
    only = parser.add_mutually_exclusive_group()
    for option, parts in _ONLY.items():
        only.add_argument(option, dest="parts", action="store_const", const=parts, help=f"only {', '.join(parts)}")
    parser.set_defaults(parts=list(PARTS))
    parser.add_argument("--no-engines", dest="engines", action="store_false", help="only ours, nothing beside it")
    parser.add_argument("--places", type=int, nargs="*", default=BATCHES, help="how many places each batch has")
    parser.add_argument("--json", action="store_true", help="figures for machines")
    parser.add_argument("--write", action="store_true", help="into docs/performance.md too")
    return parser.parse_args()


_ONLY = {
    "--full-only": [full_check.NAME],
    "--checks-only": [full_check.NAME, five_checks.NAME],
    "--questions-only": [questions.NAME],
}


if __name__ == "__main__":
    main()
