"""Where a case is, as the options of a command say it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, get_args

import typer
from shapely.geometry.base import BaseGeometry

from api.case_given import on_grid_checked
from api.cli.case_words import named_values
from api.cli.structure_file import in_degrees, read_structure
from api.errors import BadPlace
from gis_ce.actions.details import NUMBERS, SHAPES
from gis_ce.actions.placing import Place
from gis_ce.positions import DatumName
from layers.grid import Grid

WHERE, POSITION = "Where", "How good the position is"

AddressOption = Annotated[
    str | None, typer.Option("--address", help="Address, or two streets that cross.", rich_help_panel=WHERE)
]
AtOption = Annotated[
    str | None, typer.Option("--at", metavar="LON,LAT", help="Degrees, longitude first.", rich_help_panel=WHERE)
]
XyOption = Annotated[
    str | None,
    typer.Option("--xy", metavar="E,N", help="Feet on the city's grid, easting first.", rich_help_panel=WHERE),
]
ParcelOption = Annotated[
    str | None,
    typer.Option("--parcel", help="The parcel that is meant; alone, it is the place.", rich_help_panel=WHERE),
]
SigmaOption = Annotated[
    float | None,
    typer.Option(
        "--sigma-ft", min=0, help="Standard deviation on one axis; a receiver's needs it.", rich_help_panel=POSITION
    ),
]
DatumOption = Annotated[
    str, typer.Option("--datum", help="What the degrees rest on, as for gis-ce check.", rich_help_panel=POSITION)
]
EpochOption = Annotated[
    float | None, typer.Option("--epoch", help="Decimal year of the measurement.", rich_help_panel=POSITION)
]
StructureOption = Annotated[
    Path | None, typer.Option("--structure", metavar="FILE", help="What was built or drawn: GeoJSON or WKT.")
]
DetailOption = Annotated[
    list[str] | None,
    typer.Option(
        "--detail",
        metavar="NAME=VALUE",
        help=f"More that checks can use, such as obstruction=vehicle; of {' and '.join(SHAPES)} the file of the shape.",
    ),
]


def place_said(
    address: str | None,
    at: str | None,
    xy: str | None,
    parcel: str | None,
    sigma_ft: float | None,
    datum: str,
    epoch: float | None,
) -> Place | None:
    """The place as the actions take it, None where none was said; raises BadPlace."""
    if not any((address, at, xy, parcel)):
        return None
    known = {name.lower(): name for name in get_args(DatumName)}
    if datum.lower() not in known:
        raise BadPlace(f"There is no datum {datum!r}; there are {', '.join(known.values())}.")
    return Place(
        address=address,
        lonlat=_pair(at, "--at", "LON,LAT in degrees") if at is not None else None,
        xy=_pair(xy, "--xy", "E,N in feet") if xy is not None else None,
        parcel_id=parcel,
        sigma_ft=sigma_ft,
        datum=known[datum.lower()],
        epoch=epoch,
    )


def structure_said(path: Path | None, grid: Grid) -> BaseGeometry | None:
    """The one shape of a file, in degrees or in feet, on the grid; raises BadPlace."""
    if path is None:
        return None
    shape = read_structure(path)
    return on_grid_checked(shape, "lonlat" if in_degrees(shape) else "grid", grid, str(path))


def details_said(details: Sequence[str] | None, grid: Grid) -> Mapping[str, Any]:
    """Further details of a place by name; an empty one is taken away. Raises ApiError, BadPlace."""
    return {name: _detail(name, value, grid) for name, value in named_values(details or ()).items()}


def _detail(name: str, value: str, grid: Grid) -> Any:
    if not value:
        return None
    if name in SHAPES:
        return structure_said(Path(value), grid)
    if name not in NUMBERS:
        return value
    try:
        return float(value)
    except ValueError as error:
        raise BadPlace(f"{name} is a number, not {value!r}.") from error


def _pair(text: str, option: str, wanted: str) -> tuple[float, float]:
    try:
        first, second = (float(part) for part in text.replace(";", ",").split(","))
    except ValueError as error:
        raise BadPlace(f"{option} {text}: give {wanted}, with a comma between.") from error
    return first, second
