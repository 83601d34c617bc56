"""Where a case stands in its process, from and to its row: columns that are searched, and the rest as JSON."""

from __future__ import annotations

from datetime import datetime

from gis_ce.process_state import State
from gis_ce.tables import Case

_IN_COLUMNS = ("process", "version", "step", "lane", "closed", "due_at", "data", "answers")


def state_of(case: Case) -> State:
    """The state that `put_state` wrote."""
    return State.from_json(
        {
            **case.state,
            "process": case.type,
            "version": case.process_version,
            "step": case.step,
            "lane": case.lane,
            "closed": case.status == "closed",
            "due_at": case.due_at.isoformat() if case.due_at else None,
            "data": case.data,
            "answers": case.answers,
        }
    )


def put_state(case: Case, state: State, at: datetime) -> None:
    """Writes a state to the row; a case that closes is closed at that time, one that is open again is not."""
    whole = state.to_json()
    case.type, case.process_version = state.process, state.version
    case.step, case.lane, case.due_at = state.step, state.lane, state.due_at
    case.data, case.answers = dict(state.data), dict(state.answers)
    case.state = {name: value for name, value in whole.items() if name not in _IN_COLUMNS}
    if not state.closed:
        case.status, case.outcome, case.closed_at = "open", None, None
    elif case.status != "closed":
        case.status, case.outcome, case.closed_at = "closed", state.step, at
