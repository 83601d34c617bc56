"""`python -m benchmarks.api_workers`: what further processes of the service take in memory; publishing under load.

Four processes of `gis-ce serve --workers 4` on the made-up city: at first, after 10,000 checks in each, and once more
after a new version of the parcels was published while requests came. `--write` puts the table into
docs/performance.md, `--data FOLDER` takes a city that is imported already, and publishes into it.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import orjson

from api.cli.demo import make_demo
from api.settings import Settings
from api.wiring import open_city
from benchmarks.asked_places import asked_about, degrees_of_places
from benchmarks.full_check import FULL
from benchmarks.http_requests import Ask, Server, posted
from benchmarks.performance_page import write_section
from benchmarks.processes import cpu_s, memory, started, tree
from layers.snapshot import with_geometry, write_snapshot
from layers.versions import LayerStore

NAME = "memory of further processes"
COUNT = 4
CHECKS = 10_000
_TRIES = 400
_WITHIN_S = 240.0


def main() -> None:
    """Measure, and print one table."""
    options = _options()
    given = nullcontext(options.data) if options.data else tempfile.TemporaryDirectory(prefix="gis-ce-bench-")
    with given as folder:
        settings = Settings(data=Path(folder))
        if not options.data:
            make_demo(settings, None, options.town)
        city = open_city(settings)
        query = city.view("staff").query
        names = [check.name for check in FULL]
        asks = [posted("/checks", asked_about(place, names)) for place in degrees_of_places(query, 200)]
        command = [str(Path(sys.executable).with_name("gis-ce")), "serve", "--port", "0", "--workers", str(COUNT)]
        with started(command, {"GIS_CE_DATA": folder}, " is on http://") as (process, line):
            port = int(line.partition("http://")[2].split()[0].rpartition(":")[2])
            rows, said = _measured(process, port, asks, city.store, options.checks)
        said = f"{city.city.name} with {len(query.features('parcel')):,} parcels. {said}"
    head = "| when | private, MB | shared fairly (PSS), MB |\n|---|---:|---:|"
    text = "\n".join([_circumstances(), "", f"- {said}", "", head, *rows])
    print(text)
    if options.write:
        write_section(Path("docs/performance.md"), NAME, text)


def _measured(root: int, port: int, asks: Sequence[Ask], store: LayerStore, checks: int) -> tuple[list[str], str]:
    rounds = max(checks // len(FULL) // len(asks), 1)
    lines = _connected(root, port, asks[0])
    rows = [_row("at first", lines)]
    _ask_each(lines, [*asks] * rounds)
    rows.append(_row(f"after {rounds * len(asks) * len(FULL):,} checks in each", lines))
    said = _published_under_load(root, port, asks, store, set(lines))
    lines = _connected(root, port, asks[0])
    rows.append(_row("after a publish", lines))
    _ask_each(lines, asks)
    rows.append(_row(f"and {len(asks) * len(FULL):,} checks more in each", lines))
    return rows, said


def _ask_each(lines: dict[int, Server], asks: Sequence[Ask]) -> None:
    """In turns, so that no connection is closed for being idle."""
    for ask in asks:
        for server in lines.values():
            server.answer(ask)


def _connected(root: int, port: int, ask: Ask) -> dict[int, Server]:
    """A connection to each of the processes that answer, found by whose clock goes on."""
    _until(lambda: len(tree(root)) > COUNT + 1)
    found: dict[int, Server] = {}
    held = []
    for _ in range(_TRIES):
        if len(found) == COUNT:
            break
        server = Server(port, list)
        children = [process for process in tree(root) if process != root]
        before = {process: cpu_s([process]) for process in children}
        server.answer(ask)
        spent = {process: cpu_s([process]) - before[process] for process in children}
        found.setdefault(max(spent, key=lambda process: spent[process]), server)
        held.append(server)
        _ask_each(found, [ask])
    if len(found) < COUNT:
        raise RuntimeError(f"Only {len(found)} of {COUNT} processes took a connection.")
    return found


def _row(when: str, lines: dict[int, Server]) -> str:
    found = [memory(process) for process in lines]
    private, shared = ([f"{each[column] / 1e6:.0f}" for each in found] for column in (0, 1))
    return f"| {when} | {', '.join(private)} | {', '.join(shared)} |"


def _published_under_load(root: int, port: int, asks: Sequence[Ask], store: LayerStore, old: set[int]) -> str:
    """Publishes the parcels anew while requests come, each over a new connection; tells what became of them."""
    answered, failed, versions, done = [0], list[str](), set[str](), threading.Event()

    def load() -> None:
        while not done.is_set():
            try:
                server = Server(port, list)
                seen = orjson.loads(server.answer(asks[answered[0] % len(asks)]))["layers"]
                server.close()
                versions.add(str(sorted(seen.items())))
                answered[0] += 1
            except (OSError, RuntimeError) as error:
                failed.append(repr(error))

    clients = [threading.Thread(target=load) for _ in range(2)]
    for client in clients:
        client.start()
    _publish(store)
    _until(lambda: not old.intersection(tree(root)))
    done.set()
    for client in clients:
        client.join()
    return (
        f"Published under load: {answered[0]:,} requests answered, {len(failed)} failed, "
        f"{len(versions)} sets of layer versions in the answers (before and after)."
    )


def _publish(store: LayerStore) -> None:
    entry = store.current()["parcels"]
    part = store.part(entry.version)
    table = with_geometry(part.table.table(), part.shapes)
    worse = replace(part.description, sigma_ft=part.description.sigma_ft + 0.25)
    version = write_snapshot(store.folder, worse, table)
    store.publish(replace(entry, version=version, published_at=datetime.now(UTC)))


def _until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + _WITHIN_S
    while not holds():
        if time.monotonic() > end:
            raise RuntimeError("The processes were not renewed in time.")
        time.sleep(0.5)


def _circumstances() -> str:
    today = datetime.now(tz=UTC).date()
    return f"Made by `python -m benchmarks.api_workers` on {today}, {platform.system()}, {os.cpu_count()} cores."


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.api_workers", description=__doc__)
    parser.add_argument("town", nargs="?", default="city", help="town, city or metro")
    parser.add_argument("--data", help="a data folder in which a city is imported already, instead")
    parser.add_argument("--checks", type=int, default=CHECKS, help="how many in each process")
    parser.add_argument("--write", action="store_true", help="into docs/performance.md too")
    return parser.parse_args()


if __name__ == "__main__":
    main()
