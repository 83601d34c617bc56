"""`gis-ce letter served`, `received` and `returned`: how a letter reached somebody, or did not."""

from __future__ import annotations

from datetime import time
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from api.cli.case_desk import AsOption, at_work
from api.cli.days import OnOption, day_of
from api.cli.letter_screen import print_done
from api.cli.options import CityOption, JsonOption, LetterArgument
from api.cli.screen import text
from api.errors import ApiError
from gis_ce.actions.attaching import attach, take_file
from gis_ce.actions.carried_out import Done
from gis_ce.actions.desk import Desk
from gis_ce.actions.letter_rows import letter_named
from gis_ce.actions.letter_service import CameBack, Served, receive_letter, return_letter, serve_letter
from gis_ce.letter import METHODS

_Proof = Annotated[
    Path | None, typer.Option("--proof", metavar="FILE", help="A file that proves it; it is attached to the case.")
]
_Note = Annotated[str, typer.Option("--note")]


def served(  # noqa: PLR0913, PLR0917 - the options of the command
    letter: LetterArgument,
    method: Annotated[str, typer.Argument(metavar="METHOD", help=f"{', '.join(METHODS)}.")],
    on: OnOption = None,
    at: Annotated[str | None, typer.Option("--at", metavar="HH:MM", help="The hour, if it is known.")] = None,
    by: Annotated[str | None, typer.Option("--by", help="Who served it; without it, who acts.")] = None,
    tracking: Annotated[str | None, typer.Option("--tracking", help="Number of the certified mail.")] = None,
    proof: _Proof = None,
    note: _Note = "",
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Note that a letter was served: by certified mail, by hand, by posting or by first-class mail."""
    with at_work(city, as_) as (session, desk):
        given = Served(method, day_of(on, desk), _hour(at), by, tracking, note, _proof(session, desk, letter, proof))
        done = serve_letter(session, desk, letter, given)
        session.commit()
    _print(done, json, "served")


def received(
    letter: LetterArgument,
    on: OnOption = None,
    proof: _Proof = None,
    note: _Note = "",
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Note the day on the signed receipt of a letter that was mailed."""
    with at_work(city, as_) as (session, desk):
        back = CameBack(day_of(on, desk), None, note, _proof(session, desk, letter, proof))
        done = receive_letter(session, desk, letter, back)
        session.commit()
    _print(done, json, "received")


def returned(
    letter: LetterArgument,
    on: OnOption = None,
    proof: _Proof = None,
    note: _Note = "",
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Note that a letter that was mailed came back."""
    with at_work(city, as_) as (session, desk):
        back = CameBack(day_of(on, desk), None, note, _proof(session, desk, letter, proof))
        done = return_letter(session, desk, letter, back)
        session.commit()
    _print(done, json, "returned")


def _hour(said: str | None) -> time | None:
    try:
        return time.fromisoformat(said) if said else None
    except ValueError as error:
        raise ApiError(f"{said!r} is no hour; write it like 14:30.") from error


def _proof(session: Session, desk: Desk, letter: str, path: Path | None) -> str | None:
    if path is None:
        return None
    if not path.is_file():
        raise ApiError(f"There is no file {path}.")
    with path.open("rb") as stream:
        kept = take_file(desk, stream, path.name)
    return str(attach(session, desk, letter_named(session, letter).case_id, kept).made["attachment"])


def _print(done: Done, json: bool, said: str) -> None:
    print_done(done, json, f"[green]{said}[/green]  {text(done.made['letter'])}, which is {text(done.made['state'])}")
