"""What happens when a case comes to a step: it closes, or waits, or is ready to be acted on."""

from __future__ import annotations

from dataclasses import replace

from gis_ce.process import Process, Step
from gis_ce.process_deadlines import begun
from gis_ce.process_state import Act, Entry, Moved, State


def entered(process: Process, state: State, to: str, act: Act, entries: tuple[Entry, ...]) -> Moved:
    """The case at a step to which it has just come; at an end it closes, at a wait the deadline begins."""
    step = process.steps[to]
    here = replace(
        state,
        step=to,
        lane=step.lane,
        entered_at=act.at,
        closed=step.kind == "end",
        waiting_for=None,
        due_at=None,
        due_said=None,
        noted=(),
    )
    if step.kind == "end":
        closed = Entry("closed", to, f"case closed: {step.text}", act.by, act.at)
        return Moved(here, (*entries, closed), wake_parent=True)
    return begun_wait(step, here, act, entries) if step.kind == "wait" else Moved(here, entries)


def begun_wait(step: Step, state: State, act: Act, entries: tuple[Entry, ...], ran: bool = False) -> Moved:
    """The wait with its deadline running, or waiting for the date that it needs.

    `ran`: a deadline ran before, and ends because the date it hangs on has changed.
    """
    assert step.deadline is not None
    deadline = begun(step, state.data, state.entered_at, act)
    if deadline is None:
        text = f"the deadline begins once {step.deadline.date_field} is noted"
        waiting = replace(state, waiting_for="date", due_at=None, due_said=None)
        entry = Entry("deadline_awaits_date", step.id, text, act.by, act.at)
        return Moved(waiting, (*entries, entry), deadline_end="ended" if ran else None)
    running = replace(state, waiting_for="deadline", due_at=deadline.due_at, due_said=deadline.said)
    data = {"due_at": deadline.due_at.isoformat(), "starts_on": deadline.starts_on.isoformat()}
    entry = Entry("deadline_moved" if ran else "deadline_started", step.id, deadline.said, act.by, act.at, data)
    return Moved(running, (*entries, entry), deadline, "ended" if ran else None)
