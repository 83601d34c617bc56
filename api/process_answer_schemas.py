"""What the routers of processes and registers answer with; each message holds exactly what is listed."""

from __future__ import annotations

from datetime import date, datetime

from api.answer_schemas import Answered


class ProcessLine(Answered):
    """One process as a line of a list."""

    process: str
    title: str
    prefix: str
    version: str
    steps: int
    guesses: int


class ProcessList(Answered):
    """All processes that new cases can follow."""

    processes: list[ProcessLine]


class LaneAnswer(Answered):
    """Who does steps, and who else may record them."""

    lane: str
    title: str
    recorded_by: list[str]


class FieldAnswer(Answered):
    """One thing that a step asks for."""

    field: str
    label: str
    type: str
    choices: list[str]
    required: bool


class StepAnswer(Answered):
    """One step of a process."""

    step: str
    kind: str
    lane: str
    text: str
    boxes: list[str]
    fields: list[FieldAnswer]
    answers: dict[str, str]
    only_officer: list[str]
    next: str | None
    deadline: str | None
    remind: str | None
    check: str | None
    fills: str | None
    processes: list[str]
    returns: bool
    letter: str | None
    guess: str | None


class ProcessAnswer(Answered):
    """A whole process."""

    process: str
    title: str
    prefix: str
    version: str
    steps: list[StepAnswer]
    guesses: int
    source: str | None
    notes: list[str]
    lanes: list[LaneAnswer]
    start: str


class RegisterLine(Answered):
    """One register as a line of a list."""

    id: str
    title: str
    about: str
    types: list[str]
    statuses: list[str]
    columns: list[str]


class RegisterList(Answered):
    """All registers of the city."""

    registers: list[RegisterLine]


class EntryEvent(Answered):
    """An event that an entry came from."""

    id: int
    at: datetime
    by: str
    kind: str
    step: str | None
    text: str


class EntryAnswer(Answered):
    """One line of a register: its case, its status and since when, what it says, and where it came from."""

    number: str
    type: str
    status: str
    since: date
    title: str
    case_status: str
    event_on: date
    opened_on: date
    address: str | None
    parcel_id: str | None
    lon: float | None
    lat: float | None
    values: dict[str, str | float | date | None]
    events: list[EntryEvent]


class RegisterAnswer(Answered):
    """One page of a register, the newest case first; `next` asks for the page after it."""

    id: str
    title: str
    entries: list[EntryAnswer]
    next: str | None
