"""/sync: a device keeps in step: what changed since it last asked, and what it did without a connection."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, Query, Request
from fastapi.openapi.models import Example
from fastapi.responses import JSONResponse

from api.case_answers import private
from api.case_messages import case_message
from api.case_places import Message
from api.case_records import event_message
from api.case_requests import TheChange, TheVisit, Visit
from api.narrowing import narrowed_case, narrowed_event
from api.strict_json import Router
from api.sync_batch import carried_out_in_order
from api.sync_schemas import BATCH_EXAMPLE, BatchAnswer, BatchIn, ChangesAnswer, ChangesQuery
from api.sync_tokens import mark_of, token_of
from gis_ce.actions.changes_since import Change, Wanted, changes_since
from layers.grid import Grid

router = Router(tags=["sync"], default_response_class=JSONResponse)

_EXAMPLES: dict[str, Example] = {
    "morning": {"summary": "A case that was opened and noted on without a connection", "value": BATCH_EXAMPLE}
}


@router.get("/sync/changes", summary="What has changed since?", responses={200: {"model": ChangesAnswer}})
def get_changes(asked: Annotated[ChangesQuery, Query()], visit: TheVisit) -> JSONResponse:
    """The cases that changed since the token, each once and as it is now, closed ones too; none is left out.

    Without a token: the open cases. 410 where the token cannot be gone on from (the store was put back from a
    backup, or the caller's lanes or question changed): begin again without one, and keep what was not sent yet.
    """
    with visit.reading() as (session, desk):
        wanted = Wanted(asked.officer, own_lanes=visit.rights.cases != "all")
        mark = mark_of(asked.since) if asked.since is not None else None
        found = changes_since(session, desk, mark, wanted, asked.limit)
        told = [_message(each, desk.grid, visit) for each in found.changes]
    return private({"changes": told, "next": token_of(found.mark), "more": found.more})


@router.post("/sync/batch", summary="Send what was done without a connection", responses={200: {"model": BatchAnswer}})
def post_batch(
    body: Annotated[BatchIn, Body(openapi_examples=_EXAMPLES)], change: TheChange, request: Request
) -> JSONResponse:
    """Carries out the items one after the other, each wholly or not at all; one that is refused stops none.

    `status` of each: `done`; `repeated` (it was carried out before under its key); `conflict` (somebody was faster:
    what changed meanwhile, by whom, and both values; nothing was overwritten); `refused` (`said` tells why);
    `later` (send it again). Items of one case that saw the same version follow from each other.
    """
    return private({"results": carried_out_in_order(request, change, body.items)})


def _message(change: Change, grid: Grid, visit: Visit) -> Message:
    shown = change.shown
    return {
        "id": change.case_id,
        "number": change.number,
        "gone": change.gone,
        "case": narrowed_case(case_message(shown, grid, visit.actor.lanes), visit.rights)
        if shown is not None
        else None,
        "events": [narrowed_event(event_message(event), visit.rights) for event in change.events],
    }
