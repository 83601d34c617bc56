"""`gis-ce trace upstream|downstream|line`: sewers from a place, with what makes the answer doubtful."""

from __future__ import annotations

import json as json_
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from api.cli.case_desk import AsOption
from api.cli.case_place import AddressOption, AtOption, XyOption
from api.cli.options import CityOption, JsonOption
from api.cli.screen import as_json, aside
from api.cli.trace_place import end_said, start_said
from api.cli.trace_screen import show_trace
from api.settings import Settings
from api.trace_answers import marks_collection, trace_message
from api.wiring import OpenCity, open_city
from gis_ce.network_marks import Mark, trace_marks
from gis_ce.tracing import Where, traced
from layers.network.trace import TraceKind
from maps.network_pages import trace_page

app = typer.Typer(
    help="Sewers upstream or downstream of a place, or between two. What is not known is said, never left out.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)

_WHERE = "Where (exactly one)"
ManholeOption = Annotated[
    str | None, typer.Option("--manhole", metavar="ID", help="Start at a manhole.", rich_help_panel=_WHERE)
]
SegmentOption = Annotated[
    str | None, typer.Option("--segment", metavar="ID", help="Start with a whole main.", rich_help_panel=_WHERE)
]
CaseOption = Annotated[
    str | None, typer.Option("--case", metavar="NUMBER", help="Start at the place of a case.", rich_help_panel=_WHERE)
]
WithinOption = Annotated[
    float | None, typer.Option("--within-ft", min=0, help="Only so far along the network; else all of it.")
]
GeoJsonOption = Annotated[
    Path | None, typer.Option("--geojson", metavar="FILE", help="Write what a map can draw, in degrees.")
]
MapOption = Annotated[Path | None, typer.Option("--map", metavar="FILE", help="Write a map as one HTML file.")]


@dataclass(frozen=True, slots=True)
class Written:
    """Where the answer goes besides the screen."""

    as_json: bool
    geojson: Path | None
    map_file: Path | None


@app.command()
def upstream(  # noqa: PLR0913, PLR0917 - the options of the command
    at: AtOption = None,
    xy: XyOption = None,
    address: AddressOption = None,
    manhole: ManholeOption = None,
    segment: SegmentOption = None,
    case: CaseOption = None,
    within_ft: WithinOption = None,
    geojson: GeoJsonOption = None,
    map_file: MapOption = None,
    acting: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """All that flows to a place: [bold]gis-ce trace upstream --manhole MH-0000012[/bold]."""
    opened = open_city(Settings(), city)
    start = start_said(opened, city, (at, xy, address), case, acting, Where(manhole=manhole, segment=segment))
    _show(opened, "upstream", start, None, within_ft, Written(json, geojson, map_file))


@app.command()
def downstream(  # noqa: PLR0913, PLR0917 - the options of the command
    at: AtOption = None,
    xy: XyOption = None,
    address: AddressOption = None,
    manhole: ManholeOption = None,
    segment: SegmentOption = None,
    case: CaseOption = None,
    within_ft: WithinOption = None,
    geojson: GeoJsonOption = None,
    map_file: MapOption = None,
    acting: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """All that a place flows to: [bold]gis-ce trace downstream --address "12 Main St"[/bold]."""
    opened = open_city(Settings(), city)
    start = start_said(opened, city, (at, xy, address), case, acting, Where(manhole=manhole, segment=segment))
    _show(opened, "downstream", start, None, within_ft, Written(json, geojson, map_file))


@app.command()
def line(  # noqa: PLR0913, PLR0917 - the options of the command
    at: AtOption = None,
    xy: XyOption = None,
    address: AddressOption = None,
    manhole: ManholeOption = None,
    segment: SegmentOption = None,
    case: CaseOption = None,
    to_manhole: Annotated[str | None, typer.Option("--to-manhole", metavar="ID", help="End at a manhole.")] = None,
    to_segment: Annotated[str | None, typer.Option("--to-segment", metavar="ID", help="End at a main.")] = None,
    to_at: Annotated[str | None, typer.Option("--to-at", metavar="LON,LAT", help="End at a point.")] = None,
    geojson: GeoJsonOption = None,
    map_file: MapOption = None,
    acting: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """The mains between two places: [bold]gis-ce trace line --manhole A --to-manhole B[/bold]."""
    opened = open_city(Settings(), city)
    start = start_said(opened, city, (at, xy, address), case, acting, Where(manhole=manhole, segment=segment))
    end = end_said(opened, to_at, Where(manhole=to_manhole, segment=to_segment))
    _show(opened, "line", start, end, None, Written(json, geojson, map_file))


def _show(
    city: OpenCity, kind: TraceKind, start: Where, end: Where | None, within_ft: float | None, written: Written
) -> None:
    query = city.view("staff").query
    network = city.network(query, "sewer_main")
    trace = traced(query, network, city.city.network, kind, start, end, within_ft)
    message = trace_message(query, network, trace, city.grid)
    if written.as_json:
        as_json(message)
    else:
        show_trace(message)
    if written.geojson is not None or written.map_file is not None:
        marks = trace_marks(query, network, trace)
        write_geojson(written.geojson, marks, city)
        if written.map_file is not None:
            page = trace_page(f"{city.city.name}: {kind}", message, marks, city.city.grid_epsg)
            written.map_file.write_text(page, encoding="utf-8")
            aside().print(f"The map is in {written.map_file}.", soft_wrap=True)


def write_geojson(path: Path | None, marks: list[Mark], city: OpenCity) -> None:
    """The marks as a GeoJSON file, where one was asked for."""
    if path is not None:
        text = json_.dumps(marks_collection(marks, city.grid), ensure_ascii=False)
        path.write_text(text, encoding="utf-8")
        aside().print(f"{len(marks):,} features are in {path}.", soft_wrap=True)
