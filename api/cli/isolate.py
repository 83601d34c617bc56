"""`gis-ce isolate`: the valves to close for a break or around a valve, and who is without water."""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli.case_desk import AsOption
from api.cli.case_place import AddressOption, AtOption, XyOption
from api.cli.options import CityOption, JsonOption
from api.cli.screen import as_json, aside
from api.cli.trace import CaseOption, GeoJsonOption, MapOption, SegmentOption, write_geojson
from api.cli.trace_place import start_said
from api.cli.trace_screen import show_isolation
from api.settings import Settings
from api.trace_answers import isolation_message
from api.wiring import open_city
from gis_ce.network_marks import isolation_marks
from gis_ce.tracing import Where, cut_off
from maps.network_pages import isolation_page


def isolate(  # noqa: PLR0913, PLR0917 - the options of the command
    at: AtOption = None,
    xy: XyOption = None,
    address: AddressOption = None,
    segment: SegmentOption = None,
    valve: Annotated[
        str | None, typer.Option("--valve", metavar="ID", help="A valve that was operated or is to be replaced.")
    ] = None,
    case: CaseOption = None,
    cannot_close: Annotated[
        list[str] | None,
        typer.Option("--cannot-close", metavar="ID", help="A valve that was found not to close; may be repeated."),
    ] = None,
    geojson: GeoJsonOption = None,
    map_file: MapOption = None,
    acting: AsOption = None,
    city: CityOption = None,
    json: JsonOption = False,
) -> None:
    """What to close for a break of a water main: [bold]gis-ce isolate --address "12 Main St"[/bold].

    With [bold]--valve[/bold] also what closing that valve alone cuts off. Valves that cannot be used, the
    next ring, and hydrants out of service are listed.
    """
    opened = open_city(Settings(), city)
    query = opened.view("staff").query
    where = start_said(
        opened, city, (at, xy, address), case, acting, Where(segment=segment, valve=valve, name="isolate")
    )
    network = opened.network(query, "water_main")
    found = cut_off(query, network, opened.city.network, where, tuple(cannot_close or ()))
    message = isolation_message(query, network, found, opened.grid)
    if json:
        as_json(message)
    else:
        show_isolation(message)
    if geojson is None and map_file is None:
        return
    marks = isolation_marks(query, network, found)
    write_geojson(geojson, marks, opened)
    if map_file is not None:
        page = isolation_page(f"{opened.city.name}: shut-off", message, marks, opened.city.grid_epsg)
        map_file.write_text(page, encoding="utf-8")
        aside().print(f"The map is in {map_file}.", soft_wrap=True)
