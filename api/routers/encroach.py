"""POST /encroach: a structure drawn on the map in, a fact sheet on what it takes out."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import numpy as np
from fastapi import Body
from fastapi.openapi.models import Example
from fastapi.responses import JSONResponse

from api.encroach_answers import sheet_message
from api.encroach_schemas import SHED_EXAMPLE, EncroachAnswer, StructureDrawn
from api.places import asked_places, to_sites
from api.requests import TheCity, TheView
from api.schemas import OnePlace
from api.strict_json import Router

router = Router(tags=["checks"])

_SHED: dict[str, Example] = {"shed": {"summary": "A shed, drawn on the map", "value": SHED_EXAMPLE}}
DrawnBody = Annotated[StructureDrawn, Body(openapi_examples=_SHED)]


@router.post(
    "/encroach",
    summary="Does this structure stand on an easement?",
    responses={200: {"model": EncroachAnswer}},
    response_class=JSONResponse,
)
def post_encroach(body: DrawnBody, city: TheCity, view: TheView) -> JSONResponse:
    """Area and share taken, depth, clearance to the pipe and width left free, of one structure; nothing is kept.

    A recorded easement goes before a modelled one, and a modelled one carries its guard.
    """
    place = OnePlace(**body.model_dump(exclude={"obstruction", "crs"}))
    sites = to_sites(asked_places(place), body.crs, city.grid, view.addresses, city.today()).sites
    if body.obstruction is not None:
        sites = replace(sites, details={"obstruction": np.array([body.obstruction], dtype=object)})
    return JSONResponse(sheet_message(view, sites, city.grid))
