"""Where a trace starts and ends, and where its answer goes, as the options of the commands say it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import shapely
import typer

from api.answers import Message
from api.cli.case_desk import AsOption, looking
from api.cli.case_place import WHERE, AddressOption, AtOption, XyOption
from api.cli.check_place import PlaceOptions, position
from api.cli.options import CityOption, JsonOption
from api.cli.screen import aside, stream_json, text
from api.cli.whole_file import write_whole
from api.errors import BadPlace
from api.trace_forms import Form, pieces_of
from api.trace_places import point_of_case
from api.wiring import OpenCity
from gis_ce.network_marks import Mark
from gis_ce.positions import Terms
from gis_ce.tracing import Where


@dataclass(frozen=True, slots=True)
class StartOptions:
    """The place at which a trace or a shut-off starts, and who asks."""

    at: AtOption = None
    xy: XyOption = None
    address: AddressOption = None
    segment: Annotated[
        str | None, typer.Option("--segment", metavar="ID", help="Start with a whole main.", rich_help_panel=WHERE)
    ] = None
    case: Annotated[
        str | None,
        typer.Option("--case", metavar="NUMBER", help="Start at the place of a case.", rich_help_panel=WHERE),
    ] = None
    acting: AsOption = None
    city: CityOption = None


@dataclass(frozen=True, slots=True)
class AnswerOptions:
    """Where the answer goes besides the screen."""

    geojson: Annotated[
        Path | None, typer.Option("--geojson", metavar="FILE", help="Write what a map can draw, in degrees.")
    ] = None
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Write a row for each main, valve, meter and doubt.")
    ] = None
    map_file: Annotated[Path | None, typer.Option("--map", metavar="FILE", help="Write a map as one HTML file.")] = None
    json: JsonOption = False


def start_said(city: OpenCity, start: StartOptions, manhole: str | None = None, valve: str | None = None) -> Where:
    """The start of a trace: a place (degrees, feet or address), a case, or what is named; raises BadPlace."""
    said = [
        one for one in (start.at, start.xy, start.address, start.case, start.segment, manhole, valve) if one is not None
    ]
    if len(said) != 1:
        raise BadPlace(
            "Say where once: exactly one of --at LON,LAT, --xy E,N, --address, --case, --segment, and --manhole "
            "for a trace or --valve for a shut-off."
        )
    if start.case is not None:
        with looking(start.city, start.acting) as (session, desk, _):
            return Where(point=point_of_case(session, desk, start.case), name=start.case)
    if start.at is None and start.xy is None and start.address is None:
        return Where(manhole=manhole, segment=start.segment, valve=valve)
    options = PlaceOptions(start.at, start.xy, start.address, None, None)
    found, _, _ = position(city, city.view("staff"), options, Terms(city.today(), 0.0, "map", None))
    return Where(point=_point(found), name=str(said[0]))


def give_answer(
    city: OpenCity,
    message: Message,
    marks: Callable[[], Iterator[Mark]],
    asked: AnswerOptions,
    show: Callable[[Message], None],
    page: Callable[[Iterable[Mark]], str],
) -> None:
    """The answer on the screen, and in the files that were asked for, some rows at a time."""
    if asked.json:
        stream_json(message)
    else:
        show(message)
    files: tuple[tuple[Path | None, Form], ...] = ((asked.geojson, "geojson"), (asked.csv, "csv"))
    for path, form in files:
        if path is not None:
            write_whole(path, pieces_of(message, marks(), city.grid, form))
            aside().print(f"{text(path)} is written.", soft_wrap=True)
    if asked.map_file is not None:
        write_whole(asked.map_file, [page(marks()).encode()])
        aside().print(f"The map is in {text(asked.map_file)}.", soft_wrap=True)


def end_said(city: OpenCity, at: str | None, named: Where) -> Where:
    """The end of a line; raises BadPlace."""
    said = [one for one in (at, named.manhole, named.segment) if one is not None]
    if len(said) != 1:
        raise BadPlace("Say where the line ends: exactly one of --to-manhole, --to-segment and --to-at LON,LAT.")
    if at is None:
        return named
    options = PlaceOptions(at, None, None, None, None)
    found, _, _ = position(city, city.view("staff"), options, Terms(city.today(), 0.0, "map", None))
    return Where(point=_point(found), name=at)


def _point(place: object) -> shapely.Point:
    point = shapely.centroid(np.array([place], dtype=object))[0]
    if not isinstance(point, shapely.Point):
        raise BadPlace("That is no place.")
    return point
