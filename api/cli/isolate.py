"""`gis-ce isolate`: the valves to close for a break or around a valve, and who is without water."""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli.option_groups import grouped
from api.cli.screen import progress
from api.cli.trace_place import AnswerOptions, StartOptions, give_answer, start_said
from api.cli.trace_screen import show_isolation
from api.settings import Settings
from api.trace_answers import isolation_message
from api.wiring import open_city
from gis_ce.network_marks import isolation_marks
from gis_ce.tracing import cut_off
from maps.network_pages import isolation_page


@grouped
def isolate(
    *,
    start: StartOptions,
    valve: Annotated[
        str | None, typer.Option("--valve", metavar="ID", help="A valve that was operated or is to be replaced.")
    ] = None,
    cannot_close: Annotated[
        list[str] | None,
        typer.Option("--cannot-close", metavar="ID", help="A valve that was found not to close; may be repeated."),
    ] = None,
    answer: AnswerOptions,
) -> None:
    """What to close for a break of a water main: [bold]gis-ce isolate --address "12 Main St"[/bold].

    With [bold]--valve[/bold] also what closing that valve alone cuts off. Valves that cannot be used, the
    next ring, and hydrants out of service are listed.
    """
    city = open_city(Settings(), start.city)
    query = city.view("staff").query
    where = start_said(city, start, valve=valve)
    with progress("building the network of water mains") as tell:
        network = city.network(query, "water_main")
        tell("looking for the valves", 0.7)
        found = cut_off(query, network, city.city.network, where, tuple(cannot_close or ()))
    message = isolation_message(query, network, found, city.grid)
    title = f"{city.city.name}: shut-off"
    give_answer(
        city,
        message,
        lambda: isolation_marks(query, network, found),
        answer,
        show_isolation,
        lambda marks: isolation_page(title, message, list(marks), city.city.grid_epsg),
    )
