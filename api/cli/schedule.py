"""`gis-ce schedule`: what the office does by the clock, when it was done last, and doing it now."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from api.cli.case_desk import office_here
from api.cli.options import CityOption, JsonOption
from api.cli.screen import as_json, out, table, text
from api.officers import user_at_this_machine
from api.schedules import SCHEDULES, rhythms_of, run_due, run_named
from api.settings import Settings
from gis_ce.schedule_runs import Run, last_runs, runs
from gis_ce.schedule_times import next_after

app = typer.Typer(help="What is done by the clock: backups, layers, digests, mailings.", no_args_is_help=True)


@app.command("list")
def list_(city: CityOption = None, json: JsonOption = False) -> None:
    """List what is on the schedule, its rhythm, when it is next due and what came of it last."""
    office, times = office_here(city), rhythms_of(Settings())
    zone = ZoneInfo(office.city.city.time_zone)
    with office.store.reading() as session:
        last = last_runs(session)
    if json:
        as_json(
            [
                {"name": e.name, "what": e.what, "rhythm": times[e.name].said, "last": _plain(last.get(e.name))}
                for e in SCHEDULES
            ]
        )
        return
    shown = table("Name", "Rhythm", "Last", "Outcome", "Next", "What came of it", whole=("Name", "Last", "Next"))
    for each in SCHEDULES:
        done = last.get(each.name)
        following = next_after(times[each.name], done.begun_at, zone) if done else None
        shown.add_row(
            each.name,
            times[each.name].said,
            _local(done.begun_at if done else None, zone),
            done.outcome if done else "never ran",
            _local(following, zone),
            text((done.said or "") if done else each.what),
        )
    out().print(shown)


@app.command("run")
def run_(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="What to do; without it, all that is due.")
    ] = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Do one thing of the schedule now, or all that is due; ends with exit code 1 where that fails."""
    office, settings = office_here(city), Settings()
    if name is None:
        done = run_due(settings, office, datetime.now(UTC))
    else:
        done = [run_named(settings, office, name, user_at_this_machine())]
    _print(done, json)


@app.command("history")
def history(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Of this one only.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="How many.")] = 20,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """List the runs there were, newest first."""
    office = office_here(city)
    with office.store.reading() as session:
        found = runs(session, limit, name)
    if json:
        as_json([_plain(each) for each in found])
        return
    shown = table("Name", "By", "Begun", "Outcome", "What came of it", whole=("Name", "Begun"))
    zone = ZoneInfo(office.city.city.time_zone)
    for each in found:
        shown.add_row(each.name, text(each.by), _local(each.begun_at, zone), each.outcome, text(each.said or ""))
    out().print(shown)


def _print(done: list[Run], json: bool) -> None:
    if json:
        as_json([_plain(each) for each in done])
    elif not done:
        out().print("Nothing is due.")
    for each in [] if json else done:
        out().print(f"{each.name}: {each.outcome}. {text(each.said or '')}", soft_wrap=True)
    if any(each.failed for each in done):
        sys.exit(1)


def _plain(run: Run | None) -> dict[str, object] | None:
    return None if run is None else asdict(run)


def _local(at: datetime | None, zone: ZoneInfo) -> str:
    return "" if at is None else f"{at.astimezone(zone):%Y-%m-%d %H:%M}"
