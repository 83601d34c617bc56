"""Letters as the routers take and answer them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from api.answer_schemas import Answered
from api.case_record_schemas import LetterAnswer
from api.case_schemas import Given, Name, Words
from api.days_given import Day, Hour

Method = Literal["certified_mail", "hand", "posting", "first_class_mail"]
Line = Annotated[str, Field(min_length=1, max_length=200)]
Value = Words | float | list[Words] | None


class LetterIn(Given):
    """A letter to begin: its kind (without it, that of the present step), values of merge fields, and to whom."""

    template: Name | None = None
    values: dict[Name, Value] = Field(default_factory=dict, max_length=60)
    to: Name | Annotated[list[Line], Field(min_length=1, max_length=8)] | None = None


class LetterValuesIn(Given):
    """Further values for a draft; null takes one away."""

    values: dict[Name, Value] = Field(default_factory=dict, max_length=60)
    to: Name | Annotated[list[Line], Field(min_length=1, max_length=8)] | None = None


class ServedIn(Given):
    """How a letter was served; `proof` is the id of an attachment of the case."""

    method: Method
    on: Day
    at: Hour | None = None
    by: Name | None = None
    tracking: Name | None = None
    note: str = Field("", max_length=500)
    proof: Name | None = None


class CameBackIn(Given):
    """The day on which a letter was received, as its receipt says, or on which it came back."""

    on: Day
    service: Name | None = None
    note: str = Field("", max_length=500)
    proof: Name | None = None


class LetterWhyIn(Given):
    """The reason, which goes into the history."""

    why: Words


class DeedIn(Given):
    """A deed that somebody has seen; `copy_id` is an attachment of the case."""

    seen_by: Name
    seen_on: Day
    book: Name
    page: Name
    note: str = Field("", max_length=200)
    copy_id: Name | None = None


class LetterFieldAnswer(Answered):
    """A merge field with its value as it would be printed."""

    name: str
    type: str
    from_: list[str] = Field(alias="from")
    ask: str
    optional: bool
    value: Any


class ServiceAnswer(Answered):
    """One fact about the service of a letter."""

    id: str
    kind: Literal["served", "received", "returned"]
    of: str | None
    method: Method
    on: date
    time: str | None
    served_by: str | None
    tracking: str | None
    note: str
    attachment_id: str | None
    at: datetime
    by: str


class LetterWhole(LetterAnswer):
    """A letter with all that is known of it; `clock` has receipt, appeal and compliance with their arithmetic."""

    case: str
    title: str
    given: dict[str, Any]
    to: list[str]
    fields: list[LetterFieldAnswer]
    missing: list[str]
    services: list[ServiceAnswer]
    clock: dict[str, Any] | None


class LetterKinds(Answered):
    """The kinds of letters of the city."""

    kinds: list[dict[str, Any]]
