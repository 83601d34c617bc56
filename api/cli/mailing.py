"""`gis-ce mailing`: lists of who gets a letter after an overflow, from the draft to the day they were mailed."""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli.case_desk import NumberArgument, WhoAsks, at_work, looking, office_here
from api.cli.jobs import as_share, print_jobs
from api.cli.mailing_change import add, freeze, keep, log, returned, review, strike
from api.cli.mailing_overflow import reporting, traceable
from api.cli.mailing_print import labels, letters, list_file, map_
from api.cli.mailing_screen import MailingArgument, print_counts, show_mailing
from api.cli.option_groups import grouped
from api.cli.options import CityOption, JsonOption
from api.cli.screen import as_json, aside, out, progress, table, text
from api.mailing_jobs import run_mailings
from api.mailing_messages import mailing_line, mailing_message
from gis_ce.actions.mailing_making import new_mailing
from gis_ce.mailing.kept import mailing_named, mailings_page

app = typer.Typer(help="Mailings to the properties on the line of an overflow.", no_args_is_help=True)


@app.command("new")
@grouped
def new(number: NumberArgument, *, who: WhoAsks) -> None:
    """Make a draft for an overflow: trace its line, list who is on it and why, leave alone who was just written to."""
    with progress("tracing the line") as tell, at_work(who.city, who.as_) as (session, desk):
        tell("tracing the line and listing who is on it", 0.3)
        done = new_mailing(session, desk, number)
        tell("keeping the list", 0.9)
        session.commit()
        message = mailing_message(session, desk, mailing_named(session, done.made["mailing"]))
    if who.json:
        as_json(message)
        return
    print_counts(message)
    aside().print(f"Look it through: gis-ce mailing review {message['number']}", soft_wrap=True)


@app.command("run")
def run(city: CityOption = None, json: JsonOption = False) -> None:
    """Make drafts for all overflows without a mailing; what was cut off before is gone on with. Nothing is mailed."""
    with progress("looking for overflows") as tell:
        jobs = run_mailings(office_here(city), as_share(tell))
    print_jobs(jobs, json)


@app.command("list")
@grouped
def list_(
    state: Annotated[str | None, typer.Option("--state", help="draft, reviewed, frozen or mailed.")] = None,
    case: Annotated[str | None, typer.Option("--case", metavar="NUMBER", help="Of this case.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=500, help="How many at once.")] = 50,
    after: Annotated[str | None, typer.Option("--after", metavar="MAILING", help="From the page before.")] = None,
    *,
    who: WhoAsks,
) -> None:
    """List the mailings, newest first."""
    with looking(who.city, who.as_) as (session, _, __):
        found, more = mailings_page(session, state=state, case=case, after=after, limit=limit)
        lines = [mailing_line(mailing, number) for mailing, number in found]
    if who.json:
        as_json({"mailings": lines, "next": more})
        return
    if not lines:
        out().print("There is no such mailing.")
        return
    shown = table("Mailing", "Case", "State", "Made", "By", "Mailed on", whole=("Mailing", "Case", "Made"))
    for line in lines:
        made = str(line["made_at"])[:10]
        shown.add_row(line["number"], line["case"], line["state"], made, text(line["made_by"]), line["mailed_on"] or "")
    out().print(shown)
    if more is not None:
        aside().print(f"There are more: --after {more}", soft_wrap=True)


@app.command("show")
@grouped
def show(
    mailing: MailingArgument,
    status: Annotated[
        list[str] | None,
        typer.Option("--status", help="Rows of this status (kept, struck, suppressed, left_out); can be repeated."),
    ] = None,
    *,
    who: WhoAsks,
) -> None:
    """Show a mailing with its rows: who, where, and why."""
    show_mailing(mailing, who, status or ())


for _name, _command in (
    ("review", review),
    ("strike", strike),
    ("keep", keep),
    ("add", add),
    ("freeze", freeze),
    ("letters", letters),
    ("labels", labels),
    ("file", list_file),
    ("map", map_),
    ("log", log),
    ("returned", returned),
    ("reporting", reporting),
    ("traceable", traceable),
):
    app.command(_name)(_command)
