"""`gis-ce case remind` and `reminders`: deadlines of which an officer is to be reminded."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Annotated

import typer

from api.case_filters import page_after, page_token
from api.case_records import reminders_message
from api.cli.case_desk import AsOption, NumberArgument, at_work, looking
from api.cli.case_screen import minute
from api.cli.case_step import print_done
from api.cli.options import CityOption, JsonOption
from api.cli.screen import as_json, aside, out, table, text
from api.errors import ApiError
from gis_ce.actions.reminding import reminders as reminders_until
from gis_ce.actions.reminding import set_reminder


def remind(
    number: NumberArgument,
    on: Annotated[str, typer.Argument(metavar="DATE|none", help="The day; none takes the reminder away.")],
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Say on which day to remind of the deadline that runs; without it, the process or the city says when."""
    day = None if on == "none" else _day(on)
    with at_work(city, as_) as (session, desk):
        done = set_reminder(session, desk, number, day)
        session.commit()
        print_done(session, desk, done, json, [f"[green]reminder[/green]  {day or 'none'}"])


def reminders(
    officer: Annotated[str | None, typer.Option("--officer", help="Cases of this officer.")] = None,
    within: Annotated[int, typer.Option("--within", metavar="DAYS", min=0, max=3660, help="Look ahead.")] = 0,
    limit: Annotated[int, typer.Option("--limit", min=1, max=500, help="How many at once.")] = 50,
    after: Annotated[str | None, typer.Option("--after", metavar="PAGE", help="From the page before.")] = None,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """List the waits of the process maps whose reminder has come; what is overdue or due soon: gis-ce deadlines."""
    with looking(city, as_) as (session, desk, _):
        until = datetime.now(UTC) + timedelta(days=within)
        page = reminders_until(session, until, officer, page_after(after), limit)
        if json:
            as_json(reminders_message(page))
            return
        if not page.reminders:
            out().print("No deadline is near.")
            return
        shown = table("Number", "Until", "At", "Officer", "How it is counted", whole=("Number", "Until"))
        for each in page.reminders:
            ends = minute(each.deadline.due_at, desk.processes.time.zone)
            case = each.case
            shown.add_row(text(case.number), ends, text(case.step), text(case.officer), text(each.deadline.arithmetic))
        out().print(shown)
        if page.after is not None:
            aside().print(f"There are more: --after {page_token(page.after)}", soft_wrap=True)


def _day(word: str) -> date:
    try:
        return date.fromisoformat(word)
    except ValueError as error:
        raise ApiError(f"{word!r} is no day; write it as 2026-12-31, or none.") from error
