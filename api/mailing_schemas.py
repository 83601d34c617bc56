"""What may be sent to /mailings."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict, Field


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewMailing(_Body):
    """A mailing to be made."""

    case: str = Field(max_length=80, description="Number or id of a case of an overflow.")


class RowDecision(_Body):
    """What a person decides on a row."""

    decision: str = Field(pattern="^(strike|keep)$", description="strike or keep.")
    why: str = Field(min_length=1, max_length=2_000, description="The reason; it stays with the row.")


class AddedRow(_Body):
    """Somebody to be put on a list."""

    name: str = Field(min_length=1, max_length=200)
    address: str = Field(min_length=1, max_length=200, description="House number and street, or box.")
    city: str | None = Field(default=None, max_length=100)
    state: str | None = Field(default=None, max_length=40)
    zip_code: str | None = Field(default=None, max_length=20)
    why: str = Field(min_length=1, max_length=2_000, description="The reason; it stays with the row.")


class Mailed(_Body):
    """The day on which a list was mailed."""

    mailed_on: date


class Returned(_Body):
    """A letter that came back."""

    row: str = Field(max_length=80, description="Position or id of the row.")
    why: str = Field(min_length=1, max_length=2_000, description="What the post wrote on it.")
