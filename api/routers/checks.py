"""POST /checks: places and a day in, answers with evidence out."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, Request
from fastapi.openapi.models import Example
from fastapi.responses import JSONResponse

from api.access_log import tells_names
from api.answer_schemas import ChecksAnswer
from api.answers import Message, account_message, finding_messages, rules_of
from api.errors import TooMuch
from api.places import Placed, asked_places, to_sites
from api.requests import TheCity, TheView
from api.schemas import (
    ADDRESS_EXAMPLE,
    COLLECTION_EXAMPLE,
    MANY_EXAMPLE,
    MOST_ACCOUNTS,
    ONE_EXAMPLE,
    STRUCTURE_EXAMPLE,
    ChecksBody,
)
from api.strict_json import Router
from gis_ce.assess import applicable, chosen_checks
from gis_ce.checks.all import CHECKS
from gis_ce.errors import PlaceUnknown

router = Router(tags=["checks"])

_EXAMPLES: dict[str, Example] = {
    "one place": {"summary": "One measured place, with words and evidence", "value": ONE_EXAMPLE},
    "address": {"summary": "An address, or two streets that cross: MAIN ST & OAK ST", "value": ADDRESS_EXAMPLE},
    "structure": {"summary": "A shed, drawn on the map", "value": STRUCTURE_EXAMPLE},
    "many": {"summary": "Many places at once", "value": MANY_EXAMPLE},
    "collection": {"summary": "A GeoJSON feature collection", "value": COLLECTION_EXAMPLE},
}

CheckedBody = Annotated[ChecksBody, Body(openapi_examples=_EXAMPLES)]


@router.post(
    "/checks",
    summary="What does the map say about these places?",
    responses={200: {"model": ChecksAnswer}},
    response_class=JSONResponse,
)
def post_checks(request: Request, body: CheckedBody, city: TheCity, view: TheView) -> JSONResponse:
    """Answers every check for one place or many, in the order of the request.

    Ask for many places in one request rather than in many: they are judged together. A check that
    cannot be decided says why; it never says "clear" instead.
    """
    asked = asked_places(body)
    if body.evidence and len(asked.ids) > MOST_ACCOUNTS:
        raise TooMuch(f"Evidence for {len(asked.ids):,} places; at most {MOST_ACCOUNTS} are explained at once.")
    named = None if body.checks is None else chosen_checks(CHECKS, body.checks)
    placed = to_sites(asked, body.crs, city.grid, view.addresses, city.today())
    if len(asked.ids) == 1 and placed.problem[0] is not None:
        raise PlaceUnknown(str(placed.problem[0]))
    checks = applicable(CHECKS, placed.sites) if named is None else named
    if view.caller == "staff" and any("owner_name" in check.personal for check in checks):
        tells_names(request, "checks of owners")
    findings = view.assess(placed.sites, checks)
    columns = [finding_messages(findings[check.name], view) for check in checks]
    if body.evidence:
        for check, messages in zip(checks, columns, strict=True):
            for row, message in enumerate(messages):
                message.update(account_message(check, placed.sites, view, findings[check.name], row, city.grid))
    return JSONResponse(
        {
            "city": city.city.name,
            "pack": view.rulebook.pack,
            "layers": dict(view.query.versions),
            "rules": rules_of(findings),
            "places": _places(asked.ids, placed, columns),
        }
    )


def _places(ids: list[str | int | None], placed: Placed, columns: list[list[Message]]) -> list[Message]:
    by_place = zip(*columns, strict=True) if columns else ((),) * len(ids)
    rows = zip(ids, placed.located_by, placed.problem, by_place, strict=True)
    return [
        {"id": name, "located_by": how, "problem": problem, "findings": list(found)}
        for name, how, problem, found in rows
    ]
