"""/imports: old cases by file."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from fastapi import Form, UploadFile
from fastapi.responses import JSONResponse

from api.case_answers import private
from api.case_exchange_schemas import ImportAnswer
from api.case_imports import OldFile, bring_in, import_message
from api.case_places import Message
from api.case_requests import Change, TheChange
from api.errors import ApiError
from api.strict_json import Router
from gis_ce.attachments.archives import office_content
from gis_ce.attachments.limits import LIMITS
from gis_ce.file_errors import OldCasesRefused
from gis_ce.idempotency import once

router = Router(tags=["imports"])

MOST_ROWS = 5_000
"""While old cases come in nobody else can write; the command takes larger files, at a quiet hour."""
_MOST_MAPPING = 200_000
_LISTED = 20


@router.post(
    "/imports/cases",
    summary="Bring old cases in",
    responses={200: {"model": ImportAnswer}},
    response_class=JSONResponse,
)
def post_cases_file(
    file: UploadFile,
    change: TheChange,
    mapping: UploadFile | None = None,
    sheet: Annotated[str | None, Form(max_length=80, description="Of an XLSX; else the first.")] = None,
    plan: Annotated[bool, Form(description="Only say what would come in.")] = False,
    without_bad: Annotated[bool, Form(description="Leave bad rows out and take the others.")] = False,
) -> JSONResponse:
    """Brings the cases of a CSV or XLSX in, all of them or none, and never twice; at most 5,000 rows at once.

    `mapping` is the YAML that says which column is what; an export of this service needs none. Where a row cannot be
    brought in, nothing is; `plan` lists every such row. For those who act in the lane admin.
    """
    with tempfile.TemporaryDirectory() as folder:
        old = OldFile(_saved(file, Path(folder)), _text(mapping), sheet or None)
        return private(_planned(change, old) if plan else _written(change, old, without_bad))


def _planned(change: Change, old: OldFile) -> Message:
    with change.reading() as (session, desk):
        return import_message(bring_in(session, desk, old, plan_only=True, most_rows=MOST_ROWS), written=False)


def _written(change: Change, old: OldFile, without_bad: bool) -> Message:
    asked = {"file": hashlib.sha256(old.path.read_bytes()).hexdigest(), "mapping": old.mapping, "sheet": old.sheet}
    desk = change.office.desk(change.actor)
    with change.office.store.session() as session:
        session.connection()
        now = replace(desk, now=datetime.now(UTC))

        def act() -> Message:
            plan = bring_in(session, now, old, plan_only=False, without_bad=without_bad, most_rows=MOST_ROWS)
            return import_message(plan, written=True)

        try:
            request = {"action": "import", **asked, "without_bad": without_bad}
            answered = once(session, change.key, change.actor.name, request, now.now, act)
        except OldCasesRefused as error:
            raise _shortened(error) from error
        session.commit()
    return answered.response


def _shortened(error: OldCasesRefused) -> OldCasesRefused:
    """The refusal with the first rows; a plan lists all."""
    left = len(error.mistakes) - _LISTED
    if left <= 0:
        return error
    more = f"and {left:,} more; with plan all are listed"
    return OldCasesRefused(str(error).partition("\n")[0], [*error.mistakes[:_LISTED], more])


def _saved(file: UploadFile, folder: Path) -> Path:
    """The upload in a folder of its own, under its name without a path; an XLSX is one, and unpacks to no flood."""
    name = Path((file.filename or "").replace("\\", "/")).name.replace("\0", "")[-100:]
    path = folder / (name if name not in ("", ".", "..") else "cases")
    with path.open("wb") as target:
        shutil.copyfileobj(file.file, target)
    if path.suffix.lower() == ".xlsx" and path.read_bytes()[:4] == b"PK\x03\x04":
        office_content(path, path.name, LIMITS)
    return path


def _text(mapping: UploadFile | None) -> tuple[str, str] | None:
    if mapping is None:
        return None
    content = mapping.file.read(_MOST_MAPPING + 1)
    if len(content) > _MOST_MAPPING:
        raise ApiError(f"mapping: a mapping file has at most {_MOST_MAPPING:,} bytes.")
    try:
        return content.decode("utf-8-sig"), Path(mapping.filename or "mapping.yaml").name
    except UnicodeDecodeError as error:
        raise ApiError("mapping: it is not a mapping file in UTF-8.") from error
