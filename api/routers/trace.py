"""GET /trace/... and /isolate: what flows where, and what to close. For staff: the public is refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
import shapely
from fastapi import Depends, Query, Request
from fastapi.responses import StreamingResponse

from api.access import View
from api.answers import Message
from api.case_answers import PRIVATE
from api.errors import BadPlace, SignInNeeded
from api.requests import TheCity, TheView
from api.streaming import json_pieces
from api.strict_json import Router
from api.trace_answers import isolation_message, marks_collection, trace_message
from api.trace_forms import MEDIA, Form, answer_of
from api.trace_parcels import ParcelsAnswer, parcels_csv, parcels_message
from api.trace_places import case_point
from api.trace_schemas import IsolationAnswer, TraceAnswer
from api.wiring import OpenCity
from gis_ce.checks.line_rule import line_rule
from gis_ce.network_marks import Mark, isolation_marks, trace_marks
from gis_ce.tracing import Where, cut_off, traced
from layers.network.trace import TraceKind

router = Router(tags=["network"], default_response_class=StreamingResponse)

Longitude = Annotated[float | None, Query(ge=-180, le=180, allow_inf_nan=False, description="Degrees east.")]
Latitude = Annotated[float | None, Query(ge=-90, le=90, allow_inf_nan=False, description="Degrees north.")]
Id = Annotated[str | None, Query(max_length=80, description="Facility id or feature id.")]
Address = Annotated[str | None, Query(max_length=200, description="Instead of a position: where it is, in words.")]
CaseNumber = Annotated[str | None, Query(max_length=80, description="Start at the place of a case.")]
Distance = Annotated[
    float | None, Query(gt=0, le=10_000_000, allow_inf_nan=False, description="Feet along the network; else all of it.")
]
GeoJson = Annotated[bool, Query(description="With what a map can draw, in degrees.")]
AskedForm = Annotated[
    Form, Query(alias="f", description="json, geojson (what a map can draw), ndjson or csv (a row each); all streamed.")
]
_OTHERS: dict[str, Any] = {kind.partition(";")[0]: {} for kind in list(MEDIA.values())[1:]}
_TRACE: dict[int | str, dict[str, Any]] = {200: {"model": TraceAnswer, "content": _OTHERS}}
_SHUT_OFF: dict[int | str, dict[str, Any]] = {200: {"model": IsolationAnswer, "content": _OTHERS}}
_PARCELS: dict[int | str, dict[str, Any]] = {200: {"model": ParcelsAnswer, "content": {"text/csv": {}}}}
CannotClose = Annotated[
    list[str] | None, Query(max_length=50, description="Valves that were found not to close: the ring grows past them.")
]


@dataclass(frozen=True, slots=True)
class _Asked:
    """In which form an answer was asked for, and whether with what a map can draw."""

    geojson: bool
    form: Form


def staff_view(view: TheView) -> View:
    """The view of staff; raises SignInNeeded for everybody else: a trace tells where mains and customers are."""
    if view.caller == "public":
        raise SignInNeeded("Traces are for staff: sign in with a name and a password.")
    return view


StaffView = Annotated[View, Depends(staff_view)]


def where_said(  # noqa: PLR0913, PLR0917 - the ways to say where
    request: Request,
    city: TheCity,
    view: StaffView,
    lon: Longitude = None,
    lat: Latitude = None,
    address: Address = None,
    case: CaseNumber = None,
    segment: Id = None,
) -> Where:
    """The place that a request names by a point, an address, a case or a main; none where it names none."""
    if (lon is None) != (lat is None):
        raise BadPlace("lon and lat go together; one of them is missing.")
    if sum(one is not None for one in (lon, address, case, segment)) > 1:
        raise BadPlace("Say where once: by lon and lat, an address, a case or an id.")
    if lon is not None and lat is not None:
        return Where(point=on_grid(city, lon, lat), name=f"{lon}, {lat}")
    if address is not None:
        return Where(point=shapely.centroid(view.addresses.find(address).place), name=address)
    if case is not None:
        return Where(point=case_point(request, case), name=case)
    return Where(segment=segment)


TheStart = Annotated[Where, Depends(where_said)]


@router.get("/trace/upstream", summary="What flows here?", responses=_TRACE)
def get_upstream(
    city: TheCity,
    view: StaffView,
    start: TheStart,
    manhole: Id = None,
    within_ft: Distance = None,
    geojson: GeoJson = False,
    form: AskedForm = "json",
) -> StreamingResponse:
    """All sewers upstream of a point, a manhole, a main or a case, and everything met that makes it doubtful.

    Where the direction of a main is unknown, what lies beyond it is told apart, side by side, and never left out.
    """
    return _traced(city, view, "upstream", _with(start, manhole=manhole), None, within_ft, _Asked(geojson, form))


@router.get("/trace/downstream", summary="Where does it flow?", responses=_TRACE)
def get_downstream(
    city: TheCity,
    view: StaffView,
    start: TheStart,
    manhole: Id = None,
    within_ft: Distance = None,
    geojson: GeoJson = False,
    form: AskedForm = "json",
) -> StreamingResponse:
    """All sewers downstream of a point, a manhole, a main or a case, to the outfalls or as far as is asked."""
    return _traced(city, view, "downstream", _with(start, manhole=manhole), None, within_ft, _Asked(geojson, form))


@router.get("/trace/line", summary="What lies between?", responses=_TRACE)
def get_line(  # noqa: PLR0913, PLR0917 - the parameters of the request
    city: TheCity,
    view: StaffView,
    start: TheStart,
    manhole: Id = None,
    to_manhole: Id = None,
    to_segment: Id = None,
    to_lon: Longitude = None,
    to_lat: Latitude = None,
    geojson: GeoJson = False,
    form: AskedForm = "json",
) -> StreamingResponse:
    """The sewers from one place to another: along the flow where there is such a way, else by whatever joins them."""
    if (to_lon is None) != (to_lat is None):
        raise BadPlace("to_lon and to_lat go together; one of them is missing.")
    point = on_grid(city, to_lon, to_lat) if to_lon is not None and to_lat is not None else None
    end = Where(point=point, manhole=to_manhole, segment=to_segment, name=f"{to_lon}, {to_lat}" if point else "")
    return _traced(city, view, "line", _with(start, manhole=manhole), end, None, _Asked(geojson, form))


@router.get("/trace/parcels", summary="Whose sewer is it?", responses=_PARCELS)
def get_parcels(  # noqa: PLR0913, PLR0917 - the parameters of the request
    city: TheCity,
    view: StaffView,
    start: TheStart,
    kind: Annotated[Literal["upstream", "downstream"], Query(description="Which way to trace.")] = "upstream",
    manhole: Id = None,
    within_ft: Distance = None,
    geojson: GeoJson = False,
    form: Annotated[Literal["json", "csv"], Query(alias="f", description="json, or csv: a row a parcel.")] = "json",
) -> StreamingResponse:
    """The parcels on a trace, each with the main and the lateral or frontage by which it belongs to it.

    By the same rule as the list of a mailing: never by a blind buffer. No owner is told.
    """
    network = city.network(view.query, "sewer_main")
    where = _with(start, manhole=manhole)
    trace = traced(view.query, network, city.city.network, kind, where, None, within_ft)
    told = trace_message(view.query, network, trace, city.grid)
    rule = line_rule(view.rulebook, city.today())
    message = parcels_message(view, trace, told, rule, city.grid if geojson else None)
    pieces = parcels_csv(message) if form == "csv" else json_pieces(message)
    headers = (
        {**PRIVATE, "Content-Disposition": 'attachment; filename="parcels.csv"'} if form == "csv" else dict(PRIVATE)
    )
    return StreamingResponse(pieces, media_type=MEDIA[form], headers=headers)


@router.get("/isolate", summary="What to close?", responses=_SHUT_OFF)
def get_isolate(
    city: TheCity,
    view: StaffView,
    start: TheStart,
    valve: Id = None,
    cannot_close: CannotClose = None,
    geojson: GeoJson = False,
    form: AskedForm = "json",
) -> StreamingResponse:
    """The valves to close for a break of a water main, or around a valve that was operated, and who is cut off.

    Valves that cannot be used, what it takes if one more fails, the next ring, and hydrants out of service.
    """
    network = city.network(view.query, "water_main")
    where = _with(start, valve=valve)
    found = cut_off(view.query, network, city.city.network, where, tuple(cannot_close or ()))
    message = isolation_message(view.query, network, found, city.grid)
    return _answer(city, message, isolation_marks(view.query, network, found), _Asked(geojson, form))


def on_grid(city: OpenCity, lon: float, lat: float) -> shapely.Point:
    """A position in degrees on the city's grid; raises BadPlace where it does not fit."""
    place: shapely.Point = city.grid.from_lonlat(np.array([shapely.Point(lon, lat)], dtype=object))[0]
    if not np.isfinite(place.bounds).all():
        raise BadPlace(f"{lon}, {lat} lies outside what the city's grid can hold.")
    return place


def _with(where: Where, manhole: str | None = None, valve: str | None = None) -> Where:
    return Where(where.point, manhole, where.segment, valve, where.name)


def _traced(
    city: OpenCity,
    view: View,
    kind: TraceKind,
    start: Where,
    end: Where | None,
    within_ft: float | None,
    asked: _Asked,
) -> StreamingResponse:
    network = city.network(view.query, "sewer_main")
    trace = traced(view.query, network, city.city.network, kind, start, end, within_ft)
    message = trace_message(view.query, network, trace, city.grid)
    return _answer(city, message, trace_marks(view.query, network, trace), asked)


def _answer(city: OpenCity, message: Message, marks: Iterator[Mark], asked: _Asked) -> StreamingResponse:
    if asked.geojson:
        message["geojson"] = marks_collection(marks, city.grid)
    return answer_of(message, marks, city.grid, asked.form)
