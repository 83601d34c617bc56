"""/keys: API keys of field apps and other machines, for administrators."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Path, Request
from fastapi.responses import JSONResponse

from api.case_answers import private
from api.case_requests import TheVisit
from api.key_messages import KeyAnswer, KeysAnswer, KeyToMake, MadeKey, key_message, new_key
from api.same_site import refuse_other_sites
from api.strict_json import Router
from gis_ce.api_keys import all_keys, make_key, revoke_key

router = Router(tags=["access"], default_response_class=JSONResponse)

KeyName = Annotated[str, Path(description="Name of a key.", max_length=80)]


@router.get("/keys", summary="Which keys are there?", responses={200: {"model": KeysAnswer}})
def get_keys(visit: TheVisit) -> JSONResponse:
    """All keys that were ever made, without what opens: whose role they have, what they are for, when last used."""
    with visit.reading() as (session, _):
        return private({"keys": [key_message(row) for row in all_keys(session)]})


@router.post("/keys", summary="Make a key", status_code=201, responses={201: {"model": MadeKey}})
def post_key(request: Request, body: KeyToMake, visit: TheVisit) -> JSONResponse:
    """Makes a key; `key` is told this once, and is nowhere afterwards."""
    refuse_other_sites(request.headers)
    with visit.office.store.session() as session:
        now = datetime.now(UTC)
        made = make_key(session, new_key(body, now), visit.actor.name, now)
        session.commit()
    answer = private({"name": body.name, "key": made})
    answer.status_code = 201
    return answer


@router.post("/keys/{key}/revoke", summary="Revoke a key", responses={200: {"model": KeyAnswer}})
def post_revocation(request: Request, key: KeyName, visit: TheVisit) -> JSONResponse:
    """From this moment on the key opens nothing; what was done with it stays."""
    refuse_other_sites(request.headers)
    with visit.office.store.session() as session:
        row = revoke_key(session, key, visit.actor.name, datetime.now(UTC))
        session.commit()
        return private(key_message(row))
