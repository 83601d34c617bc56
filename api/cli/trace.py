"""`gis-ce trace upstream|downstream|line`: sewers from a place, with what makes the answer doubtful."""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli.case_place import WHERE
from api.cli.option_groups import grouped
from api.cli.screen import progress
from api.cli.trace_place import AnswerOptions, StartOptions, end_said, give_answer, start_said
from api.cli.trace_screen import show_trace
from api.settings import Settings
from api.trace_answers import trace_message
from api.wiring import OpenCity, open_city
from gis_ce.network_marks import trace_marks
from gis_ce.tracing import Where, traced
from layers.network.trace import TraceKind
from maps.network_pages import trace_page

app = typer.Typer(
    help="Sewers upstream or downstream of a place, or between two. What is not known is said, never left out.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)

ManholeOption = Annotated[
    str | None,
    typer.Option("--manhole", metavar="ID", help="Start at a manhole.", rich_help_panel=WHERE),
]
WithinOption = Annotated[
    float | None, typer.Option("--within-ft", min=0, help="Only so far along the network; else all of it.")
]


@app.command()
@grouped
def upstream(
    *, start: StartOptions, manhole: ManholeOption = None, within_ft: WithinOption = None, answer: AnswerOptions
) -> None:
    """All that flows to a place: [bold]gis-ce trace upstream --manhole MH-0000012[/bold]."""
    city = open_city(Settings(), start.city)
    _show(city, "upstream", start_said(city, start, manhole), None, within_ft, answer)


@app.command()
@grouped
def downstream(
    *, start: StartOptions, manhole: ManholeOption = None, within_ft: WithinOption = None, answer: AnswerOptions
) -> None:
    """All that a place flows to: [bold]gis-ce trace downstream --address "12 Main St"[/bold]."""
    city = open_city(Settings(), start.city)
    _show(city, "downstream", start_said(city, start, manhole), None, within_ft, answer)


@app.command()
@grouped
def line(
    *,
    start: StartOptions,
    manhole: ManholeOption = None,
    to_manhole: Annotated[str | None, typer.Option("--to-manhole", metavar="ID", help="End at a manhole.")] = None,
    to_segment: Annotated[str | None, typer.Option("--to-segment", metavar="ID", help="End at a main.")] = None,
    to_at: Annotated[str | None, typer.Option("--to-at", metavar="LON,LAT", help="End at a point.")] = None,
    answer: AnswerOptions,
) -> None:
    """The mains between two places: [bold]gis-ce trace line --manhole A --to-manhole B[/bold]."""
    city = open_city(Settings(), start.city)
    end = end_said(city, to_at, Where(manhole=to_manhole, segment=to_segment))
    _show(city, "line", start_said(city, start, manhole), end, None, answer)


def _show(
    city: OpenCity, kind: TraceKind, start: Where, end: Where | None, within_ft: float | None, asked: AnswerOptions
) -> None:
    query = city.view("staff").query
    with progress("building the network of sewers") as tell:
        network = city.network(query, "sewer_main")
        tell("following the sewers", 0.8)
        trace = traced(query, network, city.city.network, kind, start, end, within_ft)
    message = trace_message(query, network, trace, city.grid)
    title = f"{city.city.name}: {kind}"
    give_answer(
        city,
        message,
        lambda: trace_marks(query, network, trace),
        asked,
        show_trace,
        lambda marks: trace_page(title, message, list(marks), city.city.grid_epsg),
    )
