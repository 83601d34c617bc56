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
from gis_ce.process_files import known_checks, open_processes, read_process
from gis_ce.process_mistakes import Known
from gis_ce.process_paths import Path
from gis_ce.process_settings import default_settings
from gis_ce.process_state import Act, Moved, State, Timekeeping
from gis_ce.process_values import allowed

RALEIGH = ZoneInfo("America/New_York")
THANKSGIVING = Holiday("Thanksgiving Day", "fourth Thursday of November")
TIME = Timekeeping(default_settings(), RALEIGH, Calendar((THANKSGIVING,)))
MONDAY = datetime(2026, 11, 2, 15, 0, tzinfo=UTC)
"""Monday 2 November 2026, 10:00 in Raleigh."""
LATER = MONDAY + timedelta(days=3)


def act(at: datetime = MONDAY, by: str = "jane", time: Timekeeping = TIME) -> Act:
    """Jane does something then."""
    return Act(by, at, time)


def shipped() -> dict[str, Process]:
    """The fifteen process maps."""
    return open_processes(default_settings())


MAPS = shipped()


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


def at(process: Process, *words: str | None) -> State:
    """A case taken on by these answers, None for a step without one."""
    state = start(process, act()).state
    for word in words:
        state = on(process, state, word, act()).state
    return state


def noticed() -> State:
    """A leak behind the meter, with the 48 hour notice just issued."""
    return at(MAPS["leaks"], None, "outside", "behind", None, "no", None)


def appealing() -> State:
    """An illegal valve operation whose notice has been sent and not yet received."""
    return at(MAPS["illegal_valve_operation"], None, None, None, "no", "no", None)


def meter_case() -> tuple[Process, State]:
    process = MAPS["hydrant_meters"]
    return process, at(process, "reported", None, None, None, "no", None, "yes", "unmetered_connection")


KNOWN = Known(known_checks(), ("damages", "leaks", "mine"), default_settings())
RIGHT = """\
format: 1
id: mine
title: A process of ours
prefix: MINE
lanes: {ce: Code Enforcement, wd: {title: Water Distribution, recorded_by: [ce]}}
steps:
- {id: start, kind: start, lane: ce, text: Start, next: location}
- id: location
  kind: decision
  lane: ce
  text: Inside or outside?
  check: right_of_way
  answers: {inside: repair, outside: notice}
- id: repair
  kind: task
  lane: wd
  text: Repair
  fields: {cost: money, photos: {type: attachments, required: true}, side: [within, outside]}
  check: tolerance_zone
  fills: side
  next: open
- {id: open, kind: handover, lane: ce, text: Damage case, process: damages, returns: true, next: end}
- id: notice
  kind: letter
  lane: ce
  text: Notice
  letter: nov
  fields: {sent_on: {type: date, required: true}}
  next: appeal
- {id: appeal, kind: wait, lane: ce, text: Appeal, deadline: setting:appeal_period after sent_on, next: end}
- {id: end, kind: end, lane: ce, text: End}
"""
"""A small definition without a mistake."""


def mine() -> Process:
    return read_process(RIGHT, "mine.yaml", KNOWN)
