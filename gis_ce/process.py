"""What a process map is made of: steps, lanes, fields and deadlines, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["start", "task", "notate", "decision", "wait", "letter", "handover", "end"]
FieldType = Literal["yes_no", "yes_no_na", "text", "number", "money", "date", "attachments", "choice"]
Unit = Literal["hours", "calendar_days", "working_days"]

KINDS: tuple[Kind, ...] = ("start", "task", "notate", "decision", "wait", "letter", "handover", "end")
YES_NO = ("yes", "no")
YES_NO_NA = ("yes", "no", "na")


@dataclass(frozen=True, slots=True)
class Length:
    """A period as a definition or a city writes it: `48 hours`, `10 days`, `3 working days`."""

    count: int
    unit: Unit

    def __str__(self) -> str:
        unit = {"hours": "hour", "calendar_days": "day", "working_days": "working day"}[self.unit]
        return f"{self.count} {unit}{'' if self.count == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class Deadline:
    """When a wait ends.

    Either `on_field` (a date that the officer sets is the last day), or a period: `length`, or the
    city's `setting`. A period counts from the day the step is entered, or from the date noted in
    `from_field`.
    """

    length: Length | None = None
    setting: str | None = None
    from_field: str | None = None
    on_field: str | None = None

    @property
    def date_field(self) -> str | None:
        """The date without which the deadline does not run; None where it runs from the step."""
        return self.on_field or self.from_field

    @property
    def in_words(self) -> str:
        """The deadline as people read it: `appeal period after notice received on`."""
        if self.on_field:
            return in_words(self.on_field)
        period = str(self.length) if self.length else in_words(str(self.setting))
        return f"{period} after {in_words(self.from_field)}" if self.from_field else period

    def __str__(self) -> str:
        if self.on_field:
            return f"field:{self.on_field}"
        period = str(self.length) if self.length else f"setting:{self.setting}"
        return f"{period} after {self.from_field}" if self.from_field else period


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to notate. Choices, yes/no and yes/no/na are always required."""

    name: str
    type: FieldType
    choices: tuple[str, ...] = ()
    required: bool = False

    @property
    def label(self) -> str:
        """The name as people read it: `ticket_number` is `Ticket number`."""
        return in_words(self.name).capitalize()


@dataclass(frozen=True, slots=True)
class Step:
    """One box of a process map, or several that were read as one.

    `check` proposes the answer of a decision, or the value of the field `fills`; without either it
    only informs. `only_officer` are answers of a decision that its check never gives. A hand-over
    opens `process`, or one of `processes` that the officer chooses; where it `returns`, the case waits
    for the other to close. `boxes` is the map's own text, `guess` what was inferred.
    """

    id: str
    kind: Kind
    lane: str
    text: str
    boxes: tuple[str, ...] = ()
    next: str | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    only_officer: tuple[str, ...] = ()
    fields: tuple[Field, ...] = ()
    deadline: Deadline | None = None
    remind: Length | None = None
    check: str | None = None
    fills: str | None = None
    process: str | None = None
    processes: tuple[str, ...] = ()
    returns: bool = False
    letter: str | None = None
    guess: str | None = None
    line: int = 0

    def field(self, name: str) -> Field | None:
        """The field of that name, or None."""
        return next((found for found in self.fields if found.name == name), None)

    @property
    def targets(self) -> tuple[str, ...]:
        """The steps that may come next, each once."""
        ways = (*self.answers.values(), *((self.next,) if self.next else ()))
        return tuple(dict.fromkeys(ways))

    @property
    def choices(self) -> tuple[str, ...]:
        """What the officer must choose from to leave the step; empty where there is nothing to choose."""
        return tuple(self.answers) if self.kind == "decision" else self.processes


@dataclass(frozen=True, slots=True)
class Process:
    """One process map that cases can follow. `version` is the hash of its file's content, which is `yaml`.

    `lanes` are names and titles; `recorded_by` says who else may do a lane's steps, because the report
    reaches them by telephone or on paper. `renamed` gives new names of steps that older versions have.
    """

    id: str
    title: str
    prefix: str
    lanes: Mapping[str, str]
    steps: Mapping[str, Step]
    start: str
    version: str
    recorded_by: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)
    source: str | None = None
    yaml: str = field(default="", repr=False, compare=False)

    def field(self, name: str) -> Field | None:
        """The field of that name in any step (one name has one type); required if some step requires it."""
        found = [known for step in self.steps.values() if (known := step.field(name))]
        return max(found, key=lambda known: known.required, default=None)

    def deadlines_on(self, name: str) -> tuple[Step, ...]:
        """The waits whose deadline hangs on the date field of that name."""
        return tuple(step for step in self.steps.values() if step.deadline and step.deadline.date_field == name)

    @property
    def ends(self) -> tuple[str, ...]:
        """The steps at which a case can close."""
        return tuple(step.id for step in self.steps.values() if step.kind == "end")


def in_words(name: str) -> str:
    """An id as words: `nov_received_on` is `nov received on`."""
    return name.replace("_", " ")
