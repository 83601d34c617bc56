"""Which HTTP status each kind of mistake has: the one table, answered as RFC 9457 problem details."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from gis_ce.errors import (
    AttachmentNotKept,
    AttachmentRefused,
    AttachmentTooLarge,
    BackupRefused,
    CannotMove,
    CaseChanged,
    CaseError,
    CaseRefused,
    CaseTableError,
    CaseUnknown,
    ChargeRefused,
    ChargeUnknown,
    ChecksumWrong,
    ContactRefused,
    ContactUnknown,
    DecisionUnknown,
    ExhibitRefused,
    ExportRefused,
    FilterRefused,
    GeometryRefused,
    JobFailed,
    JobsBusy,
    JobUnknown,
    KeyRefused,
    KeyReused,
    LetterRefused,
    LetterUnknown,
    LinkRefused,
    MailingRefused,
    MailingUnknown,
    MappingFileError,
    MarkStale,
    MoveRefused,
    NoDrawing,
    NotNow,
    NotYourLane,
    OldCasesRefused,
    PaymentsRefused,
    PlaceRefused,
    PlaceUnknown,
    ReportRefused,
    ReportUnknown,
    RuleFileError,
    ScheduleFailed,
    ScheduleRefused,
    SchedulesBusy,
    ScheduleUnknown,
    SignInRefused,
    StepRefused,
    StoreBusy,
    StoreNotReady,
    TextRefused,
    TypesettingRefused,
    UnknownCheck,
    UnknownPack,
    UnknownProcess,
    UnknownRegister,
    UploadBusy,
    UploadGone,
    UploadOffsetWrong,
    UploadRefused,
    UploadTooLong,
    UploadUnknown,
    UserRefused,
    UserUnknown,
    WebhookRefused,
    WebhookUnknown,
)
from layers.errors import (
    CityFileError,
    GridError,
    IngestRefused,
    LayerMissing,
    LayersError,
    SourceError,
    TraceRefused,
    VersionMissing,
)
from maps.errors import MapsError, VendorMissing


class ApiError(Exception):
    """A mistake in what was asked over HTTP or on the command line, in one clear sentence."""


class BadPlace(ApiError):
    """A place that cannot be used as it was sent; the message says which one and why."""


class TooMuch(ApiError):
    """More in one request than the service answers at once."""


class NoCity(ApiError):
    """No city has been imported yet, so there is nothing to ask."""


class NotReady(ApiError):
    """The service cannot do its work just now: no layers, or no store of cases."""


class SignInNeeded(ApiError):
    """Cases are for staff: whoever asks must say who they are."""


class NotForYou(ApiError):
    """Something that other roles see or do, or that a key is not for; the message says which."""


class OtherSite(ApiError):
    """A change that a page of another site sent through somebody's browser; nothing was done."""


class NotThere(ApiError):
    """Something was asked for that is not there, or no longer."""


class TooOften(ApiError):
    """Somebody asks for more, or guesses more, than one may in that time; `after_s` says when to try again."""

    def __init__(self, message: str, after_s: float = 60.0) -> None:
        super().__init__(message)
        self.after_s = max(1, math.ceil(after_s))


class ProviderFailed(ApiError):
    """The provider through which people sign in does not answer, or not as it should."""


class WrongMedia(ApiError):
    """A body of another kind than is taken here."""


class NotThisVersion(ApiError):
    """A client that speaks another version of a protocol."""


class TryLater(ApiError):
    """The service has too much to do just now."""


STATUS: Mapping[type[Exception], int] = {
    ApiError: 400,
    BadPlace: 400,
    TooMuch: 413,
    NoCity: 503,
    SignInNeeded: 401,
    NotForYou: 403,
    OtherSite: 403,
    NotThere: 404,
    TooOften: 429,
    ProviderFailed: 502,
    WrongMedia: 415,
    NotThisVersion: 412,
    TryLater: 503,
    CaseError: 500,
    PlaceUnknown: 404,
    PlaceRefused: 422,
    UnknownCheck: 400,
    UnknownPack: 500,
    RuleFileError: 500,
    UnknownProcess: 404,
    StepRefused: 422,
    NotNow: 409,
    CannotMove: 409,
    NoDrawing: 501,
    CaseUnknown: 404,
    CaseRefused: 422,
    TypesettingRefused: 422,
    LetterRefused: 422,
    LetterUnknown: 404,
    CaseChanged: 412,
    CaseTableError: 422,
    DecisionUnknown: 404,
    ExhibitRefused: 409,
    LinkRefused: 409,
    FilterRefused: 400,
    MarkStale: 410,
    UnknownRegister: 404,
    GeometryRefused: 422,
    TextRefused: 422,
    KeyReused: 422,
    NotYourLane: 403,
    SignInRefused: 401,
    KeyRefused: 422,
    UserRefused: 422,
    UserUnknown: 404,
    AttachmentRefused: 422,
    AttachmentTooLarge: 413,
    AttachmentNotKept: 507,
    UploadUnknown: 404,
    UploadGone: 410,
    UploadRefused: 422,
    UploadBusy: 423,
    UploadOffsetWrong: 409,
    UploadTooLong: 413,
    ChecksumWrong: 460,
    WebhookUnknown: 404,
    WebhookRefused: 422,
    OldCasesRefused: 422,
    MappingFileError: 422,
    ExportRefused: 422,
    ChargeRefused: 422,
    ChargeUnknown: 404,
    ReportRefused: 400,
    ReportUnknown: 404,
    PaymentsRefused: 422,
    ContactRefused: 422,
    ContactUnknown: 404,
    BackupRefused: 409,
    ScheduleRefused: 400,
    ScheduleUnknown: 404,
    ScheduleFailed: 500,
    SchedulesBusy: 503,
    MoveRefused: 409,
    MailingUnknown: 404,
    JobUnknown: 404,
    JobsBusy: 503,
    JobFailed: 500,
    MailingRefused: 422,
    StoreBusy: 503,
    StoreNotReady: 503,
    NotReady: 503,
    LayersError: 500,
    LayerMissing: 404,
    VersionMissing: 503,
    CityFileError: 500,
    GridError: 500,
    SourceError: 502,
    IngestRefused: 409,
    TraceRefused: 422,
    MapsError: 500,
    VendorMissing: 503,
}
"""The status of each kind of mistake; a subclass that is not listed has the status of its parent."""

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


def status_of(error: Exception) -> int:
    """The HTTP status of a mistake."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


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
