"""/registers: the lists that fill themselves from the cases."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query
from fastapi.responses import JSONResponse

from api.case_answers import private
from api.case_filters import page_after
from api.case_requests import TheVisit
from api.case_schemas import EntryQuery
from api.process_answer_schemas import RegisterAnswer, RegisterList
from api.register_messages import entries_message, entry_filter, filling_of, register_line
from api.strict_json import Router
from gis_ce.registers import register_page

router = Router(tags=["registers"])

RegisterName = Annotated[str, Path(description="A register, such as encroachment_log.", max_length=80)]


@router.get(
    "/registers",
    summary="Which registers are there?",
    responses={200: {"model": RegisterList}},
    response_class=JSONResponse,
)
def get_registers(visit: TheVisit) -> JSONResponse:
    """The registers of the city, with what they say of each case."""
    return private({"registers": [register_line(register) for register in visit.office.registers().values()]})


@router.get(
    "/registers/{register}",
    summary="The entries of a register",
    responses={200: {"model": RegisterAnswer}},
    response_class=JSONResponse,
)
def get_register(register: RegisterName, asked: Annotated[EntryQuery, Query()], visit: TheVisit) -> JSONResponse:
    """One page of a register, the newest case first, each entry with the events that it came from."""
    with visit.reading() as (session, desk):
        filling = filling_of(session, desk, visit.office, register)
        page = register_page(session, filling, entry_filter(asked, desk.grid), page_after(asked.next), asked.limit)
        return private(entries_message(filling.register, page, desk.grid))
