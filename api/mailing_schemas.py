"""What may be sent to /mailings."""

from __future__ import annotations

from pydantic import Field

from api.case_schemas import Given
from api.days_given import Day


class NewMailing(Given):
    """A mailing to be made."""

    case: str = Field(max_length=80, description="Number or id of a case of an overflow.")


class RowDecision(Given):
    """What a person decides on a row."""

    decision: str = Field(pattern="^(strike|keep)$", description="strike or keep.")
    why: str = Field(min_length=1, max_length=2_000, description="The reason; it stays with the row.")


class AddedRow(Given):
    """Somebody to be put on a list."""

    name: str = Field(min_length=1, max_length=200)
    address: str = Field(min_length=1, max_length=200, description="House number and street, or box.")
    city: str | None = Field(default=None, max_length=100)
    state: str | None = Field(default=None, max_length=40)
    zip_code: str | None = Field(default=None, max_length=20)
    why: str = Field(min_length=1, max_length=2_000, description="The reason; it stays with the row.")


class Mailed(Given):
    """The day on which a list was mailed."""

    mailed_on: Day


class Returned(Given):
    """A letter that came back."""

    row: str = Field(max_length=80, description="Position or id of the row.")
    why: str = Field(min_length=1, max_length=2_000, description="What the post wrote on it.")
