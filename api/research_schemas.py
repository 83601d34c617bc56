"""What GET /research answers; each message holds exactly what is listed."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from api.answer_schemas import Answered, RuleNote


class ResearchedPlace(Answered):
    """Where and when it was looked up, and how that was located."""

    title: str
    located_by: str
    on: date
    lon: float
    lat: float
    sigma_ft: float
    parcels: list[str] = Field(description="The parcels by which it was looked up.")
    neighbours: list[str] = Field(description="Parcels so near that one of them may be meant.")


class SourceLayer(Answered):
    """A version that was asked."""

    name: str
    version: str
    as_of: date
    rows: int
    stale: bool = Field(description="Too old for the day.")


class SourceRow(Answered):
    """One row on record, and by what it was found."""

    id: str
    by: str
    layer: str
    version: str
    as_of: date
    stale: bool
    days_before: float | None = Field(description="How many days before the event it is dated; negative: after it.")
    distance_ft: float | None
    fields: dict[str, str | float | date | None]


class SourceAnswer(Answered):
    """What one source holds. Only `none found` says that there is none."""

    source: str
    status: Literal["found", "none found", "source missing", "stale", "not asked"]
    reason: str | None
    sentence: str
    layers: list[SourceLayer]
    rows: list[SourceRow]


class TicketAnswer(Answered):
    """Whether a locate ticket covers the place on the day."""

    answer: str | None
    undecided_because: str | None
    sentence: str
    rule: RuleNote | None


class ResearchAnswer(Answered):
    """All that is on record about a place, source by source."""

    city: str
    place: ResearchedPlace
    sources: list[SourceAnswer]
    ticket: TicketAnswer
