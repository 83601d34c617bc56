"""/cases/{no}/...: do the present step, end or extend a wait, put right what was noted, reopen, assign."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body
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
from gis_ce.actions.mending import Correction, correct, reopen
from gis_ce.actions.ranking import assign, set_priority
from gis_ce.actions.stepping import Given, answer_step, notate
from gis_ce.actions.waits import end_wait, extend_wait

router = APIRouter(tags=["cases"], default_response_class=JSONResponse, responses={200: {"model": Done}})

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
    that were opened or may go on, and the proposals for the new step.
    """
    given = Given(body.answer, body.fields, body.why)
    done = change.carry_out(
        lambda session, desk: answer_step(session, desk, no, body.step, given, seen=change.seen, key=change.key)
    )
    return carried_out(done)


@router.post("/cases/{no}/fields", summary="Notate without leaving the step")
def post_fields(no: Number, body: FieldsToNotate, change: TheChange) -> JSONResponse:
    """Notes fields of the present step; the date that a wait hangs on starts its deadline."""
    done = change.carry_out(
        lambda session, desk: notate(session, desk, no, body.step, body.fields, seen=change.seen, key=change.key)
    )
    return carried_out(done)


@router.post("/cases/{no}/end-wait", summary="Go on before a deadline")
def post_end_wait(no: Number, body: Reason, change: TheChange) -> JSONResponse:
    """Ends the wait at which the case stands, since what it waits for has happened."""
    done = change.carry_out(
        lambda session, desk: end_wait(session, desk, no, body.why, seen=change.seen, key=change.key)
    )
    return carried_out(done)


@router.post("/cases/{no}/extend-wait", summary="Let a deadline end later")
def post_extend_wait(no: Number, body: WaitToExtend, change: TheChange) -> JSONResponse:
    """Lets the running wait end on a later day."""
    done = change.carry_out(
        lambda session, desk: extend_wait(session, desk, no, body.until, body.why, seen=change.seen, key=change.key)
    )
    return carried_out(done)


@router.post("/cases/{no}/corrections", summary="Put right what was noted")
def post_correction(no: Number, body: CorrectionIn, change: TheChange) -> JSONResponse:
    """Another answer of a step (the case goes on from there), or another value of a field; the history keeps both."""
    correction = Correction(body.why, body.step, body.answer, body.field, body.value)
    done = change.carry_out(
        lambda session, desk: correct(session, desk, no, correction, seen=change.seen, key=change.key)
    )
    return carried_out(done)


@router.post("/cases/{no}/reopen", summary="Open a closed case again")
def post_reopening(no: Number, body: Reopening, change: TheChange) -> JSONResponse:
    """Opens a closed case at a step of its way."""
    done = change.carry_out(
        lambda session, desk: reopen(session, desk, no, body.why, body.step, seen=change.seen, key=change.key)
    )
    return carried_out(done)


@router.post("/cases/{no}/assign", summary="Give the case to somebody")
def post_assignment(no: Number, body: Assignment, change: TheChange) -> JSONResponse:
    """Gives the case to an officer, or to nobody."""
    done = change.carry_out(
        lambda session, desk: assign(session, desk, no, body.officer, seen=change.seen, key=change.key)
    )
    return carried_out(done)


@router.post("/cases/{no}/priority", summary="Say how urgent the case is")
def post_priority(no: Number, body: Priority, change: TheChange) -> JSONResponse:
    """Sets the priority, from 0 to 100, the highest first."""
    done = change.carry_out(
        lambda session, desk: set_priority(session, desk, no, body.priority, body.why, seen=change.seen, key=change.key)
    )
    return carried_out(done)
