"""The messages about contacts, visits and deadlines."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import AwareDatetime, Field

from api.answer_schemas import Answered
from api.case_schemas import Given, Name, Reason, Words
from api.days_given import Day
from gis_ce.actions.contacting import Channel, Direction
from gis_ce.actions.due_list import DueKind, DueState
from gis_ce.actions.proceedings import ProceedingKind


class ContactIn(Given):
    """One call, e-mail or talk."""

    direction: Direction
    channel: Channel
    text: Words
    at: AwareDatetime | None = Field(default=None, description="When it was; now without it.")
    party: Name | None = Field(default=None, description="Id of the party of the case whom it was with.")
    answers: Name | None = Field(default=None, description="Id of the contact that this one answers.")
    no_answer: Words | None = Field(default=None, description="Why what came in needs no answer.")
    tells_closing: bool = Field(default=False, description="The party was told that the case closes, and why.")


class VisitIn(Given):
    """A visit on a day; by who has the case where no officer is named."""

    on: Day
    what: Words
    officer: Name | None = None


class VisitFound(Given):
    """What a visit found."""

    found: Words


class VisitPutOffIn(Reason):
    """Another day for a visit; without one it is called off."""

    to: Day | None = None


class CategoryIn(Reason):
    """Another category than the kind of case and its answers have."""

    category: Name


class UpdateIn(Given):
    """Where the case stands, for the manager."""

    text: Words


class DueAnswer(Answered):
    """One thing that has its time."""

    kind: DueKind
    state: DueState
    due_at: datetime
    number: str
    type: str
    category: str
    officer: str | None
    what: str
    arithmetic: str


class DueAnswers(Answered):
    """What has its time, the most pressing first."""

    deadlines: list[DueAnswer]


class ContactAnswer(Answered):
    """One contact of the log."""

    id: str
    at: datetime
    by: str
    direction: Direction
    channel: Channel
    party: str | None
    text: str
    due_at: datetime | None
    arithmetic: str
    answers: str | None
    tells_closing: bool


class ContactAnswers(Answered):
    """The contact log of a case."""

    contacts: list[ContactAnswer]


class ProceedingEntryAnswer(Answered):
    """What became of a proceeding."""

    kind: str
    at: datetime
    by: str
    on: date | None
    text: str
    data: dict[str, Any]
    ends: bool


class ProceedingAnswer(Answered):
    """A visit, a hearing, a citation, an abatement, a request to shut off, or a discrepancy."""

    id: str
    kind: ProceedingKind
    at: datetime
    by: str
    officer: str | None
    on: date | None
    due_at: datetime | None
    text: str
    data: dict[str, Any]
    ended: bool
    entries: list[ProceedingEntryAnswer]


class ProceedingAnswers(Answered):
    """What runs, or ran, beside the steps of a case."""

    proceedings: list[ProceedingAnswer]
