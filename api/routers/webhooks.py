"""/webhooks: other systems that are told of events, for administrators."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Path, Query, Request
from fastapi.responses import JSONResponse, Response

from api.case_answers import PRIVATE, private
from api.case_requests import Change, TheChange, TheVisit
from api.settings import Settings
from api.strict_json import Router
from api.webhook_messages import (
    DeliveriesAnswer,
    RetriedAnswer,
    WebhookIn,
    WebhookMade,
    WebhooksAnswer,
    delivery_message,
    webhook_message,
)
from gis_ce.actions.webhooks import WebhookGiven, add_webhook, deliveries, remove_webhook, retry, webhooks

router = Router(tags=["webhooks"], default_response_class=JSONResponse)

WebhookId = Annotated[str, Path(description="Id of a webhook.", max_length=80)]


@router.post("/webhooks", summary="Tell another system", status_code=201, responses={201: {"model": WebhookMade}})
def post_webhook(body: WebhookIn, change: TheChange, request: Request) -> JSONResponse:
    """Adds an address that is told of events from now on. Its `secret` stands in this answer and in no other."""
    settings: Settings = request.app.state.settings
    given = WebhookGiven(body.url, body.sees, tuple(body.events), tuple(body.types))
    with change.office.store.session() as session:
        session.connection()
        row = add_webhook(session, change.office.desk(change.actor), given, settings.webhooks_inside)
        message = webhook_message(row) | {"secret": row.secret}
        session.commit()
    return JSONResponse(message, status_code=201, headers=dict(PRIVATE))


@router.get("/webhooks", summary="Who is told?", responses={200: {"model": WebhooksAnswer}})
def get_webhooks(visit: TheVisit) -> JSONResponse:
    """All webhooks, without their secrets."""
    with visit.reading() as (session, _):
        return private({"webhooks": [webhook_message(row) for row in webhooks(session)]})


@router.delete("/webhooks/{webhook}", summary="Tell it no more", status_code=204, response_class=Response)
def delete_webhook(webhook: WebhookId, change: TheChange) -> Response:
    """Removes a webhook and its messages."""
    with change.office.store.session() as session:
        session.connection()
        remove_webhook(session, webhook)
        session.commit()
    return Response(status_code=204, headers=dict(PRIVATE))


@router.get("/webhooks/deliveries", summary="What was told?", responses={200: {"model": DeliveriesAnswer}})
def get_deliveries(
    visit: TheVisit,
    webhook: Annotated[str | None, Query(max_length=80, description="Of this webhook.")] = None,
    state: Annotated[Literal["waiting", "delivered", "given_up"] | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> JSONResponse:
    """Messages, the newest first, with what came of the last try."""
    with visit.reading() as (session, _):
        rows = deliveries(session, webhook, state, limit)
        return private({"deliveries": [delivery_message(row) for row in rows]})


@router.post("/webhooks/{webhook}/retry", summary="Send again", responses={200: {"model": RetriedAnswer}})
def post_retry(webhook: WebhookId, change: TheChange) -> JSONResponse:
    """Sends a message again, or all of a webhook that were given up; a webhook that was stopped goes on."""
    return private({"retried": _retried(change, webhook)})


def _retried(change: Change, name: str) -> int:
    with change.office.store.session() as session:
        session.connection()
        count = retry(session, change.office.desk(change.actor), name)
        session.commit()
    return count
