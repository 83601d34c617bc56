"""/digest: what an officer or the manager reads of a day or a week."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from fastapi.responses import Response

from api.case_answers import PRIVATE
from api.case_requests import TheVisit
from api.case_schemas import Name
from api.days_given import Day
from api.strict_json import Router
from gis_ce.actions.digesting import Period, digest
from gis_ce.digests import DigestForm, written

router = Router(tags=["deadlines"])

_KINDS: dict[DigestForm, str] = {"text": "text/plain", "html": "text/html", "csv": "text/csv"}


@router.get(
    "/digest",
    summary="The digest of a day or a week",
    response_class=Response,
    responses={200: {"content": {kind: {} for kind in _KINDS.values()}}},
)
def get_digest(
    visit: TheVisit,
    officer: Annotated[Name | None, Query(description="Of this officer; without one, the manager's.")] = None,
    period: Period = "daily",
    on: Annotated[Day | None, Query(description="The day, or the last of the seven; today without it.")] = None,
    form: DigestForm = "text",
) -> Response:
    """What is overdue and due soon, the most urgent cases, what was opened and closed, updates, and what is unpaid."""
    with visit.reading() as (session, desk):
        words = written(digest(session, desk, period, officer, on), form)
    return Response(words, media_type=f"{_KINDS[form]}; charset=utf-8", headers=dict(PRIVATE))
