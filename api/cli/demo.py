"""`gis-ce demo`: draws a made-up town and imports it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, get_args

import typer

from api.case_office import open_office
from api.cli.importing import Results, import_layers, print_results
from api.cli.screen import aside, many, progress
from api.demo_cases import open_demo_cases
from api.errors import ApiError
from api.settings import Settings
from api.wiring import OpenCity
from layers.demo_town.make import make_town
from layers.demo_town.plan import Size
from layers.report import ImportFailure

FOLDER = "demo-town-sources"
"""Folder of the sources of the made-up town, under the data folder."""


def demo(
    folder: Annotated[
        Path | None, typer.Argument(metavar="FOLDER", help="Where its sources go; else into the data folder.")
    ] = None,
    size: Annotated[
        str, typer.Option(help="hamlet, town (20,000 parcels), city (200,000) or metro (1,000,000).")
    ] = "town",
    seed: Annotated[int, typer.Option(help="Another seed draws another town; the same one the same town.")] = 2016,
    cases: Annotated[bool, typer.Option("--cases", help="Open a case at each place whose answer is known.")] = False,
) -> None:
    """Draw a made-up town and import it, so that there is something to ask.

    It looks like a town and has the faults of real data; nobody lives there.
    """
    settings = Settings()
    city, results = make_demo(settings, folder, _size(size), seed)
    print_results(results)
    failed = [result.layer for result in results if isinstance(result, ImportFailure)]
    if failed:
        raise ApiError(f"Layers of the made-up town failed: {', '.join(failed)}.")
    if cases:
        aside().print(f"{many(with_demo_cases(settings, city), 'case')} opened.")
    aside().print(f"\n{city.city.name} is ready. Try [bold]gis-ce serve[/bold], or [bold]gis-ce layers list[/bold].")


def make_demo(settings: Settings, folder: Path | None, size: Size, seed: int = 2016) -> tuple[OpenCity, Results]:
    """Draws and imports a made-up town."""
    with progress("drawing a town") as tell:
        city_file = make_town(folder or settings.data / FOLDER, size, seed, tell)
    return import_layers(settings, city_file, None)


def with_demo_cases(settings: Settings, city: OpenCity) -> int:
    """Opens cases in a made-up town; how many."""
    office = open_office(settings, city)
    try:
        return open_demo_cases(office)
    finally:
        office.store.close()


def _size(name: str) -> Size:
    known: dict[str, Size] = {size: size for size in get_args(Size)}
    if name not in known:
        raise ApiError(f"There is no size {name!r}; there are {', '.join(known)}.")
    return known[name]
