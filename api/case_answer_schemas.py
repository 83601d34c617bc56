"""What the routers of cases answer with; each message holds exactly what is listed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field

from api.answer_schemas import Answered
from api.case_record_schemas import (
    AttachmentAnswer,
    DeadlineAnswer,
    LetterAnswer,
    LinkAnswer,
    NoteAnswer,
    PartyAnswer,
    ReferenceAnswer,
)


class CaseLine(Answered):
    """A case as a line of a list; `row_version` is its `ETag`."""

    id: str
    number: str
    type: str
    title: str
    status: Literal["open", "closed"]
    step: str
    lane: str
    outcome: str | None = Field(description="The end at which it closed.")
    officer: str | None
    priority: int | None
    event_on: date
    opened_at: datetime
    closed_at: datetime | None
    due_at: datetime | None = Field(description="When the running wait ends.")
    row_version: int
    address: str | None
    parcel_id: str | None
    lon: float | None
    lat: float | None


class CasesPage(Answered):
    """Cases, the newest first; `next` asks for the page after this one."""

    cases: list[CaseLine]
    next: str | None


class CaseProcess(Answered):
    """The definition that a case follows."""

    id: str
    title: str
    version: str


class SiteMoved(Answered):
    """One time that the place was put right."""

    at: datetime
    by: str
    how: str | None
    sigma_ft: float | None
    why: str


class CasePlace(Answered):
    """Where the case is; shapes are in degrees, those among `details` in feet on the grid."""

    how_located: str | None
    sigma_ft: float | None
    datum: str | None
    easting_ft: float | None
    northing_ft: float | None
    geometry: dict[str, Any] | None
    structure: dict[str, Any] | None
    details: dict[str, Any]
    revision: int
    moves: list[SiteMoved]


class Proposal(Answered):
    """What the map said for a step, and what somebody made of it. Undecided proposes nothing and gives the reason."""

    id: str
    check: str
    step: str | None
    state: Literal["proposed", "confirmed", "overridden", "stale", "to_sign", "set_aside"]
    proposed: str | None
    sentence: str
    reason: str | None
    margin_ft: float | None
    probability: float | None
    sigma_ft: float | None
    rule: dict[str, Any] | None
    versions: dict[str, str]
    facts: dict[str, Any]
    site_revision: int
    proposed_at: datetime
    answer: str | None
    by: str | None
    at: datetime | None
    why: str | None


class ProposalWithEvidence(Proposal):
    """The same with what a map can draw, in degrees, and what may be answered.

    `fills` is the field that the check answers, where it is not the answer of its step. `fails` says that the answer
    speaks against somebody or something; `may_answer` that you do its step, or record for those who do.
    """

    choices: list[str]
    fills: str | None
    fails: bool
    may_answer: bool
    evidence: dict[str, Any] | None = None


class Proposals(Answered):
    """All that the map ever said in a case, and the decided answers to be looked at again."""

    proposals: list[ProposalWithEvidence]
    to_review: list[Review]


class FormField(Answered):
    """A field that the present step asks for, what is noted, and what the map suggests."""

    field: str
    label: str
    type: str
    choices: list[str]
    required: bool
    noted: Any
    suggested: Any
    suggested_by: str | None


class Follows(Answered):
    """What comes after an answer of the present step; `answer` is null where the step asks for none."""

    answer: str | None
    step: str
    kind: str
    text: str
    done_by: str
    clock: str | None = Field(description="The period of the next step, in words.")
    letter: str | None
    opens: str | None = Field(description="The process of which a case is opened.")
    waits_for_it: bool
    blocked: str | None = Field(description="Why it cannot be answered so now.")
    lacks: dict[str, str] = Field(
        description="What the closing lacks in words, by the reason that may stand for it (`no_photo`, `not_told`)."
    )


class StepForm(Answered):
    """What the present step asks for."""

    step: str
    kind: str
    text: str
    done_by: list[str]
    may_act: bool
    waiting_for: Literal["deadline", "date", "child"] | None
    waits: str | None
    due_at: datetime | None
    choices: list[str]
    fields: list[FormField]
    proposal: Proposal | None
    decides: bool = Field(description="False where the check only informs.")
    fills: str | None = Field(description="The field that the check answers.")
    letter: str | None
    follows: list[Follows]


class Review(Answered):
    """A decided answer that rested on another place."""

    decision: str
    step: str
    current: str | None
    proposed: str | None
    holds: bool
    said: str


class FieldToReview(Answered):
    """A noted value that the map had suggested for another place, and what it suggests for this one."""

    field: str
    noted: Any
    suggested: Any


class CaseAnswer(CaseLine):
    """A case with all that belongs to it but its history; `now` is null once it is closed."""

    process: CaseProcess
    description: str
    may_work: bool = Field(description="Whether you act in a lane of its process.")
    place: CasePlace
    now: StepForm | None
    way: list[str] = Field(description="The steps left behind, in order.")
    answers: dict[str, str]
    data: dict[str, Any]
    proposals: list[Proposal]
    to_review: list[Review]
    fields_to_review: list[FieldToReview]
    deadlines: list[DeadlineAnswer]
    letters: list[LetterAnswer]
    parties: list[PartyAnswer]
    notes: list[NoteAnswer]
    attachments: list[AttachmentAnswer]
    links: list[LinkAnswer]
    references: list[ReferenceAnswer]


class ComparedAnswer(Answered):
    """One check of a case: what the map said of its place, and what it would say of the other."""

    step: str
    text: str
    changed: bool
    before: ProposalWithEvidence
    after: ProposalWithEvidence


class MovePreviewAnswer(Answered):
    """Where the case would lie, and its checks on both places; `row_version` is the case's as it was looked at."""

    number: str
    row_version: int
    located: str
    how_located: str
    sigma_ft: float
    address: str | None
    parcel_id: str | None
    moved_ft: float | None
    checks: list[ComparedAnswer]


class OpeningPreviewAnswer(Answered):
    """How the place would be located, the cases that may be the same one (the likeliest first), and earlier ones."""

    located: str | None
    address: str | None
    parcel_id: str | None
    duplicates: list[dict[str, Any]]
    earlier: list[dict[str, Any]]


class Done(Answered):
    """What a change has led to: where the case stands now; `repeated` where it was carried out before."""

    case_id: str
    number: str
    type: str
    step: str
    lane: str
    status: Literal["open", "closed"]
    row_version: int
    made: dict[str, Any]
    repeated: bool
