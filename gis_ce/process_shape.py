"""What must hold between the steps of a definition: targets, ways to an end, one type for one name, deadlines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from gis_ce.process import Step
from gis_ce.process_mistakes import Mistakes, nearest


def shape_mistakes(steps: Mapping[str, Step], mistakes: Mistakes) -> None:
    """Notes everything that is wrong between steps."""
    _starts(steps, mistakes)
    _targets(steps, mistakes)
    _ways(steps, mistakes)
    _types(steps, mistakes)
    for step in steps.values():
        _dates(step, steps, mistakes)


def reached(steps: Mapping[str, Step], first: Iterable[str]) -> set[str]:
    """Every step to which some way leads from the first ones, those included."""
    found, at = set[str](), [name for name in first if name in steps]
    while at:
        name = at.pop()
        if name not in found:
            found.add(name)
            at += [to for to in steps[name].targets if to in steps]
    return found


def _starts(steps: Mapping[str, Step], mistakes: Mistakes) -> None:
    starts = [step for step in steps.values() if step.kind == "start"]
    first = next(iter(steps.values()))
    if first.kind != "start":
        mistakes.add(first.line, "the first step must be the start", first.id)
    for step in starts[1:]:
        mistakes.add(step.line, f"is a second start; the first is {starts[0].id}", step.id)


def _targets(steps: Mapping[str, Step], mistakes: Mistakes) -> None:
    for step in steps.values():
        for to in step.targets:
            if to in steps and steps[to].kind == "start":
                mistakes.add(step.line, f"goes back to {to}, the start; nothing can", step.id)


def _ways(steps: Mapping[str, Step], mistakes: Mistakes) -> None:
    from_start = reached(steps, [next(iter(steps))])
    before: dict[str, list[str]] = {name: [] for name in steps}
    for step in steps.values():
        for to in step.targets:
            before.get(to, []).append(step.id)
    to_end, at = set[str](), [step.id for step in steps.values() if step.kind == "end"]
    if not at:
        mistakes.add(next(iter(steps.values())).line, "there is no end; a case could never close")
        return
    while at:
        name = at.pop()
        if name not in to_end:
            to_end.add(name)
            at += before[name]
    for step in steps.values():
        if step.id not in from_start:
            mistakes.add(step.line, "cannot be reached from the start", step.id)
        if step.id not in to_end:
            mistakes.add(step.line, "no way leads from here to an end", step.id)


def _types(steps: Mapping[str, Step], mistakes: Mistakes) -> None:
    first: dict[str, tuple[str, object]] = {}
    for step in steps.values():
        for field in step.fields:
            kind = (field.type, field.choices)
            where, known = first.setdefault(field.name, (step.id, kind))
            if known != kind:
                other = f"{step.id} has {_said(kind)}, {where} has {_said(known)}"
                mistakes.add(step.line, f"one field name has one type: {field.name} in {other}", step.id)


def _said(kind: object) -> str:
    assert isinstance(kind, tuple)
    return f"[{', '.join(kind[1])}]" if kind[1] else str(kind[0])


def _dates(wait: Step, steps: Mapping[str, Step], mistakes: Mistakes) -> None:
    """A date on which a deadline hangs must be a date, and be required wherever a step before asks for it."""
    name = wait.deadline.date_field if wait.deadline else None
    if name is None:
        return
    asking = [(step, field) for step in steps.values() if (field := step.field(name))]
    if not asking:
        fields = sorted({field.name for step in steps.values() for field in step.fields if field.type == "date"})
        mistakes.add(wait.line, f"the deadline needs the unknown field {name!r}{nearest(name, fields)}", wait.id)
    for step, field in asking:
        if field.type != "date":
            mistakes.add(wait.line, f"the deadline needs {name}, which is a {field.type} and no date", wait.id)
        elif step.kind != "wait" and not field.required:
            what = f"the deadline of {wait.id} hangs on {name}, so it must be required here"
            mistakes.add(step.line, f"{what}: {name}: {{type: date, required: true}}", step.id)
