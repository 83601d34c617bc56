"""/cases/{no}/...: do the present step, end or extend a wait, put right what was noted, reopen, assign."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body
from fastapi.openapi.models import Example
from fastapi.responses import JSONResponse

from api.case_answer_schemas import Done
from api.case_answers import carried_out
from api.case_requests import TheChange
from api.case_schemas import (
    ANSWER_EXAMPLE,
    NOTATE_EXAMPLE,
    OVERRIDE_EXAMPLE,
    Assignment,
    CorrectionIn,
    FieldsToNotate,
    Priority,
    Reason,
    Reopening,
    StepToDo,
    WaitToExtend,
)
from api.routers.cases import Number
from api.strict_json import Router
from gis_ce.actions.closing import Closing
from gis_ce.actions.mending import Correction, correct, reopen
from gis_ce.actions.ranking import assign, set_priority
from gis_ce.actions.stepping import Given, answer_step, notate
from gis_ce.actions.waits import end_wait, extend_wait

router = Router(tags=["cases"], default_response_class=JSONResponse, responses={200: {"model": Done}})

_EXAMPLES: dict[str, Example] = {
    "answer": {"summary": "An answer as the map says", "value": ANSWER_EXAMPLE},
    "override": {"summary": "Another answer than the map's", "value": OVERRIDE_EXAMPLE},
    "notate": {"summary": "Fields that a step asks for", "value": NOTATE_EXAMPLE},
}

StepBody = Annotated[StepToDo, Body(openapi_examples=_EXAMPLES)]


@router.post("/cases/{no}/steps", summary="Do the present step")
def post_step(
    no: Number, body: Annotated[StepToDo, Body(openapi_examples=_EXAMPLES)], change: TheChange
) -> JSONResponse:
    """Does the step at which the case stands, and goes on to the next.

    The map's own answer confirms its proposal; another overrides it and needs `why`. `made` names cases
    that were opened or may go on, and the proposals for the new step. The step that closes a case is refused until
    there is an 'after' photo and the parties are told, or reasons why not.
    """
    given = Given(body.answer, body.fields, body.why, Closing(body.no_photo, body.not_told))
    return carried_out(change.do(answer_step, no, body.step, given))


@router.post("/cases/{no}/fields", summary="Notate without leaving the step")
def post_fields(no: Number, body: FieldsToNotate, change: TheChange) -> JSONResponse:
    """Notes fields of the present step; the date that a wait hangs on starts its deadline."""
    return carried_out(change.do(notate, no, body.step, body.fields))


@router.post("/cases/{no}/end-wait", summary="Go on before a deadline")
def post_end_wait(no: Number, body: Reason, change: TheChange) -> JSONResponse:
    """Ends the wait at which the case stands, since what it waits for has happened."""
    return carried_out(change.do(end_wait, no, body.why))


@router.post("/cases/{no}/extend-wait", summary="Let a deadline end later")
def post_extend_wait(no: Number, body: WaitToExtend, change: TheChange) -> JSONResponse:
    """Lets the running wait end on a later day."""
    return carried_out(change.do(extend_wait, no, body.until, body.why))


@router.post("/cases/{no}/corrections", summary="Put right what was noted")
def post_correction(no: Number, body: CorrectionIn, change: TheChange) -> JSONResponse:
    """Another answer of a step (the case goes on from there), or another value of a field; the history keeps both."""
    correction = Correction(body.why, body.step, body.answer, body.field, body.value)
    return carried_out(change.do(correct, no, correction))


@router.post("/cases/{no}/reopen", summary="Open a closed case again")
def post_reopening(no: Number, body: Reopening, change: TheChange) -> JSONResponse:
    """Opens a closed case at a step of its way."""
    return carried_out(change.do(reopen, no, body.why, body.step))


@router.post("/cases/{no}/assign", summary="Give the case to somebody")
def post_assignment(no: Number, body: Assignment, change: TheChange) -> JSONResponse:
    """Gives the case to an officer, or to nobody."""
    return carried_out(change.do(assign, no, body.officer))


@router.post("/cases/{no}/priority", summary="Say how urgent the case is")
def post_priority(no: Number, body: Priority, change: TheChange) -> JSONResponse:
    """Sets the priority, from 0 to 100, the highest first."""
    return carried_out(change.do(set_priority, no, body.priority, body.why))
