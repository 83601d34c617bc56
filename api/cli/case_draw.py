"""`gis-ce case draw`: a case on its process map."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.case_desk import AsOption, NumberArgument, looking
from api.cli.options import CityOption
from api.cli.screen import out, text
from api.process_pictures import drawn_case


def draw(
    number: NumberArgument,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="SVG file; without it, the screen.")
    ] = None,
    as_: AsOption = None,
    city: CityOption = None,
) -> None:
    """Draw the process map with the way of a case: steps done, and where it stands, waits or has closed."""
    with looking(city, as_) as (session, desk, _):
        svg = drawn_case(session, desk, number)
    if output is None:
        typer.echo(svg)
        return
    output.write_text(svg, encoding="utf-8")
    out().print(f"{text(output)} shows {text(number)}.", soft_wrap=True)
