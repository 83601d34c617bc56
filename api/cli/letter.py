"""`gis-ce letter`: letters of cases, from the draft to the proof that they were received."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.case_desk import AsOption, NumberArgument, ReasonOption, at_work, looking, office_here
from api.cli.days import day_of
from api.cli.letter_screen import kinds_table, print_done, print_letter
from api.cli.letter_service import received, returned, served
from api.cli.made import print_made
from api.cli.options import CityOption, JsonOption, LetterArgument
from api.cli.screen import as_json, out, text
from api.errors import ApiError
from api.letter_messages import kind_message, shown_message
from api.letter_pictures import pictures_for
from gis_ce.actions.deeds import Deed, see_deed
from gis_ce.actions.letter_issuing import issue_letter, reissue_letter, withdraw_letter
from gis_ce.actions.letters import LetterAsked, change_letter, letter_pdf, new_letter, show_letter
from gis_ce.public_forms import form_pdf

app = typer.Typer(help="Letters of cases: begin, fill in, issue, serve; what follows from it.", no_args_is_help=True)

ValuesArgument = Annotated[
    list[str] | None, typer.Argument(metavar="[NAME=VALUE]...", help="Values of merge fields; @FILE reads one.")
]
ToOption = Annotated[
    list[str] | None,
    typer.Option("--to", help="A role (owner), a party's id, or, given several times, the lines of an address."),
]


def kinds(city: CityOption = None, json: JsonOption = False) -> None:
    """List the kinds of letters there are, with their merge fields."""
    with looking(city, None) as (_, desk, _office):
        found = list(desk.letters.kinds.values())
    if json:
        as_json([kind_message(kind) for kind in found])
        return
    out().print(kinds_table(found))


def new(
    number: NumberArgument,
    kind: Annotated[str | None, typer.Argument(metavar="[KIND]", help="Without it, the letter of the step.")] = None,
    values: ValuesArgument = None,
    to: ToOption = None,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Begin a letter of a case; says at once what it still needs."""
    named, words = (None, [kind, *(values or [])]) if kind and "=" in kind else (kind, values or [])
    with at_work(city, as_) as (session, desk):
        done = new_letter(session, desk, number, LetterAsked(named, _values(words), _to(to)))
        session.commit()
    print_done(done, json, f"[green]begun[/green]  {done.made['letter']}")


def set_(
    letter: LetterArgument,
    values: ValuesArgument = None,
    to: ToOption = None,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Fill in a draft: values of merge fields (NAME= takes one away), or to whom it goes."""
    given = {name: value or None for name, value in _values(values or []).items()}
    with at_work(city, as_) as (session, desk):
        done = change_letter(session, desk, letter, LetterAsked(None, given, _to(to)))
        session.commit()
    print_done(done, json, f"[green]filled in[/green]  {done.made['letter']}")


def show(
    letter: LetterArgument,
    pdf: Annotated[Path | None, typer.Option("--pdf", metavar="FILE", help="Write it as a PDF.")] = None,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Show a letter: its values, what is missing, how it was served, and what follows from that."""
    with looking(city, as_) as (session, desk, _office):
        pictures = pictures_for(session, desk, letter)
        shown = show_letter(session, desk, letter, pictures)
        content = letter_pdf(session, desk, letter, pictures) if pdf is not None else b""
        message = shown_message(shown)
    if pdf is not None:
        pdf.write_bytes(content)
    if json:
        as_json(message)
        return
    print_letter(message)
    if pdf is not None:
        out().print(f"{text(pdf)} has the letter.", soft_wrap=True)


def issue(
    letter: LetterArgument,
    pdf: Annotated[Path | None, typer.Option("--pdf", metavar="FILE", help="Write the PDF to a file too.")] = None,
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Issue a letter: its PDF is kept by its hash, attached to the case, and never made again."""
    with at_work(city, as_) as (session, desk):
        done = issue_letter(session, desk, letter, pictures_for(session, desk, letter))
        content = letter_pdf(session, desk, str(done.made["id"])) if pdf is not None else b""
        session.commit()
    if pdf is not None:
        pdf.write_bytes(content)
    print_done(done, json, f"[green]issued[/green]  {done.made['letter']}, kept as {done.made['sha256']}")


def reissue(
    letter: LetterArgument, why: ReasonOption, as_: AsOption = None, city: CityOption = None, json: JsonOption = False
) -> None:
    """Begin the same letter anew; once that is issued, nothing runs from this one."""
    with at_work(city, as_) as (session, desk):
        done = reissue_letter(session, desk, letter, why)
        session.commit()
    print_done(done, json, f"[green]begun[/green]  {done.made['letter']}, to replace {text(letter)}")


def withdraw(
    letter: LetterArgument, why: ReasonOption, as_: AsOption = None, city: CityOption = None, json: JsonOption = False
) -> None:
    """Take a letter back; what was issued stays on record."""
    with at_work(city, as_) as (session, desk):
        done = withdraw_letter(session, desk, letter, why)
        session.commit()
    print_done(done, json, f"[green]withdrawn[/green]  {text(letter)}")


def form(
    name: Annotated[str, typer.Argument(metavar="FORM", help="encroachment_application, information_request_form.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="The PDF to write.")],
    city: CityOption = None,
) -> None:
    """Write a blank form for the public, with the city's letterhead."""
    office = office_here(city)
    output.write_bytes(form_pdf(office.letters, name, office.city.today(), office.processes.time.zone))
    out().print(f"{text(output)} is the form {text(name)}.", soft_wrap=True)


def deed(  # noqa: PLR0913, PLR0917 - the options of the command
    number: NumberArgument,
    by: Annotated[str, typer.Option("--by", help="Who has seen the deed.")],
    on: Annotated[str, typer.Option("--on", metavar="DAY", help="When, such as 2026-03-02.")],
    book: Annotated[str, typer.Option("--book")],
    page: Annotated[str, typer.Option("--page")],
    note: Annotated[str, typer.Option("--note")] = "",
    as_: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """Record that somebody has seen the deed of an easement, so that letters may rest on it."""
    with at_work(city, as_) as (session, desk):
        done = see_deed(session, desk, number, Deed(by, day_of(on, desk), book, page, note))
        session.commit()
    print_made(done, json, f"[green]recorded[/green]  book {text(book)}, page {text(page)} in {done.number}")


def _values(words: list[str]) -> dict[str, str]:
    values = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals:
            raise ApiError(f"{word!r} names no value; write NAME=VALUE.")
        values[name] = Path(value[1:]).read_text("utf-8") if value.startswith("@") else value
    return values


def _to(to: list[str] | None) -> str | tuple[str, ...] | None:
    return None if not to else to[0] if len(to) == 1 else tuple(to)


app.command("kinds")(kinds)
app.command("new")(new)
app.command("set")(set_)
app.command("show")(show)
app.command("issue")(issue)
app.command("served")(served)
app.command("received")(received)
app.command("returned")(returned)
app.command("reissue")(reissue)
app.command("withdraw")(withdraw)
app.command("form")(form)
app.command("deed")(deed)
