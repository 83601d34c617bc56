"""/cases: open a case, list them, look at one."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import Body, Path, Query
from fastapi.openapi.models import Example
from fastapi.responses import JSONResponse

from api.case_answer_schemas import CaseAnswer, CasesPage, Done, OpeningPreviewAnswer
from api.case_answers import carried_out, private
from api.case_filters import Wanted, case_filter, page_after, page_token
from api.case_given import opening_of
from api.case_messages import case_message, page_message
from api.case_requests import TheChange, TheVisit
from api.case_schemas import GPS_EXAMPLE, OPEN_EXAMPLE, CaseQuery, CaseToOpen
from api.narrowing import narrowed_case
from api.strict_json import Router
from gis_ce.actions.listing import list_cases
from gis_ce.actions.opening import open_case
from gis_ce.actions.previews import preview_opening
from gis_ce.actions.showing import show_case

router = Router(tags=["cases"])

Number = Annotated[str, Path(description="Number of a case, such as LEAK-2026-00017, or its id.", max_length=80)]

_EXAMPLES: dict[str, Example] = {
    "leak": {"summary": "A leak, reported by telephone", "value": OPEN_EXAMPLE},
    "damage": {"summary": "A damage, with a receiver's position", "value": GPS_EXAMPLE},
}


@router.post(
    "/cases",
    summary="Open a case",
    status_code=201,
    responses={201: {"model": Done}},
    response_class=JSONResponse,
)
def post_case(body: Annotated[CaseToOpen, Body(openapi_examples=_EXAMPLES)], change: TheChange) -> JSONResponse:
    """Opens a case at the first step of its process, with the map's proposal where the step has a check.

    `made` tells how the place was found, which cases may be the same one, and earlier cases at the
    parcel and of the same party.
    """
    opening = opening_of(body, change.office.city.grid)
    done = change.carry_out(lambda session, desk: open_case(session, desk, opening, key=change.key))
    return carried_out(done, made=True)


@router.post(
    "/cases/preview",
    summary="What lies there already?",
    responses={200: {"model": OpeningPreviewAnswer}},
    response_class=JSONResponse,
)
def post_case_preview(body: CaseToOpen, visit: TheVisit) -> JSONResponse:
    """What opening a case would find, and keeps nothing: cases that may be the same one, and earlier ones."""
    opening = opening_of(body, visit.office.city.grid)
    with visit.reading() as (session, desk):
        return private(preview_opening(session, desk, opening))


@router.get(
    "/cases", summary="Which cases are there?", responses={200: {"model": CasesPage}}, response_class=JSONResponse
)
def get_cases(asked: Annotated[CaseQuery, Query()], visit: TheVisit) -> JSONResponse:
    """The cases that meet everything asked, the newest first; `next` asks for the following page."""
    wanted = Wanted(**asked.model_dump(exclude={"limit", "next"}))
    with visit.reading() as (session, desk):
        seen = replace(case_filter(wanted, visit.office, desk.now), types=visit.types(session, desk))
        page = list_cases(session, seen, page_after(asked.next), asked.limit)
        message = page_message(page, desk.grid)
    return private(message | {"next": page_token(page.after)})


@router.get("/cases/{no}", summary="One case", responses={200: {"model": CaseAnswer}}, response_class=JSONResponse)
def get_case(no: Number, visit: TheVisit) -> JSONResponse:
    """A case with all that belongs to it but its history; `now` is what its present step asks for.

    Send the `ETag` as `If-Match` with a change, and it is refused where somebody else was faster.
    """
    with visit.reading() as (session, desk):
        shown = show_case(session, desk, no)
        message = narrowed_case(case_message(shown, desk.grid, visit.actor.lanes), visit.rights)
        return private(message, shown.case.row_version)
