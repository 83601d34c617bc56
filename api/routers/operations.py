"""/ready and /metrics: for what watches the service."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST

from api.answer_schemas import Ready
from api.errors import NotReady
from api.metrics import Metrics
from api.requests import TheCity
from api.service_state import store_answers
from api.strict_json import Router
from gis_ce.errors import CaseError

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
