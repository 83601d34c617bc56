"""What officers do fills the registers, names its events, and goes out and comes back by file."""

from __future__ import annotations

from pathlib import Path

import pytest
from case_stores import copied
from desks import a_desk, later, write
from made_layers import EAST, NORTH
from sqlalchemy import select

from gis_ce.actions.definitions import published
from gis_ce.actions.desk import Desk
from gis_ce.actions.mending import reopen
from gis_ce.actions.opening import Opening, open_case
from gis_ce.actions.placing import Place
from gis_ce.actions.stepping import Given, answer_step
from gis_ce.case_exchange.case_sheet import Sheets, case_table, wanted_cases
from gis_ce.case_exchange.importing import Office, plan_import, write_import
from gis_ce.case_exchange.mapping_files import own_mapping
from gis_ce.case_exchange.placing import OldMap
from gis_ce.case_exchange.table_reading import read_table
from gis_ce.case_exchange.writing import write_table
from gis_ce.case_lists import CaseFilter
from gis_ce.case_store import CaseStore
from gis_ce.geometry_column import stored_srid
from gis_ce.register_entry import Filling, RegisterEntry
from gis_ce.register_files import open_registers
from gis_ce.registers import EntryFilter, register_entries
from gis_ce.tables import Case, Event

DESK = a_desk()
PROCESSES = DESK.processes.processes
REGISTERS = open_registers(PROCESSES)


def entries(store: CaseStore, name: str) -> list[RegisterEntry]:
    filling = Filling(REGISTERS[name], PROCESSES, DESK.processes.time.zone)
    with store.reading() as session:
        return list(register_entries(session, filling, EntryFilter()))


def steps(store: CaseStore, desk: Desk, number: str, *done: tuple[str, str | None, dict[str, object]]) -> None:
    for count, (step, answer, fields) in enumerate(done):
        why = "seen on the spot" if answer else None
        write(store, answer_step, later(desk, days=count + 1), number, step, Given(answer, fields, why))


def opened(store: CaseStore, kind: str) -> str:
    place = Place(xy=(EAST + 150, NORTH + 120), sigma_ft=1.0)
    return str(write(store, open_case, DESK, Opening(kind, place)).number)


def test_an_easement_that_is_missing_comes_on_the_list_and_goes_when_its_case_is_reopened(
    case_store: CaseStore,
) -> None:
    number = opened(case_store, "easements")
    steps(
        case_store,
        DESK,
        number,
        ("scheduled", None, {"town": "Garner"}),
        ("obstructions", "yes", {}),
        ("email", None, {"obstructions_found": "a fence"}),
        ("verify", None, {"easement_evidence": "no deed found"}),
        ("exists", "no", {}),
        ("survey", None, {}),
    )
    assert entries(case_store, "easements_to_acquire") == []
    steps(case_store, later(DESK, days=9), number, ("acquire_list", None, {}))
    (entry,) = entries(case_store, "easements_to_acquire")
    assert (entry.number, entry.parcel_id, entry.values["town"]) == (number, "N2", "Garner")
    with case_store.reading() as session:
        named = [session.get_one(Event, source.id) for source in entry.events]
        assert {event.case_id for event in named} == {entry.case_id}
        assert "acquire_list" in [event.step for event in named if event.kind == "answered"]
    write(case_store, reopen, later(DESK, days=11), number, "a deed was found")
    assert entries(case_store, "easements_to_acquire") == []


@pytest.fixture(name="other_store")
def _other_store(sqlite_template: Path, tmp_path: Path) -> CaseStore:
    (tmp_path / "other").mkdir()
    return copied(sqlite_template, tmp_path / "other")


def test_a_case_of_officers_goes_out_comes_in_elsewhere_and_is_carried_on_there(
    case_store: CaseStore, other_store: CaseStore, tmp_path: Path
) -> None:
    number = opened(case_store, "easements")
    steps(case_store, DESK, number, ("scheduled", None, {"town": "Garner"}), ("obstructions", "yes", {}))
    grid = DESK.grid
    sheets = Sheets(PROCESSES, grid, DESK.processes.time.zone)
    with case_store.reading() as session:
        table = case_table(session, wanted_cases(session, CaseFilter()), sheets)
    write_table(tmp_path / "cases.csv", table, "cases", grid)
    desk = later(DESK, days=20)
    office = Office(PROCESSES, desk.act, OldMap(desk.query, desk.addresses, grid), stored_srid(DESK.city.grid_epsg))
    raw = read_table(tmp_path / "cases.csv")
    with other_store.session() as session:
        plan = plan_import(session, raw, own_mapping(raw.columns), office)
        (case,) = write_import(session, plan, office, lambda name: published(session, desk, name))
        session.commit()
        assert (case.number, case.step) == (number, "email")
    steps(other_store, desk, number, ("email", None, {"obstructions_found": "a fence"}))
    with other_store.reading() as session:
        assert session.scalars(select(Case.step)).one() == "verify"
        assert next(event.kind for event in session.scalars(select(Event).order_by(Event.id))) == "imported"
    other_store.close()
