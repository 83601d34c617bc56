"""/ogc/processes: the checks, traces and isolation as OGC processes; they run while one waits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import shapely
from fastapi import Body
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from api.errors import BadPlace
from api.ogc import pages
from api.ogc.asking import Asking, TheAsking
from api.ogc.forms import PLAIN
from api.ogc.links import ROOT, forms_of
from api.ogc.process_documents import Process, answer_of, description, no_such_process, summary
from api.ogc.selection import single
from api.routers.checks import post_checks
from api.routers.trace import get_downstream, get_isolate, get_upstream, on_grid
from api.schemas import OnePlace
from api.strict_json import Router
from gis_ce.checks.all import CHECKS
from gis_ce.tracing import Where

landing = Router(prefix=ROOT, include_in_schema=False)


class StartOfTrace(BaseModel):
    """Where a trace starts; say it once."""

    model_config = ConfigDict(extra="forbid", strict=True)
    lon: float | None = Field(default=None, ge=-180, le=180, allow_inf_nan=False, description="Degrees east.")
    lat: float | None = Field(default=None, ge=-90, le=90, allow_inf_nan=False, description="Degrees north.")
    address: str | None = Field(default=None, max_length=200, description="Where it is, in words.")
    segment: str | None = Field(default=None, max_length=80, description="Id of a main.")
    geojson: bool = Field(default=False, description="With what a map can draw, in degrees.")


class TraceInputs(StartOfTrace):
    """What a trace of sewers asks."""

    manhole: str | None = Field(default=None, max_length=80, description="Id of a manhole.")
    within_ft: float | None = Field(
        default=None, gt=0, le=10_000_000, allow_inf_nan=False, description="Feet along the network; else all of it."
    )


class IsolationInputs(StartOfTrace):
    """What a shut-off asks."""

    valve: str | None = Field(default=None, max_length=80, description="Id of a valve that was operated.")
    cannot_close: list[str] | None = Field(
        default=None, max_length=50, description="Valves that were found not to close."
    )


def _checked(names: list[str] | None) -> Callable[[Asking, OnePlace], Response]:
    def run(asking: Asking, place: OnePlace) -> Response:
        if names is not None:
            place = place.model_copy(update={"checks": names})
        return post_checks(asking.request, place, asking.shelf.city, asking.shelf.view)

    return run


def _start(asking: Asking, given: StartOfTrace) -> Where:
    if (given.lon is None) != (given.lat is None):
        raise BadPlace("lon and lat go together; one of them is missing.")
    if sum(one is not None for one in (given.lon, given.address, given.segment)) > 1:
        raise BadPlace("Say where once: by lon and lat, an address or an id.")
    if given.lon is not None and given.lat is not None:
        return Where(point=on_grid(asking.shelf.city, given.lon, given.lat), name=f"{given.lon}, {given.lat}")
    if given.address is not None:
        found = asking.shelf.view.addresses.find(given.address)
        return Where(point=shapely.centroid(found.place), name=given.address)
    return Where(segment=given.segment)


def _upstream(asking: Asking, given: TraceInputs) -> Response:
    start = _start(asking, given)
    return get_upstream(
        asking.shelf.city, asking.shelf.view, start, given.manhole, given.within_ft, geojson=given.geojson
    )


def _downstream(asking: Asking, given: TraceInputs) -> Response:
    start = _start(asking, given)
    return get_downstream(
        asking.shelf.city, asking.shelf.view, start, given.manhole, given.within_ft, geojson=given.geojson
    )


def _isolated(asking: Asking, given: IsolationInputs) -> Response:
    start = _start(asking, given)
    return get_isolate(
        asking.shelf.city, asking.shelf.view, start, given.valve, given.cannot_close, geojson=given.geojson
    )


_ALL = "What the map says about a place, by every check or those named."
_CLOSE = "The valves to close for a break, and who is cut off."
PROCESSES: tuple[Process, ...] = (
    Process("checks", "All checks", _ALL, OnePlace, _checked(None)),
    *(
        Process(
            check.name,
            check.question,
            f"One check: {check.question}",
            OnePlace,
            _checked([check.name]),
            left_out=("checks",),
        )
        for check in CHECKS
    ),
    Process(
        "trace_upstream",
        "What flows here?",
        "All sewers upstream of a place.",
        TraceInputs,
        _upstream,
        for_staff=True,
    ),
    Process(
        "trace_downstream",
        "Where does it flow?",
        "All sewers downstream of a place.",
        TraceInputs,
        _downstream,
        for_staff=True,
    ),
    Process("isolate", "What to close?", _CLOSE, IsolationInputs, _isolated, for_staff=True),
)
"""All there are; an encroachment is asked for by `easement_encroachment`."""


@landing.get("/processes")
def get_processes(asking: TheAsking) -> Response:
    """All processes that the caller may run."""
    given = single(asking.request.query_params, ("f",))
    form, to, found = asking.form(given), asking.to, _open_to(asking)
    if form == "html":
        rows = [(process.id, process.title, process.said) for process in found]
        return asking.html(pages.listing_page("Processes", rows, ("Id", "Title", "What it answers"), to))
    links = forms_of(to.under("processes"), given, form, PLAIN)
    return asking.json({"processes": [summary(process, to) for process in found], "links": links})


@landing.get("/processes/{name}")
def get_process(name: str, asking: TheAsking) -> Response:
    """One process with its inputs."""
    asking.only_json()
    process = _named(asking, name)
    return no_such_process(name) if process is None else asking.json(description(process, asking.to))


@landing.post("/processes/{name}/execution")
def post_execution(name: str, body: Annotated[Any, Body()], asking: TheAsking) -> Response:
    """Runs a process; nothing is stored."""
    process = _named(asking, name)
    return no_such_process(name) if process is None else answer_of(process, asking, body)


def _open_to(asking: Asking) -> list[Process]:
    return [process for process in PROCESSES if asking.caller != "public" or not process.for_staff]


def _named(asking: Asking, name: str) -> Process | None:
    return next((process for process in _open_to(asking) if process.id == name), None)
