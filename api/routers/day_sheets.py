"""/day-sheets/{officer}.html: the open cases of an officer in the order of a short way."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path
from fastapi.responses import Response

from api.case_answers import PRIVATE
from api.case_requests import TheVisit
from api.strict_json import Router
from gis_ce.actions.day_sheet import day_sheet
from maps.day_sheet_page import day_sheet_page

router = Router(tags=["cases"])


@router.get(
    "/day-sheets/{officer}.html",
    summary="The day sheet of an officer",
    responses={200: {"content": {"text/html": {}}}},
    response_class=Response,
)
def get_day_sheet(
    officer: Annotated[str, Path(description="Name of the officer.", min_length=1, max_length=100)], visit: TheVisit
) -> Response:
    """A table to print beside a map, in one file that opens without a network; at most 200 cases, the most urgent."""
    with visit.reading() as (session, desk):
        page = day_sheet_page(day_sheet(session, desk, officer, visit.types(session, desk)), desk.grid)
    headers = {**PRIVATE, "Content-Security-Policy": "sandbox allow-scripts allow-modals"}
    return Response(page, media_type="text/html", headers=headers)
