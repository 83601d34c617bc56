"""Every mistake answered as RFC 9457 problem details, with the sentence that others may read."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from api.errors import ApiError, TooOften, status_of
from gis_ce.errors import CaseError, StoreNotReady
from layers.errors import LayersError, VersionMissing
from maps.errors import MapsError

OURS: tuple[type[Exception], ...] = (ApiError, MapsError, CaseError, LayersError)
"""The roots of all mistakes that have one clear sentence."""

STORE_GONE: tuple[type[Exception], ...] = (OperationalError, InterfaceError, PoolTimeout)
"""What is raised where the case store went away in the middle of something, which is undone then."""

PROBLEM = "application/problem+json"
_HIDDEN = (VersionMissing, StoreNotReady)
"""Mistakes that others see only as one of the service: what is wrong stands in its log."""
_WITH: Mapping[int, Mapping[str, str]] = {
    401: {"WWW-Authenticate": 'Basic realm="GIS-CE", charset="UTF-8"'},
    503: {"Retry-After": "30"},
}
"""Headers that belong to a status."""
_OF_THE_PAGE = 'Session realm="GIS-CE"'
"""What a script of a page is answered instead: for Basic a browser would ask for a password itself, and let it wait."""
_OTHER_TITLES: Mapping[int, str] = {460: "Checksum Mismatch"}
"""A status of the tus protocol that HTTP itself has not."""
_INSIDE = "The service cannot answer because of a fault in its own files; its log says which."
_LOG = logging.getLogger("gis_ce.api")
_TAGS = ("body", "one", "many", "collection")


def problem(status: int, detail: str) -> JSONResponse:
    """One problem in the form of RFC 9457."""
    content = {"type": "about:blank", "title": _title(status), "status": status, "detail": detail}
    return JSONResponse(content, status_code=status, media_type=PROBLEM, headers=dict(_WITH.get(status, {})))


def _title(status: int) -> str:
    return _OTHER_TITLES.get(status) or HTTPStatus(status).phrase


def add_error_answers(app: FastAPI) -> None:
    """Make every mistake answer as problem details."""
    for kind in OURS:
        app.add_exception_handler(kind, _mistake)
    for gone in STORE_GONE:
        app.add_exception_handler(gone, _store_gone)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


def told(request: Request, error: Exception) -> tuple[int, str]:
    """The status of a mistake, and its sentence as others may read it; what they may not goes to the log."""
    status = status_of(error)
    if status == HTTPStatus.INTERNAL_SERVER_ERROR or isinstance(error, _HIDDEN):
        _LOG.error("%s %s: %s", request.method, request.url.path, error)
        return status, _INSIDE
    return status, str(error)


def _mistake(request: Request, error: Exception) -> JSONResponse:
    answer = problem(*told(request, error))
    if isinstance(error, TooOften):
        answer.headers["Retry-After"] = str(error.after_s)
    if "WWW-Authenticate" in answer.headers and request.headers.get("sec-fetch-dest") == "empty":
        answer.headers["WWW-Authenticate"] = _OF_THE_PAGE
    return answer


def store_gone(error: Exception) -> str:
    """One sentence for whoever sits at the machine: what the database's driver said, and what became of the work."""
    said = str(getattr(error, "orig", None) or error).strip().splitlines()
    return f"The case store does not answer: {said[0].rstrip('.') if said else type(error).__name__}. Nothing was kept."


def _store_gone(request: Request, error: Exception) -> JSONResponse:
    _LOG.error("%s %s: the case store does not answer: %s", request.method, request.url.path, error)
    return problem(503, "The case store cannot be reached just now; try again in a minute.")


def _invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    return problem(400, validation_sentence(error.errors()))


def _http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    answer = problem(error.status_code, f"{error.detail}." if error.detail else "")
    answer.headers.update(error.headers or {})
    return answer


def _unexpected(_: Request, __: Exception) -> JSONResponse:
    return problem(500, "Something went wrong that should not; the service's log has the details.")


def validation_sentence(errors: Any) -> str:
    """The first mistake in a request, with its field, and how many more there are."""
    first = errors[0]
    where = ".".join(str(part) for part in first["loc"] if part not in _TAGS) or "the body"
    said = "is missing" if first["type"] == "missing" else _lowered(first["msg"].removeprefix("Value error, "))
    if first["type"] == "json_invalid":
        where, said = "the body", f"is not JSON: {first.get('ctx', {}).get('error', first['msg'])}"
    elif first["type"] == "model_attributes_type" and where == "the body":
        said = "is no JSON object; send one, as application/json"
    return f"{where}: {said.rstrip('.')}.{_more(len(errors) - 1)}"


def _more(count: int) -> str:
    if count == 1:
        return " There is 1 more mistake."
    return f" There are {count} more mistakes." if count else ""


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]
