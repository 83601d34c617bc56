"""Moves a case through its process: one step at a time, each move a value; no database and no clock."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from gis_ce.errors import NotNow, StepRefused
from gis_ce.process import Process, Step
from gis_ce.process_given import chosen, merged, notation, still_to_notate
from gis_ce.process_state import Act, DeadlineEnd, Entry, HandOver, Moved, State
from gis_ce.process_waits import begun_wait, entered
from layers.sentences import sentence


def start(process: Process, act: Act) -> Moved:
    """A new case at the first step after the start."""
    first = process.steps[process.start]
    assert first.next is not None
    state = State(process.id, process.version, first.id, first.lane, act.at, way=(first.id,))
    opened = Entry("opened", first.id, f"{process.title}: case opened", act.by, act.at)
    return _go(process, state, first.next, act, (opened,))


def answer(
    process: Process, state: State, step: str, given: str | None, fields: Mapping[str, object], act: Act
) -> Moved:
    """Does the step at which the case stands, and goes on to the next.

    `given` is the answer of a decision, or the process chosen at a hand-over that leaves the choice;
    None elsewhere. Raises NotNow where the case is not at `step` or waits, StepRefused with
    everything that is missing or wrong.
    """
    here = _standing(process, state, step)
    if state.waiting_for is not None:
        raise NotNow(f"{waits(process, state)}.")
    data, wrong = merged(process, here, state, fields, act.today)
    word, refused = chosen(here, given)
    wrong += refused + still_to_notate(here, state, data, fields)
    if wrong:
        raise StepRefused(sentence(f"{here.text}: {'; '.join(wrong)}"))
    done = replace(state, data=data, way=(*state.way, step))
    if here.kind == "decision":
        done = replace(done, answers={**state.answers, step: str(word)})
    noted = {name: data.get(name) for name in fields}
    entry = Entry("answered", step, notation(here, word, noted), act.by, act.at, {"answer": word, "fields": noted})
    if here.kind == "handover":
        return _hand_over(process, state, done, here, word or str(here.process), act, entry)
    to = here.answers[str(word)] if here.kind == "decision" else str(here.next)
    return _go(process, done, to, act, (entry,))


def note(process: Process, state: State, step: str, fields: Mapping[str, object], act: Act) -> Moved:
    """Notes fields of the present step without leaving it; the date that a wait needs starts its deadline.

    Raises NotNow where the case is not at `step`, StepRefused with everything that is wrong.
    """
    here = _standing(process, state, step)
    data, wrong = merged(process, here, state, fields, act.today)
    if wrong or not fields:
        raise StepRefused(sentence(f"{here.text}: {'; '.join(wrong) or 'nothing to notate was given'}"))
    given = {name: data.get(name) for name in fields}
    entry = Entry("noted", step, notation(here, None, given), act.by, act.at, {"fields": given})
    noted = replace(state, data=data, noted=tuple(dict.fromkeys((*state.noted, *given))))
    if here.deadline is None or here.deadline.date_field not in given:
        return Moved(noted, (entry,))
    return begun_wait(here, noted, act, (entry,), ran=state.due_at is not None)


def pass_deadline(process: Process, state: State, act: Act) -> Moved:
    """Goes on from a wait whose deadline has passed; raises NotNow where it still runs or there is none."""
    if state.waiting_for != "deadline" or state.due_at is None:
        raise NotNow(f"{standing(process, state)}; no deadline runs.")
    if act.at < state.due_at:
        raise NotNow(f"{waits(process, state)}.")
    text = f"the deadline has passed: {state.due_said}"
    return _leave(process, state, act, Entry("deadline_passed", state.step, text, act.by, act.at), "passed")


def end_wait(process: Process, state: State, why: str, act: Act) -> Moved:
    """Goes on from a wait before its deadline (the owner complied on day 3); raises NotNow, StepRefused without why."""
    if state.waiting_for not in ("deadline", "date"):
        raise NotNow(f"{standing(process, state)}; there is no wait to end.")
    reason = reason_given(why)
    text = f"the wait ended early: {reason}"
    entry = Entry("wait_ended", state.step, text, act.by, act.at, {"why": reason})
    return _leave(process, state, act, entry, "met")


def child_returned(process: Process, state: State, child: str, outcome: str, act: Act) -> Moved:
    """Goes on where the case waited for another, `child`, that has closed; raises NotNow elsewhere."""
    if state.waiting_for != "child":
        raise NotNow(f"{standing(process, state)}; it waits for no other case.")
    entry = Entry("returned", state.step, f"{child} has closed: {outcome}", act.by, act.at, {"child": child})
    here = process.steps[state.step]
    return _go(process, replace(state, way=(*state.way, here.id)), str(here.next), act, (entry,))


def may_act(process: Process, state: State, lanes: Collection[str]) -> bool:
    """Whether somebody in these lanes may do the step at which the case stands."""
    return not set(who_may_act(process, state)).isdisjoint(lanes)


def may_do(process: Process, step: str, lanes: Collection[str]) -> bool:
    """Whether somebody in these lanes does a step, or records for those who do."""
    lane = process.steps[step].lane
    return not {lane, *process.recorded_by.get(lane, ())}.isdisjoint(lanes)


def who_may_act(process: Process, state: State) -> tuple[str, ...]:
    """The lanes that may do the present step: its own first, then those that record for it."""
    return (state.lane, *process.recorded_by.get(state.lane, ()))


def standing(process: Process, state: State) -> str:
    """Where the case stands, in words."""
    if state.closed:
        return "The case is closed"
    return f"The case stands at {state.step} ({process.steps[state.step].text})"


def waits(process: Process, state: State) -> str:
    """What the case waits for, in words."""
    here = process.steps[state.step]
    if state.waiting_for == "child":
        return f"{standing(process, state)} and waits for the other case to close"
    if state.waiting_for == "date":
        assert here.deadline is not None
        return f"{standing(process, state)}; its deadline begins once {here.deadline.date_field} is noted"
    return f"{standing(process, state)} and waits: {state.due_said}; to go on before, end the wait with a reason"


def reason_given(why: str) -> str:
    """The reason without blanks around it; raises StepRefused where there is none."""
    if not why.strip():
        raise StepRefused("Say why; this goes into the history.")
    return why.strip()


def go_to(process: Process, state: State, step: str, act: Act, entries: tuple[Entry, ...]) -> Moved:
    """The case at another step of its way, as if it had just come there; a running deadline ends."""
    return _go(process, state, step, act, entries, "ended" if state.due_at else None)


def _standing(process: Process, state: State, step: str) -> Step:
    assert (process.id, process.version) == (state.process, state.version), "the state is another definition's"
    if state.closed or state.step != step:
        where = "" if step in process.steps else f"; {process.title} has no step {step}"
        raise NotNow(f"{standing(process, state)}, not at {step}{where}.")
    return process.steps[step]


def _hand_over(process: Process, before: State, done: State, here: Step, to: str, act: Act, entry: Entry) -> Moved:
    child = HandOver(to, here.id, here.returns)
    handed = Entry("handed_over", here.id, f"handed over to {to}", act.by, act.at, {"process": to})
    if here.returns:
        waiting = replace(done, way=before.way, noted=(), waiting_for="child")
        return Moved(waiting, (entry, handed), open_child=child)
    return replace(_go(process, done, str(here.next), act, (entry, handed)), open_child=child)


def _leave(process: Process, state: State, act: Act, entry: Entry, ended: DeadlineEnd) -> Moved:
    here = process.steps[state.step]
    left = replace(state, way=(*state.way, here.id))
    return _go(process, left, str(here.next), act, (entry,), ended if state.due_at else None)


def _go(
    process: Process, state: State, to: str, act: Act, entries: tuple[Entry, ...], ended: DeadlineEnd | None = None
) -> Moved:
    moved = entered(process, state, to, act, entries)
    return replace(moved, deadline_end=ended)
