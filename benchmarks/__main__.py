"""`python -m benchmarks`: one run, one table; `--json` for machines, `--write` into docs/performance.md."""

from __future__ import annotations

import argparse
import json
import platform
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import in_duckdb, in_postgis
from benchmarks.performance_page import write_section
from benchmarks.questions import QUESTIONS
from benchmarks.results import Row, table
from benchmarks.timing import seconds
from benchmarks.towns import BenchTown, demo, imported, opening, ready
from gis_ce.assess import assess, chosen_checks
from gis_ce.checks.all import CHECKS
from gis_ce.checks.check import Check, Findings, Sites
from gis_ce.rule_files import open_pack
from gis_ce.rules import RuleBook
from tests.oracle_places import hard_places, hard_structures

FIVE = (
    "right_of_way",
    "tolerance_zone",
    "water_available",
    "easement_encroachment",
    "nearest_asset_and_address",
)
"""The checks that are timed."""

PACK = "nc-raleigh-2016"
BATCHES = (1, 100, 10_000, 100_000)


def main() -> None:
    """Measure, and print one table."""
    options = _options()
    rows: list[Row] = []
    notes: list[str] = []
    with tempfile.TemporaryDirectory(prefix="gis-ce-bench-") as folder:
        for name in options.towns:
            _say(f"making {name}")
            town = imported(Path(name), Path(folder) / "own") if name.endswith(".toml") else demo(name, Path(folder))
            notes.append(_note(town))
            _say(notes[-1])
            rows += _measured(town, [count for count in BATCHES if count <= options.places])
    _report(rows, notes, options)


def _measured(town: BenchTown, batches: list[int]) -> list[Row]:
    rows: list[Row] = []
    places = hard_places(town.query, max(batches))
    days = np.full(len(places), np.datetime64("2026-03-02"))
    rulebook = open_pack(PACK)
    sites = Sites(places, hard_structures(places), np.zeros(len(places)), days)
    with in_postgis.loaded(town.query) as oracle, in_duckdb.loaded(town.query) as database:
        for count in batches:
            some = sites.take(np.arange(count))
            for question in QUESTIONS:
                ours_s = seconds(lambda q=question, s=some: q.ask(town.query, s.place))
                rows.append(in_postgis.question_row(town, oracle, question, some.place, ours_s))
                rows.append(in_duckdb.question_row(town, database, question, some.place, ours_s))
                _say(table(rows[-2:]).splitlines()[-2:])
            found: dict[str, Findings] = {}
            ours = {
                check.name: seconds(lambda c=check, s=some, f=found: f.update(_assessed(c, s, town, rulebook)))
                for check in chosen_checks(CHECKS, FIVE)
            }
            rows += in_postgis.checks_rows(town, oracle, some, found, ours)
            _say(table(rows[-6:]).splitlines()[-6:])
    return rows


def _assessed(check: Check, sites: Sites, town: BenchTown, rulebook: RuleBook) -> dict[str, Findings]:
    return assess(sites, town.query, rulebook, (check,))


def _note(town: BenchTown) -> str:
    features, opened, indexed, memory = opening(town)
    asked, ready_s, resident = ready(town.store)
    return (
        f"{town.name}: {town.rows:,} rows imported at {town.rows_per_s:,.0f} rows a second; "
        f"{features:,} features opened in {opened:.2f} s, indexed after {indexed:.2f} s, in {memory / 2**20:,.0f} MiB; "
        f"the {asked:,} that the full check reads are ready after {ready_s:.2f} s, in a process of "
        f"{resident / 2**20:,.0f} MiB."
    )


def _report(rows: list[Row], notes: list[str], options: argparse.Namespace) -> None:
    if options.json:
        print(json.dumps({"notes": notes, "rows": [row.as_json() for row in rows]}, indent=1))
        return
    command = " ".join(["python -m benchmarks", *sys.argv[1:]])
    said = "\n".join([_circumstances(command), "", *(f"- {note}" for note in notes), "", table(rows)])
    print(said)
    if options.write:
        write_section(Path("docs/performance.md"), said)


def _circumstances(command: str) -> str:
    today = datetime.now(tz=UTC).date()
    return (
        f"Made by `{command}` on {today}, {platform.system()} {platform.machine()}, Python {platform.python_version()}."
    )


def _say(lines: Any) -> None:
    for line in [lines] if isinstance(lines, str) else lines:
        print(line, file=sys.stderr, flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("towns", nargs="*", default=["town", "city"], help="town, city, metro, or a city file")
    parser.add_argument("--places", type=int, default=BATCHES[-1], help="the largest batch")
    parser.add_argument("--json", action="store_true", help="figures for machines")
    parser.add_argument("--write", action="store_true", help="into docs/performance.md too")
    return parser.parse_args()


if __name__ == "__main__":
    main()
