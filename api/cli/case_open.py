"""`gis-ce case open`: a new case, with what else is on file about it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from api.cli.case_desk import AsOption, at_work
from api.cli.case_place import (
    AddressOption,
    AtOption,
    DatumOption,
    DetailOption,
    EpochOption,
    ParcelOption,
    SigmaOption,
    StructureOption,
    XyOption,
    details_said,
    place_said,
    structure_said,
)
from api.cli.case_step import print_standing
from api.cli.options import CityOption, JsonOption
from api.cli.screen import as_json, out, table, text
from gis_ce.actions.carried_out import Done
from gis_ce.actions.desk import Desk
from gis_ce.actions.opening import Opening, open_case
from gis_ce.actions.parties import PartyGiven
from gis_ce.actions.showing import show_case

_PEOPLE = "People"


def open_(  # noqa: PLR0913, PLR0917 - the options of the command
    type_: Annotated[
        str, typer.Argument(metavar="TYPE", help="A process, such as leaks; gis-ce process list shows all.")
    ],
    address: AddressOption = None,
    at: AtOption = None,
    xy: XyOption = None,
    parcel: ParcelOption = None,
    sigma_ft: SigmaOption = None,
    datum: DatumOption = "map",
    epoch: EpochOption = None,
    structure: StructureOption = None,
    detail: DetailOption = None,
    on: Annotated[
        datetime | None,
        typer.Option("--on", metavar="DATE", formats=["%Y-%m-%d"], help="Day of the event; without it, today."),
    ] = None,
    title: Annotated[str, typer.Option("--title", help="A few words.")] = "",
    description: Annotated[str, typer.Option("--description", help="What was reported.")] = "",
    reporter: Annotated[str | None, typer.Option("--reporter", help="Name.", rich_help_panel=_PEOPLE)] = None,
    phone: Annotated[str | None, typer.Option("--phone", help="Of the reporter.", rich_help_panel=_PEOPLE)] = None,
    owner: Annotated[str | None, typer.Option("--owner", help="Name.", rich_help_panel=_PEOPLE)] = None,
    contractor: Annotated[str | None, typer.Option("--contractor", help="Name.", rich_help_panel=_PEOPLE)] = None,
    firm: Annotated[str | None, typer.Option("--firm", help="Of the contractor.", rich_help_panel=_PEOPLE)] = None,
    officer: Annotated[str | None, typer.Option("--officer", help="Who gets the case.")] = None,
    priority: Annotated[int | None, typer.Option("--priority", help="0 to 100, the highest first.")] = None,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Open a case at the first step of its process.

    [bold]gis-ce case open leaks --address "12 Main St" --title "Water on the curb"[/bold]. The map is asked at
    once where the step has a check. Cases that may be the same, and earlier ones at the parcel or of the same
    party, are listed.
    """
    parties = [PartyGiven("reporter", reporter, phone=phone)] if reporter or phone else []
    parties += [PartyGiven("owner", owner)] if owner else []
    parties += [PartyGiven("contractor", contractor, firm)] if contractor or firm else []
    place = place_said(address, at, xy, parcel, sigma_ft, datum, epoch)
    with at_work(city, as_) as (session, desk):
        opening = Opening(
            type=type_,
            place=place,
            event_on=on.date() if on else None,
            title=title,
            description=description,
            parties=tuple(parties),
            officer=officer,
            priority=priority,
            structure=structure_said(structure, desk.grid),
            details=details_said(detail, desk.grid),
        )
        done = open_case(session, desk, opening)
        session.commit()
        _print(session, desk, done, json)


def _print(session: Session, desk: Desk, done: Done, json: bool) -> None:
    if json:
        as_json(asdict(done))
        return
    made = done.made
    where = f" at {made['address']}" if made["address"] else ""
    found = f" ({made['located']})" if made["located"] else ""
    out().print(f"[green]opened[/green]  {done.number}{text(where)}{text(found)}", soft_wrap=True)
    _list_others("may be the same", made["duplicates"])
    _list_others("earlier", made["earlier"])
    print_standing(show_case(session, desk, done.number))


def _list_others(heading: str, cases: list[dict[str, object]]) -> None:
    if not cases:
        return
    shown = table(heading.capitalize(), "Status", "Title", "Why", whole=(heading.capitalize(),))
    for case in cases:
        shown.add_row(text(case["number"]), text(case["status"]), text(case["title"]), text(case["said"]))
    out().print(shown)
