"""`gis-ce access-log`: who read names of owners, customers and complainants."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from api.access_log_messages import access_message, since
from api.cli.case_screen import minute
from api.cli.options import CityOption, JsonOption
from api.cli.screen import as_json, aside, out, table, text
from api.cli.users import store_session
from api.settings import Settings
from api.wiring import declared_city
from gis_ce.access_rules import access_rules
from gis_ce.persons_seen import MOST, AccessFilter, accesses, forget_accesses


def access_log(  # noqa: PLR0913, PLR0917 - the options of the command
    by: Annotated[str | None, typer.Option("--by", help="Of this account, or key as key:NAME.")] = None,
    case: Annotated[str | None, typer.Option("--case", help="Of this case.")] = None,
    parcel: Annotated[str | None, typer.Option("--parcel", help="Of this parcel.")] = None,
    since_day: Annotated[
        datetime | None, typer.Option("--since", formats=["%Y-%m-%d"], help="From this day on.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=MOST, help="How many, the newest first.")] = 100,
    forget: Annotated[bool, typer.Option("--forget-old", help="Delete what is older than [access] log_days.")] = False,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """List who read names of persons over HTTP: when, of which case or parcel, and by which route."""
    _, declared = declared_city(Settings(), city)
    with store_session(city) as session:
        if forget:
            days = access_rules(declared.other.get("access", {})).log_days
            gone = forget_accesses(session, datetime.now(UTC), days)
            session.commit()
            aside().print(f"{gone:,} lines older than {days:,} days are gone.")
            return
        start = since(since_day.date() if since_day else None, declared.time_zone)
        rows = accesses(session, AccessFilter(by, case, parcel, start), limit)
        if json:
            as_json([access_message(row) for row in rows])
            return
        zone = ZoneInfo(declared.time_zone)
        shown = table("When", "Who", "What", "Case", "Parcel", "Route", whole=("When", "Who"))
        for row in rows:
            of = (text(row.case_number), text(row.parcel_id))
            shown.add_row(minute(row.at, zone), text(row.by), text(row.what), *of, text(row.route))
        out().print(shown)
