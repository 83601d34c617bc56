"""`gis-ce proceeding`: hearings, appeals, citations, abatement, shut-offs and discrepancies beside a case's steps."""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli import hearing
from api.cli.case_desk import AsOption, NumberArgument, ReasonOption, at_work, looking
from api.cli.days import DayArgument, OnOption, day_if, day_of
from api.cli.made import print_made
from api.cli.options import CityOption, IdArgument, JsonOption, TextArgument
from api.cli.screen import as_json, out, table, text
from api.due_messages import proceeding_message
from api.errors import ApiError
from gis_ce.actions.measures import (
    AbatementDone,
    AbatementGiven,
    CitationGiven,
    DiscrepancyGiven,
    raise_discrepancy,
    tell_decider,
)
from gis_ce.actions.measures import abate as abate_it
from gis_ce.actions.measures import abated as abated_it
from gis_ce.actions.measures import cite as cite_it
from gis_ce.actions.measures import settle as settle_it
from gis_ce.actions.proceedings import proceedings_of
from gis_ce.actions.shut_offs import ShutOffDecision, decide_shut_off
from gis_ce.actions.shut_offs import ask_shut_off as ask_for_it
from gis_ce.money import cents_of
from gis_ce.process import in_words

app = typer.Typer(help="Hearings, appeals, citations, abatement, shut-offs and discrepancies.", no_args_is_help=True)

ManagerOption = Annotated[str | None, typer.Option("--manager", metavar="NAME", help="The manager who was told.")]
AttorneyOption = Annotated[str | None, typer.Option("--attorney", metavar="NAME", help="The attorney who was told.")]


@app.command("list")
def list_(number: NumberArgument, as_: AsOption = None, city: CityOption = None, json: JsonOption = False) -> None:
    """List what runs, or ran, beside the steps of a case."""
    with looking(city, as_) as (session, desk, _):
        rows = proceedings_of(session, desk, number)
        if json:
            as_json([proceeding_message(row) for row in rows])
            return
        shown = table("Day", "What", "Id", whole=("Day",))
        for running in rows:
            row = running.row
            became = [f"{entry.on_day or ''} {in_words(entry.kind)}: {entry.text}".strip() for entry in running.entries]
            words = "\n".join([f"{in_words(row.kind)}: {row.text}", *became])
            shown.add_row(str(row.on_day or ""), text(words), row.id)
    out().print(shown if rows else "Nothing runs beside its steps.")


app.command("hearing")(hearing.hearing)
app.command("notice")(hearing.notice)
app.command("outcome")(hearing.outcome)
app.command("appeal")(hearing.appeal)
app.command("decide")(hearing.decide)


@app.command("cite")
def cite(  # noqa: PLR0913, PLR0917 - the options of the command
    number: NumberArgument,
    citation: Annotated[str, typer.Argument(metavar="CITATION", help="Its number.")],
    section: Annotated[str, typer.Argument(metavar="SECTION", help="Of the code.")],
    what: Annotated[str, typer.Argument(metavar="WHAT")],
    on: OnOption = None,
    answer_by: Annotated[str | None, typer.Option("--answer-by", metavar="DAY", help="By when it is answered.")] = None,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Note a citation that was issued."""
    with at_work(city, as_) as (session, desk):
        given = CitationGiven(citation, section, what, day_of(on, desk), day_if(answer_by, desk))
        done = cite_it(session, desk, number, given)
        session.commit()
    print_made(done, json, f"[green]noted[/green]  in {done.number}, as {done.made['proceeding']}")


@app.command("abate")
def abate(
    number: NumberArgument,
    on: DayArgument,
    what: Annotated[str, typer.Argument(metavar="WHAT")],
    by_whom: Annotated[str, typer.Option("--by", help="The crew or firm that does it.")],
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Order that the city does what the responsible party did not."""
    with at_work(city, as_) as (session, desk):
        day = day_of(on, desk)
        done = abate_it(session, desk, number, AbatementGiven(what, by_whom, day))
        session.commit()
    print_made(done, json, f"[green]ordered[/green]  for {day}, {done.number}, as {done.made['proceeding']}")


@app.command("abated")
def abated(  # noqa: PLR0913, PLR0917 - the options of the command
    number: NumberArgument,
    abatement: IdArgument,
    words: TextArgument,
    cost: Annotated[str | None, typer.Option("--cost", help="In dollars; it is charged to the case.")] = None,
    basis: Annotated[str, typer.Option("--basis", help="Where the cost comes from.")] = "",
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Note that the city has done it, and charge what it cost."""
    cents = cents_of(cost) if cost is not None else None
    with at_work(city, as_) as (session, desk):
        done = abated_it(session, desk, number, AbatementDone(abatement, words, cents, basis))
        session.commit()
    charged = ", and its cost is charged" if cents is not None else ""
    print_made(done, json, f"[green]noted[/green]  in {done.number}{charged}")


@app.command("discrepancy")
def discrepancy(
    number: NumberArgument,
    words: TextArgument,
    manager: ManagerOption = None,
    attorney: AttorneyOption = None,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Raise that the code is read differently, to manager and attorney."""
    with at_work(city, as_) as (session, desk):
        given = DiscrepancyGiven(words, _told(manager, attorney))
        done = raise_discrepancy(session, desk, number, given)
        session.commit()
    print_made(done, json, f"[green]raised[/green]  in {done.number}, as {done.made['proceeding']}")


@app.command("told")
def told(
    number: NumberArgument,
    discrepancy_id: IdArgument,
    manager: ManagerOption = None,
    attorney: AttorneyOption = None,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Note that manager or attorney were told of a discrepancy."""
    names = _told(manager, attorney)
    if not names:
        raise ApiError("Say who was told: --manager NAME, --attorney NAME.")
    with at_work(city, as_) as (session, desk):
        done = tell_decider(session, desk, number, discrepancy_id, names)
        session.commit()
    print_made(done, json, f"[green]noted[/green]  in {done.number}")


@app.command("settle")
def settle(
    number: NumberArgument,
    proceeding: IdArgument,
    words: TextArgument,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """End a citation, or a discrepancy of which both were told, with what came of it."""
    with at_work(city, as_) as (session, desk):
        done = settle_it(session, desk, number, proceeding, words)
        session.commit()
    print_made(done, json, f"[green]settled[/green]  in {done.number}")


@app.command("ask-shut-off")
def ask_shut_off(
    number: NumberArgument, why: ReasonOption, as_: AsOption = None, city: CityOption = None, json: JsonOption = False
) -> None:
    """Ask the executive team to approve a shut-off."""
    with at_work(city, as_) as (session, desk):
        done = ask_for_it(session, desk, number, why)
        session.commit()
    print_made(done, json, f"[green]asked[/green]  for {done.number}, as {done.made['proceeding']}")


@app.command("shut-off")
def shut_off(
    number: NumberArgument,
    request: IdArgument,
    word: Annotated[str, typer.Argument(metavar="approve|refuse")],
    why: ReasonOption,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Approve or refuse a shut-off, for the executive team."""
    if word not in ("approve", "refuse"):
        raise ApiError(f"Say approve or refuse, not {word!r}.")
    with at_work(city, as_) as (session, desk):
        done = decide_shut_off(session, desk, number, ShutOffDecision(request, word == "approve", why))
        session.commit()
    print_made(done, json, f"[green]noted[/green]  {word}, {done.number}")


def _told(manager: str | None, attorney: str | None) -> dict[str, str]:
    names = {"manager": manager, "attorney": attorney}
    return {who: name for who, name in names.items() if name is not None}
