"""`gis-ce case exhibit`: one page of evidence for a hearing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.case_exhibits import exhibit_of
from api.cli.case_desk import AsOption, NumberArgument, looking
from api.cli.options import CityOption
from api.cli.screen import out, text
from api.decision_layers import as_they_were
from api.errors import ApiError
from gis_ce.roles import ROLE_NAMES, rights_of

_ENDINGS = (".pdf", ".png", ".html")


def exhibit(
    number: NumberArgument,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="PDF, PNG or HTML; without it, NUMBER-exhibit.pdf."),
    ] = None,
    check: Annotated[
        str | None, typer.Option(metavar="NAME", help="Which answer; without it, the newest that can be drawn.")
    ] = None,
    as_: AsOption = None,
    city: CityOption = None,
) -> None:
    """Make the exhibit of a case: one page with the evidence of an answer on a map at an engineer's scale.

    With a file that ends in .html: every answer with its evidence, on a page that opens without a network.
    """
    if output is not None and output.suffix.lower() not in _ENDINGS:
        raise ApiError(
            f"An exhibit is a page or a picture: name a file that ends in {', '.join(_ENDINGS)}, not {output}."
        )
    if output is not None and output.suffix.lower() == ".html":
        from api.case_evidence import evidence_of_case  # noqa: PLC0415  (loads geopandas and folium)
        from maps.folium_pages import case_page  # noqa: PLC0415

        with looking(city, as_) as (session, desk, _):
            page = case_page(evidence_of_case(session, desk, number, rights_of(ROLE_NAMES)))
        output.write_text(page, encoding="utf-8")
        out().print(f"[green]made[/green]  {text(output)}", soft_wrap=True)
        return
    with looking(city, as_) as (session, desk, office):
        made = exhibit_of(session, desk, as_they_were(office.city), number, rights_of(ROLE_NAMES), check)
    file = output or Path(f"{made.facts.number}-exhibit.pdf")
    file.write_bytes(made.png() if file.suffix.lower() == ".png" else made.pdf())
    said = f"{made.facts.question} {made.facts.answer}. 1 inch = {made.map.feet_per_inch:,} feet"
    out().print(f"[green]made[/green]  {text(file)}: {text(said)}", soft_wrap=True)
