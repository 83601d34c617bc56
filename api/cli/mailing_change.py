"""`gis-ce mailing review`, `strike`, `keep`, `add`, `freeze`, `log`, `returned`: what people decide."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from api.cli.case_desk import AsOption, ReasonOption, at_work, looking
from api.cli.mailing_screen import MailingArgument, print_mailing, print_rows
from api.cli.options import CityOption, JsonOption
from api.cli.screen import as_json, aside, out, text
from api.mailing_letters import letter_version
from api.mailing_messages import mailing_message, row_message
from gis_ce.actions.carried_out import Done
from gis_ce.actions.mailings import Added, add_row, decide_row, mark_mailed, note_return
from gis_ce.actions.mailings import freeze as freeze_mailing
from gis_ce.actions.mailings import review as review_mailing
from gis_ce.mailing.kept import mailing_named, rows_of

RowArgument = Annotated[str, typer.Argument(metavar="ROW", help="Number of a row, as `show` has it.")]


def review(
    mailing: MailingArgument,
    done: Annotated[bool, typer.Option("--done", help="Say that you have looked it through.")] = False,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Look a list through: who is on it and why; with --done it can be frozen."""
    if done:
        with at_work(city, as_) as (session, desk):
            made = review_mailing(session, desk, mailing)
            session.commit()
        _print(made, f"{made.made['mailing']} was looked through; freeze it with gis-ce mailing freeze.", json)
        return
    with looking(city, as_) as (session, desk, _):
        held = mailing_named(session, mailing)
        message = mailing_message(session, desk, held)
        rows = [row_message(row) for row in rows_of(session, held)]
    if json:
        as_json(message | {"rows": rows})
        return
    print_mailing(message)
    print_rows(rows)
    aside().print(f"When all is well: gis-ce mailing review {message['number']} --done", soft_wrap=True)


def strike(
    mailing: MailingArgument,
    row: RowArgument,
    why: ReasonOption,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Strike a row from a list, with the reason."""
    with at_work(city, as_) as (session, desk):
        done = decide_row(session, desk, mailing, row, "strike", why)
        session.commit()
    _print(done, f"Row {done.made['row']} is struck; look the list through again.", json)


def keep(
    mailing: MailingArgument,
    row: RowArgument,
    why: ReasonOption,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Keep a row that was struck, or that was mailed not long ago, with the reason."""
    with at_work(city, as_) as (session, desk):
        done = decide_row(session, desk, mailing, row, "keep", why)
        session.commit()
    _print(done, f"Row {done.made['row']} is kept; look the list through again.", json)


def add(  # noqa: PLR0913, PLR0917 - the options of the command
    mailing: MailingArgument,
    name: Annotated[str, typer.Option("--name", help="Who gets the letter.")],
    address: Annotated[str, typer.Option("--address", help="House number and street, or box.")],
    why: ReasonOption,
    place: Annotated[str | None, typer.Option("--place", help="Post office city.")] = None,
    state: Annotated[str | None, typer.Option("--state", help="Such as NC.")] = None,
    zip_code: Annotated[str | None, typer.Option("--zip", help="ZIP code.")] = None,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Put somebody on a list, with the reason."""
    with at_work(city, as_) as (session, desk):
        done = add_row(session, desk, mailing, Added(name, address, place, state, zip_code), why)
        session.commit()
    _print(done, f"Row {done.made['row']} is added; look the list through again.", json)


def freeze(mailing: MailingArgument, as_: AsOption = None, city: CityOption = None, json: JsonOption = False) -> None:
    """Freeze a list that was looked through: it is hashed, and nothing in it ever changes again."""
    with at_work(city, as_) as (session, desk):
        done = freeze_mailing(session, desk, mailing, letter_version(desk))
        session.commit()
    said = f"{done.made['mailing']} is frozen with {done.made['letters']} letters; SHA-256 {done.made['digest']}."
    _print(done, said, json)


def log(
    mailing: MailingArgument,
    mailed: Annotated[
        datetime | None,
        typer.Option("--mailed", metavar="DATE", formats=["%Y-%m-%d"], help="The day on which it was mailed."),
    ] = None,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Note the day of mailing, in the SSO log too; without --mailed, show what happened to a mailing."""
    if mailed is None:
        with looking(city, as_) as (session, desk, _):
            message = mailing_message(session, desk, mailing_named(session, mailing))
        if json:
            as_json(message)
        else:
            print_mailing(message)
        return
    with at_work(city, as_) as (session, desk):
        done = mark_mailed(session, desk, mailing, mailed.date())
        session.commit()
    said = f"{done.made['letters']} letters of {done.made['mailing']} were mailed on {done.made['mailed_on']}."
    if done.made["waits_at"]:
        said += (
            f" {done.number} stands at {done.made['waits_at']}: the SSO log has the day once it comes to log_mailing."
        )
    _print(done, said, json)


def returned(
    mailing: MailingArgument,
    row: RowArgument,
    why: ReasonOption,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Note that a letter came back, and what the post wrote on it."""
    with at_work(city, as_) as (session, desk):
        done = note_return(session, desk, mailing, row, why)
        session.commit()
    _print(done, f"The letter of row {done.made['row']} has come back.", json)


def _print(done: Done, said: str, json: bool) -> None:
    if json:
        as_json(done.made)
    else:
        out().print(text(said), soft_wrap=True)
