"""/cases/{no}/...: what the map says of a case, and where the case is."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query
from fastapi.responses import JSONResponse, Response

from api.case_answer_schemas import Done, MovePreviewAnswer, Proposals
from api.case_answers import PRIVATE, carried_out, private
from api.case_given import place_of, shape_on_grid
from api.case_records import evidence_message, review_message
from api.case_requests import TheChange, TheVisit
from api.case_schemas import PlaceToTry, ReviewIn, SiteToDescribe, SiteToMove
from api.narrowing import narrowed_proposal
from api.preview_messages import answerable_message, move_message
from api.process_pictures import SVG_HEADERS, drawn_case
from api.routers.cases import Number
from api.strict_json import Router
from gis_ce.actions.previews import preview_move
from gis_ce.actions.reviewing import review
from gis_ce.actions.showing import show_case
from gis_ce.actions.site_moves import ask_map_again, describe_site, move_site
from gis_ce.actions.stepping import Given

router = Router(tags=["cases"], default_response_class=JSONResponse)

_DONE: dict[int | str, dict[str, object]] = {200: {"model": Done}}
DecisionId = Annotated[str, Path(description="Id of a decision that is to be looked at again.", max_length=80)]


@router.get("/cases/{no}/proposals", summary="What does the map say?", responses={200: {"model": Proposals}})
def get_proposals(
    no: Number,
    visit: TheVisit,
    evidence: Annotated[bool, Query(description="With what a map can draw, in degrees.")] = False,
) -> JSONResponse:
    """Every proposal with its sentence, rule, margin and layer versions, and what somebody made of it.

    `to_review` are decided answers that rested on another place: each is confirmed or corrected.
    """
    with visit.reading() as (session, desk):
        shown = show_case(session, desk, no)
        grid = desk.grid
        told = [
            narrowed_proposal(
                answerable_message(row, shown.process, visit.actor.lanes)
                | ({"evidence": evidence_message(row.evidence, grid)} if evidence else {}),
                visit.rights,
            )
            for row in shown.decisions
        ]
        message = {"proposals": told, "to_review": [review_message(each) for each in shown.review]}
        return private(message, shown.case.row_version)


@router.post("/cases/{no}/proposals", summary="Ask the map again", responses=_DONE)
def post_proposals(no: Number, change: TheChange) -> JSONResponse:
    """Asks again by today's layers and rules; what the map says as before stays."""
    return carried_out(change.do(ask_map_again, no))


@router.post("/cases/{no}/proposals/{decision}", summary="Look at a decided answer again", responses=_DONE)
def post_review(no: Number, decision: DecisionId, body: ReviewIn, change: TheChange) -> JSONResponse:
    """Says what holds for an answer that rested on another place; another answer than the map's needs `why`."""
    given = Given(body.answer, why=body.why)
    return carried_out(change.do(review, no, decision, given))


@router.post("/cases/{no}/move", summary="Put the place right", responses=_DONE)
def post_move(no: Number, body: SiteToMove, change: TheChange) -> JSONResponse:
    """Moves the case; every check that rests on its place is run again, and `made.to_review` lists what to look at."""
    place = place_of(body.place, change.office.city.grid)
    return carried_out(change.do(move_site, no, place, body.why))


@router.post(
    "/cases/{no}/move/preview", summary="What if it were moved?", responses={200: {"model": MovePreviewAnswer}}
)
def post_move_preview(no: Number, body: PlaceToTry, visit: TheVisit) -> JSONResponse:
    """Runs every check of the case on another place and keeps nothing: what the map said, and what it would say."""
    place = place_of(body.place, visit.office.city.grid)
    with visit.reading() as (session, desk):
        preview = preview_move(session, desk, no, place)
        return private(move_message(preview, desk.grid, visit.rights, visit.actor.lanes), preview.row_version)


@router.post("/cases/{no}/site", summary="Describe the place", responses=_DONE)
def post_site(no: Number, body: SiteToDescribe, change: TheChange) -> JSONResponse:
    """Notes what stands at the place, and details such as the locator's marks; checks that turn on it are run again."""
    grid, given = change.office.city.grid, body.structure
    structure = shape_on_grid(given, body.crs, grid, "structure") if given is not None else None
    return carried_out(change.do(describe_site, no, structure, body.details))


@router.get(
    "/cases/{no}/process.svg",
    summary="The case on its process map",
    responses={200: {"content": {"image/svg+xml": {}}}},
    response_class=Response,
)
def get_case_picture(no: Number, visit: TheVisit) -> Response:
    """The process map with the case's way: steps done, and the one where it stands, waits or has closed."""
    with visit.reading() as (session, desk):
        svg = drawn_case(session, desk, no)
    return Response(svg, media_type="image/svg+xml", headers={**PRIVATE, **SVG_HEADERS})
