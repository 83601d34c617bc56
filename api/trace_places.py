"""The place of a case, for traces that start there."""

from __future__ import annotations

import shapely
from fastapi import Request
from sqlalchemy.orm import Session

from api.case_requests import visit_of
from api.errors import BadPlace
from gis_ce.actions.desk import Desk
from gis_ce.actions.showing import show_case


def case_point(request: Request, number: str) -> shapely.Point:
    """Where a case is, on the grid; raises CaseUnknown, SignInNeeded, and BadPlace where it has no place."""
    with visit_of(request, None).reading() as (session, desk):
        return point_of_case(session, desk, number)


def point_of_case(session: Session, desk: Desk, number: str) -> shapely.Point:
    """The same in a session that is open."""
    place = show_case(session, desk, number).site.geometry
    if place is None or place.is_empty:
        raise BadPlace(f"The case {number} has no place yet: give it one, or start from a manhole.")
    return shapely.centroid(place)
