"""/access-log: whose names somebody read, for administrators."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from fastapi.responses import JSONResponse

from api.access_log_messages import Accesses, access_message, since
from api.case_answers import private
from api.case_requests import TheVisit
from api.days_given import Day
from api.strict_json import Router
from gis_ce.persons_seen import MOST, AccessFilter, accesses

router = Router(tags=["access"], default_response_class=JSONResponse)

Word = Annotated[str | None, Query(max_length=100)]


@router.get("/access-log", summary="Who read names of persons?", responses={200: {"model": Accesses}})
def get_accesses(
    visit: TheVisit,
    by: Word = None,
    case: Word = None,
    parcel: Word = None,
    since_day: Annotated[Day | None, Query(alias="since", description="From this day on.")] = None,
    before: Annotated[int | None, Query(ge=1, le=2**62, description="`next` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 100,
) -> JSONResponse:
    """Answers with names of owners, customers or complainants, the newest first: who had them, when, by which route."""
    with visit.reading() as (session, desk):
        wanted = AccessFilter(by, case, parcel, since(since_day, desk.city.time_zone), before)
        rows = accesses(session, wanted, limit)
        told = [access_message(row) for row in rows]
    return private({"accesses": told, "next": rows[-1].id if len(rows) == limit else None})
