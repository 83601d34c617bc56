"""`gis-ce case list`, `show` and `history`: which cases there are, and one of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from api.case_exports import write_cases
from api.case_filters import Wanted, case_filter, page_after, page_token
from api.case_messages import case_message, page_message
from api.case_records import event_message
from api.cli.case_desk import AsOption, NumberArgument, looking
from api.cli.case_screen import minute, show_case_table
from api.cli.options import CityOption, JsonOption
from api.cli.screen import as_json, aside, many, out, table, text
from api.errors import ApiError
from gis_ce.actions.listing import CasePage, list_cases
from gis_ce.actions.showing import case_history, show_case

_WHERE = "Where"
_WIDE = 120

TypeOption = Annotated[str | None, typer.Option("--type", help="A process, such as leaks.")]
StatusOption = Annotated[str | None, typer.Option("--status", help="open or closed.")]
StepOption = Annotated[str | None, typer.Option("--step", help="Cases that stand at this step.")]
LaneOption = Annotated[str | None, typer.Option("--lane", help="Cases whose present step this lane does.")]
PriorityOption = Annotated[int | None, typer.Option("--priority", help="Cases of this priority.")]
OfficerOption = Annotated[str | None, typer.Option("--officer", help="Cases of this officer.")]
FromOption = Annotated[
    datetime | None, typer.Option("--opened-from", metavar="DATE", formats=["%Y-%m-%d"], help="Opened then or later.")
]
BeforeOption = Annotated[
    datetime | None, typer.Option("--opened-before", metavar="DATE", formats=["%Y-%m-%d"], help="Opened before then.")
]
OlderOption = Annotated[int | None, typer.Option("--older-than", metavar="DAYS", min=0, max=36_500, help="Age.")]
DueOption = Annotated[
    datetime | None, typer.Option("--due-before", metavar="DATE", formats=["%Y-%m-%d"], help="A wait ends before then.")
]
BoxOption = Annotated[
    str | None, typer.Option("--bbox", metavar="W,S,E,N", help="A box in degrees.", rich_help_panel=_WHERE)
]
AreaOption = Annotated[
    Path | None, typer.Option("--area", metavar="FILE", help="A GeoJSON polygon in degrees.", rich_help_panel=_WHERE)
]
NearOption = Annotated[
    str | None, typer.Option("--near", metavar="LON,LAT", help="With --within-ft.", rich_help_panel=_WHERE)
]
WithinOption = Annotated[float | None, typer.Option("--within-ft", min=0, max=100_000, rich_help_panel=_WHERE)]
ParcelOption = Annotated[str | None, typer.Option("--parcel", help="On this parcel.", rich_help_panel=_WHERE)]
TextOption = Annotated[str | None, typer.Option("--text", help="In number, title, description or address.")]


@dataclass(frozen=True, slots=True)
class _Page:
    """Which page, and how it is shown."""

    limit: int
    after: str | None
    json: bool
    output: Path | None


def list_(  # noqa: PLR0913, PLR0917 - the options of the command
    type_: TypeOption = None,
    status: StatusOption = None,
    step: StepOption = None,
    lane: LaneOption = None,
    priority: PriorityOption = None,
    officer: OfficerOption = None,
    opened_from: FromOption = None,
    opened_before: BeforeOption = None,
    older_than: OlderOption = None,
    due_before: DueOption = None,
    bbox: BoxOption = None,
    area: AreaOption = None,
    near: NearOption = None,
    within_ft: WithinOption = None,
    parcel: ParcelOption = None,
    text_: TextOption = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=500, help="How many at once.")] = 50,
    after: Annotated[str | None, typer.Option("--after", metavar="PAGE", help="From the page before.")] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="All of them as .csv, .xlsx, .gpkg, .parquet.")
    ] = None,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """List cases, the newest first, by what they are, where they are and what is in them; or write them to a file."""
    wanted = Wanted(
        type=type_,
        status=status,
        step=step,
        lane=lane,
        priority=priority,
        officer=officer,
        opened_from=opened_from.date() if opened_from else None,
        opened_before=opened_before.date() if opened_before else None,
        older_than_days=older_than,
        due_before=due_before.date() if due_before else None,
        bbox=bbox,
        area=read_area(area),
        near=near,
        within_ft=within_ft,
        parcel=parcel,
        text=text_,
    )
    _list(wanted, _Page(limit, after, json, output), city, as_)


def show(number: NumberArgument, as_: AsOption = None, city: CityOption = None, json: JsonOption = False) -> None:
    """Show a case: what its present step asks for, what the map says, and all that belongs to it."""
    with looking(city, as_) as (session, desk, _):
        shown = show_case(session, desk, number)
        if json:
            as_json(case_message(shown, desk.grid, desk.actor.lanes))
        else:
            show_case_table(shown, desk)


def history(
    number: NumberArgument,
    after: Annotated[int, typer.Option("--after", metavar="ID", min=0, help="Only what came after this event.")] = 0,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="How many at once.")] = 200,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Show what happened in a case, the oldest first; nothing in it is ever changed."""
    with looking(city, as_) as (session, desk, _):
        rows = case_history(session, desk, number, after, limit)
        if json:
            as_json({"events": [event_message(row) for row in rows], "next": rows[-1].id if rows else after})
            return
        shown = table("When", "By", "Step", "What", whole=("When",))
        for row in rows:
            shown.add_row(minute(row.at, desk.processes.time.zone), text(row.by), text(row.step), text(row.text))
        out().print(shown)
        if len(rows) == limit:
            aside().print(f"There may be more: --after {rows[-1].id}")


def read_area(path: Path | None) -> str | None:
    """The text of a GeoJSON file; raises ApiError."""
    if path is None:
        return None
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ApiError(f"{path} cannot be read as a GeoJSON file.") from error


def _list(wanted: Wanted, page: _Page, city: Path | None, as_: str | None) -> None:
    with looking(city, as_) as (session, desk, office):
        filtered = case_filter(wanted, office, desk.now)
        if page.output is not None:
            count = write_cases(session, desk, filtered, page.output)
            aside().print(f"{many(count, 'case')} written to {text(page.output)}.", soft_wrap=True)
            return
        found = list_cases(session, filtered, page_after(page.after), page.limit)
        token = page_token(found.after)
        if page.json:
            as_json(page_message(found, desk.grid) | {"next": token})
            return
        if not found.cases:
            out().print("No case.")
            return
        _print_page(found, desk.processes.time.zone)
        if token is not None:
            aside().print(f"There are more: --after {token}", soft_wrap=True)


def _print_page(found: CasePage, zone: ZoneInfo) -> None:
    wide = out().width >= _WIDE
    more = ("Officer", "Priority", "Title") if wide else ()
    shown = table("Number", "At", "Address or parcel", "Opened", "Wait ends", *more, whole=("Number",))
    for listed in found.cases:
        case, site = listed.case, listed.site
        where = (site.address or site.parcel_id) if site is not None else None
        stands = f"[dim]closed: {text(case.outcome)}[/dim]" if case.status == "closed" else text(case.step)
        due = minute(case.due_at, zone) if case.due_at else ""
        rest = (text(case.officer), text(case.priority), text(case.title)) if wide else ()
        shown.add_row(text(case.number), stands, text(where), minute(case.opened_at, zone), due, *rest)
    out().print(shown)
