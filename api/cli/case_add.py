"""`gis-ce case note`, `attach`, `party`, `link` and `refer`: what is added to a case."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, cast, get_args

import typer

from api.cli.case_desk import AsOption, NumberArgument, at_work, looking
from api.cli.options import CityOption, JsonOption
from api.cli.screen import as_json, out, text
from api.errors import ApiError
from gis_ce.actions.after_photos import mark_after_photo
from gis_ce.actions.at_hand import look_at, refuse_stranger
from gis_ce.actions.attaching import attach as attach_file
from gis_ce.actions.attaching import take_file
from gis_ce.actions.carried_out import Done
from gis_ce.actions.desk import Desk
from gis_ce.actions.linking import link as link_cases
from gis_ce.actions.linking import refer as refer_case
from gis_ce.actions.notes import add_note
from gis_ce.actions.parties import PartyGiven, Role, add_party
from gis_ce.attachments.keeping import Kept


def note(
    number: NumberArgument,
    words: Annotated[str, typer.Argument(metavar="TEXT", help="The note; - reads it from the input.")],
    corrects: Annotated[
        str | None, typer.Option("--corrects", metavar="ID", help="The note that it puts right.")
    ] = None,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Write a note on a case, open or closed; it is never changed."""
    said = sys.stdin.read() if words == "-" else words
    with at_work(city, as_) as (session, desk):
        done = add_note(session, desk, number, said, corrects=corrects)
        session.commit()
    _print(done, json, f"[green]noted[/green]  in {done.number}, as {done.made['note']}")


def attach(  # noqa: PLR0913, PLR0917 - the options of the command
    number: NumberArgument,
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Photos, documents, tables.")],
    field: Annotated[
        str | None, typer.Option("--field", help="The field of the present step that asks for them.")
    ] = None,
    after: Annotated[bool, typer.Option("--after", help="It shows the violation gone: the 'after' photo.")] = False,
    taken: Annotated[
        datetime | None,
        typer.Option("--taken", metavar="DATE", formats=["%Y-%m-%d"], help="Its day, if the camera does not say."),
    ] = None,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Attach files; of a photo it is told how far from the case's place it was taken."""
    for path in files:
        if not path.is_file():
            raise ApiError(f"There is no file {path}.")
    with looking(city, as_) as (session, desk, office):
        refuse_stranger(look_at(session, desk, number).process, desk.actor)
    files_taken = [_taken(desk, path) for path in files]
    with office.store.session() as session:
        made = [(kept.stored.name, attach_file(session, desk, number, kept, field)) for kept in files_taken]
        for _, done in made if after else ():
            mark_after_photo(session, desk, number, done.made["attachment"], taken.date() if taken else None)
        session.commit()
    if json:
        as_json([asdict(done) for _, done in made])
        return
    for name, done in made:
        photo = f". {done.made['photo']}" if done.made["photo"] else ""
        said = "was attached already" if done.made["again"] else f"attached to {done.number}"
        out().print(
            f"[green]{text(said)}[/green]  {text(name)} as {done.made['attachment']}{text(photo)}", soft_wrap=True
        )


def party(  # noqa: PLR0913, PLR0917 - the options of the command
    number: NumberArgument,
    role: Annotated[str, typer.Argument(metavar="ROLE", help=f"{', '.join(get_args(Role))}.")],
    name: Annotated[str | None, typer.Option("--name")] = None,
    firm: Annotated[str | None, typer.Option("--firm")] = None,
    phone: Annotated[str | None, typer.Option("--phone")] = None,
    email: Annotated[str | None, typer.Option("--email")] = None,
    address: Annotated[str | None, typer.Option("--address", help="Where letters go.")] = None,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Note somebody who has to do with a case."""
    given = PartyGiven(cast(Role, role), name, firm, phone, email, address)
    with at_work(city, as_) as (session, desk):
        done = add_party(session, desk, number, given)
        session.commit()
    _print(done, json, f"[green]noted[/green]  {text(role)} in {done.number}")


def link(
    number: NumberArgument,
    other: Annotated[str, typer.Argument(metavar="OTHER", help="Number of the other case.")],
    duplicate: Annotated[bool, typer.Option("--duplicate", help="The first is a duplicate of the other.")] = False,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Say that two cases belong together."""
    with at_work(city, as_) as (session, desk):
        done = link_cases(session, desk, number, other, "duplicate" if duplicate else "related")
        session.commit()
    said = "is a duplicate of" if duplicate else "goes with"
    _print(done, json, f"[green]linked[/green]  {done.number} {said} {done.made['linked']}")


def refer(
    number: NumberArgument,
    system: Annotated[str, typer.Argument(metavar="SYSTEM", help="Another system.")],
    reference: Annotated[str, typer.Argument(metavar="REFERENCE", help="What it calls the case.")],
    url: Annotated[str | None, typer.Option("--url", help="Where it is there.")] = None,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Note what a case is called in another system."""
    with at_work(city, as_) as (session, desk):
        done = refer_case(session, desk, number, system, reference, url)
        session.commit()
    _print(done, json, f"[green]noted[/green]  {done.number} is {text(reference)} in {text(system)}")


def _taken(desk: Desk, path: Path) -> Kept:
    with path.open("rb") as stream:
        return take_file(desk, stream, path.name)


def _print(done: Done, json: bool, said: str) -> None:
    if json:
        as_json(asdict(done))
        return
    out().print(said, soft_wrap=True)
