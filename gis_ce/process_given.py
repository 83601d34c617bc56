"""What was given for a step, held against what the step asks for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from gis_ce.process import Field, Process, Step, in_words
from gis_ce.process_state import State
from gis_ce.process_values import NotTaken, taken
from layers.sentences import none_of
from layers.toml_table import did_you_mean


def merged(
    process: Process, step: Step, state: State, given: Mapping[str, object], today: date
) -> tuple[dict[str, Any], list[str]]:
    """The case's data with what was given, and everything that is wrong with it.

    What is given empty (None) is taken away. Attachments are added to those that the field has already.
    """
    data, wrong = dict(state.data), []
    for name, value in given.items():
        field = asked(step, name)
        if field is None:
            known = [known.name for known in step.fields]
            wrong.append(f"{name} is not asked for here; {did_you_mean(name, known)}")
            continue
        try:
            _put(data, field, value_taken(process, field, value, today))
        except NotTaken as error:
            wrong.append(f"{name} {error}")
    return data, wrong


def value_taken(process: Process, field: Field, value: object, today: date) -> Any:
    """A value of a field as it is kept; a date on which a deadline hangs must be possible for it. Raises NotTaken."""
    kept = taken(field, value)
    if kept is None or field.type != "date":
        return kept
    day = date.fromisoformat(kept)
    for wait in process.deadlines_on(field.name):
        assert wait.deadline is not None
        if wait.deadline.on_field and day < today:
            raise NotTaken(f"{kept} is a deadline that lies before today, {today}")
        if wait.deadline.from_field and day > today:
            raise NotTaken(f"{kept} lies after today, {today}; note it once it has come")
    return kept


def asked(step: Step, name: str) -> Field | None:
    """The field that the step asks for; a wait also asks for the date that starts its deadline."""
    field = step.field(name)
    if field is None and step.deadline is not None and step.deadline.date_field == name:
        return Field(name, "date")
    return field


def chosen(step: Step, given: str | None) -> tuple[str | None, list[str]]:
    """The answer of a decision or the process chosen at a hand-over, and what is wrong with it."""
    if not step.choices:
        return None, [] if given is None else [f"no answer is asked for here, so {given!r} cannot be taken"]
    if given is None:
        return None, [f"still to answer: {' or '.join(step.choices)}"]
    if given not in step.choices:
        return None, [none_of(repr(given), step.choices, given)]
    return given, []


def still_to_notate(step: Step, state: State, data: Mapping[str, Any], given: Mapping[str, object]) -> list[str]:
    """The required fields that were not given at this step; what an earlier step noted does not count."""
    fresh = {name for name in (*state.noted, *given) if name in data}
    missing = [field.name for field in step.fields if field.required and field.name not in fresh]
    return [f"still to notate: {', '.join(missing)}"] if missing else []


def notation(step: Step, word: str | None, given: Mapping[str, Any]) -> str:
    """What was done, as one line of the history."""
    said = [f"{in_words(name)}: {_said(value)}" for name, value in given.items()]
    head = f"{step.text} {in_words(word)}" if word else step.text
    return f"{head} ({'; '.join(said)})" if said else head


def _said(value: object) -> str:
    if isinstance(value, list):
        return f"{len(value)} attached"
    return "none" if value is None else str(value)


def _put(data: dict[str, Any], field: Field, value: Any) -> None:
    if value is None:
        data.pop(field.name, None)
    elif field.type == "attachments":
        data[field.name] = list(dict.fromkeys([*data.get(field.name, []), *value]))
    else:
        data[field.name] = value
