"""`gis-ce contact` and `gis-ce visit`: who was spoken with, and who goes where on which day."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, cast

import typer

from api.cli.case_desk import AsOption, NumberArgument, ReasonOption, at_work, looking
from api.cli.case_screen import minute
from api.cli.days import DayArgument, day_if, day_of
from api.cli.made import print_made
from api.cli.options import CityOption, JsonOption
from api.cli.screen import as_json, aside, out, table, text
from api.due_messages import contact_message, proceeding_message
from gis_ce.actions.calendars import officer_calendar
from gis_ce.actions.contacting import Channel, ContactGiven, Direction, contacts_of, log_contact, unanswered
from gis_ce.actions.proceedings import open_proceedings, proceedings_of
from gis_ce.actions.status_updates import send_status, status_for_reporter
from gis_ce.actions.visits import VisitGiven, VisitPutOff, plan_visit, put_off_visit, visit_done
from gis_ce.process import in_words

contact = typer.Typer(help="The contact log: calls and e-mails, and by when they are answered.", no_args_is_help=True)
visit = typer.Typer(help="Follow-up visits, and the calendar of an officer.", no_args_is_help=True)

VisitArgument = Annotated[str, typer.Argument(metavar="VISIT", help="Its id, as gis-ce visit list shows it.")]


@contact.command("log")
def log(  # noqa: PLR0913, PLR0917 - the options of the command
    number: NumberArgument,
    direction: Annotated[str, typer.Argument(metavar="in|out", help="in: somebody called; out: you did.")],
    channel: Annotated[str, typer.Argument(metavar="CHANNEL", help="call, email, letter, in_person, message.")],
    words: Annotated[str, typer.Argument(metavar="TEXT", help="What it was about.")],
    party: Annotated[str | None, typer.Option("--party", metavar="ID|ROLE", help="Whom it was with.")] = None,
    at: Annotated[
        datetime | None,
        typer.Option("--at", metavar="TIME", formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"], help="Without it, now."),
    ] = None,
    answers: Annotated[str | None, typer.Option("--answers", metavar="ID", help="The contact that it answers.")] = None,
    no_answer: Annotated[str | None, typer.Option("--no-answer", metavar="WHY", help="Why it needs none.")] = None,
    closing: Annotated[bool, typer.Option("--closing", help="The party was told that the case closes.")] = False,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Log a call, an e-mail or a talk; what came in has its answer due within the office's period."""
    with at_work(city, as_) as (session, desk):
        moment = at.replace(tzinfo=desk.processes.time.zone) if at else None
        ways = cast(Direction, direction), cast(Channel, channel)
        given = ContactGiven(*ways, words, moment, party, answers, no_answer, closing)
        done = log_contact(session, desk, number, given)
        session.commit()
    due = f"; {text(done.made['arithmetic'])}" if done.made["arithmetic"] else ""
    print_made(done, json, f"[green]logged[/green]  in {done.number}, as {done.made['contact']}{due}")


@contact.command("list")
def list_(number: NumberArgument, as_: AsOption = None, city: CityOption = None, json: JsonOption = False) -> None:
    """List the contacts of a case."""
    with looking(city, as_) as (session, desk, _):
        rows = contacts_of(session, desk, number)
        if json:
            as_json([contact_message(row) for row in rows])
            return
        shown = table("When", "Way", "What", "Id", whole=("When",))
        zone = desk.processes.time.zone
        for row in rows:
            said = "\n".join(word for word in (row.text, row.arithmetic) if word)
            shown.add_row(minute(row.at, zone), f"{row.direction}, {in_words(row.channel)}", text(said), row.id)
    out().print(shown if rows else "Nobody was spoken with.")


@contact.command("open")
def open_(
    officer: Annotated[str | None, typer.Option("--officer", help="Of this officer's cases.")] = None,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """List the contacts that wait for their answer, the longest first."""
    with looking(city, as_) as (session, desk, _):
        rows = unanswered(session, officer)
        if json:
            as_json([{"number": case.number, **contact_message(row)} for row, case in rows])
            return
        shown = table("Case", "Answer by", "What", "Id", whole=("Case", "Answer by"))
        zone = desk.processes.time.zone
        for row, case in rows:
            assert row.due_at is not None
            shown.add_row(case.number, minute(row.due_at, zone), text(row.text), row.id)
    out().print(shown if rows else "Everything is answered.")


@contact.command("status")
def status(
    number: NumberArgument,
    words: Annotated[str, typer.Argument(metavar="[WORDS]", help="What is to be said beside where it stands.")] = "",
    send: Annotated[str | None, typer.Option("--send", metavar="CHANNEL", help="Log that they were told so.")] = None,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Say where a case stands, for who reported it: never who else is involved."""
    if send is None:
        with looking(city, as_) as (session, desk, _):
            found = status_for_reporter(session, desk, number, words)
        out().print(text(found.text), soft_wrap=True)
        return
    with at_work(city, as_) as (session, desk):
        done = send_status(session, desk, number, cast(Channel, send), words)
        session.commit()
    print_made(done, json, f"[green]told[/green]  {text(done.made['text'])}")


@visit.command("plan")
def plan(
    number: NumberArgument,
    on: DayArgument,
    what: Annotated[str, typer.Argument(metavar="WHAT", help="What for.")],
    officer: Annotated[str | None, typer.Option("--officer", help="Else who has the case.")] = None,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Plan a follow-up visit."""
    with at_work(city, as_) as (session, desk):
        day = day_of(on, desk)
        done = plan_visit(session, desk, number, VisitGiven(day, what, officer))
        session.commit()
    said = f"[green]planned[/green]  {day}, {done.number}, as {done.made['proceeding']}"
    print_made(done, json, said)


@visit.command("done")
def done_(
    number: NumberArgument,
    visit_id: VisitArgument,
    found: Annotated[str, typer.Argument(metavar="FOUND", help="What was found.")],
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Note what a visit found, today."""
    with at_work(city, as_) as (session, desk):
        done = visit_done(session, desk, number, visit_id, found)
        session.commit()
    print_made(done, json, f"[green]noted[/green]  in {done.number}")


@visit.command("put-off")
def put_off(
    number: NumberArgument,
    visit_id: VisitArgument,
    why: ReasonOption,
    to: Annotated[str | None, typer.Option("--to", metavar="DAY", help="The new day; without it, called off.")] = None,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Put a visit off to another day, or call it off."""
    with at_work(city, as_) as (session, desk):
        day = day_if(to, desk)
        done = put_off_visit(session, desk, number, VisitPutOff(visit_id, why, day))
        session.commit()
    said = f"put off to {day}, as {done.made['proceeding']}" if day else "called off"
    print_made(done, json, f"[green]{said}[/green]")


@visit.command("list")
def list_visits(
    number: Annotated[str | None, typer.Argument(metavar="[NUMBER]", help="Of this case; else all planned.")] = None,
    officer: Annotated[str | None, typer.Option("--officer", help="Of this officer.")] = None,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """List the visits that are planned, or all of a case."""
    with looking(city, as_) as (session, desk, _):
        if number is not None:
            rows = [(number, running) for running in proceedings_of(session, desk, number, "visit")]
        else:
            rows = [(case.number, running) for running, case in open_proceedings(session, officer, "visit")]
        if json:
            as_json([{"number": name, **proceeding_message(running)} for name, running in rows])
            return
        shown = table("Day", "Case", "Officer", "What", "Id", whole=("Day", "Case"))
        for name, running in sorted(rows, key=lambda each: str(each[1].row.on_day)):
            row = running.row
            became = [f"{in_words(entry.kind)}: {entry.text}" for entry in running.entries]
            shown.add_row(str(row.on_day), name, text(row.officer), text("\n".join([row.text, *became])), row.id)
    out().print(shown if rows else "No visit is planned.")


@visit.command("calendar")
def calendar(
    officer: Annotated[str, typer.Argument(metavar="OFFICER")],
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE.ics")] = None,
    as_: AsOption = None,
    city: CityOption = None,
) -> None:
    """Write the planned visits and hearings of an officer as iCalendar."""
    with looking(city, as_) as (session, desk, _):
        content = officer_calendar(session, desk, officer)
    if output is None:
        typer.echo(content.decode(), nl=False)
        return
    output.write_bytes(content)
    aside().print(f"Written to {text(output)}.", soft_wrap=True)
