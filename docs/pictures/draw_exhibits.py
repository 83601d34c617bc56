"""Draws exhibits of cases in the demo town: `python docs/pictures/draw_exhibits.py [FOLDER]`.

Wants the demo town (`gis-ce demo`). The cases are opened in a store that is thrown away. The pictures of the docs are
written beside this file; with a folder, all of them are written there, each as PDF too.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from PIL import ExifTags, Image
from sqlalchemy.orm import Session

from api.case_exhibits import exhibit_of
from api.case_office import CaseOffice, open_office
from api.decision_layers import as_they_were
from api.demo_cases import standing_at
from api.settings import Settings
from api.wiring import open_city
from gis_ce.actions.at_hand import look_at
from gis_ce.actions.attaching import attach, take_file
from gis_ce.actions.desk import Actor, Desk
from gis_ce.actions.map_answers import Question, answered_by_map
from gis_ce.actions.opening import Opening, open_case
from gis_ce.actions.placing import Place
from gis_ce.actions.proposals import keep_proposals
from gis_ce.roles import ROLE_NAMES, rights_of
from layers.demo_town import Situation, read_situations
from maps.exhibit import Exhibit

HERE = Path(__file__).parent
DAY = date(2026, 11, 2)
LANES = frozenset(("ce", "field", "sm", "wd", "internal", "meters", "reporter", "owner", "requestor"))
GPS = ExifTags.GPS


@dataclass(frozen=True)
class Wanted:
    """One exhibit: the kind of case, where it lies, the check, and what the officer brings along."""

    name: str
    kind: str
    situation: str
    check: str
    east_ft: float = 0.0
    north_ft: float = 0.0
    sigma_ft: float = 0.5
    structure_ft: float = 0.0
    details: Mapping[str, Any] = field(default_factory=dict)
    mark_ft: float | None = None
    photos: tuple[tuple[float, float, float], ...] = ()


WANTED = (
    Wanted("water-hit", "damages", "damage_on_main", "tolerance_zone", photos=((14, -12, 320), (-16, 8, 115))),
    Wanted("water-hit-marked", "damages", "damage_on_main", "tolerance_zone", mark_ft=1.4),
    Wanted("easement", "easements", "building_on_easement", "easement_encroachment"),
    Wanted(
        "hydrant",
        "utility_obstructions",
        "shrub_at_hydrant",
        "asset_clearance",
        structure_ft=1.5,
        details={"obstruction": "vegetation"},
    ),
    Wanted("overflow", "sso", "overflow_at_manhole", "sso_properties_on_line"),
    Wanted("leak", "leaks", "leak_in_street", "right_of_way", sigma_ft=2.0),
    Wanted("undecided", "leaks", "leak_in_street", "right_of_way", east_ft=22.0, sigma_ft=16.0),
    Wanted("valve", "illegal_valve_operation", "dig_beside_main", "nearest_asset_and_address", sigma_ft=3.0),
    Wanted("connection", "connection", "house_beyond_100_ft_of_water", "services_available"),
    Wanted("ticket", "damages", "dig_on_ticket", "locate_ticket", sigma_ft=10.0),
    Wanted("place", "information_request", "outside_town", "jurisdiction"),
)
IN_DOCS = ("water-hit", "easement", "undecided")


def draw(folder: Path | None) -> None:
    """Writes the pictures."""
    with tempfile.TemporaryDirectory() as own:
        settings = Settings(cases=f"sqlite:///{own}/cases.sqlite", attachments=Path(own) / "attachments")
        city = open_city(settings, None)
        office = open_office(settings, city)
        situations = read_situations(city.city_file.parent)
        for wanted in WANTED:
            if folder is None and wanted.name not in IN_DOCS:
                continue
            made = _made(office, wanted, situations[wanted.situation])
            (folder or HERE).joinpath(f"exhibit-{wanted.name}.png").write_bytes(made.png())
            if folder is not None:
                (folder / f"exhibit-{wanted.name}.pdf").write_bytes(made.pdf())


def _made(office: CaseOffice, wanted: Wanted, situation: Situation) -> Exhibit:
    desk = office.desk(Actor("ann", LANES))
    place = shapely.Point(situation.easting_ft + wanted.east_ft, situation.northing_ft + wanted.north_ft)
    opening = Opening(
        wanted.kind,
        Place(geometry=place, sigma_ft=wanted.sigma_ft),
        event_on=DAY,
        title=situation.story.rstrip("."),
        structure=standing_at(desk, situation, place, wanted.structure_ft),
        details=_details(wanted, place),
    )
    with office.store.session() as session:
        number = open_case(session, desk, opening).number
        for east, north, bearing in wanted.photos:
            _photo(session, desk, number, shapely.Point(place.x + east, place.y + north), bearing)
        hand = look_at(session, desk, number)
        answers = answered_by_map(desk, [Question(hand.case, hand.site, hand.case.step, wanted.check)])
        keep_proposals(session, desk, [hand.case], answers)
        session.commit()
        return exhibit_of(session, desk, as_they_were(office.city), number, rights_of(ROLE_NAMES), wanted.check)


def _details(wanted: Wanted, place: shapely.Point) -> Mapping[str, Any]:
    if wanted.mark_ft is None:
        return wanted.details
    y = place.y + wanted.mark_ft
    return {"marks": shapely.LineString([(place.x - 40, y), (place.x + 40, y)]).__geo_interface__}


def _photo(session: Session, desk: Desk, number: str, at: shapely.Point, bearing: float) -> None:
    (lonlat,) = desk.grid.to_lonlat(np.array([at], dtype=object))
    notes = Image.Exif()
    place = {GPS.GPSLatitudeRef: "N", GPS.GPSLatitude: _sexagesimal(lonlat.y), GPS.GPSLongitudeRef: "W"}
    looks = {GPS.GPSLongitude: _sexagesimal(-lonlat.x), GPS.GPSImgDirectionRef: "T", GPS.GPSImgDirection: bearing}
    notes.get_ifd(ExifTags.IFD.GPSInfo).update(place | looks)
    stream = BytesIO()
    Image.new("RGB", (64, 48), (120, 120, int(bearing) % 256)).save(stream, "JPEG", exif=notes)
    stream.seek(0)
    attach(session, desk, number, take_file(desk, stream, "photo.jpg"))


def _sexagesimal(degrees: float) -> tuple[float, float, float]:
    minutes, seconds = divmod(degrees * 3600, 60)
    whole, minutes = divmod(minutes, 60)
    return whole, minutes, round(seconds, 4)


if __name__ == "__main__":
    draw(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
