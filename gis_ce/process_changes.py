"""A changed definition: which cases go over to it, which stay on their own and why; running deadlines are kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from gis_ce.errors import CannotMove
from gis_ce.process import Process, Step
from gis_ce.process_deadlines import begun
from gis_ce.process_state import Act, Entry, Moved, State
from gis_ce.process_values import NotTaken, taken


@dataclass(frozen=True, slots=True)
class Stays:
    """A case that cannot go over to a changed definition, and why."""

    case: str
    why: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A case that goes over and keeps its running deadline, where a new wait would end otherwise."""

    case: str
    running: str
    new: str


@dataclass(frozen=True, slots=True)
class DryRun:
    """What publishing a changed definition would do to the open cases."""

    moves: tuple[str, ...]
    stays: tuple[Stays, ...]
    kept: tuple[Kept, ...]

    def __str__(self) -> str:
        return f"{len(self.moves)} move, {len(self.stays)} stay"


def dry_run(olds: Mapping[str, Process], new: Process, states: Iterable[tuple[str, State]], act: Act) -> DryRun:
    """What would become of open cases, given as number and state; `olds` are the definitions by their version.

    Closed cases and those that are on the new version already are left out.
    """
    moves, stays, kept = list[str](), list[Stays](), list[Kept]()
    for case, state in states:
        if state.closed or state.version == new.version:
            continue
        try:
            if state.version not in olds:
                raise CannotMove("Its own definition is not at hand.")
            moved = move_to(olds[state.version], new, state, act)
        except CannotMove as error:
            stays.append(Stays(case, str(error)))
            continue
        moves.append(case)
        if change := due_change(new, moved.state, act):
            kept.append(Kept(case, *change))
    return DryRun(tuple(moves), tuple(stays), tuple(kept))


def move_to(old: Process, new: Process, state: State, act: Act) -> Moved:
    """The case under a changed definition, at the same step; a running deadline stays as it is.

    Raises CannotMove, with the reason, where the step is gone (and not in `renamed`), is of another kind,
    or where what was noted no longer fits; the case then stays on its own version.
    """
    if state.closed:
        raise CannotMove("The case is closed; it stays as it was.")
    here = old.steps[state.step]
    to = new.steps.get(new.renamed.get(here.id, here.id))
    if to is None:
        raise CannotMove(f"It stands at {here.id} ({here.text}), which the new definition does not have.")
    _refuse(_misfits(here, to, state) or _unfit_data(new, state))
    name = new.renamed
    moved = replace(
        state,
        version=new.version,
        step=to.id,
        lane=to.lane,
        answers={name.get(step, step): word for step, word in state.answers.items()},
        way=tuple(name.get(step, step) for step in state.way),
    )
    change = due_change(new, moved, act)
    said = f"; its deadline is kept ({change[0]}), a new wait would be {change[1]}" if change else ""
    text = f"the definition has changed; the case goes on at {to.text}{said}"
    data = {"from": old.version, "to": new.version}
    return Moved(moved, (Entry("definition_changed", to.id, text, act.by, act.at, data),))


def due_change(new: Process, state: State, act: Act) -> tuple[str, str] | None:
    """The running deadline and the one that a new wait would have, in words; None where they end together."""
    step = new.steps[state.step]
    if state.due_at is None or step.deadline is None:
        return None
    again = begun(step, state.data, state.entered_at, act)
    if again is not None and again.due_at == state.due_at:
        return None
    return str(state.due_said), again.said if again else f"counted from {step.deadline.date_field}"


def _misfits(here: Step, to: Step, state: State) -> str | None:
    place = f"It stands at {here.id} ({here.text})"
    if to.kind != here.kind:
        return f"{place}, a {here.kind} that is a {to.kind} in the new definition."
    if state.waiting_for == "child" and not to.returns:
        return f"{place} and waits for another case, for which the new definition does not wait."
    date = to.deadline.date_field if to.deadline else None
    if state.waiting_for == "date" and date != (here.deadline.date_field if here.deadline else None):
        return f"{place} and waits for a date; the new definition counts from another."
    return None


def _unfit_data(new: Process, state: State) -> str | None:
    """What was noted and does not fit its field in the new definition; fields that it no longer has are kept."""
    for name, value in state.data.items():
        field = new.field(name)
        try:
            if field is not None and taken(field, value) != value:
                return f"Its {name} is {value!r}, which the new definition keeps otherwise ({field.type})."
        except NotTaken as error:
            return f"In the new definition, its {name} {error}."
    for step, word in state.answers.items():
        to = new.steps.get(new.renamed.get(step, step))
        if to is not None and word not in to.answers:
            return f"It answered {to.id} with {word!r}, which is no answer in the new definition."
    return None


def _refuse(why: str | None) -> None:
    if why is not None:
        raise CannotMove(why)
