"""Cases of the little town with an answer of the map each, ready to be made into exhibits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import numpy as np
import shapely
from desks import write
from made_layers import EAST, NORTH
from made_pictures import gps_tags, jpeg, notes
from small_town import lonlat

from api.case_exhibits import exhibit_of
from gis_ce.actions.at_hand import look_at
from gis_ce.actions.attaching import attach, take_file
from gis_ce.actions.desk import Desk
from gis_ce.actions.map_answers import Question, answered_by_map
from gis_ce.actions.opening import Opening, open_case
from gis_ce.actions.placing import Place
from gis_ce.actions.proposals import keep_proposals
from gis_ce.case_store import CaseStore
from gis_ce.roles import ROLE_NAMES, Rights, rights_of
from maps.exhibit import Exhibit

ALL = rights_of(ROLE_NAMES)


@dataclass(frozen=True)
class Told:
    """A case that is opened, so many feet from the town's corner, and the check that is asked of it."""

    kind: str
    x: float
    y: float
    check: str
    sigma_ft: float = 1.0
    structure: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    photos: tuple[tuple[float, float, float], ...] = ()


MARK = {"type": "LineString", "coordinates": [[EAST, NORTH + 21], [EAST + 100, NORTH + 21]]}
TOLD = {
    "water hit": Told("damages", 50, 21, "tolerance_zone", 0.5, photos=((60, 30, 90.0), (52, 9, 0.0))),
    "marked hit": Told("damages", 50, 22, "tolerance_zone", 0.5, details={"marks": MARK}),
    "easement": Told(
        "easements", 255, 100, "easement_encroachment", 0.5, "POLYGON ((240 80, 256 80, 256 110, 240 110, 240 80))"
    ),
    "hydrant": Told(
        "utility_obstructions",
        207,
        12,
        "asset_clearance",
        0.5,
        "POLYGON ((206 11, 208 11, 208 13, 206 13, 206 11))",
        {"obstruction": "vegetation"},
    ),
    "leak": Told("leaks", 50, 30, "right_of_way"),
    "undecided": Told("leaks", 50, 58, "right_of_way", 12.0),
    "overflow": Told("sso", 450, 40, "sso_properties_on_line"),
    "owner": Told("easements", 255, 100, "same_owner", 0.5, details={"other_owner": "SOMEBODY ELSE"}),
}


def opened(store: CaseStore, desk: Desk, told: Told, title: str = "What was seen") -> str:
    """The number of the case, with what the map says of it."""
    opening = Opening(
        told.kind,
        Place(xy=(EAST + told.x, NORTH + told.y), sigma_ft=told.sigma_ft),
        title=title,
        structure=on_the_spot(told.structure),
        details=told.details,
    )
    number = write(store, open_case, desk, opening).number
    for x, y, bearing in told.photos:
        lon, lat = lonlat(x, y)
        picture = jpeg(notes(gps_tags(lon, lat, ImgDirectionRef="T", ImgDirection=bearing)))
        write(store, attach, desk, number, take_file(desk, BytesIO(picture), "seen.jpg"))
    with store.session() as session:
        hand = look_at(session, desk, number)
        asked = answered_by_map(desk, [Question(hand.case, hand.site, hand.case.step, told.check)])
        keep_proposals(session, desk, [hand.case], asked)
        session.commit()
    return number


def on_the_spot(wkt: str | None) -> Any:
    """A shape of feet from the corner, on the grid."""
    if wkt is None:
        return None
    return shapely.transform(shapely.from_wkt(wkt), lambda xy: xy + np.array([EAST, NORTH]))


def exhibit_in(store: CaseStore, desk: Desk, number: str, check: str | None = None, rights: Rights = ALL) -> Exhibit:
    """The exhibit of a case, over the layers of the desk."""
    with store.reading() as session:
        return exhibit_of(session, desk, lambda _, __: desk.query, number, rights, check)
