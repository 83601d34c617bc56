"""/open311/v2: what the public may report, their reports, and what became of them (GeoReport v2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import Response

from api.given_once import given_once
from api.open311.forms import ReportRoute, written
from api.open311.messages import MOST_REQUESTS, definition_row, filter_of, report_of, request_row, service_row
from api.open311.often import Counter
from api.requests import TheOffice
from api.strict_json import Router
from gis_ce.actions.desk import Actor
from gis_ce.actions.reporting import THE_PUBLIC, ReportFilter, report, reports_seen
from gis_ce.errors import ReportUnknown
from gis_ce.public_reports import Intake

ROOT = "/open311/v2"
router = Router(prefix=ROOT, route_class=ReportRoute, include_in_schema=False)


async def given_in(request: Request) -> Mapping[str, str]:
    """The parameters, from the address and from a form alike; raises ApiError."""
    return await given_once(request, files=4)


def intake_here(office: TheOffice, given: Annotated[Mapping[str, str], Depends(given_in)]) -> Intake:
    """The city's intake; raises ReportUnknown where it takes no reports or is another jurisdiction."""
    if office.intake is None:
        raise ReportUnknown("Reports are not taken here; call the utility.")
    asked, ours = given.get("jurisdiction_id", ""), office.intake.jurisdiction_id
    if asked and ours and asked != ours:
        raise ReportUnknown(f"jurisdiction_id: this is {ours}, not {asked[:80]!r}.")
    return office.intake


Given = Annotated[Mapping[str, str], Depends(given_in)]
TheIntake = Annotated[Intake, Depends(intake_here)]


@router.get("/discovery.{form}")
def get_discovery(form: str, request: Request, intake: TheIntake, office: TheOffice) -> Response:
    """Where the service is, for clients that look it up."""
    address = f"{str(request.base_url).rstrip('/')}{ROOT}"
    endpoint = {
        "specification": "http://wiki.open311.org/GeoReport_v2",
        "url": address,
        "changeset": office.city.city.name,
        "type": "production",
        "formats": [{"format": "application/json"}, {"format": "application/xml"}],
    }
    return written(
        {"changeset": office.city.city.name, "contact": intake.contact or None, "endpoints": [endpoint]},
        form,
        "discovery",
        "endpoint",
    )


@router.get("/services.{form}")
def get_services(form: str, intake: TheIntake) -> Response:
    """What can be reported."""
    return written([service_row(service) for service in intake.services.values()], form, "services", "service")


@router.get("/services/{code}.{form}")
def get_definition(code: str, form: str, intake: TheIntake) -> Response:
    """What a report of one service can say beyond what all can."""
    if code not in intake.services:
        raise ReportUnknown(f"There is no service {code[:40]!r}; these are: {', '.join(intake.services)}.")
    return written(definition_row(intake.services[code]), form, "service_definition", "attribute")


@router.post("/requests.{form}")
def post_request(form: str, request: Request, given: Given, intake: TheIntake, office: TheOffice) -> Response:
    """Takes a report: a case is opened, and its number comes back at once."""
    asked = report_of(given)
    counter: Counter = request.app.state.report_counter
    counter.count(request, intake)
    desk = office.desk(Actor(THE_PUBLIC))
    with office.store.session() as session:
        session.connection()
        done = report(session, replace(desk, now=datetime.now(UTC)), intake, asked)
        session.commit()
    row = {"service_request_id": done.number, "service_notice": intake.notice, "account_id": None}
    return written([row], form, "service_requests", "request", 201)


@router.get("/requests.{form}")
def get_requests(form: str, given: Given, intake: TheIntake, office: TheOffice) -> Response:
    """Reports and what became of them, the newest first."""
    return _listed(form, filter_of(given, datetime.now(UTC)), intake, office)


@router.get("/requests/{number}.{form}")
def get_request(number: str, form: str, intake: TheIntake, office: TheOffice) -> Response:
    """One report."""
    return _listed(form, ReportFilter(numbers=(number,)), intake, office, number)


def _listed(form: str, wanted: ReportFilter, intake: Intake, office: TheOffice, number: str = "") -> Response:
    with office.store.reading() as session:
        rows = [request_row(seen, intake) for seen in reports_seen(session, wanted, MOST_REQUESTS)]
    if number and not rows:
        raise ReportUnknown(f"There is no report {number[:80]!r}.")
    return written(rows, form, "service_requests", "request")
