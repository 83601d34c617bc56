"""/letters and /cases/{no}/letters: begin, look at, issue and serve the letters of cases."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path
from fastapi.responses import JSONResponse, Response

from api.case_answer_schemas import Done
from api.case_answers import PRIVATE, carried_out, private
from api.case_requests import TheChange, TheVisit
from api.letter_messages import kind_message, shown_message
from api.letter_pictures import pictures_for
from api.letter_schemas import (
    CameBackIn,
    DeedIn,
    LetterIn,
    LetterKinds,
    LetterValuesIn,
    LetterWhole,
    LetterWhyIn,
    ServedIn,
)
from api.routers.cases import Number
from api.strict_json import Router
from gis_ce.actions.deeds import Deed, see_deed
from gis_ce.actions.letter_issuing import issue_letter, reissue_letter, withdraw_letter
from gis_ce.actions.letter_service import CameBack, Served, receive_letter, return_letter, serve_letter
from gis_ce.actions.letters import LetterAsked, change_letter, letter_pdf, new_letter, show_letter

router = Router(tags=["letters"], default_response_class=JSONResponse)

_DONE: dict[int | str, dict[str, object]] = {200: {"model": Done}}
LetterName = Annotated[
    str, Path(description="Number of a letter, such as LEAK-2026-00017-L1, or its id.", max_length=80)
]


@router.get("/letters/kinds", summary="Which letters are there?", responses={200: {"model": LetterKinds}})
def get_kinds(visit: TheVisit) -> JSONResponse:
    """Every kind of letter with its merge fields and where each value comes from."""
    kinds = visit.office.letters.kinds.values()
    return private({"kinds": [kind_message(kind) for kind in kinds]})


@router.post("/cases/{no}/letters", summary="Begin a letter", responses=_DONE)
def post_letter(no: Number, body: LetterIn, change: TheChange) -> JSONResponse:
    """Begins a letter; `made.letter` is its number, and `made.missing` lists what it still needs."""
    asked = LetterAsked(body.template, dict(body.values), _to(body.to))
    return carried_out(change.do(new_letter, no, asked))


@router.post("/cases/{no}/deeds", summary="Record that a deed was seen", responses=_DONE)
def post_deed(no: Number, body: DeedIn, change: TheChange) -> JSONResponse:
    """Records who saw the deed of the easement, when, and its book and page, so that letters may rest on it."""
    deed = Deed(body.seen_by, body.seen_on, body.book, body.page, body.note, body.copy_id)
    return carried_out(change.do(see_deed, no, deed))


@router.get("/letters/{letter}", summary="One letter", responses={200: {"model": LetterWhole}})
def get_letter(letter: LetterName, visit: TheVisit) -> JSONResponse:
    """A letter with its values, what is missing, how it was served, and what follows from that."""
    with visit.reading() as (session, desk):
        shown = show_letter(session, desk, letter, pictures_for(session, desk, letter))
        return private(shown_message(shown), shown.case_version)


@router.get(
    "/letters/{letter}/pdf",
    summary="The letter as a PDF",
    responses={200: {"content": {"application/pdf": {}}}},
    response_class=Response,
)
def get_pdf(letter: LetterName, visit: TheVisit) -> Response:
    """As it was issued; a draft as it would be, marked as one."""
    with visit.reading() as (session, desk):
        content = letter_pdf(session, desk, letter, pictures_for(session, desk, letter))
    return Response(content, media_type="application/pdf", headers=PRIVATE)


@router.post("/letters/{letter}/values", summary="Fill in a draft", responses=_DONE)
def post_values(letter: LetterName, body: LetterValuesIn, change: TheChange) -> JSONResponse:
    """Gives further values; `made.missing` lists what is still needed."""
    return carried_out(change.do(change_letter, letter, LetterAsked(None, dict(body.values), _to(body.to))))


@router.post("/letters/{letter}/issue", summary="Issue a letter", responses=_DONE)
def post_issue(letter: LetterName, change: TheChange) -> JSONResponse:
    """Sets the letter for good: its PDF is kept under its hash and never set again."""
    with change.reading() as (session, desk):
        pictures = pictures_for(session, desk, letter)
    return carried_out(change.do(issue_letter, letter, pictures))


@router.post("/letters/{letter}/served", summary="A letter was served", responses=_DONE)
def post_served(letter: LetterName, body: ServedIn, change: TheChange) -> JSONResponse:
    """Notes how and when; `made.clock` has the days that follow, with their arithmetic and sources."""
    served = Served(body.method, body.on, body.at, body.by, body.tracking, body.note, body.proof)
    return carried_out(change.do(serve_letter, letter, served))


@router.post("/letters/{letter}/received", summary="A mailed letter was received", responses=_DONE)
def post_received(letter: LetterName, body: CameBackIn, change: TheChange) -> JSONResponse:
    """Notes the day on the signed receipt."""
    return carried_out(change.do(receive_letter, letter, _back(body)))


@router.post("/letters/{letter}/returned", summary="A mailed letter came back", responses=_DONE)
def post_returned(letter: LetterName, body: CameBackIn, change: TheChange) -> JSONResponse:
    """Notes the day on which it came back."""
    return carried_out(change.do(return_letter, letter, _back(body)))


@router.post("/letters/{letter}/reissue", summary="Issue a letter again", responses=_DONE)
def post_reissue(letter: LetterName, body: LetterWhyIn, change: TheChange) -> JSONResponse:
    """Begins the same letter anew; once that is issued, nothing runs from this one."""
    return carried_out(change.do(reissue_letter, letter, body.why))


@router.post("/letters/{letter}/withdraw", summary="Withdraw a letter", responses=_DONE)
def post_withdraw(letter: LetterName, body: LetterWhyIn, change: TheChange) -> JSONResponse:
    """Takes a letter back; what was issued stays on record."""
    return carried_out(change.do(withdraw_letter, letter, body.why))


def _to(to: str | list[str] | None) -> str | tuple[str, ...] | None:
    return tuple(to) if isinstance(to, list) else to


def _back(body: CameBackIn) -> CameBack:
    return CameBack(body.on, body.service, body.note, body.proof)
