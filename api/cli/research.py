"""`gis-ce research`: what is on record about one place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

import numpy as np
import typer
from rich.console import Group
from rich.padding import Padding
from rich.table import Table

from api.access import View
from api.cli.check import known_datum
from api.cli.check_place import PlaceOptions, position
from api.cli.options import CityOption, JsonOption
from api.cli.screen import as_json, out, table, text
from api.errors import BadPlace
from api.research_answers import Looked, one_site, research_message, ticket_message
from api.settings import Settings
from api.wiring import OpenCity, open_city
from gis_ce.parcel_named import parcel_named
from gis_ce.positions import Terms
from gis_ce.research_found import FoundRow, Value
from gis_ce.research_sources import SOURCES, Source
from gis_ce.research_words import research_said

_PLACE, _NAMED = "Where", "What the case names besides"


def research(  # noqa: PLR0913, PLR0917 - the options of the command
    at: Annotated[
        str | None, typer.Option("--at", metavar="LON,LAT", help="Degrees, longitude first.", rich_help_panel=_PLACE)
    ] = None,
    xy: Annotated[
        str | None,
        typer.Option("--xy", metavar="E,N", help="Feet on the city's grid, easting first.", rich_help_panel=_PLACE),
    ] = None,
    address: Annotated[str | None, typer.Option("--address", help="Address.", rich_help_panel=_PLACE)] = None,
    parcel: Annotated[
        str | None,
        typer.Option("--parcel", help="Number of the parcel; alone, it is the place too.", rich_help_panel=_PLACE),
    ] = None,
    account: Annotated[str | None, typer.Option("--account", help="An account.", rich_help_panel=_NAMED)] = None,
    facility: Annotated[
        str | None, typer.Option("--facility", help="A facility, for its work orders.", rich_help_panel=_NAMED)
    ] = None,
    sigma_ft: Annotated[float, typer.Option("--sigma-ft", min=0, help="Standard deviation on one axis.")] = 0.0,
    datum: Annotated[str, typer.Option(help="What the degrees rest on, as for gis-ce check.")] = "map",
    on: Annotated[
        datetime | None,
        typer.Option("--on", metavar="DATE", formats=["%Y-%m-%d"], help="Day of the event; without it, today."),
    ] = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Gather what is on record about a place: accounts, permits, work orders, deeds, locate tickets.

    [bold]gis-ce research --address "12 Main St"[/bold], [bold]--at -81.86,35.33[/bold] or
    [bold]--parcel 1234567[/bold]. Only "none found" says that there is none; a source that is missing,
    too old for the day or cannot be asked says so.
    """
    opened = open_city(Settings(), city)
    view = opened.view("staff")
    options = PlaceOptions(at, xy, address, None, None)
    terms = Terms(on.date() if on else opened.today(), sigma_ft, known_datum(datum))
    asked = _Asked(options, parcel, account, facility)
    looked = _looked(opened, view, asked, terms)
    if json:
        as_json(research_message(looked, view, opened.city.name, opened.grid))
    else:
        _show(looked, view)


@dataclass(frozen=True, slots=True)
class _Asked:
    """Where, and what the case names besides."""

    place: PlaceOptions
    parcel: str | None
    account: str | None
    facility: str | None


def _looked(city: OpenCity, view: View, asked: _Asked, terms: Terms) -> Looked:
    options = asked.place
    given = [option for option in (options.at, options.xy, options.address) if option is not None]
    if len(given) > 1 or not (given or asked.parcel):
        raise BadPlace("Say where: one of --at LON,LAT, --xy E,N and --address, or --parcel.")
    if given:
        place, how, sigma = position(city, view, options, terms)
    else:
        place, how, sigma = parcel_named(view.query, str(asked.parcel)), "parcel", 0.0
    named = {"parcel_id": asked.parcel, "account_id": asked.account, "facility_id": asked.facility}
    sites = one_site(place, float(np.hypot(terms.sigma_ft, sigma)), np.datetime64(terms.day), **named)
    title = given[0] if given else f"parcel {asked.parcel}"
    return Looked(title, how, view.research(sites))


def _show(looked: Looked, view: View) -> None:
    found = looked.found
    head = table("", "")
    head.show_header = False
    facts = [("Place", looked.title), ("Found by", looked.located_by), ("Day", str(looked.sites.day[0]))]
    facts.append(("Parcel", ", ".join(found.asked_by("parcel", 0)) or "none"))
    if near := found.neighbours.texts_of(0):
        facts.append(("May be meant", ", ".join(near)))
    for name, value in facts:
        head.add_row(f"[dim]{name}[/dim]", text(value))
    parts = [part for source in SOURCES for part in _source(looked, source)]
    ticket = ticket_message(looked, view)
    out().print(Group(head, *parts, Padding(text(ticket["sentence"]), (1, 0))))


def _source(looked: Looked, source: Source) -> list[Padding | Table]:
    told = looked.found.found[source.name]
    status = told.status_of(0)
    if status == "none found":
        return [Padding(text(research_said(looked.found, source.name, 0)), (1, 0, 0, 0))]
    layers = ", ".join(f"{layer.name} as of {layer.as_of.isoformat()}" for layer in told.layers)
    colour = "green" if status == "found" else "yellow"
    heading = f"[bold]{source.name.replace('_', ' ').capitalize()}[/bold]: [{colour}]{status}[/{colour}]"
    heading += f" [dim]({text(layers)})[/dim]" if layers else ""
    parts: list[Padding | Table] = [Padding(f"{heading} {text(told.reason_of(0) or '')}", (1, 0, 0, 0))]
    rows = told.rows_of(0)
    return [*parts, _rows(source, rows)] if rows else parts


def _rows(source: Source, rows: list[FoundRow]) -> Table:
    """The rows with the fields that any of them has."""
    fields = [name for name in source.fields if any(row.fields[name] is not None for row in rows)]
    shown = table(*(name.replace("_", " ") for name in fields), "found by", whole=(source.key.replace("_", " "),))
    for row in rows:
        shown.add_row(*(text(_plain(row.fields[name])) for name in fields), text(row.by))
    return shown


def _plain(value: Value) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    return value.isoformat() if isinstance(value, date) else str(value or "")
