"""/cases/{no}/attachments: send files of a case, list them, fetch them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Form, Path, Query, UploadFile
from fastapi.responses import FileResponse, JSONResponse

from api.access import works_on
from api.case_answer_schemas import Done
from api.case_answers import PRIVATE, carried_out, private
from api.case_record_schemas import Attachments
from api.case_records import attachment_message
from api.case_requests import TheChange, TheVisit, Visit
from api.errors import NotThere
from api.routers.cases import Number
from api.strict_json import Router
from gis_ce.actions.at_hand import look_at, refuse_stranger
from gis_ce.actions.attaching import attach, take_file
from gis_ce.actions.showing import show_case
from gis_ce.attachments.folder import content_path
from gis_ce.attachments.stripping import stripped_media_type
from gis_ce.errors import AttachmentMissing, NotYourLane
from gis_ce.tables import Attachment

router = Router(tags=["cases"])

AttachmentId = Annotated[str, Path(description="Id of an attachment.", max_length=80)]
_SAFE = {"Content-Security-Policy": "default-src 'none'; sandbox", "Content-Encoding": "identity"}
"""What somebody sent runs nothing where it is opened; and what is packed already is not packed again."""


@router.post(
    "/cases/{no}/attachments", summary="Attach a file", responses={200: {"model": Done}}, response_class=JSONResponse
)
def post_attachment(
    no: Number,
    file: UploadFile,
    change: TheChange,
    field: Annotated[
        str | None, Form(max_length=80, description="The field of the present step that asks for it.")
    ] = None,
) -> JSONResponse:
    """Attaches a photo, a document or a table; what is taken is told by its content, not by its name alone.

    `made.photo` tells how far from the case's place a photo was taken. The same file is kept once.
    """
    with change.reading() as (session, desk):
        refuse_stranger(look_at(session, desk, no).process, change.actor)
    kept = take_file(desk, file.file, file.filename or "")
    done = change.carry_out(
        lambda session, desk: attach(session, desk, no, kept, field or None, seen=change.seen, key=change.key)
    )
    return carried_out(done)


@router.get(
    "/cases/{no}/attachments",
    summary="The files of a case",
    responses={200: {"model": Attachments}},
    response_class=JSONResponse,
)
def get_attachments(no: Number, visit: TheVisit) -> JSONResponse:
    """The files of a case; where a photo was taken is told only to those who work on such cases."""
    with visit.reading() as (session, desk):
        shown = show_case(session, desk, no)
        whole = works_on(shown.process, visit.actor.lanes)
        message = {"attachments": [attachment_message(row, whole) for row in shown.attachments]}
        return private(message, shown.case.row_version)


@router.get(
    "/cases/{no}/attachments/{attachment}",
    summary="Fetch a file",
    responses={200: {"content": {"application/octet-stream": {}}}},
    response_class=FileResponse,
)
def get_attachment(
    no: Number,
    attachment: AttachmentId,
    visit: TheVisit,
    stripped: Annotated[bool, Query(description="The copy of a picture without what its camera noted.")] = False,
) -> FileResponse:
    """The file as it was sent, to those who work on such cases; to other staff a picture's stripped copy."""
    with visit.reading() as (session, desk):
        shown = show_case(session, desk, no)
        row = next((row for row in shown.attachments if row.id == attachment), None)
        if row is None:
            raise NotThere(f"{shown.case.number} has no attachment {attachment[:80]!r}.")
        whole = works_on(shown.process, visit.actor.lanes) and not stripped
        return _file(visit, shown.case.number, row, whole)


def _file(visit: Visit, number: str, row: Attachment, whole: bool) -> FileResponse:
    """The content of an attachment, or its stripped copy; raises NotYourLane where there is no such copy."""
    sha256 = row.sha256 if whole else row.stripped_sha256
    if sha256 is None:
        raise NotYourLane(f"{row.name} is kept for those who work on {number}; there is no copy of it for others.")
    path = content_path(visit.office.attachments.path, sha256)
    if not path.is_file():
        raise AttachmentMissing(f"The content {sha256} of {row.name} is not in the folder of attachments.")
    kind = row.media_type if whole else stripped_media_type(row.media_type)
    name = row.name if kind == row.media_type else f"{row.name.rpartition('.')[0]}.jpg"
    return FileResponse(path, media_type=kind, filename=name, headers={**PRIVATE, **_SAFE})
