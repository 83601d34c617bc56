"""`gis-ce case answer`, `close` and `notate`: do steps of a case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import typer
from rich.padding import Padding
from sqlalchemy.orm import Session

from api.cli.case_desk import AsOption, NumberArgument, WhyOption, at_work
from api.cli.case_screen import form_table, head_line
from api.cli.case_way import Plan, Taken, carry, said_of
from api.cli.case_words import named_values, read_words
from api.cli.options import CityOption, JsonOption
from api.cli.screen import as_json, out, text
from gis_ce.actions.at_hand import look_at
from gis_ce.actions.carried_out import Done
from gis_ce.actions.closing import Closing
from gis_ce.actions.desk import Desk
from gis_ce.actions.showing import CaseShown, show_case
from gis_ce.actions.stepping import notate as notate_fields

WordsArgument = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[ANSWER] [NAME=VALUE]...",
        help="The answer of the present step; fields, and answers of later steps, by their names.",
    ),
]
ConfirmOption = Annotated[
    bool,
    typer.Option(
        "--confirm",
        help="Where nothing is given, take what the map proposes, for fields only if required; undecided stops.",
    ),
]

NoPhotoOption = Annotated[
    str | None, typer.Option("--no-photo", metavar="WHY", help="Why the case closes without an 'after' photo.")
]
NotToldOption = Annotated[
    str | None, typer.Option("--not-told", metavar="WHY", help="Why parties are not told of the closing.")
]


def answer(  # noqa: PLR0913, PLR0917 - the options of the command
    number: NumberArgument,
    words: WordsArgument = None,
    why: WhyOption = None,
    to: Annotated[str | None, typer.Option("--to", metavar="STEP", help="Go on until the case stands there.")] = None,
    confirm: ConfirmOption = False,
    no_photo: NoPhotoOption = None,
    not_told: NotToldOption = None,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Do the present step, and go on while words are left for the steps after it.

    [bold]gis-ce case answer LEAK-2026-00001 inside[/bold], or with fields and answers of later steps by name:
    [bold]gis-ce case answer LEAK-2026-00001 root_cause="an auger" cause=contractor[/bold]. An answer other than
    the map's needs [bold]--why[/bold]. Where a step cannot be done, nothing of the command is kept.
    """
    plan = Plan(why, to, Closing(no_photo, not_told), as_the_map_says=confirm)
    with at_work(city, as_) as (session, desk):
        taken = carry(session, desk, number, read_words(words or []), plan)
        _finish(session, desk, taken, json)


def close(  # noqa: PLR0913, PLR0917 - the options of the command
    number: NumberArgument,
    words: WordsArgument = None,
    why: WhyOption = None,
    confirm: ConfirmOption = False,
    no_photo: NoPhotoOption = None,
    not_told: NotToldOption = None,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Do every step that is left, to the end; where one needs something, say what, and do nothing.

    A case closes with a dated 'after' photo ([bold]gis-ce case attach --after[/bold]) and once its parties are told
    ([bold]gis-ce contact log ... --closing[/bold]), or with reasons why not.

    [bold]gis-ce case close LEAK-2026-00001 root_cause="an auger" cause=contractor[/bold]
    """
    plan = Plan(why, None, Closing(no_photo, not_told), to_the_end=True, as_the_map_says=confirm)
    with at_work(city, as_) as (session, desk):
        taken = carry(session, desk, number, read_words(words or []), plan)
        _finish(session, desk, taken, json)


def notate(
    number: NumberArgument,
    fields: Annotated[list[str], typer.Argument(metavar="NAME=VALUE...", help="Fields of the present step.")],
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Note fields of the present step without leaving it; the date that a wait hangs on starts its deadline."""
    with at_work(city, as_) as (session, desk):
        step = look_at(session, desk, number).state.step
        done = notate_fields(session, desk, number, step, named_values(fields))
        session.commit()
        print_done(session, desk, done, json)


def print_done(session: Session, desk: Desk, done: Done, json: bool, said: Sequence[str] = ()) -> None:
    """What a change has led to: as JSON, or in words with what the present step asks for."""
    if json:
        as_json(asdict(done))
        return
    for line in said:
        out().print(line, soft_wrap=True)
    print_standing(show_case(session, desk, done.number))


def print_standing(shown: CaseShown) -> None:
    """Where a case stands, and what is asked for there."""
    out().print(head_line(shown))
    if shown.form is not None:
        out().print(Padding(form_table(shown.form), (0, 0, 0, 2)))


def _finish(session: Session, desk: Desk, taken: Sequence[Taken], json: bool) -> None:
    session.commit()
    if json:
        as_json([asdict(each.done) for each in taken])
        return
    for each in taken:
        out().print(f"[green]done[/green]  {text(said_of(each))}", soft_wrap=True)
    opened = [number for each in taken for number in each.done.made.get("opened", ())]
    woken = [number for each in taken for number in each.done.made.get("woken", ())]
    for other in [taken[-1].done.number, *opened, *woken]:
        print_standing(show_case(session, desk, other))
