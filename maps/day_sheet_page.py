"""The day sheet of an officer as one file: a table to print beside a map of the way."""

from __future__ import annotations

from datetime import datetime

import shapely
from markupsafe import Markup

from gis_ce.actions.day_sheet import DaySheet, Stop
from gis_ce.checks.wording import feet
from gis_ce.clock import named
from layers.grid import Grid
from maps.evidence import collection
from maps.leaflet_map import Call, MapParts, map_parts
from maps.standalone import TEMPLATES, standalone_page


def day_sheet_page(sheet: DaySheet, grid: Grid) -> str:
    """The page; it opens with the network cut, and every text on it stays text."""
    title = f"Day sheet of {sheet.officer}"
    column = TEMPLATES.get_template("day_sheet.html.j2").render(title=title, sheet=sheet, feet=feet, due=_due)
    return standalone_page(title, Markup(column), _map(sheet, grid))


def _map(sheet: DaySheet, grid: Grid) -> MapParts | None:
    places = [stop.place for stop in sheet.stops if stop.place is not None]
    if not places:
        return None
    told: list[dict[str, object]] = [_told(number, stop) for number, stop in enumerate(sheet.stops, 1)]
    way = collection([shapely.LineString(places)], [{}], grid) if len(places) > 1 else None
    return map_parts("day_sheet", Call("showStops", (collection(places, told, grid), way)))


def _told(number: int, stop: Stop) -> dict[str, object]:
    return {"stop": number, "label": stop.address or stop.number, "overdue": stop.overdue}


def _due(moment: datetime | None) -> str:
    return "" if moment is None else named(moment.date())
