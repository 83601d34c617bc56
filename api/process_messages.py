"""A process map as plain values for machines: what `--json` prints and what HTTP answers."""

from __future__ import annotations

from typing import Any

from gis_ce.process import Field, Process, Step
from gis_ce.process_values import allowed


def process_line(process: Process) -> dict[str, Any]:
    """One process as a line of a list."""
    return {
        "process": process.id,
        "title": process.title,
        "prefix": process.prefix,
        "version": process.version,
        "steps": len(process.steps),
        "guesses": sum(step.guess is not None for step in process.steps.values()),
    }


def process_message(process: Process) -> dict[str, Any]:
    """A whole process: its lanes, its notes and every step."""
    lanes = [
        {"lane": lane, "title": title, "recorded_by": list(process.recorded_by.get(lane, ()))}
        for lane, title in process.lanes.items()
    ]
    return {
        **process_line(process),
        "source": process.source,
        "notes": list(process.notes),
        "lanes": lanes,
        "start": process.start,
        "steps": [step_message(step) for step in process.steps.values()],
    }


def step_message(step: Step) -> dict[str, Any]:
    """One step: what to do, what to notate, and where it goes."""
    return {
        "step": step.id,
        "kind": step.kind,
        "lane": step.lane,
        "text": step.text,
        "boxes": list(step.boxes),
        "fields": [field_message(field) for field in step.fields],
        "answers": dict(step.answers),
        "only_officer": list(step.only_officer),
        "next": step.next,
        "deadline": str(step.deadline) if step.deadline else None,
        "remind": str(step.remind) if step.remind else None,
        "check": step.check,
        "fills": step.fills,
        "processes": [step.process] if step.process else list(step.processes),
        "returns": step.returns,
        "letter": step.letter,
        "guess": step.guess,
    }


def field_message(field: Field) -> dict[str, Any]:
    """One field: its name, its type, and what can be chosen."""
    return {
        "field": field.name,
        "label": field.label,
        "type": field.type,
        "choices": list(allowed(field)),
        "required": field.required,
    }
