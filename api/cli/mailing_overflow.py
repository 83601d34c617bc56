"""`gis-ce mailing reporting`, `traceable`: what an overflow asks for before any letter."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer

from api.cli.case_desk import NumberArgument, WhoAsks, looking
from api.cli.mailing_screen import print_duties, print_traceable
from api.cli.option_groups import grouped
from api.cli.screen import as_json
from api.mailing_messages import reporting_message
from gis_ce.actions.mailing_overflows import reporting_of
from gis_ce.actions.mailing_overflows import traceable as traceable_case


@grouped
def reporting(
    number: NumberArgument,
    gallons: Annotated[
        float | None, typer.Option("--gallons", min=0.0, help="Spilled; else as the case notes.")
    ] = None,
    surface_gallons: Annotated[
        float | None, typer.Option("--surface-gallons", min=0.0, help="Of these to surface water; 0 for none.")
    ] = None,
    known_at: Annotated[
        datetime | None, typer.Option("--known-at", metavar="TIME", help="First knowledge, by the city's clock.")
    ] = None,
    *,
    who: WhoAsks,
) -> None:
    """Say what must be reported of an overflow, to whom and by when."""
    with looking(who.city, who.as_) as (session, desk, _):
        zone = desk.processes.time.zone
        since = known_at.replace(tzinfo=zone) if known_at is not None and known_at.tzinfo is None else known_at
        message = reporting_message(reporting_of(session, desk, number, gallons, surface_gallons, since), desk)
    if who.json:
        as_json(message)
    else:
        print_duties(message)


@grouped
def traceable(number: NumberArgument, *, who: WhoAsks) -> None:
    """Say how traceable an overflow is, and where to look first; it accuses nobody."""
    with looking(who.city, who.as_) as (session, desk, _):
        found = traceable_case(session, desk, number)
        message = asdict(found) | {"sentence": found.sentence}
    if who.json:
        as_json(message)
    else:
        print_traceable(message)
