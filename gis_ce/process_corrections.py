"""Mending a case: a corrected field or answer, a closed case opened again, a wait made longer; the log stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from gis_ce.clock import named
from gis_ce.errors import NotNow, StepRefused
from gis_ce.process import Field, Kind, Process, in_words
from gis_ce.process_deadlines import end_of, local_day, remind_at
from gis_ce.process_engine import go_to, reason_given, standing
from gis_ce.process_given import value_taken
from gis_ce.process_state import Act, Entry, Moved, RunningDeadline, State
from gis_ce.process_values import NotTaken
from gis_ce.process_waits import begun_wait
from layers.sentences import none_of, sentence
from layers.toml_table import did_you_mean


def correct_field(process: Process, state: State, name: str, value: object, why: str, act: Act) -> Moved:
    """Another value for a field that was noted; a deadline that hangs on it is counted again.

    Attachments are replaced by those given. Raises NotNow on a closed case, StepRefused where the value
    cannot be taken or no reason is given.
    """
    reason = _may_correct(process, state, why)
    field = process.field(name)
    if field is None or name not in state.data:
        raise StepRefused(sentence(f"{name} was not noted in this case; {did_you_mean(name, list(state.data))}"))
    before, after = state.data[name], _value(process, field, value, act)
    data = {key: kept for key, kept in state.data.items() if key != name}
    corrected = replace(state, data=data if after is None else {**data, name: after})
    text = f"{in_words(name)} corrected from {before} to {after if after is not None else 'nothing'}: {reason}"
    noted = {"field": name, "before": before, "after": after, "why": reason}
    entry = Entry("corrected", state.step, text, act.by, act.at, noted)
    here = process.steps[state.step]
    if here.deadline is None or here.deadline.date_field != name:
        return Moved(corrected, (entry,))
    return begun_wait(here, corrected, act, (entry,), ran=state.due_at is not None)


def correct_answer(process: Process, state: State, step: str, given: str, why: str, act: Act) -> Moved:
    """Another answer of a decision on the case's way: the case goes on from there by the other answer.

    The steps taken since are no longer on its way; what they noted, and the history, stay. Raises NotNow
    on a closed case, StepRefused where the step was not answered or cannot be answered so.
    """
    reason = _may_correct(process, state, why)
    answered = [name for name in state.answers if name in state.way and name in process.steps]
    if step not in answered:
        raise StepRefused(sentence(f"{step} was not answered in this case; {did_you_mean(step, answered)}"))
    decision = process.steps[step]
    if given not in decision.answers:
        raise StepRefused(sentence(none_of(repr(given), decision.answers, given)))
    before = state.answers[step]
    if given == before:
        raise StepRefused(f"{decision.text} is answered {given!r} already.")
    back = _back_to(state, step)
    back = replace(back, way=(*back.way, step), answers={**back.answers, step: given})
    text = f"{decision.text} corrected from {in_words(before)} to {in_words(given)}: {reason}"
    noted = {"answer_of": step, "before": before, "after": given, "why": reason}
    entry = Entry("corrected", step, text, act.by, act.at, noted)
    return go_to(process, back, decision.answers[given], act, (entry,))


def reopen(process: Process, state: State, step: str | None, why: str, act: Act) -> Moved:
    """A closed case, open again at a step of its way (without one: the last that somebody did).

    Raises NotNow where the case is open, StepRefused where the step is none of its way.
    """
    reason = reason_given(why)
    if not state.closed:
        raise NotNow(f"{standing(process, state)}; it is not closed.")
    open_at = step or _last_done(process, state)
    steps = [name for name in dict.fromkeys(state.way) if _kind(process, name) not in (None, "start")]
    if open_at not in steps:
        raise StepRefused(f"{open_at} is no step that the case went through; it went through {', '.join(steps)}.")
    text = f"reopened at {process.steps[open_at].text}: {reason}"
    entry = Entry("reopened", open_at, text, act.by, act.at, {"why": reason})
    return go_to(process, _back_to(state, open_at), open_at, act, (entry,))


def extend_wait(process: Process, state: State, until: date, why: str, act: Act) -> Moved:
    """A running wait that ends on another, later day; raises NotNow where none runs, StepRefused for an earlier day."""
    reason = reason_given(why)
    if state.waiting_for != "deadline" or state.due_at is None:
        raise NotNow(f"{standing(process, state)}; no deadline runs.")
    last = local_day(state.due_at, act.time)
    if until <= max(last, act.today):
        raise StepRefused(f"{until} is no later day than {max(last, act.today)}.")
    due_at = end_of(until, act.time)
    said = f"{state.due_said}; extended to {named(until)}: {reason}"
    entry = Entry("deadline_moved", state.step, said, act.by, act.at, {"due_at": due_at.isoformat(), "why": reason})
    here = process.steps[state.step]
    starts_on = local_day(state.entered_at, act.time)
    running = RunningDeadline(state.step, starts_on, due_at, said, remind_at(here, due_at, act))
    return Moved(replace(state, due_at=due_at, due_said=said), (entry,), running, "ended")


def _may_correct(process: Process, state: State, why: str) -> str:
    if state.closed:
        raise NotNow(f"{standing(process, state)}; reopen it first.")
    return reason_given(why)


def _value(process: Process, field: Field, value: object, act: Act) -> Any:
    try:
        kept = value_taken(process, field, value, act.today)
    except NotTaken as error:
        raise StepRefused(sentence(f"{in_words(field.name)} {error}")) from error
    if kept is None and field.required:
        raise StepRefused(f"{in_words(field.name)} is required; it can be corrected but not taken away.")
    return kept


def _back_to(state: State, step: str) -> State:
    """The state as it was when the case last came to a step of its way, with today's data."""
    last = len(state.way) - 1 - state.way[::-1].index(step)
    way = state.way[:last]
    kept = {name: word for name, word in state.answers.items() if name in way}
    return replace(state, way=way, answers=kept, closed=False, waiting_for=None)


def _last_done(process: Process, state: State) -> str:
    done = [name for name in state.way if _kind(process, name) not in (None, "start", "wait", "handover")]
    return done[-1] if done else process.steps[process.start].targets[0]


def _kind(process: Process, step: str) -> Kind | None:
    """The kind of a step; None where only an older definition has it."""
    return process.steps[step].kind if step in process.steps else None
