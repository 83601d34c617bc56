"""How the routers of cases answer: never kept by anybody on the way, and with the case's version as its ETag."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi.responses import JSONResponse

from api.case_messages import done_message
from api.case_places import Message
from gis_ce.actions.carried_out import Done

PRIVATE: Mapping[str, str] = {"Cache-Control": "private, no-store"}


def private(message: Message, row_version: int | None = None) -> JSONResponse:
    """A message that only this caller may see, with the version of the case where it is that of one."""
    return JSONResponse(message, headers={**PRIVATE, **_tag(row_version)})


def carried_out(done: Done, made: bool = False) -> JSONResponse:
    """What a change has led to; 201 with the place of the case where it was `made`."""
    headers = {**PRIVATE, **_tag(done.row_version)}
    if made:
        headers["Location"] = f"/cases/{done.number}"
    return JSONResponse(done_message(done), status_code=201 if made else 200, headers=headers)


def _tag(row_version: int | None) -> dict[str, str]:
    return {"ETag": f'"{row_version}"'} if row_version is not None else {}
