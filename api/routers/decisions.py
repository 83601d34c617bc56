"""/decisions: what is on record, the proof of it, decisions run again, flips and their signatures."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query
from fastapi.responses import JSONResponse

from api.case_answer_schemas import Done
from api.case_answers import carried_out, private
from api.case_requests import TheChange, TheVisit
from api.days_given import Day
from api.decision_layers import as_they_were, kept_part
from api.decision_messages import (
    decision_message,
    flips_message,
    heads_message,
    listed_message,
    proof_message,
    reproduced_message,
)
from api.decision_schemas import (
    DecisionList,
    DecisionQuery,
    DecisionShown,
    FlipsAnswer,
    HeadsAnswer,
    ProofAnswer,
    RecheckedAnswer,
    ReproducedAnswer,
    ToProve,
    ToSign,
)
from api.errors import ApiError
from api.strict_json import Router
from gis_ce.actions.flips import recheck_all
from gis_ce.actions.flips_known import near_flips, waiting_for_signature
from gis_ce.actions.recorded_inputs import recorded
from gis_ce.actions.reproducing import reproduce
from gis_ce.actions.signing import Signature, sign
from gis_ce.decision_chain import heads, read_heads
from gis_ce.decision_numbers import decision_named, decisions_listed, lines_of, listed_as
from gis_ce.decision_proof import verify

router = Router(tags=["decisions"], default_response_class=JSONResponse)

Number = Annotated[str, Path(description="Number of a decision on record, or its id.", max_length=80)]


@router.get("/decisions", summary="Decisions on record", responses={200: {"model": DecisionList}})
def get_decisions(asked: Annotated[DecisionQuery, Query()], visit: TheVisit) -> JSONResponse:
    """Decisions by their numbers; ask for the next page with `after`, the last number of this one."""
    with visit.reading() as (session, _):
        found = decisions_listed(session, asked.case, asked.state, asked.check, after=asked.after, limit=asked.limit)
        return private({"decisions": [listed_message(each) for each in found]})


@router.get("/decisions/flips", summary="What has turned", responses={200: {"model": FlipsAnswer}})
def get_flips(visit: TheVisit) -> JSONResponse:
    """What waits for a signature since a layer has changed, and what has nearly turned."""
    with visit.reading() as (session, _):
        return private(flips_message(waiting_for_signature(session), near_flips(session)))


@router.post("/decisions/flips", summary="Look for flips", responses={200: {"model": RecheckedAnswer}})
def post_flips(change: TheChange) -> JSONResponse:
    """Holds every decision that counts against the layers of now; only what a change touches is evaluated."""
    with change.office.store.session() as session:
        found = recheck_all(session, change.office.desk(change.actor), kept_part(change.office.city))
        message = flips_message(waiting_for_signature(session), near_flips(session), found)
        session.commit()
    return private(message)


@router.get("/decisions/heads", summary="How the records ended on a day", responses={200: {"model": HeadsAnswer}})
def get_heads(visit: TheVisit, day: Day | None = None, only_of_day: bool = False) -> JSONResponse:
    """The last hash of each case's record, and one over all: to be kept where nobody of the service can change it."""
    with visit.reading() as (session, desk):
        found = heads(session, day or desk.today, desk.city.time_zone, only_of_day=only_of_day)
        return private(heads_message(found))


@router.post("/decisions/proof", summary="Prove the record", responses={200: {"model": ProofAnswer}})
def post_proof(body: ToProve, visit: TheVisit) -> JSONResponse:
    """Works out every hash anew; with heads that were sent out, a tail that was cut off shows too."""
    sent = None if body.heads is None else read_heads(body.heads)
    if body.heads is not None and sent is None:
        raise ApiError("heads: no line over all cases is in this text; send the heads as they were sent out.")
    with visit.reading() as (session, _):
        return private(proof_message(verify(session, body.case, sent)))


@router.get("/decisions/{number}", summary="One decision", responses={200: {"model": DecisionShown}})
def get_decision(number: Number, visit: TheVisit) -> JSONResponse:
    """A decision with every line of its record."""
    with visit.reading() as (session, _):
        row = decision_named(session, number)
        known = recorded(session, [row]).get(row.id)
        return private(decision_message(listed_as(session, row), lines_of(session, row), known))


@router.get("/decisions/{number}/reproduction", summary="Run it again", responses={200: {"model": ReproducedAnswer}})
def get_reproduction(number: Number, visit: TheVisit) -> JSONResponse:
    """Runs the check again over the layer versions that the decision names: the same, or exactly what differs."""
    with visit.reading() as (session, desk):
        found = reproduce(session, desk, number, as_they_were(visit.office.city))
        return private(reproduced_message(found))


@router.post("/decisions/{number}/signature", summary="Sign a flip", responses={200: {"model": Done}})
def post_signature(number: Number, body: ToSign, change: TheChange) -> JSONResponse:
    """The new answer holds, and the case goes on by it; or the older decision stays, and why."""
    return carried_out(change.do(sign, number, Signature(body.holds, body.answer, body.why)))
