"""/cases/{no}/exhibit.pdf, .png and evidence.html: the evidence of a case on a page for a hearing, and in one file."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Path, Query
from fastapi.responses import Response

from api.case_answers import PRIVATE
from api.case_evidence import evidence_of_case
from api.case_exhibits import exhibit_of
from api.case_requests import TheVisit
from api.decision_layers import as_they_were
from api.routers.cases import Number
from api.strict_json import Router
from gis_ce.actions.showing import show_case
from maps.folium_pages import case_page

router = Router(tags=["cases"])

CheckName = Annotated[
    str | None,
    Query(max_length=60, description="Name of a check, such as `tolerance_zone`; without it, the newest answer."),
]
Ending = Annotated[Literal["pdf", "png"], Path(description="`pdf` to print and to keep, `png` to look at.")]
_MEDIA = {"pdf": "application/pdf", "png": "image/png"}


@router.get(
    "/cases/{no}/exhibit.{ending}",
    summary="The exhibit of a case",
    responses={200: {"content": {media: {} for media in _MEDIA.values()}}},
    response_class=Response,
)
def get_exhibit(no: Number, ending: Ending, visit: TheVisit, check: CheckName = None) -> Response:
    """One page on letter paper: the evidence of one answer on a map at an engineer's scale, the rule and the layers.

    The PDF is georeferenced, and the same bytes while the decision and the layers are the same.
    """
    with visit.reading() as (session, desk):
        made = exhibit_of(session, desk, as_they_were(visit.office.city), no, visit.rights, check)
    name = f"{made.facts.number}-exhibit.{ending}"
    content = made.pdf() if ending == "pdf" else made.png()
    headers = {**PRIVATE, "Content-Disposition": f'inline; filename="{name}"'}
    return Response(content, media_type=_MEDIA[ending], headers=headers)


@router.get(
    "/cases/{no}/evidence.html",
    summary="What the map said of a case, in one file",
    responses={200: {"content": {"text/html": {}}}},
    response_class=Response,
)
def get_evidence(no: Number, visit: TheVisit) -> Response:
    """A page for e-mail and hearing packets that opens without a network: every answer beside a map of its evidence."""
    with visit.reading() as (session, desk):
        case = evidence_of_case(session, desk, no, visit.rights)
        number = show_case(session, desk, no).case.number
    headers = {
        **PRIVATE,
        "Content-Disposition": f'attachment; filename="{number}-evidence.html"',
        "Content-Security-Policy": "sandbox allow-scripts",
    }
    return Response(case_page(case), media_type="text/html", headers=headers)
