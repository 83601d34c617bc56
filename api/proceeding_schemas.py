"""The messages about hearings, citations, abatement, shut-offs, discrepancies, 'after' photos and status updates."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from api.answer_schemas import Answered
from api.case_record_schemas import PartyAnswer
from api.case_schemas import Given, Name, Reason, Words
from api.charge_schemas import Cents, Short
from api.days_given import Day, Hour
from gis_ce.actions.contacting import Channel
from gis_ce.actions.filing_appeals import AppealOutcome
from gis_ce.actions.hearings import Outcome

Who = Literal["responsible", "complaining"]


class HearingIn(Given):
    """A hearing, and who gets a notice before it."""

    on: Day
    what: Words
    at: Hour | None = None
    place: Name | None = None
    notices: tuple[Who, ...] = Field(default=("responsible", "complaining"), strict=False)


class NoticeIn(Given):
    """A notice of the hearing that went out."""

    who: Who
    on: Day
    how: Name


class OutcomeIn(Given):
    """How a hearing ended."""

    outcome: Outcome
    text: Words
    why: Words | None = Field(default=None, description="Why it was held without its notices.")


class AppealIn(Given):
    """An appeal that came in; without a letter, against the one that may be appealed and was issued last."""

    what: Words
    on: Day
    letter: Name | None = Field(default=None, description="Number or id of the letter that it is against.")


class AppealDecisionIn(Given):
    """How an appeal was decided."""

    outcome: AppealOutcome
    text: Words


class CitationIn(Given):
    """A citation that was issued."""

    number: Name
    section: Name = Field(description="Of the code.")
    what: Words
    on: Day
    answer_by: Day | None = None


class AbatementIn(Given):
    """What the city does itself."""

    what: Words
    by_whom: Name
    on: Day


class AbatementDoneIn(Given):
    """What was done; a cost is charged to the case."""

    text: Words
    cost_cents: Cents | None = None
    basis: Short = ""


class TellIn(Given):
    """Who of manager and attorney was told, by name."""

    told: dict[str, Name]


class DiscrepancyIn(Given):
    """What is read differently."""

    text: Words
    told: dict[str, Name] = Field(default_factory=dict)


class SettledIn(Given):
    """What came of it."""

    text: Words


class ShutOffDecisionIn(Reason):
    """Whether a shut-off is approved."""

    approved: bool


class AfterPhotoIn(Given):
    """The day of the photo, where the camera does not say."""

    taken_on: Day | None = None


class StatusIn(Given):
    """How the complaining party is told, and the officer's words."""

    channel: Channel
    words: Words = ""


class StatusAnswer(Answered):
    """What the complaining party may be told."""

    text: str
    reporter: PartyAnswer | None
