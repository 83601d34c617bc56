"""What can go wrong over HTTP and on the command line, and the one table of the HTTP status that each mistake has."""

from __future__ import annotations

import math
from collections.abc import Mapping

from gis_ce.errors import (
    AttachmentNotKept,
    AttachmentRefused,
    AttachmentTooLarge,
    BackupRefused,
    CannotMove,
    CaseChanged,
    CaseError,
    CaseRefused,
    CaseUnknown,
    ChargeRefused,
    ChargeUnknown,
    ChecksumWrong,
    ContactRefused,
    ContactUnknown,
    DecisionUnknown,
    ExhibitRefused,
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
    MarkStale,
    MoveRefused,
    NoDrawing,
    NotNow,
    NotYourLane,
    PlaceRefused,
    PlaceUnknown,
    ReportRefused,
    ReportUnknown,
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
from gis_ce.file_errors import (
    CaseTableError,
    ExportRefused,
    MappingFileError,
    OldCasesRefused,
    PaymentsRefused,
    RuleFileError,
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


def status_of(error: Exception) -> int:
    """The HTTP status of a mistake."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
