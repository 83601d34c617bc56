"""/exports: all cases of a list, or all entries of a register, as a file."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import Query
from fastapi.responses import Response

from api.case_answers import PRIVATE
from api.case_exports import write_cases, write_entries
from api.case_filters import Wanted, case_filter
from api.case_requests import TheVisit
from api.case_schemas import CaseFilterQuery, EntryFilterQuery
from api.register_messages import entry_filter, filling_of
from api.routers.registers import RegisterName
from api.strict_json import Router

router = Router(tags=["exports"])

Ending = Literal["csv", "xlsx", "gpkg", "parquet"]
_KINDS: dict[Ending, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "gpkg": "application/geopackage+sqlite3",
    "parquet": "application/vnd.apache.parquet",
}
_FILE: dict[int | str, dict[str, Any]] = {200: {"content": {kind.partition(";")[0]: {} for kind in _KINDS.values()}}}


@router.get("/exports/cases.{ending}", summary="Cases as a file", responses=_FILE, response_class=Response)
def get_cases_file(ending: Ending, asked: Annotated[CaseFilterQuery, Query()], visit: TheVisit) -> Response:
    """Every case that meets the filter, one row each: its columns, place, parties, fields and answers."""
    with visit.reading() as (session, desk):
        wanted = case_filter(Wanted(**asked.model_dump()), visit.office, desk.now)
        return _written("cases", ending, lambda path: write_cases(session, desk, wanted, path))


@router.get(
    "/exports/registers/{register}.{ending}", summary="A register as a file", responses=_FILE, response_class=Response
)
def get_register_file(
    register: RegisterName, ending: Ending, asked: Annotated[EntryFilterQuery, Query()], visit: TheVisit
) -> Response:
    """Every entry of a register that meets the filter, with the events that it came from."""
    with visit.reading() as (session, desk):
        filling = filling_of(session, desk, visit.office, register)
        wanted = entry_filter(asked, desk.grid)
        return _written(register, ending, lambda path: write_entries(session, desk, filling, wanted, path))


def _written(name: str, ending: Ending, write: Callable[[Path], int]) -> Response:
    """What is written to a file, which is gone when it is sent."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.{ending}"
        write(path)
        content = path.read_bytes()
    shown = {"Content-Disposition": f'attachment; filename="{name}.{ending}"', "X-Content-Type-Options": "nosniff"}
    return Response(content, media_type=_KINDS[ending], headers={**PRIVATE, **shown})
