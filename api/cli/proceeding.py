"""`gis-ce proceeding`: hearings, citations, abatement, shut-offs and discrepancies beside the steps of a case."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, cast

import typer

from api.cli.case_desk import AsOption, NumberArgument, ReasonOption, at_work, looking
from api.cli.contact import OnArgument, print_made
from api.cli.options import CityOption, JsonOption
from api.cli.screen import as_json, out, table, text
from api.due_messages import proceeding_message
from api.errors import ApiError
from gis_ce.actions.hearings import (
    OUTCOMES,
    WHO,
    HearingGiven,
    NoticeGiven,
    Outcome,
    OutcomeGiven,
    end_hearing,
    note_notice,
    set_hearing,
)
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

app = typer.Typer(help="Hearings, citations, abatement, shut-offs and discrepancies.", no_args_is_help=True)

IdArgument = Annotated[str, typer.Argument(metavar="ID|last", help="As gis-ce proceeding list shows it.")]
ManagerOption = Annotated[str | None, typer.Option("--manager", metavar="NAME", help="The manager who was told.")]
AttorneyOption = Annotated[str | None, typer.Option("--attorney", metavar="NAME", help="The attorney who was told.")]
TextArgument = Annotated[str, typer.Argument(metavar="TEXT")]


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


@app.command("hearing")
def hearing(  # noqa: PLR0913, PLR0917 - the options of the command
    number: NumberArgument,
    on: OnArgument,
    what: Annotated[str, typer.Argument(metavar="WHAT")],
    at: Annotated[datetime | None, typer.Option("--time", metavar="HH:MM", formats=["%H:%M"])] = None,
    place: Annotated[str | None, typer.Option("--place")] = None,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Set a hearing; its notices go to the responsible and the complaining party."""
    with at_work(city, as_) as (session, desk):
        given = HearingGiven(on.date(), what, at.time() if at else None, place)
        done = set_hearing(session, desk, number, given)
        session.commit()
    print_made(done, json, f"[green]set[/green]  for {on.date()}, {done.number}, as {done.made['proceeding']}")


@app.command("notice")
def notice(  # noqa: PLR0913, PLR0917 - the options of the command
    number: NumberArgument,
    hearing_id: IdArgument,
    who: Annotated[str, typer.Argument(metavar="|".join(WHO))],
    how: Annotated[str, typer.Argument(metavar="HOW", help="Such as certified mail.")],
    on: Annotated[datetime | None, typer.Option("--on", metavar="DATE", formats=["%Y-%m-%d"])] = None,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Note that a notice of a hearing went out."""
    with at_work(city, as_) as (session, desk):
        given = NoticeGiven(hearing_id, who, on.date() if on else desk.today, how)
        done = note_notice(session, desk, number, given)
        session.commit()
    print_made(done, json, f"[green]noted[/green]  notice to the {text(who)}, {done.number}")


@app.command("outcome")
def outcome(  # noqa: PLR0913, PLR0917 - the options of the command
    number: NumberArgument,
    hearing_id: IdArgument,
    word: Annotated[str, typer.Argument(metavar="|".join(OUTCOMES))],
    words: TextArgument,
    why: Annotated[str | None, typer.Option("--why", help="Why it was held without its notices.")] = None,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Note how a hearing ended."""
    with at_work(city, as_) as (session, desk):
        given = OutcomeGiven(hearing_id, cast(Outcome, word), words, why)
        done = end_hearing(session, desk, number, given)
        session.commit()
    print_made(done, json, f"[green]noted[/green]  {text(word)}, {done.number}")


@app.command("cite")
def cite(  # noqa: PLR0913, PLR0917 - the options of the command
    number: NumberArgument,
    citation: Annotated[str, typer.Argument(metavar="CITATION", help="Its number.")],
    section: Annotated[str, typer.Argument(metavar="SECTION", help="Of the code.")],
    what: Annotated[str, typer.Argument(metavar="WHAT")],
    on: Annotated[datetime | None, typer.Option("--on", metavar="DATE", formats=["%Y-%m-%d"])] = None,
    answer_by: Annotated[datetime | None, typer.Option("--answer-by", metavar="DATE", formats=["%Y-%m-%d"])] = None,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Note a citation that was issued."""
    with at_work(city, as_) as (session, desk):
        by = answer_by.date() if answer_by else None
        given = CitationGiven(citation, section, what, on.date() if on else desk.today, by)
        done = cite_it(session, desk, number, given)
        session.commit()
    print_made(done, json, f"[green]noted[/green]  in {done.number}, as {done.made['proceeding']}")


@app.command("abate")
def abate(
    number: NumberArgument,
    on: OnArgument,
    what: Annotated[str, typer.Argument(metavar="WHAT")],
    by_whom: Annotated[str, typer.Option("--by", help="The crew or firm that does it.")],
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Order that the city does what the responsible party did not."""
    with at_work(city, as_) as (session, desk):
        done = abate_it(session, desk, number, AbatementGiven(what, by_whom, on.date()))
        session.commit()
    print_made(done, json, f"[green]ordered[/green]  for {on.date()}, {done.number}, as {done.made['proceeding']}")


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
