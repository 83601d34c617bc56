"""`gis-ce case move`, `describe`, `review`, `correct`, `reopen`, `end-wait`, `assign` ...: changes of a case."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from api.cli.case_desk import AsOption, NumberArgument, ReasonOption, WhyOption, at_work
from api.cli.case_place import (
    AddressOption,
    AtOption,
    DatumOption,
    DetailOption,
    EpochOption,
    ParcelOption,
    SigmaOption,
    StructureOption,
    XyOption,
    details_said,
    place_said,
    structure_said,
)
from api.cli.case_step import print_done
from api.cli.case_words import named_values
from api.cli.options import CityOption, JsonOption
from api.cli.screen import text
from api.errors import ApiError, BadPlace
from gis_ce.actions.at_hand import look_at
from gis_ce.actions.carried_out import Done
from gis_ce.actions.mending import Correction
from gis_ce.actions.mending import correct as correct_case
from gis_ce.actions.mending import reopen as reopen_case
from gis_ce.actions.ranking import assign as assign_case
from gis_ce.actions.ranking import set_priority
from gis_ce.actions.reviewing import review as review_answer
from gis_ce.actions.site_moves import ask_map_again, describe_site, move_site
from gis_ce.actions.stepping import Given
from gis_ce.actions.urgency import set_category, update_manager
from gis_ce.actions.waits import end_wait as end_wait_now
from gis_ce.actions.waits import extend_wait as extend_wait_until
from gis_ce.process import in_words


def move(  # noqa: PLR0913, PLR0917 - the options of the command
    number: NumberArgument,
    why: ReasonOption,
    address: AddressOption = None,
    at: AtOption = None,
    xy: XyOption = None,
    parcel: ParcelOption = None,
    sigma_ft: SigmaOption = None,
    datum: DatumOption = "map",
    epoch: EpochOption = None,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Put the place of a case right; every check that rests on it is run again.

    Answers that were decided on the old place are listed: [bold]gis-ce case review[/bold] confirms or corrects them.
    """
    place = place_said(address, at, xy, parcel, sigma_ft, datum, epoch)
    if place is None:
        raise BadPlace("Say where: one of --address, --at LON,LAT, --xy E,N and --parcel.")
    with at_work(city, as_) as (session, desk):
        done = move_site(session, desk, number, place, why)
        session.commit()
        print_done(
            session,
            desk,
            done,
            json,
            [f"[green]moved[/green]  {done.number} ({text(done.made['located'])})", *_reviews(done)],
        )


def describe(
    number: NumberArgument,
    structure: StructureOption = None,
    detail: DetailOption = None,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Note what stands at the place, and details such as the locator's marks; checks that turn on it are run again."""
    with at_work(city, as_) as (session, desk):
        shape, details = structure_said(structure, desk.grid), details_said(detail, desk.grid)
        done = describe_site(session, desk, number, shape, details)
        session.commit()
        print_done(session, desk, done, json, _reviews(done))


def ask_again(number: NumberArgument, as_: AsOption = None, city: CityOption = None, json: JsonOption = False) -> None:
    """Ask the map again by today's layers and rules; what it says as before stays."""
    with at_work(city, as_) as (session, desk):
        done = ask_map_again(session, desk, number)
        session.commit()
        print_done(session, desk, done, json, _reviews(done))


def review(
    number: NumberArgument,
    decision: Annotated[str, typer.Argument(metavar="DECISION", help="Id, as gis-ce case show lists it.")],
    answer: Annotated[str | None, typer.Argument(metavar="ANSWER", help="Without it, what the map says now.")] = None,
    why: WhyOption = None,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Confirm or correct an answer that was decided on another place."""
    with at_work(city, as_) as (session, desk):
        done = review_answer(session, desk, number, decision, Given(answer, why=why))
        session.commit()
        print_done(session, desk, done, json)


def correct(
    number: NumberArgument,
    word: Annotated[str, typer.Argument(metavar="NAME=VALUE", help="A field, or a step and its answer.")],
    why: ReasonOption,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Put right what was noted: a field's value (empty takes it away), or the answer of a step.

    With another answer the case goes on from that step. The history keeps both.
    """
    ((name, value),) = named_values([word]).items()
    with at_work(city, as_) as (session, desk):
        hand = look_at(session, desk, number)
        step = hand.process.steps.get(name)
        if step is not None and step.kind == "decision" and name not in hand.case.data:
            correction = Correction(why, step=name, answer=value)
        else:
            correction = Correction(why, field=name, value=value or None)
        done = correct_case(session, desk, number, correction)
        session.commit()
        print_done(session, desk, done, json, _reviews(done))


def reopen(
    number: NumberArgument,
    why: ReasonOption,
    step: Annotated[str | None, typer.Option("--step", help="Else the last that somebody did.")] = None,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Open a closed case again at a step of its way."""
    with at_work(city, as_) as (session, desk):
        done = reopen_case(session, desk, number, why, step)
        session.commit()
        print_done(session, desk, done, json)


def end_wait(
    number: NumberArgument, why: ReasonOption, as_: AsOption = None, city: CityOption = None, json: JsonOption = False
) -> None:
    """Go on from a wait before its deadline, since what it waits for has happened."""
    with at_work(city, as_) as (session, desk):
        done = end_wait_now(session, desk, number, why)
        session.commit()
        print_done(session, desk, done, json)


def extend_wait(
    number: NumberArgument,
    until: Annotated[datetime, typer.Argument(metavar="DATE", formats=["%Y-%m-%d"], help="The new last day.")],
    why: ReasonOption,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Let a running wait end on a later day."""
    with at_work(city, as_) as (session, desk):
        done = extend_wait_until(session, desk, number, until.date(), why)
        session.commit()
        print_done(session, desk, done, json)


def assign(
    number: NumberArgument,
    officer: Annotated[str | None, typer.Argument(metavar="OFFICER", help="A user.")] = None,
    nobody: Annotated[bool, typer.Option("--nobody", help="Take the case from who has it.")] = False,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Give a case to an officer, or to nobody."""
    if (officer is None) != nobody:
        raise ApiError("Say who gets the case: an officer, or --nobody.")
    with at_work(city, as_) as (session, desk):
        done = assign_case(session, desk, number, officer)
        session.commit()
        print_done(session, desk, done, json, [f"[green]given[/green]  to {text(officer or 'nobody')}"])


def priority(
    number: NumberArgument,
    value: Annotated[str, typer.Argument(metavar="0-100|none", help="The highest first; none takes it away.")],
    why: ReasonOption,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Say how urgent a case is."""
    if value != "none" and not value.isdecimal():
        raise ApiError(f"A priority is a whole number from 0 to 100, or none, not {value!r}.")
    with at_work(city, as_) as (session, desk):
        done = set_priority(session, desk, number, None if value == "none" else int(value), why)
        session.commit()
        print_done(session, desk, done, json, [f"[green]priority[/green]  {value}"])


def _reviews(done: Done) -> list[str]:
    """What is to be looked at again, one line each."""
    reviews = done.made.get("to_review", ())
    lines = [f"[yellow]to review[/yellow]  {each['decision']}  {text(each['said'])}" for each in reviews]
    for field in done.made.get("fields_to_review", ()):
        said = f"{in_words(field['field'])} is {field['noted']}; the map now suggests {field['suggested']}"
        lines.append(f"[yellow]look at[/yellow]  {text(said)}")
    return lines


def category(
    number: NumberArgument,
    name: Annotated[str, typer.Argument(metavar="CATEGORY", help="Such as I, of the city's targets.")],
    why: ReasonOption,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Give a case another category than its kind and answers have; its targets follow."""
    with at_work(city, as_) as (session, desk):
        done = set_category(session, desk, number, name, why)
        session.commit()
        print_done(session, desk, done, json, [f"[green]category[/green]  {text(name)}"])


def update(
    number: NumberArgument,
    words: Annotated[str, typer.Argument(metavar="TEXT", help="Where the case stands.")],
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Tell the manager where a case stands: it goes into the next digest."""
    with at_work(city, as_) as (session, desk):
        done = update_manager(session, desk, number, words)
        session.commit()
        print_done(session, desk, done, json, ["[green]noted[/green]  for the manager"])
