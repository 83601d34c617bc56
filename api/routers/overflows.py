"""/overflows: what is to be reported of an overflow and by when, and how traceable it is; for staff alone."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import Path, Query
from fastapi.responses import JSONResponse

from api.case_answers import private
from api.case_requests import TheVisit
from api.days_given import Moment
from api.mailing_messages import reporting_message
from api.strict_json import Router
from gis_ce.actions.mailing_overflows import reporting_of, traceable

router = Router(tags=["mailings"])

CaseName = Annotated[str, Path(description="Number or id of a case of an overflow.", max_length=80)]


@router.get("/overflows/{case}/reporting", summary="What must be reported?", response_class=JSONResponse)
def get_reporting(
    case: CaseName,
    visit: TheVisit,
    gallons: Annotated[float | None, Query(ge=0, description="Gallons spilled; else as the case has noted.")] = None,
    surface_gallons: Annotated[float | None, Query(ge=0, description="Gallons that reached surface water.")] = None,
    known_at: Annotated[Moment | None, Query(description="First knowledge, with its zone.")] = None,
) -> JSONResponse:
    """The duties of the law in force on the day of the overflow, each due, not due or undecided, with its clock."""
    with visit.reading() as (session, desk):
        return private(reporting_message(reporting_of(session, desk, case, gallons, surface_gallons, known_at), desk))


@router.get("/overflows/{case}/traceable", summary="How traceable is it?", response_class=JSONResponse)
def get_traceable(case: CaseName, visit: TheVisit) -> JSONResponse:
    """Connections, accounts that serve food, the nearest lateral, earlier overflows; where to look first, and why."""
    with visit.reading() as (session, desk):
        found = traceable(session, desk, case)
        return private(asdict(found) | {"sentence": found.sentence})
