"""Writes one old case into the store: its row, its place, its parties, where it came from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis_ce.case_exchange.columns import PARTY_FIELDS, SYSTEM
from gis_ce.case_exchange.old_case import OldCase
from gis_ce.case_exchange.placing import Put
from gis_ce.case_numbers import count_from, next_number
from gis_ce.case_state import put_state
from gis_ce.ids import new_id
from gis_ce.process import Process
from gis_ce.process_deadlines import remind_at
from gis_ce.process_engine import start
from gis_ce.process_state import Act, State
from gis_ce.tables import Case, Deadline, Event, ExternalReference, Party, Site
from gis_ce.tables.sites import HOW_LOCATED


@dataclass(frozen=True, slots=True)
class Newcomer:
    """An old case with where it lies, what system and file it comes from, and its id here."""

    case: OldCase
    put: Put
    system: str
    file: str
    id: str


def write_case(session: Session, newcomer: Newcomer, process: Process, act: Act, srid: int) -> Case:
    """The case in the session; one event says where it came from, nothing is made up of what happened there."""
    old = newcomer.case
    case = Case(
        id=newcomer.id,
        number=_number(session, old, process, act),
        officer=old.officer,
        priority=old.priority,
        opened_at=old.opened_at,
        event_on=old.event_on,
        title=old.title,
        description=old.description,
        site_id=new_id(act.at),
    )
    put_state(case, _state(old, process, act), old.closed_at or old.opened_at)
    session.add_all([case, _site(newcomer, case, srid)])
    session.add_all(_parties(old, case, act))
    session.add_all(_references(newcomer, case, act))
    session.add_all(_deadline(old, case, process, act))
    session.flush()
    session.add(_event(newcomer, case, act))
    return case


def _number(session: Session, old: OldCase, process: Process, act: Act) -> str:
    """Its own number, where it comes from here and the number is free; else the next one of its year."""
    parts = (old.number or "").split("-")
    is_ours = len(parts) == 3 and parts[0] == process.prefix and parts[1].isdecimal() and parts[2].isdecimal()
    if old.number and is_ours and session.scalar(select(Case.id).where(Case.number == old.number)) is None:
        count_from(session, process.id, int(parts[1]), int(parts[2]))
        return old.number
    return next_number(session, process.id, process.prefix, old.opened_at, act.time.zone.key)


def _state(old: OldCase, process: Process, act: Act) -> State:
    """Where the case stands: as it was exported here, else at its end, its step or its first step."""
    begun = replace(act, at=old.opened_at)
    first = start(process, begun).state
    if old.state is not None:
        first = State.from_json({**first.to_json(), **old.state})
    step = old.outcome or old.step or first.step
    return replace(
        first,
        step=step,
        lane=process.steps[step].lane,
        closed=old.closed_at is not None,
        due_at=old.due_at,
        data=dict(old.data),
        answers=dict(old.answers),
    )


def _site(newcomer: Newcomer, case: Case, srid: int) -> Site:
    place, put = newcomer.case.place, newcomer.put
    details = dict(place.details or {}) | ({"facility_id": place.facility} if place.facility else {})
    return Site(
        id=case.site_id,
        case_id=case.id,
        geometry=put.geometry,
        srid=srid,
        address=place.address,
        parcel_id=put.parcel_id,
        how_located=put.how if put.how in HOW_LOCATED else None,
        datum=place.datum or ("map" if put.geometry is not None and not newcomer.case.is_own else None),
        sigma_ft=put.sigma_ft,
        structure=place.structure,
        details=details,
        revision=0,
    )


def _parties(old: OldCase, case: Case, act: Act) -> list[Party]:
    return [
        Party(
            id=new_id(act.at),
            case_id=case.id,
            role=party.role,
            **{name: getattr(party, name) for name in PARTY_FIELDS},
        )
        for party in old.parties
    ]


def _references(newcomer: Newcomer, case: Case, act: Act) -> list[ExternalReference]:
    old = newcomer.case
    own = (newcomer.system, old.reference) if newcomer.system != SYSTEM else (SYSTEM, old.number)
    pairs = dict.fromkeys((own, *old.references)) if own != (SYSTEM, case.number) else dict.fromkeys(old.references)
    return [
        ExternalReference(id=new_id(act.at), case_id=case.id, system=system, reference=reference)
        for system, reference in pairs
        if reference
    ]


def _deadline(old: OldCase, case: Case, process: Process, act: Act) -> list[Deadline]:
    """The deadline that ran when the case was exported runs on, to the same moment."""
    if old.closed_at is not None or case.due_at is None:
        return []
    here = process.steps[case.step]
    wait = here.deadline
    starts_on = datetime.fromisoformat(case.state["entered_at"]).astimezone(act.time.zone).date()
    return [
        Deadline(
            id=new_id(act.at),
            case_id=case.id,
            step=case.step,
            kind=(wait.setting if wait else None) or "wait",
            starts_on=starts_on,
            due_at=case.due_at,
            arithmetic=case.state.get("due_said") or "",
            state="running",
            remind_at=remind_at(here, case.due_at, act),
        )
    ]


def _event(newcomer: Newcomer, case: Case, act: Act) -> Event:
    old = newcomer.case
    where = "an export of GIS-CE" if newcomer.system == SYSTEM else newcomer.system
    opened, closed = old.opened_at.astimezone(act.time.zone).date(), old.closed_at
    name = old.number or old.reference
    text = f"brought in from {where}, {name}: opened {opened.isoformat()}"
    if closed is not None:
        text += f", closed {closed.astimezone(act.time.zone).date().isoformat()}"
    if newcomer.put.unplaced:
        text += f"; not on the map: {newcomer.put.unplaced}"
    data = {"system": newcomer.system, "reference": old.reference, "digest": old.digest}
    return Event(
        case_id=case.id,
        at=act.at,
        by=act.by,
        kind="imported",
        step=case.step,
        text=text,
        data={**data, "file": newcomer.file, "row": old.row},
        row_version=case.row_version,
    )
