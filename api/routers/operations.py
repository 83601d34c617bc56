"""/ready, /metrics and the page of the administrator: for who and what watches the service."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST

from api.answer_schemas import Ready
from api.case_answers import PRIVATE
from api.errors import NotReady
from api.metrics import Metrics
from api.office_state import findings, panels
from api.requests import TheCity, office_of
from api.service_state import store_answers
from api.strict_json import Router
from gis_ce.errors import CaseError
from maps.page.operations import Hand, operations_html

router = Router(tags=["service"])


def metrics_of(request: Request) -> Metrics:
    """The figures of this service."""
    metrics: Metrics = request.app.state.metrics
    return metrics


@router.get("/ready", summary="Can the service do its work just now?")
def get_ready(request: Request, city: TheCity) -> Ready:
    """Layers are published and the store of cases answers; else 503, and a proxy sends nobody here meanwhile."""
    if not city.view("staff").layers:
        raise NotReady("No layer has been published yet.")
    try:
        store_answers(request.app.state.office)
    except CaseError as error:
        raise NotReady("The case store cannot be worked with; the log of the service says why.") from error
    return Ready(status="ready")


@router.get("/metrics", summary="Figures for Prometheus", response_class=Response)
def get_metrics(metrics: Annotated[Metrics, Depends(metrics_of)]) -> Response:
    """Requests by route, layers and their age, the store, deadlines, flips, jobs; no names and no places."""
    return Response(metrics.text(), media_type=CONTENT_TYPE_LATEST)


@router.get("/admin/operations", include_in_schema=False)
def get_operations(request: Request, city: TheCity) -> HTMLResponse:
    """How the service stands, for administrators: what needs a hand, layers, schedule, jobs, backups, versions."""
    settings, office, now = request.app.state.settings, office_of(request), datetime.now(UTC)
    hands = [Hand(each.severity, each.what, each.next_step) for each in findings(settings, office, now)]
    at = f"{now.astimezone(ZoneInfo(city.city.time_zone)):%d %b %Y, %H:%M}"
    page = operations_html(city.city.name, at, hands, panels(settings, office, now))
    return HTMLResponse(page, headers=dict(PRIVATE))
