"""How the columns of a city's old system become a case: the values of a mapping file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Taken:
    """Where a value comes from: a column, with the words that its own words mean; or the same for all rows.

    With `values` only those words are known, unless `or_as_it_is`. `dates` are forms of dates besides
    2026-01-31.
    """

    column: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    always: str | None = None
    or_as_it_is: bool = False
    dates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TakenParty:
    """A party of the case, each of its properties from a column."""

    role: str
    properties: Mapping[str, Taken]


@dataclass(frozen=True, slots=True)
class FieldMapping:
    """All that is taken from a row.

    `system` is the old system's name, `row` the column that names a row there; together they are the
    reference by which a row is known again. `values` are the case's own columns and those of its place;
    `fields` and `answers` those of its process. `is_own` is true for a file that was exported here: then
    `row` is the case's own id, and more is taken (its number, where it stands, its shape).
    """

    system: str
    row: str
    values: Mapping[str, Taken]
    parties: tuple[TakenParty, ...] = ()
    fields: Mapping[str, Taken] = field(default_factory=dict)
    answers: Mapping[str, Taken] = field(default_factory=dict)
    is_own: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that it takes from."""
        taken = [*self.values.values(), *self.fields.values(), *self.answers.values()]
        taken += [each for party in self.parties for each in party.properties.values()]
        return (self.row, *dict.fromkeys(each.column for each in taken if each.column and each.column != self.row))


OWN_VALUES = ("type", "opened", "closed", "event_on", "outcome", "step", "title", "description", "officer", "priority")
"""What a mapping can say of the case itself."""
PLACE_VALUES = (
    "address",
    "parcel",
    "facility",
    "lon",
    "lat",
    "datum",
    "easting_ft",
    "northing_ft",
    "sigma_ft",
)
"""What a mapping can say of its place."""
DAYS = ("opened", "closed", "event_on")
"""The values that are days or times."""
