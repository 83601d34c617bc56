"""`gis-ce register`: the lists that fill themselves from the cases."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from api.case_exports import write_entries
from api.case_filters import page_after
from api.case_schemas import EntryFilterQuery
from api.cli.case_desk import AsOption, looking
from api.cli.options import CityOption, JsonOption
from api.cli.screen import as_json, aside, many, out, table, text
from api.register_messages import entries_message, entry_filter, filling_of, register_line
from gis_ce.register_entry import Filling
from gis_ce.registers import EntryPage, register_page

app = typer.Typer(help="The registers: lists that fill themselves from the cases.", no_args_is_help=True)


@app.command("list")
def list_(as_: AsOption = None, city: CityOption = None, json: JsonOption = False) -> None:
    """List the registers of the city."""
    with looking(city, as_) as (_, __, office):
        registers = office.registers().values()
    if json:
        as_json([register_line(register) for register in registers])
        return
    shown = table("Register", "What", "Statuses", whole=("Register",))
    for register in registers:
        shown.add_row(text(register.id), text(register.about), text(", ".join(register.statuses)))
    out().print(shown)


@app.command("show")
def show(  # noqa: PLR0913, PLR0917 - the options of the command
    name: Annotated[str, typer.Argument(metavar="REGISTER", help="Such as encroachment_log.")],
    status: Annotated[
        list[str] | None, typer.Option("--status", help="Entries of this status; can be repeated.")
    ] = None,
    type_: Annotated[list[str] | None, typer.Option("--type", help="Cases of this process; can be repeated.")] = None,
    since: Annotated[
        datetime | None, typer.Option("--since", metavar="DATE", formats=["%Y-%m-%d"], help="Came there then or later.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option("--until", metavar="DATE", formats=["%Y-%m-%d"], help="Came there by then.")
    ] = None,
    bbox: Annotated[str | None, typer.Option("--bbox", metavar="W,S,E,N", help="A box in degrees.")] = None,
    parcel: Annotated[str | None, typer.Option("--parcel", help="On this parcel.")] = None,
    text_: Annotated[str | None, typer.Option("--text", help="In anything that an entry says.")] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="All entries as .csv, .xlsx, .gpkg, .parquet.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=500, help="How many at once.")] = 50,
    after: Annotated[str | None, typer.Option("--after", metavar="PAGE", help="From the page before.")] = None,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Show the entries of a register, or write all of them to a file."""
    wanted = EntryFilterQuery.model_construct(
        type=type_ or [],
        status=status or [],
        since=since.date() if since else None,
        until=until.date() if until else None,
        bbox=bbox,
        text=text_,
        parcel=parcel,
    )
    with looking(city, as_) as (session, desk, office):
        filling = filling_of(session, desk, office, name)
        asked = entry_filter(wanted, desk.grid)
        if output is not None:
            count = write_entries(session, desk, filling, asked, output)
            aside().print(f"{many(count, 'entry')} written to {text(output)}.", soft_wrap=True)
            return
        page = register_page(session, filling, asked, page_after(after), limit)
        message = entries_message(filling.register, page, desk.grid)
    if json:
        as_json(message)
    else:
        _print(filling, page, message["next"])


def _print(filling: Filling, page: EntryPage, token: str | None) -> None:
    if not page.entries:
        out().print(f"{text(filling.register.title)} has no such entry.")
        return
    shown = table("Number", "Status", "Since", "Address or parcel", "What it says", whole=("Number", "Since"))
    for entry in page.entries:
        told = ", ".join(f"{name} {value}" for name, value in entry.values.items() if value is not None)
        where = entry.address or entry.parcel_id
        said = text(told.replace("_", " "))
        shown.add_row(text(entry.number), text(entry.status), str(entry.since), text(where), said)
    out().print(shown)
    if token is not None:
        aside().print(f"There are more: --after {token}", soft_wrap=True)
