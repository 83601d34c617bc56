"""/cases/{no}/...: hearings, citations, abatement, shut-offs, discrepancies, the 'after' photo, status updates."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path
from fastapi.responses import JSONResponse

from api.case_answer_schemas import Done
from api.case_answers import carried_out, private
from api.case_records import party_message
from api.case_requests import TheChange, TheVisit
from api.case_schemas import Reason
from api.proceeding_schemas import (
    AbatementDoneIn,
    AbatementIn,
    AfterPhotoIn,
    AppealDecisionIn,
    AppealIn,
    CitationIn,
    DiscrepancyIn,
    HearingIn,
    NoticeIn,
    OutcomeIn,
    SettledIn,
    ShutOffDecisionIn,
    StatusAnswer,
    StatusIn,
    TellIn,
)
from api.routers.cases import Number
from api.strict_json import Router
from gis_ce.actions.after_photos import mark_after_photo
from gis_ce.actions.filing_appeals import AppealDecision, AppealGiven, decide_appeal, file_appeal
from gis_ce.actions.hearings import (
    HearingGiven,
    NoticeGiven,
    OutcomeGiven,
    end_hearing,
    note_notice,
    set_hearing,
)
from gis_ce.actions.measures import (
    AbatementDone,
    AbatementGiven,
    CitationGiven,
    DiscrepancyGiven,
    abate,
    abated,
    cite,
    raise_discrepancy,
    settle,
    tell_decider,
)
from gis_ce.actions.shut_offs import ShutOffDecision, ask_shut_off, decide_shut_off
from gis_ce.actions.status_updates import send_status, status_for_reporter

router = Router(tags=["proceedings"], default_response_class=JSONResponse)

_DONE: dict[int | str, dict[str, object]] = {200: {"model": Done}}
Id = Annotated[str, Path(description="Id of the proceeding.", max_length=80)]


@router.post("/cases/{no}/hearings", summary="Set a hearing", responses=_DONE)
def post_hearing(no: Number, body: HearingIn, change: TheChange) -> JSONResponse:
    """Sets a hearing for a day; its notices are due as long before it as the office has set."""
    return carried_out(change.do(set_hearing, no, HearingGiven(**body.model_dump())))


@router.post("/cases/{no}/hearings/{proceeding}/notices", summary="A notice went out", responses=_DONE)
def post_notice(no: Number, proceeding: Id, body: NoticeIn, change: TheChange) -> JSONResponse:
    """Notes that a notice of the hearing went out."""
    return carried_out(change.do(note_notice, no, NoticeGiven(proceeding, **body.model_dump())))


@router.post("/cases/{no}/hearings/{proceeding}/outcome", summary="How a hearing ended", responses=_DONE)
def post_outcome(no: Number, proceeding: Id, body: OutcomeIn, change: TheChange) -> JSONResponse:
    """Notes the outcome; a hearing held without its notices needs the reason."""
    return carried_out(change.do(end_hearing, no, OutcomeGiven(proceeding, **body.model_dump())))


@router.post("/cases/{no}/appeals", summary="An appeal was filed", responses=_DONE)
def post_appeal(no: Number, body: AppealIn, change: TheChange) -> JSONResponse:
    """Files an appeal; the answer says by when it is to be decided, and by which rule."""
    return carried_out(change.do(file_appeal, no, AppealGiven(**body.model_dump())))


@router.post("/cases/{no}/appeals/{proceeding}/decision", summary="How an appeal was decided", responses=_DONE)
def post_appeal_decision(no: Number, proceeding: Id, body: AppealDecisionIn, change: TheChange) -> JSONResponse:
    """Notes how an appeal was decided, which ends it."""
    return carried_out(change.do(decide_appeal, no, AppealDecision(proceeding, **body.model_dump())))


@router.post("/cases/{no}/citations", summary="A citation was issued", responses=_DONE)
def post_citation(no: Number, body: CitationIn, change: TheChange) -> JSONResponse:
    """Notes a citation, with the section of the code and by when it is answered."""
    return carried_out(change.do(cite, no, CitationGiven(**body.model_dump())))


@router.post("/cases/{no}/abatements", summary="The city does it itself", responses=_DONE)
def post_abatement(no: Number, body: AbatementIn, change: TheChange) -> JSONResponse:
    """Orders what the responsible party did not do."""
    return carried_out(change.do(abate, no, AbatementGiven(**body.model_dump())))


@router.post("/cases/{no}/abatements/{proceeding}/done", summary="The city has done it", responses=_DONE)
def post_abated(no: Number, proceeding: Id, body: AbatementDoneIn, change: TheChange) -> JSONResponse:
    """Notes what was done; a cost with its basis is charged to the case."""
    return carried_out(change.do(abated, no, AbatementDone(proceeding, **body.model_dump())))


@router.post("/cases/{no}/discrepancies", summary="The code is read differently", responses=_DONE)
def post_discrepancy(no: Number, body: DiscrepancyIn, change: TheChange) -> JSONResponse:
    """Raises a discrepancy of interpretation to manager and attorney; it stays open until it is settled."""
    return carried_out(change.do(raise_discrepancy, no, DiscrepancyGiven(body.text, body.told)))


@router.post("/cases/{no}/discrepancies/{proceeding}/told", summary="Manager or attorney were told", responses=_DONE)
def post_told(no: Number, proceeding: Id, body: TellIn, change: TheChange) -> JSONResponse:
    """Notes who was told of a discrepancy, by name."""
    return carried_out(change.do(tell_decider, no, proceeding, body.told))


@router.post("/cases/{no}/proceedings/{proceeding}/settled", summary="It is settled", responses=_DONE)
def post_settled(no: Number, proceeding: Id, body: SettledIn, change: TheChange) -> JSONResponse:
    """Ends a citation, or a discrepancy of which both were told."""
    return carried_out(change.do(settle, no, proceeding, body.text))


@router.post("/cases/{no}/shut-offs", summary="Ask for a shut-off", responses=_DONE)
def post_shut_off(no: Number, body: Reason, change: TheChange) -> JSONResponse:
    """Asks the executive team to approve a shut-off."""
    return carried_out(change.do(ask_shut_off, no, body.why))


@router.post("/cases/{no}/shut-offs/{proceeding}/decision", summary="Approve a shut-off", responses=_DONE)
def post_shut_off_decision(no: Number, proceeding: Id, body: ShutOffDecisionIn, change: TheChange) -> JSONResponse:
    """Approves or refuses a shut-off; only the executive team may."""
    return carried_out(change.do(decide_shut_off, no, ShutOffDecision(proceeding, body.approved, body.why)))


@router.post("/cases/{no}/attachments/{attachment}/after", summary="The 'after' photo", responses=_DONE)
def post_after_photo(
    no: Number, attachment: Annotated[str, Path(max_length=80)], body: AfterPhotoIn, change: TheChange
) -> JSONResponse:
    """Says that a picture of the case shows the violation gone, with its day."""
    return carried_out(change.do(mark_after_photo, no, attachment, body.taken_on))


@router.get("/cases/{no}/status", summary="For who reported it", responses={200: {"model": StatusAnswer}})
def get_status(no: Number, visit: TheVisit) -> JSONResponse:
    """What the complaining party may be told: never who else is involved."""
    with visit.reading() as (session, desk):
        found = status_for_reporter(session, desk, no)
        reporter = party_message(found.reporter) if found.reporter else None
        return private({"text": found.text, "reporter": reporter})


@router.post("/cases/{no}/status", summary="Tell who reported it", responses=_DONE)
def post_status(no: Number, body: StatusIn, change: TheChange) -> JSONResponse:
    """Logs that the complaining party was told; words that name somebody else are refused."""
    return carried_out(change.do(send_status, no, body.channel, body.words))
