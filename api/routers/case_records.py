"""/cases/{no}/...: what happened, notes, letters, deadlines, parties, links and references of a case."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from fastapi.responses import JSONResponse

from api.case_answer_schemas import Done
from api.case_answers import carried_out, private
from api.case_given import party_of
from api.case_record_schemas import Deadlines, Events, Letters, Notes
from api.case_records import deadline_message, event_message, letter_message, note_message
from api.case_requests import TheChange, TheVisit
from api.case_schemas import EventQuery, LinkIn, NoteIn, PartyIn, ReferenceIn
from api.narrowing import narrowed_event
from api.routers.cases import Number
from api.strict_json import Router
from gis_ce.actions.linking import link, refer
from gis_ce.actions.notes import add_note
from gis_ce.actions.parties import add_party
from gis_ce.actions.showing import case_history, show_case

router = Router(tags=["cases"], default_response_class=JSONResponse)

_DONE: dict[int | str, dict[str, object]] = {200: {"model": Done}}


@router.get("/cases/{no}/events", summary="What happened?", responses={200: {"model": Events}})
def get_events(no: Number, asked: Annotated[EventQuery, Query()], visit: TheVisit) -> JSONResponse:
    """The history of a case, the oldest first. Nothing in it is ever changed; `next` asks for what came after."""
    with visit.reading() as (session, desk):
        rows = case_history(session, desk, no, asked.next, asked.limit)
        told = [narrowed_event(event_message(row), visit.rights) for row in rows]
    return private({"events": told, "next": rows[-1].id if rows else asked.next})


@router.get("/cases/{no}/notes", summary="The notes of a case", responses={200: {"model": Notes}})
def get_notes(no: Number, visit: TheVisit) -> JSONResponse:
    """What was written down; a note that corrects another names it."""
    with visit.reading() as (session, desk):
        shown = show_case(session, desk, no)
        return private({"notes": [note_message(row) for row in shown.notes]}, shown.case.row_version)


@router.post("/cases/{no}/notes", summary="Write a note", responses=_DONE)
def post_note(no: Number, body: NoteIn, change: TheChange) -> JSONResponse:
    """Writes a note, on an open case or a closed one; `made.note` is its id."""
    done = change.carry_out_beside(
        no, lambda session, desk: add_note(session, desk, no, body.text, corrects=body.corrects, key=change.key)
    )
    return carried_out(done)


@router.get("/cases/{no}/letters", summary="The letters of a case", responses={200: {"model": Letters}})
def get_letters(no: Number, visit: TheVisit) -> JSONResponse:
    """Letters as drafts and as they were sent."""
    with visit.reading() as (session, desk):
        shown = show_case(session, desk, no)
        return private({"letters": [letter_message(row) for row in shown.letters]}, shown.case.row_version)


@router.get("/cases/{no}/deadlines", summary="The deadlines of a case", responses={200: {"model": Deadlines}})
def get_deadlines(no: Number, visit: TheVisit) -> JSONResponse:
    """Every deadline with its arithmetic: the one that runs, and those that were met, ended or passed."""
    with visit.reading() as (session, desk):
        shown = show_case(session, desk, no)
        return private({"deadlines": [deadline_message(row) for row in shown.deadlines]}, shown.case.row_version)


@router.post("/cases/{no}/parties", summary="Note somebody", responses=_DONE)
def post_party(no: Number, body: PartyIn, change: TheChange) -> JSONResponse:
    """Notes somebody who has to do with the case: owner, contractor, firm, reporter, occupant or other."""
    party = party_of(body)
    return carried_out(change.do(add_party, no, party))


@router.post("/cases/{no}/links", summary="Link two cases", responses=_DONE)
def post_link(no: Number, body: LinkIn, change: TheChange) -> JSONResponse:
    """Says that this case is a duplicate of another, or goes with it."""
    done = change.carry_out_beside(
        no, lambda session, desk: link(session, desk, no, body.other, body.kind, key=change.key)
    )
    return carried_out(done)


@router.post("/cases/{no}/references", summary="Refer to another system", responses=_DONE)
def post_reference(no: Number, body: ReferenceIn, change: TheChange) -> JSONResponse:
    """Notes what the case is called in another system."""
    done = change.carry_out_beside(
        no, lambda session, desk: refer(session, desk, no, body.system, body.reference, body.url, key=change.key)
    )
    return carried_out(done)
