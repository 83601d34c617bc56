"""`gis-ce day-sheet`: the open cases of an officer in the order of a short way, on a page to print."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.case_desk import AsOption, looking
from api.cli.options import CityOption
from api.cli.screen import many, out, text
from gis_ce.actions.day_sheet import day_sheet as sheet_of
from maps.day_sheet_page import day_sheet_page


def day_sheet(
    officer: Annotated[str, typer.Argument(metavar="OFFICER", help="Name of the officer.")],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="The page to write.")] = Path(
        "day-sheet.html"
    ),
    as_: AsOption = None,
    city: CityOption = None,
) -> None:
    """Write the day sheet of an officer: a table of stops beside a map of the way, in one file."""
    with looking(city, as_) as (session, desk, _):
        sheet = sheet_of(session, desk, officer)
        page = day_sheet_page(sheet, desk.grid)
    output.write_text(page, encoding="utf-8")
    stops = many(len(sheet.stops) + len(sheet.nowhere), "case")
    left = f", {sheet.left_out} less urgent ones left out" if sheet.left_out else ""
    out().print(f"[green]made[/green]  {text(output)}: {stops}{left}", soft_wrap=True)
