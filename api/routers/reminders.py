"""/reminders and /cases/{no}/reminder: deadlines of which an officer is to be reminded."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import Query
from fastapi.responses import JSONResponse

from api.case_answer_schemas import Done
from api.case_answers import carried_out, private
from api.case_filters import page_after
from api.case_record_schemas import RemindersPage
from api.case_records import reminders_message
from api.case_requests import TheChange, TheVisit
from api.case_schemas import ReminderIn, ReminderQuery
from api.routers.cases import Number
from api.strict_json import Router
from gis_ce.actions.reminding import reminders, set_reminder

router = Router(tags=["cases"], default_response_class=JSONResponse)


@router.get("/reminders", summary="Which deadlines are near?", responses={200: {"model": RemindersPage}})
def get_reminders(asked: Annotated[ReminderQuery, Query()], visit: TheVisit) -> JSONResponse:
    """The running deadlines whose reminder has come, the nearest first; `within_days` looks ahead."""
    with visit.reading() as (session, desk):
        until = desk.now + timedelta(days=asked.within_days)
        page = reminders(session, until, asked.officer, page_after(asked.next), asked.limit)
        return private(reminders_message(page))


@router.post("/cases/{no}/reminder", summary="Say when to remind", responses={200: {"model": Done}})
def post_reminder(no: Number, body: ReminderIn, change: TheChange) -> JSONResponse:
    """Sets the day on which to remind of the running deadline, or takes the reminder away."""
    return carried_out(change.do(set_reminder, no, body.on))
