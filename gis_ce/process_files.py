"""Reads the definitions of processes from YAML: those that are shipped, and a city's own."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from gis_ce.checks.all import CHECKS
from gis_ce.errors import UnknownProcess
from gis_ce.file_errors import ProcessFileError
from gis_ce.lined_yaml import Lined, read_lined
from gis_ce.process import Process, Step
from gis_ce.process_mistakes import PUBLISHED, Known, Mistakes, Table, nearest, short
from gis_ce.process_shape import shape_mistakes
from gis_ce.process_steps import Near, read_step

_KEYS = ("format", "id", "title", "prefix", "source", "notes", "lanes", "renamed", "steps")
_PREFIX = re.compile(r"[A-Z]{2,6}")
_SUFFIX = ".yaml"


def known_checks() -> dict[str, tuple[str, ...]]:
    """The checks that a definition may name, with the answers that each declares."""
    return {check.name: check.answers for check in CHECKS}


def shipped_names() -> tuple[str, ...]:
    """The names of the processes that come with the product."""
    folder = files("gis_ce") / "data" / "processes"
    return tuple(sorted(item.name.removesuffix(_SUFFIX) for item in folder.iterdir() if item.name.endswith(_SUFFIX)))


def own_names(folder: Path | None) -> tuple[str, ...]:
    """The names of the definitions in a city's own folder."""
    return tuple(sorted(path.name.removesuffix(_SUFFIX) for path in folder.glob(f"*{_SUFFIX}"))) if folder else ()


def text_of(name: str, folder: Path | None = None) -> str:
    """The YAML of a process, from the city's own folder first; raises UnknownProcess."""
    own = own_names(folder)
    if name in own and folder is not None:
        return read_text(folder / f"{name}{_SUFFIX}")
    names = sorted({*shipped_names(), *own})
    if name not in names:
        hint = nearest(name, names)
        raise UnknownProcess(f"There is no process {name!r}{hint}{'' if hint.endswith('?') else '.'}")
    return (files("gis_ce") / "data" / "processes" / f"{name}{_SUFFIX}").read_text(encoding="utf-8")


def read_text(path: Path) -> str:
    """The text of a definition's file; raises ProcessFileError where it is no UTF-8 text."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ProcessFileError(path.name, [f"line 1: it is not UTF-8 text: {error.reason}"]) from error


def open_processes(settings: Collection[str], folder: Path | None = None) -> dict[str, Process]:
    """Every process by its name, a city's own before a shipped one of the same name.

    Raises ProcessFileError for the first file that cannot be used.
    """
    names = sorted({*shipped_names(), *own_names(folder)})
    known = Known(known_checks(), names, settings)
    made = {name: read_process(text_of(name, folder), f"{name}{_SUFFIX}", known) for name in names}
    for name, process in made.items():
        if process.id != name:
            raise ProcessFileError(f"{name}{_SUFFIX}", [f"line 1: its id is {process.id}; name it {process.id}.yaml"])
    _refuse_doubles(made)
    return made


def read_process(text: str, name: str, known: Known) -> Process:
    """The process of one YAML text; raises ProcessFileError with every mistake and its line."""
    process, mistakes = try_process(text, known)
    if process is None:
        raise ProcessFileError(name, mistakes)
    return process


def read_published(text: str, name: str) -> Process:
    """The process of a YAML text that was published once, though a check or a period in it may be gone by now."""
    return read_process(text, name, PUBLISHED)


def try_process(text: str, known: Known) -> tuple[Process | None, list[str]]:
    """The process of one YAML text, or None and every mistake with its line, in the order of the lines."""
    document, wrong = read_lined(text)
    mistakes = Mistakes(_name_of(document))
    for line, what in wrong:
        mistakes.add(line, what)
    if not isinstance(document, Lined):
        if not wrong:
            mistakes.add(1, f"a definition is a mapping with {', '.join(_KEYS)}, not {short(document)}")
        return None, mistakes.in_order()
    process = _read(document, known, mistakes, text)
    found = mistakes.in_order()
    return (None if found else process), found


def _name_of(document: Any) -> str:
    name = document.get("id") if isinstance(document, Lined) else None
    return name if isinstance(name, str) else "process"


def _read(document: Lined, known: Known, mistakes: Mistakes, text: str) -> Process:
    head = Table(document, mistakes)
    head.know(_KEYS, "a process")
    if document.get("format") != 1:
        head.wrong(f"format must be 1, not {short(document.get('format'))}", "format")
    titles, recorded_by = _lanes(head)
    steps = _steps(head, tuple(titles), known)
    return Process(
        id=head.id("id", needed=True) or "",
        title=head.text("title", needed=True, longest=200) or "",
        prefix=_prefix(head),
        lanes=titles,
        steps=steps,
        start=next(iter(steps), ""),
        version=hashlib.sha256(text.encode("utf-8", "replace")).hexdigest(),
        recorded_by=recorded_by,
        notes=head.texts("notes"),
        renamed=_renamed(head, steps),
        source=head.text("source"),
        yaml=text,
    )


def _prefix(head: Table) -> str:
    prefix = head.text("prefix", needed=True)
    if prefix is not None and not _PREFIX.fullmatch(prefix):
        head.wrong(f"prefix must be 2 to 6 capital letters, such as DAM, not {prefix!r}", "prefix")
    return prefix or ""


def _lanes(head: Table) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    lanes = head.table("lanes")
    if lanes is None:
        if "lanes" not in head.values:
            head.wrong("lanes is missing")
        return {}, {}
    table, titles, recorded_by = Table(lanes, head.mistakes), dict[str, str](), dict[str, tuple[str, ...]]()
    for name, value in lanes.items():
        table.named(name, name, None, "lane")
        if not isinstance(value, Lined):
            titles[name] = table.text(name) or ""
            continue
        lane = Table(value, head.mistakes)
        lane.know(("title", "recorded_by"), "a lane")
        titles[name] = lane.text("title", needed=True) or ""
        recorded_by[name] = lane.texts("recorded_by")
        for other in recorded_by[name]:
            lane.named(other, "recorded_by", lanes, "lane")
    return titles, recorded_by


def _steps(head: Table, lanes: Collection[str], known: Known) -> dict[str, Step]:
    rows = head.values.get("steps")
    if not isinstance(rows, list) or not rows or not all(isinstance(row, Lined) for row in rows):
        head.wrong("steps must be a list of steps, each a mapping with id and kind", "steps")
        return {}
    near = Near(lanes, [str(row.get("id")) for row in rows])
    read = [step for row in rows if (step := read_step(row, near, known, head.mistakes)) is not None]
    steps: dict[str, Step] = {}
    for step in read:
        if step.id in steps:
            head.mistakes.add(step.line, f"there is a step of this name in line {steps[step.id].line}", step.id)
        steps.setdefault(step.id, step)
    if len(steps) == len(rows):
        shape_mistakes(steps, head.mistakes)
    return steps


def _renamed(head: Table, steps: Collection[str]) -> dict[str, str]:
    renamed = head.table("renamed")
    if renamed is None:
        return {}
    table = Table(renamed, head.mistakes)
    for old, new in renamed.items():
        table.named(new, old, steps, "step")
        if old in steps:
            table.wrong(f"renamed: there still is a step {old}", old)
    return {old: str(new) for old, new in renamed.items()}


def _refuse_doubles(made: Mapping[str, Process]) -> None:
    by_prefix: dict[str, str] = {}
    for name, process in made.items():
        other = by_prefix.setdefault(process.prefix, name)
        if other != name:
            raise ProcessFileError(f"{name}{_SUFFIX}", [f"line 1: {other} has the prefix {process.prefix} already"])
