"""Cases of a made-up town, so that its officers' map has something to look at; nobody in them is real."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import shapely

from api.case_office import CaseOffice
from gis_ce.actions.at_hand import look_at
from gis_ce.actions.desk import Actor, Desk
from gis_ce.actions.map_answers import Question, answered_by_map
from gis_ce.actions.opening import Opening, open_case
from gis_ce.actions.placing import Place
from gis_ce.actions.proposals import keep_proposals
from layers.demo_town import Situation, read_situations

_DEMO = Actor("demo", frozenset(("ce", "field", "sm", "wd", "internal", "meters", "reporter", "owner", "requestor")))


@dataclass(frozen=True)
class _Wanted:
    """One case: its kind, the situation where it lies, a check that is asked beside its first step's, its urgency."""

    kind: str
    situation: str
    check: str | None
    priority: int | None = None
    sigma_ft: float = 2.0
    east_ft: float = 0.0
    obstruction_ft: float = 0.0


_WANTED = (
    _Wanted("damages", "damage_on_main", "tolerance_zone", priority=90, sigma_ft=0.5),
    _Wanted("damages", "dig_on_ticket", "locate_ticket", priority=60, sigma_ft=10.0),
    _Wanted("easements", "building_on_easement", "easement_encroachment", priority=50, sigma_ft=0.5),
    _Wanted("sso", "overflow_at_manhole", "sso_properties_on_line", priority=95, sigma_ft=0.5),
    _Wanted("leaks", "leak_in_street", "right_of_way", priority=40),
    _Wanted("leaks", "leak_in_street", "right_of_way", sigma_ft=16.0, east_ft=22.0),
    _Wanted("utility_obstructions", "shrub_at_hydrant", "asset_clearance", 30, sigma_ft=0.5, obstruction_ft=1.5),
    _Wanted("illegal_valve_operation", "dig_beside_main", None, sigma_ft=3.0),
    _Wanted("connection", "house_beyond_100_ft_of_water", "services_available", priority=10),
)


def open_demo_cases(office: CaseOffice) -> int:
    """Opens a case at each known situation of the town, with what the map says; how many."""
    situations = read_situations(office.city.city_file.parent)
    desk, opened = office.desk(_DEMO), 0
    with office.store.session() as session:
        for wanted in _WANTED:
            if wanted.situation not in situations:
                continue
            number = open_case(session, desk, _opening(desk, wanted, situations[wanted.situation])).number
            if wanted.check is not None:
                hand = look_at(session, desk, number)
                asked = Question(hand.case, hand.site, hand.case.step, wanted.check)
                keep_proposals(session, desk, [hand.case], answered_by_map(desk, [asked]))
            opened += 1
        session.commit()
    return opened


def _opening(desk: Desk, wanted: _Wanted, situation: Situation) -> Opening:
    place = shapely.Point(situation.easting_ft + wanted.east_ft, situation.northing_ft)
    return Opening(
        wanted.kind,
        Place(geometry=place, sigma_ft=wanted.sigma_ft),
        title=situation.story.rstrip("."),
        priority=wanted.priority,
        structure=standing_at(desk, situation, place, wanted.obstruction_ft),
        details={"obstruction": "vegetation"} if wanted.obstruction_ft else {},
    )


def standing_at(desk: Desk, situation: Situation, place: shapely.Point, obstruction_ft: float) -> Any:
    """What stands at a situation, on the grid: its building, else an obstruction of that radius, else nothing."""
    building = situation.facts.get("building_id")
    if building is not None:
        features = desk.query.features("building")
        return features.geometry[features.ids == building][0]
    return place.buffer(obstruction_ft) if obstruction_ft else None
