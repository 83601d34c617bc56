"""/registers: the lists that fill themselves from the cases."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from api.case_answers import private
from api.case_filters import box_on_grid, page_after
from api.case_requests import TheVisit
from api.process_answer_schemas import RegisterAnswer, RegisterList
from api.register_messages import entries_message, filling_of, register_line
from gis_ce.registers import EntryFilter, register_page
from layers.grid import Grid

router = APIRouter(tags=["registers"])

RegisterName = Annotated[str, Path(description="A register, such as encroachment_log.", max_length=80)]


class EntryQuery(BaseModel):
    """Which entries are wanted; what is left out holds for all."""

    model_config = ConfigDict(extra="forbid")

    type: list[str] = Field(default_factory=list, max_length=20, description="Processes that the cases follow.")
    status: list[str] = Field(default_factory=list, max_length=20)
    since: date | None = Field(default=None, description="Came to its status on that day or later.")
    until: date | None = Field(default=None, description="Came to its status on that day or earlier.")
    bbox: str | None = Field(default=None, max_length=200, description="west,south,east,north in degrees.")
    text: str | None = Field(default=None, max_length=200, description="In anything that the entry says.")
    parcel: str | None = Field(default=None, max_length=80)
    limit: int = Field(default=50, ge=1, le=500)
    next: str | None = Field(default=None, max_length=200, description="From the page before.")


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
        page = register_page(session, filling, _filter(asked, desk.grid), page_after(asked.next), asked.limit)
        return private(entries_message(filling.register, page, desk.grid))


def _filter(asked: EntryQuery, grid: Grid) -> EntryFilter:
    return EntryFilter(
        types=tuple(asked.type),
        statuses=tuple(asked.status),
        since=asked.since,
        until=asked.until,
        area=box_on_grid(asked.bbox, grid) if asked.bbox is not None else None,
        text=asked.text,
        parcel=asked.parcel,
    )
