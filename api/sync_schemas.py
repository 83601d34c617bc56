"""The messages with which a device keeps in step: what changed since, and what it did without a connection."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.answer_schemas import Answered
from api.case_answer_schemas import CaseAnswer, Done
from api.case_record_schemas import EventAnswer
from api.case_schemas import Given, Name
from gis_ce.actions.changes_since import MOST

MOST_ITEMS = 200
ItemStatus = Literal["done", "repeated", "conflict", "refused", "later"]

BATCH_EXAMPLE: dict[str, Any] = {
    "items": [
        {
            "key": "0198c1f4-6a1e-7cc2-9d3b-6f2b8c1d0e11",
            "do": "open",
            "with": {
                "id": "0198c1f4-6a1e-7cc2-9d3b-6f2b8c1d0e10",
                "type": "leaks",
                "place": {"address": "111 Main Street"},
            },
        },
        {
            "key": "0198c1f4-6a1e-7cc2-9d3b-6f2b8c1d0e12",
            "do": "note",
            "case": "0198c1f4-6a1e-7cc2-9d3b-6f2b8c1d0e10",
            "with": {"text": "Water runs over the curb."},
        },
    ]
}


class ChangesQuery(BaseModel):
    """Which changes are wanted."""

    model_config = ConfigDict(extra="forbid")

    since: Name | None = Field(default=None, description="The token of the answer before; without it, from the start.")
    officer: Name | None = Field(default=None, description="Only the open cases of this officer.")
    limit: int = Field(default=50, ge=1, le=MOST)


class ChangeAnswer(Answered):
    """A case that changed: as it is now, or `gone` with the reason why the device need not keep it."""

    id: str
    number: str
    gone: str | None
    case: CaseAnswer | None
    events: list[EventAnswer] = Field(description="What happened since the token, at most the last 50.")


class ChangesAnswer(Answered):
    """One page of changes; ask again with `next`, at once where there is `more`."""

    changes: list[ChangeAnswer]
    next: str
    more: bool


class BatchIn(Given):
    """What was done on a device without a connection, in the order in which it was done.

    Each item: `key` (made by the device; the same item sent twice is carried out once), `do`, `case` (number or id),
    `seen` (the row_version that the device had), and `with`, the body that the address of that change takes.
    """

    items: list[dict[str, Any]] = Field(min_length=1, max_length=MOST_ITEMS)


class BothValuesAnswer(Answered):
    """One thing that was given, and what the case holds; `by` and `at` where somebody changed it meanwhile."""

    name: str
    yours: Any
    theirs: Any
    by: str | None
    at: datetime | None


class ConflictAnswer(Answered):
    """What changed since the version that the device had. Send again with `now` as `seen` if it still fits."""

    seen: int
    now: int
    step: str
    status: Literal["open", "closed"]
    meanwhile: list[EventAnswer]
    values: list[BothValuesAnswer]


class ItemAnswer(Answered):
    """What became of one item; `http` is the status that its own address would have answered with."""

    key: str | None
    status: ItemStatus
    http: int
    done: Done | None
    said: str | None = Field(description="One sentence where it was not carried out.")
    conflict: ConflictAnswer | None


class BatchAnswer(Answered):
    """What became of each item, in their order."""

    results: list[ItemAnswer]
