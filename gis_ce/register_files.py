"""Reads the definitions of registers from YAML: those that are shipped, and a city's own."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from importlib.resources import files
from pathlib import Path
from typing import cast

from gis_ce.file_errors import RegisterFileError
from gis_ce.lined_yaml import Lined, read_lined
from gis_ce.process import Process
from gis_ce.process_mistakes import Mistakes, Table, short
from gis_ce.register import ORIGINS, EntryRule, Origin, Register, RegisterColumn
from gis_ce.tables.people import PARTY_ROLES

_SUFFIX = ".yaml"
_KEYS = ("format", "id", "title", "about", "entries", "columns")
_RULE_KEYS = ("process", "status", "passed", "answered", "noted", "or_end")
_CONDITIONS = _RULE_KEYS[2:]
_FOLDER = "registers"


def open_registers(processes: Mapping[str, Process], folder: Path | None = None) -> dict[str, Register]:
    """Every register by its name, for the processes of a city; raises RegisterFileError for the first broken file.

    `folder` is the city's own folder of processes: a file in its folder `registers` replaces a shipped
    one of the same name.
    """
    shipped = {item.name: item for item in (files("gis_ce") / "data" / _FOLDER).iterdir()}
    own = {path.name: path for path in (folder / _FOLDER).glob(f"*{_SUFFIX}")} if folder else {}
    texts = {name: item.read_text("utf-8") for name, item in sorted((shipped | own).items()) if name.endswith(_SUFFIX)}
    read = [read_register(text, name, processes) for name, text in texts.items()]
    return {register.id: register for register in read}


def read_register(text: str, name: str, processes: Mapping[str, Process]) -> Register:
    """The register of one YAML text; raises RegisterFileError with every mistake and its line."""
    document, wrong = read_lined(text)
    mistakes = Mistakes(name.removesuffix(_SUFFIX))
    for line, what in wrong:
        mistakes.add(line, what)
    register = None
    if isinstance(document, Lined):
        register = _read(Table(document, mistakes), name.removesuffix(_SUFFIX), processes)
    elif not wrong:
        mistakes.add(1, f"a register is a mapping with {', '.join(_KEYS)}, not {short(document)}")
    found = mistakes.in_order()
    if found or register is None:
        raise RegisterFileError(name, found)
    return register


def _read(head: Table, name: str, processes: Mapping[str, Process]) -> Register:
    head.know(_KEYS, "a register")
    if head.values.get("format") != 1:
        head.wrong(f"format must be 1, not {short(head.values.get('format'))}", "format")
    id_ = head.id("id", (name,), "register named like its file", needed=True) or ""
    rules = tuple(_rule(row, processes) for row in _rows(head, "entries"))
    feeding = [processes[rule.process] for rule in rules if rule.process in processes]
    columns = tuple(_column(row, feeding) for row in _rows(head, "columns"))
    names = [column.name for column in columns]
    for double in sorted({name for name in names if names.count(name) > 1}):
        head.wrong(f"there are two columns {double}", "columns")
    return Register(
        id=id_,
        title=head.text("title", needed=True, longest=200) or "",
        about=head.text("about", needed=True) or "",
        rules=rules,
        columns=columns,
    )


def _rows(head: Table, key: str) -> list[Table]:
    rows = head.values.get(key)
    if not isinstance(rows, list) or not rows or not all(isinstance(row, Lined) for row in rows):
        head.wrong(f"{key} must be a list of mappings that is not empty", key)
        return []
    return [Table(row, head.mistakes, key) for row in rows]


def _rule(row: Table, processes: Mapping[str, Process]) -> EntryRule:
    row.know(_RULE_KEYS, "an entry")
    process = row.id("process", processes, "process", needed=True) or ""
    known = processes[process].steps if process in processes else {}
    if not set(_CONDITIONS) & set(row.values):
        row.wrong(f"says not when a case stands here; give {', '.join(_CONDITIONS)}")
    passed, ends = row.texts("passed"), row.texts("or_end")
    answered, noted = _pairs(row, "answered"), _pairs(row, "noted")
    if known:
        _check_steps(row, processes[process], passed, ends)
        _check_answers(row, processes[process], answered)
        _check_fields(row, processes[process], noted)
    return EntryRule(process, row.id("status", needed=True) or "", passed, answered, noted, ends)


def _pairs(row: Table, key: str) -> dict[str, str]:
    table = row.table(key)
    return {name: str(word) for name, word in table.items()} if table is not None else {}


def _check_steps(row: Table, process: Process, passed: Collection[str], ends: Collection[str]) -> None:
    for step in passed:
        row.named(step, "passed", process.steps, f"step of {process.id}")
    for end in ends:
        row.named(end, "or_end", process.ends, f"end of {process.id}")


def _check_answers(row: Table, process: Process, answered: Mapping[str, str]) -> None:
    decisions = {name: step.answers for name, step in process.steps.items() if step.kind == "decision"}
    for step, word in answered.items():
        if row.named(step, "answered", decisions, f"decision of {process.id}"):
            row.named(word, "answered", decisions[step], f"answer of {step}")


def _check_fields(row: Table, process: Process, noted: Mapping[str, str]) -> None:
    names = _fields([process])
    for name in noted:
        row.named(name, "noted", names, f"field of {process.id}")


def _column(row: Table, feeding: Collection[Process]) -> RegisterColumn:
    row.know(("name", *ORIGINS), "a column")
    name = row.id("name", needed=True) or ""
    given = [origin for origin in ORIGINS if origin in row.values]
    if len(given) != 1:
        row.wrong(f"needs exactly one of {', '.join(ORIGINS)}")
        return RegisterColumn(name, "field", "")
    origin: Origin = given[0]
    of = row.id(origin, _named_by(origin, feeding), f"{origin.replace('_', ' ')} in the processes here", needed=True)
    return RegisterColumn(name, origin, of or "")


def _named_by(origin: Origin, feeding: Collection[Process]) -> Collection[str]:
    if origin == "party":
        return PARTY_ROLES
    if origin == "field":
        return _fields(feeding)
    steps = [step for process in feeding for step in process.steps.values()]
    return cast(Collection[str], {step.id for step in steps if origin == "day_of" or step.kind == "decision"})


def _fields(feeding: Collection[Process]) -> set[str]:
    return {field.name for process in feeding for step in process.steps.values() for field in step.fields}
