"""`gis-ce proceeding hearing`, `notice`, `outcome`, `appeal` and `decide`: what is heard, and what was appealed."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, cast

import typer

from api.cli.case_desk import AsOption, NumberArgument, at_work
from api.cli.days import DayArgument, OnOption, day_of
from api.cli.made import print_made
from api.cli.options import CityOption, IdArgument, JsonOption, TextArgument
from api.cli.screen import text
from gis_ce.actions.filing_appeals import (
    APPEAL_OUTCOMES,
    AppealDecision,
    AppealGiven,
    AppealOutcome,
    decide_appeal,
    file_appeal,
)
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


def hearing(  # noqa: PLR0913, PLR0917 - the options of the command
    number: NumberArgument,
    on: DayArgument,
    what: Annotated[str, typer.Argument(metavar="WHAT")],
    at: Annotated[datetime | None, typer.Option("--time", metavar="HH:MM", formats=["%H:%M"])] = None,
    place: Annotated[str | None, typer.Option("--place")] = None,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Set a hearing; its notices go to the responsible and the complaining party."""
    with at_work(city, as_) as (session, desk):
        given = HearingGiven(day_of(on, desk), what, at.time() if at else None, place)
        done = set_hearing(session, desk, number, given)
        session.commit()
    print_made(done, json, f"[green]set[/green]  for {given.on}, {done.number}, as {done.made['proceeding']}")


def notice(  # noqa: PLR0913, PLR0917 - the options of the command
    number: NumberArgument,
    hearing_id: IdArgument,
    who: Annotated[str, typer.Argument(metavar="|".join(WHO))],
    how: Annotated[str, typer.Argument(metavar="HOW", help="Such as certified mail.")],
    on: OnOption = None,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Note that a notice of a hearing went out."""
    with at_work(city, as_) as (session, desk):
        given = NoticeGiven(hearing_id, who, day_of(on, desk), how)
        done = note_notice(session, desk, number, given)
        session.commit()
    print_made(done, json, f"[green]noted[/green]  notice to the {text(who)}, {done.number}")


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
    """Note how a hearing ended, on its day or after; before it, only that it is withdrawn or continued."""
    with at_work(city, as_) as (session, desk):
        given = OutcomeGiven(hearing_id, cast(Outcome, word), words, why)
        done = end_hearing(session, desk, number, given)
        session.commit()
    print_made(done, json, f"[green]noted[/green]  {text(word)}, {done.number}")


def appeal(
    number: NumberArgument,
    words: TextArgument,
    on: OnOption = None,
    letter: Annotated[
        str | None, typer.Option("--letter", help="That it is against; else the last one that may be appealed.")
    ] = None,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """File an appeal that came in; says by when it is to be decided, and by which rule."""
    with at_work(city, as_) as (session, desk):
        done = file_appeal(session, desk, number, AppealGiven(words, day_of(on, desk), letter))
        session.commit()
    late = "; it came too late" if done.made["late"] else ""
    said = f"[green]filed[/green]  in {done.number}, as {done.made['proceeding']}{late}"
    print_made(done, json, f"{said}; to be decided: {text(done.made['arithmetic'])}")


def decide(
    number: NumberArgument,
    appeal_id: IdArgument,
    word: Annotated[str, typer.Argument(metavar="|".join(APPEAL_OUTCOMES))],
    words: TextArgument,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Note how an appeal was decided, which ends it."""
    with at_work(city, as_) as (session, desk):
        given = AppealDecision(appeal_id, cast(AppealOutcome, word), words)
        done = decide_appeal(session, desk, number, given)
        session.commit()
    print_made(done, json, f"[green]noted[/green]  {text(word)}, {done.number}")
