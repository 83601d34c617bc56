"""A desk in the little town, for tests of what users can do with cases: who asks, when, over which layers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import shapely
import small_town
from drawn_towns import drawn_layer, drawn_query
from made_layers import EAST, GRID, NORTH
from shapely.affinity import translate

from gis_ce.actions.desk import Actor, Desk
from gis_ce.attachments.folder import AttachmentFolder
from gis_ce.city_processes import city_processes
from gis_ce.city_rules import CityRules, city_rules
from gis_ce.locate import AddressBook
from layers.model import City
from layers.query import LayerQuery

MONDAY = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
"""Monday 2 March 2026, 10:00 in the town."""
CITY = City(
    "Smallville",
    "America/New_York",
    GRID,
    "NC",
    Path(),
    (),
    extent_lonlat=(-82.2, 35.1, -81.6, 35.7),
    other={"rules": {"pack": "nc-raleigh-2016"}},
)
EVERY_LANE = frozenset(
    ("ce", "director", "emt", "field", "internal", "meters", "owner", "reporter", "requestor", "sm", "wd", "admin")
)
MORE = {
    "meters": ("meter", [{"id": "MT-1", "wkt": "POINT (150 58)", "facility_id": "MT-1", "parcel_id": "N2"}]),
    "limits": (
        "jurisdiction",
        [{"id": "L-1", "wkt": "POLYGON ((-500 -500, 1500 -500, 1500 500, -500 500, -500 -500))", "name": "Smallville"}],
    ),
    "tickets": (
        "locate_ticket",
        [
            {
                "id": "T-1",
                "wkt": "POLYGON ((100 0, 200 0, 200 70, 100 70, 100 0))",
                "ticket_number": "C260300001",
                "kind": "normal",
                "firm": "DIGGERS LLC",
            }
        ],
    ),
}


@cache
def town() -> LayerQuery:
    """The little town with a meter, the limits and a ticket, drawn without a store."""
    layers = {name: (small_town.ROLES[name], rows) for name, rows in small_town.features().items()} | MORE
    return drawn_query(
        *(
            drawn_layer(role, [{**row, "wkt": _on_grid(str(row["wkt"]))} for row in rows], name=name)
            for name, (role, rows) in layers.items()
        )
    )


@cache
def rules() -> CityRules:
    """The rules of the town."""
    return city_rules(CITY)


def a_desk(
    name: str = "ann",
    lanes: frozenset[str] = EVERY_LANE,
    now: datetime = MONDAY,
    query: LayerQuery | None = None,
    folder: Path | None = None,
) -> Desk:
    """Ann at her desk on Monday morning, who may act in every lane."""
    asked = query or town()
    return Desk(
        query=asked,
        addresses=AddressBook(asked),
        rules=rules(),
        city=CITY,
        processes=city_processes(CITY, rules().rulebook.calendar),
        now=now,
        actor=Actor(name, lanes),
        attachments=AttachmentFolder(folder) if folder else None,
    )


def later(desk: Desk, **time: float) -> Desk:
    """The same desk, so much later."""
    return replace(desk, now=desk.now + timedelta(**time))


def as_somebody(desk: Desk, name: str, *lanes: str) -> Desk:
    """Somebody else at the same desk."""
    return replace(desk, actor=Actor(name, frozenset(lanes)))


def _on_grid(wkt: str) -> str:
    return shapely.to_wkt(translate(shapely.from_wkt(wkt), EAST, NORTH), rounding_precision=-1)
