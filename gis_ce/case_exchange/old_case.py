"""One old case as it will be written, and one row that cannot be, with every reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True, slots=True)
class OldParty:
    """A party as a row names it."""

    role: str
    name: str | None = None
    firm: str | None = None
    phone: str | None = None
    email: str | None = None
    mailing_address: str | None = None


@dataclass(frozen=True, slots=True)
class OldPlace:
    """Where a row says that it lies: what is given, before it is located."""

    address: str | None = None
    parcel: str | None = None
    facility: str | None = None
    lon: float | None = None
    lat: float | None = None
    easting_ft: float | None = None
    northing_ft: float | None = None
    datum: str | None = None
    sigma_ft: float | None = None
    shape: BaseGeometry | None = None
    structure: BaseGeometry | None = None
    details: Mapping[str, Any] | None = None
    how_located: str | None = None


@dataclass(frozen=True, slots=True)
class OldCase:
    """A row as a case: `reference` names it in the old system, `digest` tells whether the row has changed since.

    An open case stands at `step`; a closed one ended at `outcome`. `state` is the rest of where it
    stands, which only a file of ours has; so is `number`. `remark` is what does not come along. A case
    that `is_own` was exported here: it is taken as it stands, and nothing is added to it.
    """

    row: int
    reference: str
    digest: str
    type: str
    opened_at: datetime
    event_on: date
    closed_at: datetime | None
    outcome: str | None
    step: str | None
    title: str
    description: str
    officer: str | None
    priority: int | None
    data: Mapping[str, Any]
    answers: Mapping[str, str]
    parties: tuple[OldParty, ...]
    place: OldPlace
    number: str | None = None
    state: Mapping[str, Any] | None = None
    due_at: datetime | None = None
    references: tuple[tuple[str, str], ...] = ()
    remark: str | None = None
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be brought in, with everything that is wrong with it."""

    row: int
    reference: str | None
    reasons: tuple[str, ...]

    def __str__(self) -> str:
        name = f" ({self.reference})" if self.reference else ""
        return f"row {self.row}{name}: {'; '.join(self.reasons)}"
