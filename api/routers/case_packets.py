"""/cases/{no}/packet: the hearing packet of a case as one file."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

from fastapi import Query
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from api.case_answers import PRIVATE
from api.case_packets import packet_of, write_zip
from api.case_requests import TheVisit
from api.decision_layers import as_they_were
from api.routers.cases import Number
from api.strict_json import Router

router = Router(tags=["cases"])


@router.get(
    "/cases/{no}/packet",
    summary="The hearing packet of a case",
    responses={200: {"content": {"application/zip": {}}}},
    response_class=FileResponse,
)
def get_packet(
    no: Number,
    visit: TheVisit,
    exhibits: Annotated[bool, Query(description="With a page at scale for each decision.")] = False,
) -> FileResponse:
    """One zip with the packet as a PDF, the originals and a manifest of hashes; for those who work on such cases."""
    with visit.reading() as (session, desk):
        made = packet_of(session, desk, no, as_they_were(visit.office.city) if exhibits else None)
    with tempfile.NamedTemporaryFile(prefix="packet-", suffix=".zip", delete=False) as file:
        path = Path(file.name)
    write_zip(made, path)
    headers = {**PRIVATE, "Content-Encoding": "identity"}
    name = f"{made.number}-packet.zip"
    gone = BackgroundTask(path.unlink)
    return FileResponse(path, media_type="application/zip", filename=name, headers=headers, background=gone)
