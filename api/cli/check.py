"""`gis-ce check`: one place with words and evidence, or a file of many."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, get_args

import typer

from api.cli.check_file import check_file
from api.cli.check_place import PlaceOptions, check_place
from api.cli.options import CityOption, JsonOption
from api.errors import ApiError
from api.settings import Settings
from api.wiring import open_city
from gis_ce.assess import chosen_checks
from gis_ce.checks.all import CHECKS
from gis_ce.checks.check import Check
from gis_ce.positions import DatumName, Terms

_PLACE, _FILE, _POSITION = "One place", "A file of cases", "How good the position is"


def check(  # noqa: PLR0913, PLR0917 - the options of the command
    cases: Annotated[
        Path | None,
        typer.Argument(
            metavar="CASES",
            help="A file of cases: CSV, Parquet, GeoPackage, GeoJSON, Shapefile. Columns lon and lat, or easting_ft "
            "and northing_ft, or address; also sigma_ft, on, datum, epoch, radius_ft.",
        ),
    ] = None,
    at: Annotated[
        str | None, typer.Option("--at", metavar="LON,LAT", help="Degrees, longitude first.", rich_help_panel=_PLACE)
    ] = None,
    xy: Annotated[
        str | None,
        typer.Option("--xy", metavar="E,N", help="Feet on the city's grid, easting first.", rich_help_panel=_PLACE),
    ] = None,
    address: Annotated[
        str | None,
        typer.Option("--address", help="Address, or two streets that cross: MAIN ST & OAK ST.", rich_help_panel=_PLACE),
    ] = None,
    structure: Annotated[
        Path | None,
        typer.Option(
            "--structure",
            metavar="FILE",
            help="What is built: an area, a line such as a fence, or a point, as GeoJSON or WKT, in degrees (or feet).",
            rich_help_panel=_PLACE,
        ),
    ] = None,
    radius_ft: Annotated[
        float | None, typer.Option("--radius-ft", min=0, help="Makes a round structure of a point.")
    ] = None,
    map_file: Annotated[
        Path | None,
        typer.Option("--map", metavar="FILE", help="Write the evidence as one HTML file.", rich_help_panel=_PLACE),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="Findings of a file of cases: .csv, .parquet, .gpkg or .geojson.",
            rich_help_panel=_FILE,
        ),
    ] = None,
    sigma_ft: Annotated[
        float,
        typer.Option("--sigma-ft", min=0, help="Standard deviation on one axis.", rich_help_panel=_POSITION),
    ] = 0.0,
    datum: Annotated[
        str,
        typer.Option(
            help=f"What the degrees rest on: {', '.join(get_args(DatumName))}. map: read off the city's own map; GPS: "
            "not known, so the possible shift counts as uncertainty.",
            rich_help_panel=_POSITION,
        ),
    ] = "map",
    epoch: Annotated[
        float | None,
        typer.Option(help="Decimal year of an ITRF or GPS position; else that of the day.", rich_help_panel=_POSITION),
    ] = None,
    on: Annotated[
        datetime | None,
        typer.Option("--on", metavar="DATE", formats=["%Y-%m-%d"], help="Day of the event; without it, today."),
    ] = None,
    checks: Annotated[str | None, typer.Option("--checks", help="Names of checks, with commas; else all.")] = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Ask the map about one place, or about every row of a file.

    One place: [bold]gis-ce check --address "12 Main St"[/bold], [bold]--at -81.86,35.33[/bold] or
    [bold]--structure shed.geojson[/bold]. Many: [bold]gis-ce check cases.csv -o findings.csv[/bold].
    Undecided is an answer, and says why.
    """
    opened = open_city(Settings(), city)
    terms = Terms(on.date() if on else opened.today(), sigma_ft, known_datum(datum), epoch)
    asked = chosen(checks)
    if cases is None:
        options = PlaceOptions(at, xy, address, structure, radius_ft)
        check_place(opened, options, terms, asked, map_file, json)
        return
    if at or xy or address or structure or radius_ft or map_file:
        raise ApiError(
            "A file of cases says itself where they lie: leave out --at, --xy, --address, --structure, --map."
        )
    if output is None:
        raise ApiError(f"Say where the findings go: gis-ce check {cases} -o findings.csv")
    check_file(opened, cases, output, terms, asked, json)


def chosen(names: str | None) -> tuple[Check, ...] | None:
    """The checks named with commas; None where the command is to take all that apply."""
    return None if names is None else chosen_checks(CHECKS, [name.strip() for name in names.split(",")])


def known_datum(datum: str) -> str:
    """The datum of that name, however it is written; raises ApiError naming all there are."""
    known: dict[str, str] = {name.lower(): name for name in get_args(DatumName)}
    if datum.lower() not in known:
        raise ApiError(f"There is no datum {datum!r}; there are {', '.join(known.values())}.")
    return known[datum.lower()]
