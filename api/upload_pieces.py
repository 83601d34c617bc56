"""One piece of a file as it comes over the wire: written as it arrives; once whole, the file is looked through."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from api.case_requests import Visit
from gis_ce.actions.uploads import HashWrong, examine, refuse_gone, settle, upload_of
from gis_ce.attachments import pieces
from gis_ce.attachments.pieces import Checksum, Piece
from gis_ce.errors import ChecksumWrong, UploadTooLong
from gis_ce.tables import Upload


async def take_piece(request: Request, visit: Visit, upload: Upload, offset: int, checksum: Checksum | None) -> int:
    """Writes the body of a request to an upload, and says how far it is now.

    The one place that reads a body as it comes: what has arrived when a connection breaks is kept. Raises
    UploadBusy, UploadOffsetWrong, UploadTooLong, ChecksumWrong, AttachmentNotKept.
    """
    folder = visit.office.attachments.path
    stated = request.headers.get("content-length", "")
    if stated.isdigit() and offset + int(stated) > upload.length:
        raise UploadTooLong(f"The file was said to have {upload.length:,} bytes; this piece goes beyond.")
    hold = await run_in_threadpool(pieces.take_hold, folder, upload.id)
    try:
        piece = await run_in_threadpool(pieces.next_piece, folder, upload.id, offset, upload.length, checksum)
        with piece.target:
            whole = await _read(request, piece)
            return await run_in_threadpool(piece.end, whole)
    finally:
        hold.release()


async def _read(request: Request, piece: Piece) -> bool:
    """Whether the body came to its end."""
    try:
        async for data in request.stream():
            await run_in_threadpool(piece.write, data)
    except ClientDisconnect:
        return False
    return True


def looked_through(visit: Visit, name: str) -> Upload:
    """An upload of which every byte is here, examined and settled; one that was settled before as it is.

    Raises UploadBusy, AttachmentNotKept, and what it was refused for.
    """
    folder = visit.office.attachments.path
    with pieces.held(folder, name):
        with visit.reading() as (session, desk):
            upload = upload_of(session, desk, name)
            refuse_gone(upload, desk.now)
            session.expunge(upload)
        if upload.state == "have":
            return upload
        whole = examine(desk, upload)
        with visit.office.store.session() as session:
            session.connection()
            upload = settle(session, replace(desk, now=datetime.now(UTC)), name, whole)
            session.flush()
            session.refresh(upload)
            session.expunge(upload)
            session.commit()
    pieces.forget(folder, name)
    if isinstance(whole.refused, HashWrong):
        raise ChecksumWrong(str(whole.refused))
    if whole.refused is not None:
        raise whole.refused
    return upload
