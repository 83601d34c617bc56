"""What is asked about decisions on record and answered, as the description of the service has it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.answer_schemas import Answered
from gis_ce.process_values import LONGEST_TEXT
from gis_ce.tables.decisions import DECISION_STATES

State = Literal["proposed", "confirmed", "overridden", "stale", "to_sign", "set_aside"]
assert set(DECISION_STATES) == set(State.__args__)  # type: ignore[attr-defined]


class Asked(BaseModel):
    """What is sent; a name that it does not have is a mistake."""

    model_config = ConfigDict(extra="forbid")


class DecisionQuery(Asked):
    """Which decisions, a page at a time."""

    case: str | None = Field(default=None, max_length=80, description="Number or id of a case.")
    state: State | None = None
    check: str | None = Field(default=None, max_length=80)
    after: int = Field(default=0, ge=0, description="Only decisions with a larger number.")
    limit: int = Field(default=200, ge=1, le=1000)


class ListedDecision(Answered):
    """One decision on record."""

    number: int
    id: str
    case: str
    case_status: str
    check: str
    step: str | None
    state: State
    proposed: str | None
    answer: str | None
    margin_ft: float | None
    probability: float | None
    sentence: str
    by: str | None
    why: str | None
    recorded_at: datetime


class DecisionList(Answered):
    """Decisions by their numbers."""

    decisions: list[ListedDecision]


class DecisionLine(Answered):
    """One line of the record: what was recorded, and the hashes that bind it to the line before."""

    seq: int
    kind: str
    hash: str
    prev: str
    recorded: dict[str, Any]


class DecisionShown(ListedDecision):
    """A decision with all its lines; `told` is what was said of people, where that is kept."""

    told: dict[str, Any]
    lines: list[DecisionLine]


class ProofProblem(Answered):
    """One thing that is not as it was written."""

    case: str
    seq: int | None
    what: str
    said: str


class ProofAnswer(Answered):
    """What came of working out every hash anew."""

    holds: bool
    cases: int
    lines: int
    forgotten: int
    unrecorded: int
    problems: list[ProofProblem]


class ToProve(Asked):
    """What to hold the record against: heads as they were sent out, and one case or all."""

    case: str | None = Field(default=None, max_length=80)
    heads: str | None = Field(default=None, max_length=1_000_000, description="The text of a digest with its heads.")


class DiffersAnswer(Answered):
    """One thing that is not as it was recorded."""

    what: str
    then: Any
    now: Any


class ReproducedAnswer(Answered):
    """What came of running a decision again; `same` is null where it could not be run."""

    number: int
    case: str
    check: str
    same: bool | None
    result: list[DiffersAnswer]
    circumstances: list[DiffersAnswer]
    impossible: list[str]


class FlipAnswer(Answered):
    """One decision that has turned, or nearly; `new` is what the map says now; if `to_sign`, it waits for that."""

    number: int
    case: str
    case_state: Literal["open", "closed", "time for appeal", "in appeal"]
    check: str
    step: str | None
    state: State
    before: str | None
    now: str | None
    margin_before_ft: float | None
    margin_ft: float | None
    probability: float | None
    new: str | None
    new_number: int | None
    to_sign: bool
    decision: str
    why_near: str


class FlipsAnswer(Answered):
    """What waits for a signature, and what has nearly turned."""

    waiting: list[FlipAnswer]
    near: list[FlipAnswer]


class RecheckedAnswer(FlipsAnswer):
    """The same after a look: how many decisions there were to look at, how many of them had to be evaluated."""

    decisions: int
    evaluated: int
    turned: list[FlipAnswer]
    lost: list[int]


class HeadAnswer(Answered):
    """How the record of one case ended."""

    case: str
    seq: int
    hash: str


class HeadsAnswer(Answered):
    """How the records of all cases ended on a day; `text` is what to send out."""

    day: date
    time_zone: str
    cases: int
    together: str
    heads: list[HeadAnswer]
    text: str


class ToSign(Asked):
    """What a person says to a flip."""

    holds: bool = Field(description="Whether the new answer counts; else the older decision stays.")
    answer: str | None = Field(default=None, max_length=200, description="The answer, where it is not the map's.")
    why: str | None = Field(default=None, max_length=LONGEST_TEXT)
