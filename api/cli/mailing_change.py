"""`gis-ce mailing review`, `strike`, `keep`, `add`, `freeze`, `log`, `returned`: what people decide."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from api.cli.case_desk import ReasonOption, WhoAsks, at_work, looking
from api.cli.mailing_screen import MailingArgument, print_mailing, show_mailing
from api.cli.option_groups import grouped
from api.cli.screen import as_json, aside, out, text
from api.mailing_letters import letter_version
from api.mailing_messages import mailing_message
from gis_ce.actions.carried_out import Done
from gis_ce.actions.mailings import Added, add_row, decide_row, mark_mailed, note_return
from gis_ce.actions.mailings import freeze as freeze_mailing
from gis_ce.actions.mailings import review as review_mailing
from gis_ce.mailing.kept import mailing_named

RowArgument = Annotated[str, typer.Argument(metavar="ROW", help="Number of a row, as `show` has it.")]


@grouped
def review(
    mailing: MailingArgument,
    done: Annotated[bool, typer.Option("--done", help="Say that you have looked it through.")] = False,
    *,
    who: WhoAsks,
) -> None:
    """Look a list through: who is on it and why; with --done it can be frozen."""
    if done:
        with at_work(who.city, who.as_) as (session, desk):
            made = review_mailing(session, desk, mailing)
            session.commit()
        _print(made, f"{made.made['mailing']} was looked through; freeze it with gis-ce mailing freeze.", who.json)
        return
    shown = show_mailing(mailing, who)
    if shown["state"] == "draft" and not who.json:
        aside().print(f"When all is well: gis-ce mailing review {shown['number']} --done", soft_wrap=True)


@grouped
def strike(
    mailing: MailingArgument,
    row: RowArgument,
    why: ReasonOption,
    *,
    who: WhoAsks,
) -> None:
    """Strike a row from a list, with the reason."""
    with at_work(who.city, who.as_) as (session, desk):
        done = decide_row(session, desk, mailing, row, "strike", why)
        session.commit()
    _print(done, f"Row {done.made['row']} is struck; look the list through again.", who.json)


@grouped
def keep(
    mailing: MailingArgument,
    row: RowArgument,
    why: ReasonOption,
    *,
    who: WhoAsks,
) -> None:
    """Keep a row that was struck, or that was mailed not long ago, with the reason."""
    with at_work(who.city, who.as_) as (session, desk):
        done = decide_row(session, desk, mailing, row, "keep", why)
        session.commit()
    _print(done, f"Row {done.made['row']} is kept; look the list through again.", who.json)


@grouped
def add(  # noqa: PLR0913 - the options of the command
    mailing: MailingArgument,
    name: Annotated[str, typer.Option("--name", help="Who gets the letter.")],
    address: Annotated[str, typer.Option("--address", help="House number and street, or box.")],
    why: ReasonOption,
    place: Annotated[str | None, typer.Option("--place", help="Post office city.")] = None,
    state: Annotated[str | None, typer.Option("--state", help="Such as NC.")] = None,
    zip_code: Annotated[str | None, typer.Option("--zip", help="ZIP code.")] = None,
    *,
    who: WhoAsks,
) -> None:
    """Put somebody on a list, with the reason."""
    with at_work(who.city, who.as_) as (session, desk):
        done = add_row(session, desk, mailing, Added(name, address, place, state, zip_code), why)
        session.commit()
    _print(done, f"Row {done.made['row']} is added; look the list through again.", who.json)


@grouped
def freeze(mailing: MailingArgument, *, who: WhoAsks) -> None:
    """Freeze a list that was looked through: it is hashed, and nothing in it ever changes again."""
    with at_work(who.city, who.as_) as (session, desk):
        done = freeze_mailing(session, desk, mailing, letter_version(desk))
        session.commit()
    said = f"{done.made['mailing']} is frozen with {done.made['letters']} letters; SHA-256 {done.made['digest']}."
    _print(done, said, who.json)


@grouped
def log(
    mailing: MailingArgument,
    mailed: Annotated[
        datetime | None,
        typer.Option("--mailed", metavar="DATE", formats=["%Y-%m-%d"], help="The day on which it was mailed."),
    ] = None,
    *,
    who: WhoAsks,
) -> None:
    """Note the day of mailing, in the SSO log too; without --mailed, show what happened to a mailing."""
    if mailed is None:
        with looking(who.city, who.as_) as (session, desk, _):
            message = mailing_message(session, desk, mailing_named(session, mailing))
        if who.json:
            as_json(message)
        else:
            print_mailing(message)
        return
    with at_work(who.city, who.as_) as (session, desk):
        done = mark_mailed(session, desk, mailing, mailed.date())
        session.commit()
    said = f"{done.made['letters']} letters of {done.made['mailing']} were mailed on {done.made['mailed_on']}."
    if done.made["waits_at"]:
        said += (
            f" {done.number} stands at {done.made['waits_at']}: the SSO log has the day once it comes to log_mailing."
        )
    _print(done, said, who.json)


@grouped
def returned(
    mailing: MailingArgument,
    row: RowArgument,
    why: ReasonOption,
    *,
    who: WhoAsks,
) -> None:
    """Note that a letter came back, and what the post wrote on it."""
    with at_work(who.city, who.as_) as (session, desk):
        done = note_return(session, desk, mailing, row, why)
        session.commit()
    _print(done, f"The letter of row {done.made['row']} has come back.", who.json)


def _print(done: Done, said: str, json: bool) -> None:
    if json:
        as_json(done.made)
    else:
        out().print(text(said), soft_wrap=True)
