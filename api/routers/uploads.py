"""/uploads: files that arrive in pieces and can be gone on with after a break (tus 1.0.0)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Header, Path, Request
from fastapi.responses import JSONResponse, Response
from starlette.concurrency import run_in_threadpool

from api.answer_schemas import Problem
from api.case_answers import private
from api.case_requests import TheChange, TheVisit, Visit
from api.strict_json import Router
from api.upload_headers import ABLE, PIECE, SPOKEN, checksum_of, expires, given_of, offset_of, refuse_other_version
from api.upload_pieces import looked_through, take_piece
from api.upload_schemas import HaveAnswer, UploadAnswer
from gis_ce.actions.uploads import arrived, begin_upload, end_upload, has_content, refuse_gone, upload_of
from gis_ce.attachments import pieces
from gis_ce.tables import Upload

router = Router(tags=["sync"])

UploadId = Annotated[str, Path(description="Id of an upload of one's own.", max_length=80)]
_Length = Annotated[str | None, Header(alias="Upload-Length", description="Bytes of the whole file.")]
_Metadata = Annotated[
    str | None,
    Header(alias="Upload-Metadata", description="`filename`, and better `sha256` and `id` too, each in base64."),
]
_PIECE: dict[str, Any] = {
    "requestBody": {"required": True, "content": {PIECE: {"schema": {"type": "string", "format": "binary"}}}}
}
_REFUSED = {415: "Not sent as a piece of a file", 423: "Another piece is on its way", 460: "Not what its checksum says"}
_NOTHING: dict[int | str, dict[str, Any]] = {204: {"description": "Done; the headers say how far the file is"}}


@router.options("/uploads", summary="What is spoken here", status_code=204)
def options_uploads(visit: TheVisit) -> Response:
    """The version of tus, its extensions, the checksums and the largest file."""
    return Response(status_code=204, headers={**SPOKEN, **ABLE})


@router.post("/uploads", summary="Begin a file", status_code=201, response_class=Response)
def post_upload(request: Request, change: TheChange, length: _Length = None, metadata: _Metadata = None) -> Response:
    """Begins a file that arrives in pieces; `Location` is where they go. With an `id` of the device, only once."""
    refuse_other_version(request.headers)
    given = given_of(request.headers)
    with change.office.store.session() as session:
        session.connection()
        upload = begin_upload(session, change.office.desk(change.actor), given)
        session.commit()
        headers = {"Location": f"/uploads/{upload.id}", **expires(upload.expires_at)}
    return Response(status_code=201, headers={**SPOKEN, **headers})


@router.head("/uploads/{upload}", include_in_schema=False)
def head_upload(upload: UploadId, request: Request, visit: TheVisit) -> Response:
    """`Upload-Offset` is where the next piece begins; `Upload-Sha256` tells that the whole file is had."""
    refuse_other_version(request.headers)
    row = _here(visit, upload)
    return Response(status_code=200, headers={**_told(visit, row), "Upload-Length": str(row.length)})


@router.get(
    "/uploads/{upload}",
    summary="What became of a file?",
    responses={200: {"model": UploadAnswer}},
    response_class=JSONResponse,
)
def get_upload(upload: UploadId, visit: TheVisit) -> JSONResponse:
    """`have` and the hash of what is kept, or why it was refused; a device keeps its file until it reads `have`."""
    with visit.reading() as (session, desk):
        row = upload_of(session, desk, upload)
        message = {
            "id": row.id,
            "name": row.name,
            "state": row.state,
            "length": row.length,
            "offset": arrived(row, desk.folder()),
            "sha256": row.sha256 if row.state == "have" else None,
            "said": row.said,
            "expires_at": row.expires_at.isoformat() if row.state == "arriving" else None,
        }
    return private(message)


@router.patch(
    "/uploads/{upload}",
    summary="Send a piece",
    status_code=204,
    responses=_NOTHING | {status: {"description": said, "model": Problem} for status, said in _REFUSED.items()},
    openapi_extra=_PIECE,
    response_class=Response,
)
async def patch_upload(upload: UploadId, request: Request, change: TheChange) -> Response:
    """Adds a piece, at the offset where the file ends. The last one answers with `Upload-Sha256`, once the file is had.

    With `Upload-Checksum` a piece is kept whole or not at all; without it, what came before a break stays.
    """
    offset = offset_of(request.headers)
    refuse_other_version(request.headers)
    checksum = checksum_of(request.headers)
    row = await run_in_threadpool(_own, change, upload)
    if row.state != "have":
        come = await take_piece(request, change, row, offset, checksum)
        if come == row.length:
            row = await run_in_threadpool(looked_through, change, upload)
    return Response(status_code=204, headers=await run_in_threadpool(_told, change, row))


@router.delete(
    "/uploads/{upload}", summary="Give a file up", status_code=204, responses=_NOTHING, response_class=Response
)
def delete_upload(upload: UploadId, request: Request, change: TheChange) -> Response:
    """Forgets an upload and its pieces; what is had already stays."""
    refuse_other_version(request.headers)
    folder = change.office.attachments.path
    with change.office.store.session() as session:
        session.connection()
        row = end_upload(session, change.office.desk(change.actor), upload)
        with pieces.held(folder, row.id):
            session.commit()
    pieces.forget(folder, upload)
    return Response(status_code=204, headers=dict(SPOKEN))


@router.get(
    "/uploads/have/{sha256}",
    summary="Is a file had?",
    responses={200: {"model": HaveAnswer}},
    response_class=JSONResponse,
)
def get_have(
    sha256: Annotated[str, Path(pattern="^[0-9a-f]{64}$", description="The hash of the whole file.")], visit: TheVisit
) -> JSONResponse:
    """Whether the content lies here whole (every byte is read again), and the cases that it is attached to."""
    with visit.reading() as (session, desk):
        have, cases = has_content(session, desk, sha256)
    return private({"sha256": sha256, "have": have, "cases": cases})


def _own(visit: Visit, name: str) -> Upload:
    """The caller's upload; raises UploadUnknown, UploadGone."""
    with visit.reading() as (session, desk):
        row = upload_of(session, desk, name)
        refuse_gone(row, datetime.now(UTC))
        session.expunge(row)
    return row


def _here(visit: Visit, name: str) -> Upload:
    """The same, and looked through where a crash came between its last byte and that."""
    row = _own(visit, name)
    whole = row.state == "arriving" and pieces.arrived(visit.office.attachments.path, row.id) == row.length
    return looked_through(visit, name) if whole else row


def _told(visit: Visit, row: Upload) -> dict[str, str]:
    headers = {**SPOKEN, "Upload-Offset": str(arrived(row, visit.office.attachments))}
    if row.state == "have" and row.sha256 is not None:
        return {**headers, "Upload-Sha256": row.sha256}
    return {**headers, **expires(row.expires_at)}
