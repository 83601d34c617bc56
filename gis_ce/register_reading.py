"""Reads from the store what a register looks at: cases with their sites, events and parties."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from shapely.geometry.base import BaseGeometry
from sqlalchemy import Row, and_, or_, select
from sqlalchemy.orm import Session

from gis_ce.errors import FilterRefused
from gis_ce.geometry_column import intersects
from gis_ce.process import Process
from gis_ce.register import CaseFacts, Register
from gis_ce.register_entry import Filling, FoundCase, RegisterEntry, SourceEvent, entry_of
from gis_ce.tables import Case, Event, Party, Site

BATCH = 500


def next_cases(
    session: Session, types: Sequence[str], area: BaseGeometry | None, parcel: str | None, after: str | None
) -> Sequence[Row[Any]]:
    """The next cases of some types with their sites, newest first; raises FilterRefused for a page that is none."""
    query = (
        select(
            Case.id,
            Case.number,
            Case.type,
            Case.status,
            Case.outcome,
            Case.title,
            Case.event_on,
            Case.opened_at,
            Case.closed_at,
            Case.data,
            Case.answers,
            Case.state,
            Site.address,
            Site.parcel_id,
            Site.geometry,
        )
        .outerjoin(Site, Site.case_id == Case.id)
        .where(Case.type.in_(types))
        .order_by(Case.opened_at.desc(), Case.id.desc())
        .limit(BATCH)
    )
    if area is not None:
        query = query.where(intersects(Site.geometry, area))
    if parcel is not None:
        query = query.where(Site.parcel_id == parcel)
    if after is not None:
        opened_at, name = _read_key(after)
        query = query.where(or_(Case.opened_at < opened_at, and_(Case.opened_at == opened_at, Case.id < name)))
    rows: Sequence[Any] = session.execute(query).all()
    return rows


def key_of(row: Row[Any]) -> str:
    """What asks for the cases after this one."""
    return f"{row.opened_at.isoformat()}~{row.id}"


def _read_key(after: str) -> tuple[datetime, str]:
    moment, _, name = after.partition("~")
    try:
        opened_at = datetime.fromisoformat(moment)
    except ValueError as error:
        raise FilterRefused("The page asked for is none of ours; begin again without it.") from error
    if opened_at.tzinfo is None or not name:
        raise FilterRefused("The page asked for is none of ours; begin again without it.")
    return opened_at, name


def entries_of(session: Session, filling: Filling, rows: Sequence[Row[Any]]) -> list[RegisterEntry | None]:
    """The entry of each case, or None where it does not stand in the register."""
    facts = [_facts(row, filling.processes[row.type]) for row in rows]
    rules = [filling.register.rule_of(each) for each in facts]
    names = [row.id for row, rule in zip(rows, rules, strict=True) if rule is not None]
    events, parties = _events(session, filling, names), _parties(session, filling.register, names)
    made: list[RegisterEntry | None] = []
    for row, fact, rule in zip(rows, facts, rules, strict=True):
        found = FoundCase(row, fact, tuple(events[row.id]), parties[row.id])
        made.append(None if rule is None else entry_of(filling, found, rule))
    return made


def _facts(row: Row[Any], process: Process) -> CaseFacts:
    """What the register looks at; steps that a newer definition has renamed go by their new names."""
    way = frozenset(process.renamed.get(step, step) for step in row.state.get("way", ()))
    answers = {process.renamed.get(step, step): word for step, word in row.answers.items()}
    return CaseFacts(row.type, way, answers, row.data, row.outcome if row.status == "closed" else None)


def _events(session: Session, filling: Filling, names: Sequence[str]) -> dict[str, list[SourceEvent]]:
    """The events of some cases at the steps that the register looks at, under the steps' names of today."""
    found: dict[str, list[SourceEvent]] = defaultdict(list)
    register = filling.register
    renamed = {old: new for name in register.processes for old, new in filling.processes[name].renamed.items()}
    steps = _steps(register, filling.processes)
    steps |= {old for old, new in renamed.items() if new in steps}
    query = (
        select(Event.case_id, Event.id, Event.at, Event.by, Event.kind, Event.step, Event.text)
        .where(Event.case_id.in_(names), or_(Event.step.in_(sorted(steps)), Event.kind == "imported"))
        .order_by(Event.case_id, Event.id)
    )
    for case_id, number, at, by, kind, step, text in session.execute(query) if names else ():
        found[case_id].append(SourceEvent(number, at, by, kind, renamed.get(step or "", step), text))
    return found


def _steps(register: Register, processes: Mapping[str, Process]) -> set[str]:
    """The steps that a register looks at: those of its rules, and those where its columns are noted."""
    steps = {step for rule in register.rules for step in (*rule.steps, *rule.or_end)}
    steps |= {column.of for column in register.columns if column.origin in ("answer", "day_of")}
    fields = {column.of for column in register.columns if column.origin == "field"}
    fields |= {name for rule in register.rules for name in rule.noted}
    known = [step for name in register.processes for step in processes[name].steps.values()]
    return steps | {step.id for step in known if any(field.name in fields for field in step.fields)}


def _parties(session: Session, register: Register, names: Sequence[str]) -> dict[str, dict[str, list[str]]]:
    """The names of some cases' parties by role."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    roles = {column.of for column in register.columns if column.origin == "party"}
    query = select(Party.case_id, Party.role, Party.name, Party.firm).where(
        Party.case_id.in_(names), Party.role.in_(sorted(roles))
    )
    for case_id, role, name, firm in session.execute(query.order_by(Party.id)) if names and roles else ():
        found[case_id][role] += [word for word in (name or firm,) if word]
    return found
