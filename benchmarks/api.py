"""`python -m benchmarks.api`: what a request costs the processor, beside the empty answer and beside PostGIS.

Real server processes answer one client over loopback; what counts is the time of the processor, in user and kernel
mode, of the server and, where there is one, of its session of PostGIS. `--write` puts the table into
docs/performance.md, `--data FOLDER` takes a town that is imported already.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import shapely

from api.cli.demo import make_demo
from api.settings import Settings
from api.wiring import open_city
from benchmarks.answers_agree import assert_agree
from benchmarks.api_servers import Servers, servers
from benchmarks.asked_places import asked_about, degrees_of_places
from benchmarks.full_check import FULL
from benchmarks.http_requests import Ask, Question, in_turns, posted
from benchmarks.performance_page import write_section
from benchmarks.results import number
from layers.grid import Grid
from layers.query import LayerQuery
from maps.tile_grid import tiles_over

NAME = "CPU of a request"
ZOOMS = (14, 15, 16)
PAGE = "/ogc/collections/parcels/items?limit=1000"
_TIPG_PAGE = "/collections/served.parcels/items?limit=1000&f=geojson"
_SOME = 60
_FEW = 12


@dataclass(frozen=True)
class Line:
    """What one question may cost beside another: at most `most` times, or at least `least` times less."""

    question: str
    beside: str
    most: float | None = None
    least: float | None = None

    def row(self, spent: dict[str, float]) -> str:
        """The line of the table."""
        ours, theirs = spent[self.question], spent[self.beside]
        if self.least is None:
            said, goal = f"{number(ours / theirs)} times", "" if self.most is None else f"at most {self.most:g}"
        else:
            said, goal = f"**{number(theirs / ours)}** times less", f"at least {self.least:g} less"
        return f"| {self.question} | {number(ours)} | {self.beside} | {number(theirs)} | {said} | {goal} |"


EMPTY, BARE = "the empty answer", "the empty answer of FastAPI alone"
CHECKS, ALL = "`POST /checks`, the full check", "`POST /checks`, every check that applies"
CHECKS_THERE = "the same fields from PostGIS"
ITEMS, ITEMS_KEPT, ITEMS_THERE = "`items?limit=1000`", "`items?limit=1000`, asked again", "tipg on PostGIS"
WARM = "a tile of parcels, asked again"
LINES = (
    Line(EMPTY, BARE),
    Line(CHECKS, EMPTY, most=5),
    Line(CHECKS, CHECKS_THERE, least=3),
    Line(ALL, EMPTY),
    Line(ITEMS, EMPTY, most=5),
    Line(ITEMS, ITEMS_THERE, least=50),
    Line(ITEMS_KEPT, EMPTY, most=5),
    *(
        Line(f"a cold tile of parcels, zoom {zoom}, {how}", f"ST_AsMVT, zoom {zoom}", least=1)
        for zoom in ZOOMS
        for how in ("compressed", "plain")
    ),
    Line(WARM, EMPTY),
)


def main() -> None:
    """Measure, and print one table."""
    options = _options()
    given = nullcontext(options.data) if options.data else tempfile.TemporaryDirectory(prefix="gis-ce-bench-")
    with given as folder:
        data = Path(folder)
        settings = Settings(data=data)
        if not options.data:
            make_demo(settings, None, options.town)
        city = open_city(settings)
        query = city.view("staff").query
        with servers(data, query, engines=options.engines) as running:
            alike = _alike(running, query)
            spent = in_turns(_questions(running, query), options.rounds)
            begun, whole = running.cold.first_byte(Ask("/ogc/collections/parcels/items?limit=10000"))
        parcels = len(query.features("parcel"))
    early = f"- Of a page of 10,000 features the first byte comes after {begun / whole:.0%} of the time."
    notes = [f"- {city.city.name} with {parcels:,} parcels; medians of {options.rounds} rounds.", early]
    if alike:
        notes.append(f"- `POST /checks` was answered alike, every field but evidence, from PostGIS at {alike} places.")
    rows = [line.row(spent) for line in LINES if {line.question, line.beside} <= spent.keys()]
    head = "| question | CPU, ms | beside | CPU, ms | ratio | goal |\n|---|---:|---|---:|---:|---|"
    said = "\n".join([_circumstances(), "", *notes, "", head, *rows])
    print(said)
    if options.write:
        write_section(Path("docs/performance.md"), NAME, said)


def _alike(running: Servers, query: LayerQuery) -> int:
    """At how many places our answer and that from PostGIS are the same; raises AssertionError where they are not."""
    if running.postgis is None:
        return 0
    return assert_agree(running.ours, running.postgis, _full(query))


def _full(query: LayerQuery) -> list[Ask]:
    names = [check.name for check in FULL]
    return [posted("/checks", asked_about(place, names)) for place in degrees_of_places(query, _SOME)]


def _questions(running: Servers, query: LayerQuery) -> list[Question]:
    full = _full(query)
    every = [posted("/checks", asked_about(place)) for place in degrees_of_places(query, _SOME)]
    pages = _pages(query)
    found = [
        Question(BARE, running.bare, [Ask("/empty")] * _SOME),
        Question(EMPTY, running.ours, [Ask("/empty")] * _SOME),
        Question(CHECKS, running.ours, full),
        Question(ALL, running.ours, every[:_FEW]),
        Question(ITEMS, running.cold, [Ask(f"{PAGE}&after={key}") for key in pages]),
        Question(ITEMS_KEPT, running.ours, [Ask(PAGE)] * _SOME),
    ]
    if running.postgis is not None and running.tipg is not None:
        found.append(Question(CHECKS_THERE, running.postgis, full))
        found.append(Question(ITEMS_THERE, running.tipg, [Ask(f"{_TIPG_PAGE}&offset={1000 * n}") for n in range(4)]))
    return found + _tile_questions(running, query)


def _tile_questions(running: Servers, query: LayerQuery) -> list[Question]:
    found = []
    for zoom in ZOOMS:
        tiles = _tiles(query, zoom)
        ours = [f"/ogc/collections/parcels/tiles/WebMercatorQuad/{zoom}/{row}/{column}" for column, row in tiles]
        name = f"a cold tile of parcels, zoom {zoom}"
        found.append(Question(f"{name}, compressed", running.cold, [Ask(path, accepts="gzip") for path in ours]))
        found.append(Question(f"{name}, plain", running.cold, [Ask(path) for path in ours]))
        if running.postgis is not None:
            theirs = [Ask(f"/tiles/{zoom}/{column}/{row}") for column, row in tiles]
            found.append(Question(f"ST_AsMVT, zoom {zoom}", running.postgis, theirs))
        if zoom == ZOOMS[-1]:
            found.append(Question(WARM, running.ours, [Ask(ours[0], accepts="gzip")] * _SOME))
    return found


def _pages(query: LayerQuery) -> list[str]:
    """Ids behind which whole pages follow."""
    ids = sorted(query.features("parcel").ids.tolist())
    return [ids[at] for at in np.linspace(0, len(ids) - 1_001, _FEW).astype(int).tolist()]


def _tiles(query: LayerQuery, zoom: int) -> list[tuple[int, int]]:
    """Columns and rows of some tiles in the middle of the town."""
    parcels = query.features("parcel").geometry
    some = Grid(query.grid_epsg).to_lonlat(shapely.centroid(parcels[:: max(len(parcels) // 400, 1)]))
    middle = np.median(shapely.get_coordinates(some), axis=0).tolist()
    column, _, row, _ = tiles_over((*middle, *middle), zoom)
    return [(column + east, row + south) for east in range(2) for south in range(2)]


def _circumstances() -> str:
    command = " ".join(["python -m benchmarks.api", *(word for word in sys.argv[1:] if not word.startswith("/"))])
    busy = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    return (
        f"Made by `{command}` on {datetime.now(tz=UTC).date()}, {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} cores, Python {platform.python_version()}, load at the end {busy}."
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.api", description=__doc__)
    parser.add_argument("town", nargs="?", default="town", help="town, city or metro")
    parser.add_argument("--data", help="a data folder in which a town is imported already, instead")
    parser.add_argument("--rounds", type=int, default=5, help="how often each is asked")
    parser.add_argument("--no-engines", dest="engines", action="store_false", help="only ours, nothing beside it")
    parser.add_argument("--write", action="store_true", help="into docs/performance.md too")
    return parser.parse_args()


if __name__ == "__main__":
    main()
