"""/processes: the process maps that new cases follow."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path
from fastapi.responses import JSONResponse, Response

from api.case_requests import TheVisit
from api.process_answer_schemas import ProcessAnswer, ProcessList
from api.process_messages import process_line, process_message
from api.process_pictures import SVG_HEADERS, drawn_process
from api.strict_json import Router
from gis_ce.actions.definitions import in_force, in_store

router = Router(tags=["processes"])

ProcessId = Annotated[str, Path(description="A process, such as leaks.", max_length=80)]


@router.get(
    "/processes",
    summary="Which kinds of cases are there?",
    responses={200: {"model": ProcessList}},
    response_class=JSONResponse,
)
def get_processes(visit: TheVisit) -> JSONResponse:
    """The process maps that new cases follow: those that were published, and the city's own and the shipped ones."""
    with visit.reading() as (session, desk):
        found = {**desk.processes.processes, **in_store(session, desk)}
    return JSONResponse({"processes": [process_line(found[name]) for name in sorted(found)]})


@router.get(
    "/processes/{process}.svg",
    summary="A process map as a picture",
    responses={200: {"content": {"image/svg+xml": {}}}},
    response_class=Response,
)
def get_process_picture(process: ProcessId, visit: TheVisit) -> Response:
    """The map with its lanes as coloured boxes."""
    with visit.reading() as (session, desk):
        svg = drawn_process(session, desk, process)
    return Response(svg, media_type="image/svg+xml", headers=dict(SVG_HEADERS))


@router.get(
    "/processes/{process}",
    summary="One process map",
    responses={200: {"model": ProcessAnswer}},
    response_class=JSONResponse,
)
def get_process(process: ProcessId, visit: TheVisit) -> JSONResponse:
    """Every step: who does it, what it asks for, and where it leads."""
    with visit.reading() as (session, desk):
        return JSONResponse(process_message(in_force(session, desk, process)))
