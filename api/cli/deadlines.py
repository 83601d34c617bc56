"""`gis-ce deadlines`: what is overdue, what is due soon."""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli.case_desk import AsOption, looking
from api.cli.case_screen import minute
from api.cli.options import CityOption, JsonOption
from api.cli.screen import as_json, out, table, text
from api.due_messages import due_message
from gis_ce.actions.due_list import due_list
from gis_ce.process import in_words

_COLORS = {"overdue": "red", "due_soon": "yellow", "later": "default"}


def deadlines(
    officer: Annotated[str | None, typer.Option("--officer", help="Of this officer's cases and visits.")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only what is overdue.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="Also what comes later.")] = False,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """List what is overdue and what is due soon: targets, waits, answers, letters, appeals, visits, hearings, payments.

    Waits of the process maps whose reminder has come, however far their end is: [bold]gis-ce case reminders[/bold].
    """
    states = ("overdue",) if overdue else ("overdue", "due_soon", *(("later",) if everything else ()))
    with looking(city, as_) as (session, desk, _):
        found = [due for due in due_list(session, desk, officer) if due.state in states]
        zone = desk.processes.time.zone
    if json:
        as_json([due_message(due) for due in found])
        return
    if not found:
        out().print("Nothing is overdue or due soon." if not overdue else "Nothing is overdue.")
        return
    shown = table("Due", "", "Case", "Cat.", "Officer", "What", whole=("Due", "", "Case"))
    for due in found:
        state = f"[{_COLORS[due.state]}]{in_words(due.state)}[/]"
        shown.add_row(
            minute(due.at, zone), state, due.number, due.category, text(due.officer), text(f"{due.what}\n{due.said}")
        )
    out().print(shown)
