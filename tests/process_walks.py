"""Takes cases through process maps in tests: a value for every field, one step, or a whole way."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from gis_ce.clock import Calendar
from gis_ce.holidays import Holiday
from gis_ce.process import Field, Process
from gis_ce.process_engine import answer, child_returned, note, pass_deadline, start
from gis_ce.process_files import open_processes
from gis_ce.process_paths import Path
from gis_ce.process_settings import default_settings
from gis_ce.process_state import Act, Moved, State, Timekeeping
from gis_ce.process_values import allowed

RALEIGH = ZoneInfo("America/New_York")
THANKSGIVING = Holiday("Thanksgiving Day", "fourth Thursday of November")
TIME = Timekeeping(default_settings(), RALEIGH, Calendar((THANKSGIVING,)))
MONDAY = datetime(2026, 11, 2, 15, 0, tzinfo=UTC)
"""Monday 2 November 2026, 10:00 in Raleigh."""


def act(at: datetime = MONDAY, by: str = "jane", time: Timekeeping = TIME) -> Act:
    """Jane does something then."""
    return Act(by, at, time)


def shipped() -> dict[str, Process]:
    """The fifteen process maps."""
    return open_processes(default_settings())


def a_value(field: Field, day: date) -> object:
    """Some value that fits a field; dates are today, which suits deadlines and receipts alike."""
    words = allowed(field)
    plain: Mapping[str, object] = {
        "text": "some words",
        "number": 3,
        "money": "1,250.50",
        "date": day.isoformat(),
        "attachments": ["photo-1"],
    }
    return words[0] if words else plain[field.type]


def some_fields(process: Process, state: State, doing: Act) -> dict[str, object]:
    """A value for every field of the present step."""
    return {field.name: a_value(field, doing.today) for field in process.steps[state.step].fields}


def on(process: Process, state: State, word: str | None, doing: Act) -> Moved:
    """The case one step on: by an answer, its deadline (noting the date it needs first), or its child's return."""
    step = process.steps[state.step]
    if step.kind == "wait":
        assert step.deadline is not None
        if state.waiting_for == "date":
            date_field = str(step.deadline.date_field)
            state = note(process, state, step.id, {date_field: doing.today.isoformat()}, doing).state
        assert state.due_at is not None
        return pass_deadline(process, state, Act("clock", max(doing.at, state.due_at), doing.time))
    if state.waiting_for == "child":
        return child_returned(process, state, "CONF-2026-00001", "closed", doing)
    return answer(process, state, step.id, word, some_fields(process, state, doing), doing)


def round_trip(state: State) -> State:
    """The state as it comes back from the store."""
    back = State.from_json(json.loads(json.dumps(state.to_json())))
    assert back == state
    return back


def walk(process: Process, path: Path, doing: Act) -> tuple[State, list[Moved]]:
    """A case taken along a way, from the start to its end, through JSON after every move."""
    moves = [start(process, doing)]
    for step, word in path.arrows[1:]:
        state = round_trip(moves[-1].state)
        assert state.step == step
        moves.append(on(process, state, word, act(later(state, doing), doing.by, doing.time)))
        if moves[-1].state.waiting_for == "child":
            moves.append(on(process, round_trip(moves[-1].state), None, doing))
    return moves[-1].state, moves


def later(state: State, doing: Act) -> datetime:
    """A moment after the present step was entered."""
    return max(state.entered_at, doing.at) + timedelta(hours=1)
