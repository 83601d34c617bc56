"""`gis-ce case packet`: all that is on record of a case, ready for a hearing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.case_packets import packet_of, write_folder
from api.cli.case_desk import AsOption, NumberArgument, looking
from api.cli.options import CityOption
from api.cli.screen import many, out, text
from api.decision_layers import as_they_were


def packet(
    number: NumberArgument,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FOLDER", help="Without it, NUMBER-packet here.")
    ] = None,
    exhibits: Annotated[bool, typer.Option("--exhibits", help="With a page at scale for each decision.")] = False,
    as_: AsOption = None,
    city: CityOption = None,
) -> None:
    """Make the hearing packet of a case: one PDF with a table of contents, the originals, and their hashes."""
    with looking(city, as_) as (session, desk, office):
        made = packet_of(session, desk, number, as_they_were(office.city) if exhibits else None)
    folder = output or Path(f"{made.number}-packet")
    write_folder(made, folder)
    files = many(len(made.originals), "original")
    out().print(
        f"[green]made[/green]  {text(folder)}: {made.number}-packet.pdf, {files}, manifest.json", soft_wrap=True
    )
