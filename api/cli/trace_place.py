"""Where a trace starts and ends, as the options of the commands say it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import shapely

from api.cli.case_desk import looking
from api.cli.check_place import PlaceOptions, position
from api.errors import BadPlace
from api.trace_places import point_of_case
from api.wiring import OpenCity
from gis_ce.positions import Terms
from gis_ce.tracing import Where


def start_said(
    city: OpenCity,
    city_file: Path | None,
    place: tuple[str | None, str | None, str | None],
    case: str | None,
    acting: str | None,
    named: Where,
) -> Where:
    """The start of a trace: a place (degrees, feet or address), a case, or what is named; raises BadPlace."""
    at, xy, address = place
    said = [one for one in (*place, case, named.manhole, named.segment, named.valve) if one is not None]
    if len(said) != 1:
        ways = "--at LON,LAT, --xy E,N, --address, --case, --segment" + (
            " and --valve" if named.name == "isolate" else " and --manhole"
        )
        raise BadPlace(f"Say where once: exactly one of {ways}.")
    if case is not None:
        with looking(city_file, acting) as (session, desk, _):
            return Where(point=point_of_case(session, desk, case), name=case)
    if at is None and xy is None and address is None:
        return replace(named, name="")
    options = PlaceOptions(at, xy, address, None, None)
    found, _, _ = position(city, city.view("staff"), options, Terms(city.today(), 0.0, "map", None))
    return Where(point=_point(found), name=str(said[0]))


def end_said(city: OpenCity, at: str | None, named: Where) -> Where:
    """The end of a line; raises BadPlace."""
    said = [one for one in (at, named.manhole, named.segment) if one is not None]
    if len(said) != 1:
        raise BadPlace("Say where the line ends: exactly one of --to-manhole, --to-segment and --to-at LON,LAT.")
    if at is None:
        return named
    options = PlaceOptions(at, None, None, None, None)
    found, _, _ = position(city, city.view("staff"), options, Terms(city.today(), 0.0, "map", None))
    return Where(point=_point(found), name=at)


def _point(place: object) -> shapely.Point:
    point = shapely.centroid(np.array([place], dtype=object))[0]
    if not isinstance(point, shapely.Point):
        raise BadPlace("That is no place.")
    return point
