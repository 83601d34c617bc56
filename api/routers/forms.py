"""/forms: blank forms for the public."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Request
from fastapi.responses import Response

from api.requests import office_of
from api.strict_json import Router
from gis_ce.public_forms import form_pdf

router = Router(tags=["forms"])

FormName = Annotated[str, Path(description="encroachment_application or information_request_form.", max_length=80)]


@router.get(
    "/forms/{form}",
    summary="A blank form",
    responses={200: {"content": {"application/pdf": {}}}},
    response_class=Response,
)
def get_form(form: FormName, request: Request) -> Response:
    """A form for the public to fill in, with the city's letterhead; it holds nothing of any case."""
    office = office_of(request)
    time = office.processes.time
    content = form_pdf(office.letters, form, office.city.today(), time.zone)
    return Response(content, media_type="application/pdf")
