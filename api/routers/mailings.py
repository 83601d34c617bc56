"""/mailings: lists of who gets a letter after an overflow, for staff alone; long ones come as a stream."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import Path, Query
from fastapi.responses import JSONResponse, Response, StreamingResponse
from sqlalchemy.orm import Session

from api.case_answers import PRIVATE, private
from api.case_places import Message
from api.case_requests import TheChange, TheVisit, Visit
from api.mailing_files import ENDINGS, Ending, labels_pdf, letters_pdf, list_csv, list_xlsx, map_svg
from api.mailing_letters import letter_version
from api.mailing_messages import mailing_line, mailing_message, row_message
from api.mailing_schemas import AddedRow, Mailed, NewMailing, Returned, RowDecision
from api.streaming import line_pieces
from api.strict_json import Router
from gis_ce.actions.carried_out import Done
from gis_ce.actions.mailing_making import new_mailing
from gis_ce.actions.mailings import Added, add_row, decide_row, freeze, mark_mailed, note_return, review
from gis_ce.mailing.kept import mailing_named, mailings_page, rows_of

router = Router(tags=["mailings"])

MailingName = Annotated[str, Path(description="Number of a mailing, such as ML-2026-00001, or its id.", max_length=80)]
RowName = Annotated[str, Path(description="Position or id of a row.", max_length=80)]
_LINES = "application/x-ndjson"
_STREAM: dict[int | str, dict[str, Any]] = {200: {"content": {_LINES: {}}, "description": "One row a line."}}
_PDF: dict[int | str, dict[str, Any]] = {200: {"content": {"application/pdf": {}}}}
_SVG: dict[int | str, dict[str, Any]] = {200: {"content": {"image/svg+xml": {}}}}
_FILE: dict[int | str, dict[str, Any]] = {200: {"content": {kind.partition(";")[0]: {} for kind in ENDINGS.values()}}}


@router.get("/mailings", summary="Which mailings are there?", response_class=JSONResponse)
def get_mailings(
    visit: TheVisit,
    state: Annotated[str | None, Query(max_length=20, description="draft, reviewed, frozen or mailed.")] = None,
    case: Annotated[str | None, Query(max_length=80, description="Number of a case.")] = None,
    after: Annotated[str | None, Query(max_length=80, description="`next` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> JSONResponse:
    """One page of mailings, newest first."""
    with visit.reading() as (session, _):
        found, more = mailings_page(session, state=state, case=case, after=after, limit=limit)
        return private({"mailings": [mailing_line(mailing, number) for mailing, number in found], "next": more})


@router.post("/mailings", summary="Make a mailing", status_code=201, response_class=JSONResponse)
def post_mailing(body: NewMailing, change: TheChange) -> JSONResponse:
    """Makes a draft for an overflow: its line is traced, everybody on it listed with why."""
    done = change.carry_out(lambda session, desk: new_mailing(session, desk, body.case, key=change.key))
    answer = _shown(change, done)
    return JSONResponse(answer, 201, {**PRIVATE, "Location": f"/mailings/{answer['number']}"})


@router.get("/mailings/{mailing}", summary="One mailing", response_class=JSONResponse)
def get_mailing(mailing: MailingName, visit: TheVisit) -> JSONResponse:
    """One mailing without its rows: how far the line was followed, what was doubtful, who did what, and counts."""
    with visit.reading() as (session, desk):
        return private(mailing_message(session, desk, mailing_named(session, mailing)))


@router.get(
    "/mailings/{mailing}/rows", summary="The rows of a mailing", responses=_STREAM, response_class=StreamingResponse
)
def get_rows(
    mailing: MailingName,
    visit: TheVisit,
    status: Annotated[list[str], Query(description="kept, struck, suppressed, left_out; all without it.")] = [],  # noqa: B006
) -> StreamingResponse:
    """Every row with why it is there, as a stream of JSON lines: it begins at once, however long the list is."""
    with visit.reading() as (session, _):
        name = mailing_named(session, mailing).id
    return StreamingResponse(_lines(visit, name, tuple(status)), media_type=_LINES, headers=dict(PRIVATE))


def _lines(visit: Visit, mailing: str, status: tuple[str, ...]) -> Iterator[bytes]:
    with visit.reading() as (session, _):
        yield from line_pieces(_told(session, mailing, status))


def _told(session: Session, mailing: str, status: tuple[str, ...]) -> Iterator[Message]:
    for row in rows_of(session, mailing_named(session, mailing), status):
        yield row_message(row)
        session.expunge(row)


@router.post("/mailings/{mailing}/rows", summary="Put somebody on a list", status_code=201, response_class=JSONResponse)
def post_row(mailing: MailingName, body: AddedRow, change: TheChange) -> JSONResponse:
    """Puts somebody on a list that is not frozen, with the reason."""
    added = Added(body.name, body.address, body.city, body.state, body.zip_code)
    done = change.carry_out(lambda session, desk: add_row(session, desk, mailing, added, body.why, key=change.key))
    return JSONResponse(_shown(change, done), 201, dict(PRIVATE))


@router.post("/mailings/{mailing}/rows/{row}", summary="Strike or keep a row", response_class=JSONResponse)
def post_decision(mailing: MailingName, row: RowName, body: RowDecision, change: TheChange) -> JSONResponse:
    """Strikes a row, or keeps one that was struck or suppressed, with the reason."""
    decision: Any = body.decision
    done = change.carry_out(
        lambda session, desk: decide_row(session, desk, mailing, row, decision, body.why, key=change.key)
    )
    return private(_shown(change, done))


@router.post("/mailings/{mailing}/review", summary="Say that a list was looked through", response_class=JSONResponse)
def post_review(mailing: MailingName, change: TheChange) -> JSONResponse:
    """From now on the list can be frozen."""
    done = change.carry_out(lambda session, desk: review(session, desk, mailing, key=change.key))
    return private(_shown(change, done))


@router.post("/mailings/{mailing}/freeze", summary="Freeze a list", response_class=JSONResponse)
def post_freeze(mailing: MailingName, change: TheChange) -> JSONResponse:
    """Hashes a list that was looked through; nothing in it ever changes again."""
    done = change.carry_out(lambda session, desk: freeze(session, desk, mailing, letter_version(desk), key=change.key))
    return private(_shown(change, done))


@router.post("/mailings/{mailing}/mailed", summary="Note the day of mailing", response_class=JSONResponse)
def post_mailed(mailing: MailingName, body: Mailed, change: TheChange) -> JSONResponse:
    """Notes the day on which a frozen list was mailed, in its case and the SSO log too."""
    done = change.carry_out(lambda session, desk: mark_mailed(session, desk, mailing, body.mailed_on, key=change.key))
    return private(_shown(change, done))


@router.post("/mailings/{mailing}/returned", summary="Note returned mail", response_class=JSONResponse)
def post_returned(mailing: MailingName, body: Returned, change: TheChange) -> JSONResponse:
    """Notes that the letter of a row came back."""
    done = change.carry_out(
        lambda session, desk: note_return(session, desk, mailing, body.row, body.why, key=change.key)
    )
    return private(_shown(change, done))


@router.get("/mailings/{mailing}/letters.pdf", summary="The letters", responses=_PDF, response_class=Response)
def get_letters(mailing: MailingName, visit: TheVisit) -> Response:
    """All letters in mail-sort order; marked as drafts until the list is frozen."""
    with visit.reading() as (session, desk):
        return _file(
            letters_pdf(session, desk, mailing_named(session, mailing)), "application/pdf", f"{mailing}-letters.pdf"
        )


@router.get("/mailings/{mailing}/labels.pdf", summary="The labels", responses=_PDF, response_class=Response)
def get_labels(
    mailing: MailingName,
    visit: TheVisit,
    first: Annotated[int, Query(ge=1, le=30, description="First free label of the first sheet.")] = 1,
) -> Response:
    """Avery 5160 labels in mail-sort order, thirty a sheet; `X-Not-On-Labels` has the rows that fit on none."""
    with visit.reading() as (session, desk):
        sheets = labels_pdf(session, desk, mailing_named(session, mailing), first)
    answer = _file(sheets.pdf, "application/pdf", f"{mailing}-labels.pdf")
    answer.headers["X-Not-On-Labels"] = ", ".join(map(str, sheets.too_long))
    return answer


@router.get("/mailings/{mailing}/map.svg", summary="The map", responses=_SVG, response_class=Response)
def get_map(mailing: MailingName, visit: TheVisit) -> Response:
    """The mailed parcels and the line."""
    with visit.reading() as (session, desk):
        return _file(map_svg(session, desk, mailing_named(session, mailing)), "image/svg+xml", f"{mailing}-map.svg")


@router.get("/mailings/{mailing}/list.{ending}", summary="The list as a file", responses=_FILE, response_class=Response)
def get_list(
    mailing: MailingName,
    ending: Ending,
    visit: TheVisit,
    whole: Annotated[bool, Query(description="Every row with why, instead of the letters for a mail house.")] = False,
) -> Response:
    """The letters for a mail house, or the whole list with every reason; CSV comes as a stream."""
    with visit.reading() as (session, desk):
        held = mailing_named(session, mailing)
        if ending == "xlsx":
            return _file(list_xlsx(session, desk, held, whole), ENDINGS[ending], f"{mailing}.xlsx")
        name = held.id
    return StreamingResponse(_csv(visit, name, whole), headers=_named(f"{mailing}.csv"), media_type=ENDINGS[ending])


def _csv(visit: Visit, mailing: str, whole: bool) -> Iterator[bytes]:
    with visit.reading() as (session, _):
        yield from list_csv(session, mailing_named(session, mailing), whole)


def _file(content: bytes, kind: str, name: str) -> Response:
    return Response(content, media_type=kind, headers=_named(name))


def _named(name: str) -> dict[str, str]:
    return {**PRIVATE, "Content-Disposition": f'attachment; filename="{name}"'}


def _shown(visit: Visit, done: Done) -> Message:
    """The mailing as it is now."""
    with visit.reading() as (session, desk):
        message = mailing_message(session, desk, mailing_named(session, done.made["mailing"]))
    return message | {"repeated": done.repeated}
