"""`gis-ce mailing letters`, `labels`, `file`, `map`: what goes to the printer, the mail house and the record."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.case_desk import WhoActs, looking
from api.cli.mailing_screen import MailingArgument
from api.cli.option_groups import grouped
from api.cli.screen import aside, many, out, progress, text
from api.cli.whole_file import write_whole
from api.mailing_files import labels_pdf, letters_pdf, map_svg, write_list
from gis_ce.mailing.kept import counts_of, mailing_named

OutputOption = Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="Where to; else here.")]


@grouped
def letters(mailing: MailingArgument, output: OutputOption = None, *, who: WhoActs) -> None:
    """Print all letters into one PDF, in mail-sort order; drafts until the list is frozen."""
    with progress("setting letters") as tell, looking(who.city, who.as_) as (session, desk, _):
        held = mailing_named(session, mailing)
        count = counts_of(session, held)["letters"]
        tell(f"setting {many(count, 'letter')}", 0.2)
        pdf = letters_pdf(session, desk, held)
        path = write_whole(output or Path(f"{held.number}-letters.pdf"), [pdf], ".pdf")
    out().print(text(path), soft_wrap=True)
    aside().print(f"{many(count, 'letter')} in mail-sort order.")


@grouped
def labels(
    mailing: MailingArgument,
    output: OutputOption = None,
    first: Annotated[int, typer.Option("--first", min=1, max=30, help="First free label of the first sheet.")] = 1,
    *,
    who: WhoActs,
) -> None:
    """Print the labels (Avery 5160, thirty a sheet) into one PDF, in mail-sort order."""
    with progress("printing labels"), looking(who.city, who.as_) as (session, desk, _):
        held = mailing_named(session, mailing)
        sheets = labels_pdf(session, desk, held, first)
        path = write_whole(output or Path(f"{held.number}-labels.pdf"), [sheets.pdf], ".pdf")
        count = counts_of(session, held)["letters"] - len(sheets.too_long)
    out().print(text(path), soft_wrap=True)
    aside().print(f"{many(count, 'label')} on {many(sheets.sheets, 'sheet')}.")
    if sheets.too_long:
        rows = ", ".join(map(str, sheets.too_long))
        aside().print(f"Too long for a label, write by hand: row {rows}.", soft_wrap=True)


@grouped
def list_file(
    mailing: MailingArgument,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="A .csv or .xlsx file.")],
    whole: Annotated[bool, typer.Option("--whole", help="Every row with why, not the letters alone.")] = False,
    *,
    who: WhoActs,
) -> None:
    """Write the letters for a mail house, or the whole list with every reason."""
    with progress("writing the list"), looking(who.city, who.as_) as (session, desk, _):
        count = write_list(session, desk, mailing_named(session, mailing), output, whole)
    aside().print(f"{many(count, 'row')} written to {text(output)}.", soft_wrap=True)


@grouped
def map_(mailing: MailingArgument, output: OutputOption = None, *, who: WhoActs) -> None:
    """Draw the mailed parcels and the line."""
    with progress("drawing the map"), looking(who.city, who.as_) as (session, desk, _):
        held = mailing_named(session, mailing)
        path = write_whole(output or Path(f"{held.number}-map.svg"), [map_svg(session, desk, held)], ".svg")
    out().print(text(path), soft_wrap=True)
