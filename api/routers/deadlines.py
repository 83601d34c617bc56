"""/deadlines, /calendars and /cases/{no}/contacts, /visits: what has its time, who was spoken with, who goes where."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query
from fastapi.responses import JSONResponse, Response

from api.case_answer_schemas import Done
from api.case_answers import PRIVATE, carried_out, private
from api.case_requests import TheChange, TheVisit
from api.case_schemas import Name
from api.due_messages import contact_message, due_message, proceeding_message
from api.due_schemas import (
    CategoryIn,
    ContactAnswers,
    ContactIn,
    DueAnswers,
    ProceedingAnswers,
    UpdateIn,
    VisitFound,
    VisitIn,
    VisitPutOffIn,
)
from api.routers.cases import Number
from api.strict_json import Router
from gis_ce.actions.calendars import officer_calendar
from gis_ce.actions.contacting import ContactGiven, contacts_of, log_contact
from gis_ce.actions.due_list import DueState, due_list
from gis_ce.actions.proceedings import proceedings_of
from gis_ce.actions.urgency import set_category, update_manager
from gis_ce.actions.visits import VisitGiven, VisitPutOff, plan_visit, put_off_visit, visit_done

router = Router(tags=["deadlines"], default_response_class=JSONResponse)

_DONE: dict[int | str, dict[str, object]] = {200: {"model": Done}}
OfficerQuery = Annotated[Name | None, Query(description="Of whose cases and visits.")]
VisitId = Annotated[str, Path(description="Id of a visit.", max_length=80)]


@router.get("/deadlines", summary="What has its time?", responses={200: {"model": DueAnswers}})
def get_due(
    visit: TheVisit,
    officer: OfficerQuery = None,
    state: Annotated[DueState | None, Query(description="Only what is overdue, due soon, or comes later.")] = None,
) -> JSONResponse:
    """Targets, waits, answers, visits, hearings and payments that are open, the most pressing first."""
    with visit.reading() as (session, desk):
        found = [due for due in due_list(session, desk, officer) if state is None or due.state == state]
        return private({"deadlines": [due_message(due) for due in found]})


@router.get(
    "/calendars/{officer}.ics",
    summary="The calendar of an officer",
    response_class=Response,
    responses={200: {"content": {"text/calendar": {}}}},
)
def get_calendar(officer: Annotated[str, Path(max_length=200)], visit: TheVisit) -> Response:
    """The planned visits and hearings of an officer as iCalendar, to be subscribed to."""
    with visit.reading() as (session, desk):
        content = officer_calendar(session, desk, officer)
    return Response(content, media_type="text/calendar; charset=utf-8", headers=dict(PRIVATE))


@router.get("/cases/{no}/contacts", summary="Who was spoken with?", responses={200: {"model": ContactAnswers}})
def get_contacts(no: Number, visit: TheVisit) -> JSONResponse:
    """Every call and e-mail of a case, with by when it is to be answered."""
    with visit.reading() as (session, desk):
        return private({"contacts": [contact_message(row) for row in contacts_of(session, desk, no)]})


@router.post("/cases/{no}/contacts", summary="Log a call or an e-mail", responses=_DONE)
def post_contact(no: Number, body: ContactIn, change: TheChange) -> JSONResponse:
    """Logs a contact; what came in is to be answered within the office's period, one business day as shipped."""
    return carried_out(change.do(log_contact, no, ContactGiven(**body.model_dump())))


@router.get("/cases/{no}/proceedings", summary="What runs beside?", responses={200: {"model": ProceedingAnswers}})
def get_proceedings(no: Number, visit: TheVisit) -> JSONResponse:
    """Visits, hearings, citations, abatements, requests to shut off and discrepancies, with what became of them."""
    with visit.reading() as (session, desk):
        return private({"proceedings": [proceeding_message(row) for row in proceedings_of(session, desk, no)]})


@router.post("/cases/{no}/visits", summary="Plan a visit", responses=_DONE)
def post_visit(no: Number, body: VisitIn, change: TheChange) -> JSONResponse:
    """Plans a follow-up visit; it stands in the calendar of its officer."""
    return carried_out(change.do(plan_visit, no, VisitGiven(**body.model_dump())))


@router.post("/cases/{no}/visits/{proceeding}/done", summary="A visit was made", responses=_DONE)
def post_visit_done(no: Number, proceeding: VisitId, body: VisitFound, change: TheChange) -> JSONResponse:
    """Notes what a visit found, today."""
    return carried_out(change.do(visit_done, no, proceeding, body.found))


@router.post("/cases/{no}/visits/{proceeding}/put-off", summary="Put a visit off", responses=_DONE)
def post_visit_put_off(no: Number, proceeding: VisitId, body: VisitPutOffIn, change: TheChange) -> JSONResponse:
    """Another day for a visit, or none: then it is called off."""
    return carried_out(change.do(put_off_visit, no, VisitPutOff(proceeding, body.why, body.to)))


@router.post("/cases/{no}/category", summary="Say the category", responses=_DONE)
def post_category(no: Number, body: CategoryIn, change: TheChange) -> JSONResponse:
    """Gives a case another category than its kind and answers have; its targets follow."""
    return carried_out(change.do(set_category, no, body.category, body.why))


@router.post("/cases/{no}/updates", summary="Update the manager", responses=_DONE)
def post_update(no: Number, body: UpdateIn, change: TheChange) -> JSONResponse:
    """Tells the manager where a case stands; it goes into the next digest."""
    return carried_out(change.do(update_manager, no, body.text))
