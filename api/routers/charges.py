"""/cases/{no}/charges and /charges: money of a case, payments by file, who owes what."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Body, Query
from fastapi.responses import JSONResponse

from api.case_answer_schemas import Done
from api.case_answers import carried_out, private
from api.case_requests import TheChange, TheVisit
from api.case_schemas import Name
from api.charge_messages import statement_message, unpaid_message
from api.charge_schemas import (
    ChargeIn,
    ImportedAnswer,
    LastDayIn,
    PaymentIn,
    ReturnIn,
    StatementAnswer,
    StayIn,
    UnpaidAnswer,
    WaiverIn,
)
from api.routers.cases import Number
from api.strict_json import Router
from gis_ce.actions.charging import ChargeGiven, add_charge
from gis_ce.actions.paying import LastDay, Payment, Waiver, end_penalty, pay, resume, return_payment, stay, waive
from gis_ce.actions.payment_import import import_payments
from gis_ce.actions.unpaid import statement, unpaid

router = Router(tags=["charges"], default_response_class=JSONResponse)

_DONE: dict[int | str, dict[str, object]] = {200: {"model": Done}}


@router.get("/cases/{no}/charges", summary="What is charged?", responses={200: {"model": StatementAnswer}})
def get_charges(no: Number, visit: TheVisit) -> JSONResponse:
    """Everything that a case was charged, paid and let off, with the arithmetic of each penalty up to today."""
    with visit.reading() as (session, desk):
        return private(statement_message(statement(session, desk, no)))


@router.post("/cases/{no}/charges", summary="Charge something", responses=_DONE)
def post_charge(no: Number, body: ChargeIn, change: TheChange) -> JSONResponse:
    """Charges a cost, a fee or a civil penalty; an amount that the city's rules do not set is refused."""
    return carried_out(change.do(add_charge, no, ChargeGiven(**body.model_dump())))


@router.post("/cases/{no}/payments", summary="Record a payment", responses=_DONE)
def post_payment(no: Number, body: PaymentIn, change: TheChange) -> JSONResponse:
    """Records money that came in; `made.balance_cents` is what is still open."""
    return carried_out(change.do(pay, no, Payment(**body.model_dump())))


@router.post("/cases/{no}/payments/returned", summary="A payment did not hold", responses=_DONE)
def post_returned(no: Number, body: ReturnIn, change: TheChange) -> JSONResponse:
    """Takes a payment back, such as a check that bounced."""
    return carried_out(change.do(return_payment, no, body.reference, body.why))


@router.post("/cases/{no}/charges/stay", summary="Let charges rest", responses=_DONE)
def post_stay(no: Number, body: StayIn, change: TheChange) -> JSONResponse:
    """Lets charges rest during an appeal."""
    return carried_out(change.do(stay, no, body.why, body.charge))


@router.post("/cases/{no}/charges/resume", summary="Let charges count again", responses=_DONE)
def post_resume(no: Number, body: StayIn, change: TheChange) -> JSONResponse:
    """Lets charges count again once the appeal is decided."""
    return carried_out(change.do(resume, no, body.why, body.charge))


@router.post("/cases/{no}/charges/waive", summary="Let somebody off a charge", responses=_DONE)
def post_waiver(no: Number, body: WaiverIn, change: TheChange) -> JSONResponse:
    """Waives what is open of a charge, or a part of it, with the reason."""
    return carried_out(change.do(waive, no, Waiver(**body.model_dump())))


@router.post("/cases/{no}/charges/end", summary="The last day of a penalty", responses=_DONE)
def post_last_day(no: Number, body: LastDayIn, change: TheChange) -> JSONResponse:
    """Says on which day the violation last stood, so that no further day counts."""
    return carried_out(change.do(end_penalty, no, LastDay(**body.model_dump())))


@router.get("/charges/unpaid", summary="Who owes what?", responses={200: {"model": UnpaidAnswer}})
def get_unpaid(
    visit: TheVisit, officer: Annotated[Name | None, Query(description="Of whose cases.")] = None
) -> JSONResponse:
    """Every charge with something open, the longest overdue first; stayed ones come last."""
    with visit.reading() as (session, desk):
        return private(unpaid_message(unpaid(session, desk, officer)))


@router.post("/charges/payments", summary="Payments by file", responses={200: {"model": ImportedAnswer}})
def post_payments(
    body: Annotated[str, Body(media_type="text/csv", max_length=5_000_000)], change: TheChange
) -> JSONResponse:
    """Records a CSV table of payments (case, amount, date, reference): all or none, and none twice."""
    desk = change.office.desk(change.actor)
    with change.office.store.session() as session:
        session.connection()
        found = import_payments(session, replace(desk, now=datetime.now(UTC)), body)
        session.commit()
    return private(asdict(found))
