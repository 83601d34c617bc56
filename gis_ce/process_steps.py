"""Reads one step of a definition, and notes everything that is wrong with it by itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast, get_args

from gis_ce.lined_yaml import Lined
from gis_ce.process import KINDS, Deadline, Field, FieldType, Kind, Length, Step
from gis_ce.process_deadlines import LONGEST_DAYS, read_length
from gis_ce.process_mistakes import PUBLISHED, Known, Mistakes, Table, is_id, nearest, short
from gis_ce.process_values import allowed

RESERVED = (
    "answer at by case day fields idempotency_key number process row_version status step type why".split()  # noqa: SIM905
)
"""Words of the commands and of the messages; no field is called so."""
FIELD_TYPES: tuple[FieldType, ...] = get_args(FieldType)
_EVERY = ("id", "kind", "lane", "text", "boxes", "guess")
_WORK = ("fields", "check", "next")
_KEYS: Mapping[Kind, tuple[str, ...]] = {
    "start": ("next",),
    "task": (*_WORK, "fills"),
    "notate": (*_WORK, "fills"),
    "letter": (*_WORK, "fills", "letter"),
    "decision": ("fields", "check", "answers", "only_officer"),
    "wait": ("fields", "deadline", "remind", "next"),
    "handover": ("fields", "process", "processes", "returns", "next"),
    "end": (),
}


@dataclass(frozen=True, slots=True)
class Near:
    """What a step may name within its own process."""

    lanes: Collection[str]
    steps: Collection[str]


def read_step(values: Lined, near: Near, known: Known, mistakes: Mistakes) -> Step | None:
    """One step; None where it has no name or kind, so that nothing more can be said of it."""
    name = values.get("id")
    table = Table(values, mistakes, name if isinstance(name, str) else "")
    id_, kind = table.id("id", needed=True), table.id("kind", KINDS, "kind of step", needed=True)
    if id_ is None or kind is None:
        return None
    kind = cast(Kind, kind)
    _know(table, kind)
    fields = _fields(table)
    step = Step(
        id=id_,
        kind=kind,
        lane=table.id("lane", near.lanes, "lane", needed=True) or "",
        text=table.text("text", needed=True, longest=500) or "",
        boxes=table.texts("boxes"),
        next=table.id("next", near.steps, "step"),
        answers=_answers(table, near.steps),
        only_officer=table.texts("only_officer"),
        fields=fields,
        deadline=_deadline(table, known) if "deadline" in values else None,
        remind=_length(table, "remind") if "remind" in values else None,
        check=table.id("check", known.checks, "check"),
        fills=table.id("fills", [field.name for field in fields], "field of this step"),
        process=table.id("process", known.processes, "process"),
        processes=_processes(table, known),
        returns=table.yes("returns"),
        letter=table.id("letter"),
        guess=table.text("guess"),
        line=values.line,
    )
    _whole(table, step)
    if known is not PUBLISHED:
        _check_fits(table, step, known)
    return step if "boxes" in values else replace(step, boxes=(step.text,))


def _know(table: Table, kind: Kind) -> None:
    every = {key for keys in _KEYS.values() for key in keys} | set(_EVERY)
    for key in table.values:
        if key not in every:
            table.wrong(f"{key} is no key of a step{nearest(key, every)}", key)
        elif key not in _EVERY and key not in _KEYS[kind]:
            table.wrong(f"a {kind} has no {key}", key)


def _whole(table: Table, step: Step) -> None:
    """What a step of its kind must have."""
    if step.kind == "decision" and len(step.answers) < 2:
        table.wrong("a decision has two answers or more", "answers")
    if step.kind not in ("decision", "end") and "next" not in table.values:
        table.wrong(f"a {step.kind} says what comes next; next is missing")
    if step.kind == "wait" and "deadline" not in table.values:
        table.wrong("a wait has a deadline; deadline is missing")
    if step.kind == "handover" and ("process" in table.values) == ("processes" in table.values):
        table.wrong("a handover has either process, or processes to choose from")


def _check_fits(table: Table, step: Step, known: Known) -> None:
    answers = known.checks.get(step.check or "", ())
    if step.kind == "decision":
        stray = [word for word in step.only_officer if word not in step.answers]
        for word in stray:
            table.wrong(
                f"only_officer: {word!r} is no answer of this step{nearest(word, step.answers)}", "only_officer"
            )
        if answers:
            given = [word for word in step.answers if word not in step.only_officer]
            _difference(table, f"the check {step.check} answers", answers, given, "answers")
    elif step.fills is not None:
        field = step.field(step.fills)
        if step.check is None:
            table.wrong("fills names a field that a check fills; check is missing", "fills")
        elif field is not None:
            _difference(table, f"the check {step.check} fills {step.fills} with", answers, allowed(field), "fills")


def _difference(table: Table, what: str, declared: Collection[str], here: Collection[str], key: str) -> None:
    for word in declared:
        if word not in here:
            table.wrong(f"{what} {word!r}, which has no place here", key)
    for word in here:
        if word not in declared:
            table.wrong(f"{what} {', '.join(declared) or 'nothing'}, never {word!r}", key)


def _answers(table: Table, steps: Collection[str]) -> dict[str, str]:
    answers = table.table("answers")
    if answers is None:
        return {}
    inner = Table(answers, table.mistakes, table.step)
    for word, to in answers.items():
        if not is_id(word):
            inner.wrong(f"the answer {short(word)} is no name; small letters, digits and _, a letter first", word)
        if not isinstance(to, str) or to not in steps:
            inner.wrong(f"{word!r} goes to the unknown step {short(to)}{nearest(to, steps)}", word)
    return {word: to for word, to in answers.items() if isinstance(to, str)}


def _processes(table: Table, known: Known) -> tuple[str, ...]:
    names = table.texts("processes")
    if "processes" in table.values and len(names) < 2:
        table.wrong("processes lists two processes or more to choose from", "processes")
    return tuple(name for name in names if table.named(name, "processes", known.processes, "process"))


def _fields(table: Table) -> tuple[Field, ...]:
    fields = table.table("fields")
    if fields is None:
        return ()
    made = [_field(Table(fields, table.mistakes, table.step), name) for name in fields]
    return tuple(field for field in made if field is not None)


def _field(table: Table, name: str) -> Field | None:
    value = table.values[name]
    required = False
    if isinstance(value, Lined):
        inner = Table(value, table.mistakes, table.step)
        inner.know(("type", "required"), "a field")
        required, value = inner.yes("required"), value.get("type")
    if name in RESERVED:
        table.wrong(f"the field {name} is called like a word of the commands; call it otherwise", name)
    elif not is_id(name):
        table.wrong(f"the field {short(name)} is no name; small letters, digits and _, a letter first", name)
    return _typed(table, name, value, required)


def _typed(table: Table, name: str, value: Any, required: bool) -> Field | None:
    if isinstance(value, list):
        if len(value) < 2 or len(set(map(str, value))) < len(value) or not all(map(_is_word, value)):
            table.wrong(f"the choices of {name} are two names or more, each once, not {short(value)}", name)
            return None
        return Field(name, "choice", tuple(value), True)
    if value not in FIELD_TYPES or value == "choice":
        known = [known for known in FIELD_TYPES if known != "choice"]
        table.wrong(f"the field {name} has no type {short(value)}{nearest(value, known)}", name)
        return None
    return Field(name, value, (), required or value in ("yes_no", "yes_no_na"))


def _is_word(value: object) -> bool:
    return isinstance(value, str) and is_id(value)


def _deadline(table: Table, known: Known) -> Deadline | None:
    text = table.text("deadline")
    if text is None:
        return None
    if text.startswith("field:"):
        return Deadline(on_field=text.removeprefix("field:"))
    period, _, from_field = text.partition(" after ")
    setting = period.removeprefix("setting:") if period.startswith("setting:") else None
    length = None if setting is not None else read_length(period)
    if setting is not None:
        table.named(setting, "deadline", known.settings, "setting")
    elif length is None:
        table.wrong(f"deadline: {period!r} is no period{_forms()}", "deadline")
    elif length.unit == "hours" and from_field:
        table.wrong("deadline: hours count from the step; a noted date has no hour", "deadline")
    return Deadline(length, setting, from_field or None)


def _length(table: Table, key: str) -> Length | None:
    text = table.text(key)
    length = read_length(text)
    if text is not None and length is None:
        table.wrong(f"{key}: {text!r} is no period{_forms()}", key)
    return length


def _forms() -> str:
    return (
        f"; write '48 hours', '10 days', '3 working days' (up to {LONGEST_DAYS:,}), 'setting:NAME' or 'field:NAME', "
        "and '... after FIELD' where it counts from a noted date"
    )
