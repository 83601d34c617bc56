"""`gis-ce field-pack`: one GeoPackage for an officer and an area, to be worked with where there is no connection."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.case_filters import box_on_grid
from api.cli.case_desk import AsOption, office_here
from api.cli.options import CityOption
from api.cli.screen import aside, progress, text
from api.errors import ApiError
from api.field_pack.making import Pack, make_pack
from api.officers import acting_here


def field_pack(
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE.gpkg", help="Where to write it.")],
    officer: Annotated[str, typer.Option("--officer", metavar="NAME", help="Whose open cases.")],
    area: Annotated[
        str | None,
        typer.Option("--area", metavar="W,S,E,N", help="In degrees; without it, the map around the cases."),
    ] = None,
    as_: AsOption = None,
    city: CityOption = None,
) -> None:
    """Write a field pack: the map, an officer's open cases, what the checks say of them, a project for QGIS and QField.

    The project lies in the GeoPackage, and beside it as a .qgz.
    """
    if output.suffix.lower() != ".gpkg":
        raise ApiError(f"{output.name}: a field pack is a GeoPackage; let its name end with .gpkg.")
    if not output.parent.is_dir():
        raise ApiError(f"There is no folder {output.parent}.")
    office = office_here(city)
    with progress("making the field pack") as tell, office.store.reading() as session:
        tell("asking every check of every case", 0.2)
        desk = office.desk(acting_here(session, office, as_))
        box = box_on_grid(area, desk.grid) if area is not None else None
        made = make_pack(session, desk, office, office.city.view("staff"), Pack(officer, box), output)
    beside = output.with_suffix(".qgz")
    beside.write_bytes(made.project)
    said = f"{made.cases} cases, {made.answers} answers of checks, {made.features:,} features of the map"
    aside().print(f"{text(str(output))}: {said}. Open {text(beside.name)} in QGIS or QField.", soft_wrap=True)
