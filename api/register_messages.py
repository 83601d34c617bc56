"""Registers and their entries as messages: the same for HTTP and for `--json`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

from sqlalchemy.orm import Session

from api.case_filters import box_on_grid, page_token
from api.case_office import CaseOffice
from api.case_places import Message, points_in_degrees
from api.case_schemas import EntryFilterQuery
from gis_ce.actions.definitions import in_store
from gis_ce.actions.desk import Desk
from gis_ce.register import Register
from gis_ce.register_entry import Filling, Value
from gis_ce.registers import EntryFilter, EntryPage, register_named
from layers.grid import Grid


def filling_of(session: Session, desk: Desk, office: CaseOffice, name: str) -> Filling:
    """What fills the register of that name; raises UnknownRegister."""
    register = register_named(office.registers(), name)
    processes = {**desk.processes.processes, **in_store(session, desk)}
    return Filling(register, processes, desk.processes.time.zone)


def entry_filter(asked: EntryFilterQuery, grid: Grid) -> EntryFilter:
    """What is asked of a register; raises ApiError for a box that is none."""
    return EntryFilter(
        types=tuple(asked.type),
        statuses=tuple(asked.status),
        since=asked.since,
        until=asked.until,
        area=box_on_grid(asked.bbox, grid) if asked.bbox is not None else None,
        text=asked.text,
        parcel=asked.parcel,
    )


def register_line(register: Register) -> Message:
    """A register as a line of a list."""
    return {
        "id": register.id,
        "title": register.title,
        "about": register.about,
        "types": list(register.processes),
        "statuses": list(register.statuses),
        "columns": [column.name for column in register.columns],
    }


def entries_message(register: Register, page: EntryPage, grid: Grid) -> Message:
    """One page of a register."""
    places = points_in_degrees([entry.place for entry in page.entries], grid)
    entries = [
        {
            "number": entry.number,
            "type": entry.type,
            "status": entry.status,
            "since": entry.since.isoformat(),
            "title": entry.title,
            "case_status": entry.case_status,
            "event_on": entry.event_on.isoformat(),
            "opened_on": entry.opened_on.isoformat(),
            "address": entry.address,
            "parcel_id": entry.parcel_id,
            "lon": place[0] if place else None,
            "lat": place[1] if place else None,
            "values": {name: _plain(value) for name, value in entry.values.items()},
            "events": [asdict(event) | {"at": event.at.isoformat()} for event in entry.events],
        }
        for entry, place in zip(page.entries, places, strict=True)
    ]
    return {
        "id": register.id,
        "title": register.title,
        "entries": entries,
        "next": page_token(page.after),
    }


def _plain(value: Value) -> str | float | None:
    return value.isoformat() if isinstance(value, date) else value
