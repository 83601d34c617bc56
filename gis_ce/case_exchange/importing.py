"""Old cases in: first a plan that says everything, then all of it in one go, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis_ce.case_exchange.mapping import FieldMapping
from gis_ce.case_exchange.old_case import BadRow, OldCase
from gis_ce.case_exchange.placing import OldMap, Put, put_cases
from gis_ce.case_exchange.row_reading import Reading, read_row
from gis_ce.case_exchange.table_reading import RawTable
from gis_ce.case_exchange.writing_in import Newcomer, write_case
from gis_ce.file_errors import OldCasesRefused
from gis_ce.process import Process
from gis_ce.process_state import Act
from gis_ce.tables import Case, Event, ExternalReference

_NAMES = UUID("5f1c3d6e-2b0a-5c57-9a8e-0c6f4f6f7a11")
_AT_ONCE = 500
IMPORTED = "imported"
"""The kind of event that says where an old case came from."""


@dataclass(frozen=True, slots=True)
class Office:
    """What old cases are brought in with: definitions, who does it and when, the map, and what cases carry."""

    processes: Mapping[str, Process]
    act: Act
    map: OldMap
    srid: int


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What a file would bring: the cases, the rows that cannot be, and those that are here already.

    `changed` are rows that are here and say something else by now: what is here stays as it is.
    `remarks` say what does not come along, such as a position that is not on the map.
    """

    system: str
    is_own: bool
    file: str
    cases: tuple[tuple[OldCase, Put], ...]
    bad: tuple[BadRow, ...]
    already: tuple[str, ...]
    changed: tuple[str, ...]
    remarks: tuple[str, ...]


def plan_import(session: Session, table: RawTable, mapping: FieldMapping, office: Office) -> ImportPlan:
    """What a table would bring, without writing anything; raises OldCasesRefused where a column is not there."""
    _refuse_missing(table, mapping)
    reading = Reading(mapping, office.processes, office.act.time.zone, office.act.at)
    bad = [BadRow(number, None, (reason,)) for number, reason in table.broken]
    read = [read_row(row, reading) for row in table.rows]
    bad += [row for row in read if isinstance(row, BadRow)]
    cases, doubles = _once([row for row in read if isinstance(row, OldCase)])
    known = _known(session, mapping, [case.reference for case in cases])
    new = [case for case in cases if case.reference not in known]
    puts = put_cases(new, office.map, office.act.today)
    placed = list(zip(new, puts, strict=True))
    bad += [*doubles, *(BadRow(case.row, case.reference, (put.refused,)) for case, put in placed if put.refused)]
    here = [case for case in cases if case.reference in known]
    return ImportPlan(
        system=mapping.system,
        is_own=mapping.is_own,
        file=table.name,
        cases=tuple((case, put) for case, put in placed if not put.refused),
        bad=tuple(sorted(bad, key=lambda row: row.row)),
        already=tuple(case.reference for case in here),
        changed=tuple(case.reference for case in here if known[case.reference] not in (None, case.digest)),
        remarks=tuple(said for case, put in placed for said in _remarks(case, put)),
    )


def write_import(
    session: Session,
    plan: ImportPlan,
    office: Office,
    definition: Callable[[str], Process],
    *,
    without_bad: bool = False,
) -> list[Case]:
    """Writes the cases of a plan into the session; the caller commits, so all of them come in, or none.

    `definition` gives a process and keeps its version in the store. Raises OldCasesRefused, with every
    bad row, where there are bad rows and nobody said to go on without them.
    """
    if plan.bad and not without_bad:
        count = len(plan.bad)
        said = f"{count} row{'s' if count != 1 else ''} of {plan.file} cannot be brought in; nothing was written:"
        raise OldCasesRefused(said, [str(row) for row in plan.bad])
    written = []
    for case, put in sorted(plan.cases, key=lambda pair: (pair[0].opened_at, pair[0].row)):
        name = case.reference if plan.is_own else str(uuid5(_NAMES, f"{plan.system}\n{case.reference}"))
        newcomer = Newcomer(case, put, plan.system, plan.file, name)
        written.append(write_case(session, newcomer, definition(case.type), office.act, office.srid))
    session.flush()
    return written


def _remarks(case: OldCase, put: Put) -> Iterator[str]:
    if put.unplaced:
        yield f"row {case.row} ({case.reference}): not on the map: {put.unplaced}"
    if put.corrected:
        yield f"row {case.row} ({case.reference}): {case.place.address}: {put.corrected}"
    if case.remark:
        yield f"row {case.row} ({case.reference}): {case.remark}"


def _refuse_missing(table: RawTable, mapping: FieldMapping) -> None:
    missing = [column for column in mapping.columns if column not in table.columns]
    if missing:
        listed, has = ", ".join(missing), ", ".join(table.columns)
        raise OldCasesRefused(f"{table.name} has no column {listed}, which the mapping takes; it has: {has}.")


def _once(cases: Sequence[OldCase]) -> tuple[list[OldCase], list[BadRow]]:
    """Each reference once: the same row twice is one, two rows of one name that differ are bad."""
    first: dict[str, OldCase] = {}
    bad: list[BadRow] = []
    for case in cases:
        before = first.setdefault(case.reference, case)
        if before.digest != case.digest:
            reason = f"row {before.row} has the same name and says something else"
            bad.append(BadRow(case.row, case.reference, (reason,)))
    return list(first.values()), bad


def _known(session: Session, mapping: FieldMapping, references: Sequence[str]) -> dict[str, str | None]:
    """The references that are here already, with the digest of the row they came from (None: they came otherwise)."""
    found: dict[str, str | None] = {}
    for part in _parts(references):
        by_case = _cases_here(session, mapping, part)
        found |= dict.fromkeys(by_case.values())
        events = select(Event.case_id, Event.data).where(Event.case_id.in_(by_case), Event.kind == IMPORTED)
        found |= {by_case[name]: _digest(data, mapping) for name, data in session.execute(events)}
    return found


def _cases_here(session: Session, mapping: FieldMapping, references: Sequence[str]) -> dict[str, str]:
    """The cases that are here already, with what names them in the file."""
    if mapping.is_own:
        return {name: name for name in session.scalars(select(Case.id).where(Case.id.in_(references)))}
    query = select(ExternalReference.case_id, ExternalReference.reference).where(
        ExternalReference.system == mapping.system, ExternalReference.reference.in_(references)
    )
    return {row.case_id: row.reference for row in session.execute(query)}


def _digest(data: Mapping[str, Any], mapping: FieldMapping) -> str | None:
    return str(data["digest"]) if data.get("system") == mapping.system and "digest" in data else None


def _parts(names: Sequence[str]) -> Iterator[list[str]]:
    return (list(names[start : start + _AT_ONCE]) for start in range(0, len(names), _AT_ONCE))
