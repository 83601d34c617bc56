"""`gis-ce network report`: what is right and wrong with the sewers or the water mains as a network."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import CityOption, JsonOption
from api.cli.screen import as_json, aside
from api.cli.trace_screen import show_health
from api.errors import ApiError
from api.settings import Settings
from api.trace_answers import health_message
from api.wiring import open_city
from gis_ce.network_marks import health_marks
from layers.network.health import examined
from maps.network_pages import network_page

app = typer.Typer(
    help="Mains as a network: what hangs together, and what a trace cannot rely on.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)
_ROLES = {"sewer": "sewer_main", "water": "water_main"}


@app.callback()
def _network() -> None:
    """Keeps `report` a command of its own."""


@app.command()
def report(
    network: Annotated[str, typer.Option("--network", help="sewer or water.")] = "sewer",
    html: Annotated[
        Path | None, typer.Option("--html", "--map", metavar="FILE", help="Write the report with its map as HTML.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="List every component and finding, not only the first.")] = False,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Every part of the network by name, every loop and contradiction, with a map."""
    if network not in _ROLES:
        raise ApiError(f"There is no network {network!r}; there are sewer and water.")
    opened = open_city(Settings(), city)
    query = opened.view("staff").query
    role = _ROLES[network]
    built, features = opened.network(query, role), query.features(role)
    health = examined(built, features)
    message = health_message(health, built, features, opened.grid)
    if json:
        as_json(message)
    else:
        show_health(message, every=every)
    if html is not None:
        marks = health_marks(built, features, health)
        page = network_page(f"{opened.city.name}: {network} network", message, marks, opened.city.grid_epsg)
        html.write_text(page, encoding="utf-8")
        aside().print(f"The report is in {html}.", soft_wrap=True)
