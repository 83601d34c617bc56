"""What the router of old cases answers with."""

from __future__ import annotations

from pydantic import Field

from api.answer_schemas import Answered


class BadRowAnswer(Answered):
    """A row that cannot be brought in, with every reason."""

    row: int
    reference: str | None
    reasons: list[str]


class ImportAnswer(Answered):
    """What came in, or would: `already` are rows that are here, `changed` those that say something else by now."""

    file: str
    written: bool
    cases: int
    already: int
    changed: int
    bad: list[BadRowAnswer]
    remarks: list[str] = Field(description="What does not come along, such as a position that is not on the map.")
