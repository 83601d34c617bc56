"""Cases go out as CSV, XLSX, GeoPackage and GeoParquet, and come back in as they were."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import geopandas
import openpyxl
import pyarrow.parquet as pq
import pytest
import shapely
from case_stores import copied
from hypothesis import given
from hypothesis import strategies as st
from old_cases import NOW, Office, brought_in, office, planned
from small_town import make_town, place
from sqlalchemy import select
from sqlalchemy.orm import Session
from walked_cases import FIRST_DAY, PROCESSES, ZONE, walk

from gis_ce.case_exchange.case_sheet import Sheets, case_table, wanted_cases
from gis_ce.case_exchange.formulas import guarded, unguarded
from gis_ce.case_exchange.register_sheet import register_table
from gis_ce.case_exchange.writing import write_table
from gis_ce.case_lists import CaseFilter
from gis_ce.case_numbers import next_number
from gis_ce.case_state import put_state, state_of
from gis_ce.case_store import CaseStore
from gis_ce.file_errors import ExportRefused
from gis_ce.process_engine import answer
from gis_ce.process_state import Act
from gis_ce.register_entry import Filling
from gis_ce.register_files import open_registers
from gis_ce.registers import EntryFilter, register_entries
from gis_ce.tables import Case, Deadline, ExternalReference, Party, Site
from layers.grid import Grid

GRID = Grid(2264)
SHEETS = Sheets(PROCESSES, GRID, ZONE)
FILES = tuple(
    field.name
    for process in PROCESSES.values()
    for step in process.steps.values()
    for field in step.fields
    if field.type == "attachments"
)
EVIL = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "'=1", "''=1")


@pytest.fixture(scope="module", name="here")
def _here(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return office(make_town(tmp_path_factory.mktemp("town")))


def some_cases(session: Session) -> None:
    """Cases of several types, open, waiting and closed, with all kinds of places, parties and values."""
    outline = shapely.box(*place(0, 60).coords[0], *place(100, 210).coords[0])
    damage = {"code_responds": "yes", "ticket_exists": "yes", "properly_located": "yes", "city_repairs": "yes"}
    first = walk(
        session, "damages", "00001", place=place(150.123456789, 20), title="=HYPERLINK(1)", owner="-DOE", sigma_ft=3.5
    )
    first.to("appeal", damage | {"action": "nov"}, {"root_cause": 'dug, "without"\nlooking', "ticket_number": "007"})
    walk(session, "sso", "00002", place=place(5, 5), at=FIRST_DAY + timedelta(hours=1), address="1 OAK ST").to(
        "end", {"cause": "yes", "contractor_damage": "no", "traceable": "no"}
    )
    leak = walk(session, "leaks", "00003", place=outline, at=FIRST_DAY + timedelta(hours=2), parcel_id="N1")
    leak.to("close", {"location": "inside", "cause": "non_contractor"}, {"repair_cost": "1250.50"})
    walk(session, "easements", "00004", at=FIRST_DAY + timedelta(hours=3), title="Größe 管 & <b>")
    traced = {"cause": "yes", "contractor_damage": "no", "traceable": "yes"}
    walk(session, "sso", "00005", at=FIRST_DAY - timedelta(hours=1)).to("wait_follow_up", traced)
    for case in session.scalars(select(Case)):
        put_state(case, state_of(case), case.closed_at or case.opened_at)
        case.priority = 7 if case.id == "00003" else None
        case.number = case.number.replace(case.id, f"{int(case.id):05}")
    session.add(Party(id="p2", case_id="00001", role="owner", firm="SECOND LLC", phone="+1 555"))
    session.add(ExternalReference(id="r1", case_id="00003", system="EnerGov", reference="CE-9"))
    site = session.scalars(select(Site).where(Site.case_id == "00002")).one()
    site.structure, site.details = outline, {"facility_id": "SM-1", "obstruction": "=shed"}
    session.commit()


def exported(session: Session, path: Path) -> Path:
    names = list(wanted_cases(session, CaseFilter()))
    write_table(path, case_table(session, names, SHEETS), "cases", GRID)
    return path


def facts(session: Session) -> dict[str, Any]:
    """All that a file should bring back of each case."""
    found = {}
    for case, site in session.execute(select(Case, Site).join(Site, Site.case_id == Case.id)):
        parties = session.scalars(select(Party).where(Party.case_id == case.id).order_by(Party.id)).all()
        references = session.execute(
            select(ExternalReference.system, ExternalReference.reference).where(ExternalReference.case_id == case.id)
        )
        columns = ("number", "type", "step", "lane", "status", "outcome", "officer", "priority", "title", "description")
        found[case.id] = {
            **{name: getattr(case, name) for name in columns},
            "times": (case.opened_at, case.closed_at, case.due_at, case.event_on),
            "data": {name: value for name, value in case.data.items() if not isinstance(value, list)},
            "answers": case.answers,
            "state": case.state,
            "place": None if site.geometry is None else (site.geometry.wkt, site.sigma_ft),
            "site": (
                site.address,
                site.parcel_id,
                site.details,
                None if site.structure is None else site.structure.wkt,
            ),
            "parties": sorted((party.role, party.name or "", party.firm or "", party.phone or "") for party in parties),
            "references": sorted(tuple(pair) for pair in references),
        }
    return found


def differing(one: Path, other: Path) -> set[str]:
    """The columns in which two exports differ."""
    tables = []
    for path in (one, other):
        with path.open(encoding="utf-8-sig", newline="") as stream:
            tables.append({row["id"]: row for row in csv.DictReader(stream)})
    first, second = tables
    assert first.keys() == second.keys()
    names = {name for row in (*first.values(), *second.values()) for name in row}
    return {name for name in names for key in first if first[key].get(name) != second[key].get(name)}


@pytest.fixture(name="other_store")
def _other_store(sqlite_template: Path, tmp_path: Path) -> Any:
    folder = tmp_path / "other"
    folder.mkdir()
    store = copied(sqlite_template, folder)
    yield store
    store.close()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_comes_back_in_as_it_was(
    case_store: CaseStore, other_store: CaseStore, here: Office, tmp_path: Path, kind: str
) -> None:
    with case_store.session() as session:
        some_cases(session)
        path = exported(session, tmp_path / f"cases.{kind}")
        before = facts(session)
    with other_store.session() as session:
        assert planned(session, path, here).bad == ()
        brought_in(session, path, here)
        assert facts(session) == before
        again = exported(session, tmp_path / f"again.{kind}")
        if kind == "csv":
            assert differing(path, again) <= {f"files_{name}" for name in FILES}
    assert other_store.check() == []


def test_what_came_back_in_comes_in_only_once_and_goes_on_from_where_it_was(
    case_store: CaseStore, other_store: CaseStore, here: Office, tmp_path: Path
) -> None:
    with case_store.session() as session:
        some_cases(session)
        path = exported(session, tmp_path / "cases.csv")
        assert planned(session, path, here).cases == ()
    with other_store.session() as session:
        assert len(brought_in(session, path, here)) == 5
        assert brought_in(session, path, here) == []
        deadline = session.scalars(select(Deadline)).one()
        waiting = session.get_one(Case, "00005")
        assert (deadline.due_at, deadline.state) == (waiting.due_at, "running")
        case = session.get_one(Case, "00004")
        moved = answer(PROCESSES["easements"], state_of(case), "scheduled", None, {}, Act("ann", NOW, here.act.time))
        assert moved.state.step == "obstructions"


def test_a_number_that_is_taken_is_kept_as_a_reference(
    case_store: CaseStore, other_store: CaseStore, here: Office, tmp_path: Path
) -> None:
    with case_store.session() as session:
        walk(session, "damages", "00001", place=place(5, 5))
        session.commit()
        path = exported(session, tmp_path / "cases.csv")
    with other_store.session() as session:
        other = walk(session, "damages", "other")
        other.case.number = next_number(session, "damages", "DAM", FIRST_DAY, ZONE.key)
        session.commit()
        (case,) = brought_in(session, path, here)
        assert case.number == "DAM-2026-00002"
        assert session.scalars(select(ExternalReference.reference)).one() == "DAM-2026-00001"


def test_numbers_go_on_after_those_that_were_brought_in(
    case_store: CaseStore, other_store: CaseStore, here: Office, tmp_path: Path
) -> None:
    with case_store.session() as session:
        walk(session, "damages", "00041")
        session.commit()
        path = exported(session, tmp_path / "cases.csv")
    with other_store.session() as session:
        brought_in(session, path, here)
        assert next_number(session, "damages", "DAM", FIRST_DAY, ZONE.key) == "DAM-2026-00042"


@pytest.mark.parametrize("kind", ["gpkg", "parquet"])
def test_map_files_hold_the_places_on_the_grid(case_store: CaseStore, tmp_path: Path, kind: str) -> None:
    with case_store.session() as session:
        some_cases(session)
        path = exported(session, tmp_path / f"cases.{kind}")
        before = facts(session)
    read: Callable[..., Any] = geopandas.read_file if kind == "gpkg" else geopandas.read_parquet
    frame = read(path).set_index("id")
    assert frame.crs == GRID.crs
    for name, case in before.items():
        shape = frame.geometry[name]
        assert (None if shape is None else shape.wkt) == (case["place"] and case["place"][0])
        assert frame.title[name] == case["title"]
    assert frame.field_repair_cost["00003"] == 1250.5
    assert str(frame.event_on["00001"])[:10] == "2026-03-02"
    assert frame.lon.dropna().between(-82, -81).all()


def test_a_map_file_without_any_place_is_written_all_the_same(case_store: CaseStore, tmp_path: Path) -> None:
    with case_store.session() as session:
        walk(session, "damages", "00001")
        for kind in ("gpkg", "parquet", "csv", "xlsx"):
            assert exported(session, tmp_path / f"one.{kind}").is_file()
    assert len(geopandas.read_file(tmp_path / "one.gpkg")) == 1
    assert len(geopandas.read_parquet(tmp_path / "one.parquet")) == 1


def test_no_cases_at_all_give_a_table_with_its_header(case_store: CaseStore, tmp_path: Path) -> None:
    with case_store.session() as session:
        for kind in ("gpkg", "parquet", "csv", "xlsx"):
            exported(session, tmp_path / f"none.{kind}")
    assert (tmp_path / "none.csv").read_text("utf-8-sig").startswith("number,id,type")


@pytest.mark.parametrize("text", EVIL)
def test_no_text_is_run_as_a_formula(case_store: CaseStore, tmp_path: Path, text: str) -> None:
    with case_store.session() as session:
        walk(session, "damages", "00001", title=text, owner=text)
        for kind in ("csv", "xlsx"):
            exported(session, tmp_path / f"a.{kind}")
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as stream:
        (row,) = csv.DictReader(stream)
    assert {row["title"][0], row["owner_name"][0]} == {"'"}
    with zipfile.ZipFile(tmp_path / "a.xlsx") as packed:
        sheet = packed.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "<f " not in sheet
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    cells = {cell.value: cell for line in book.worksheets[0].iter_rows(min_row=2) for cell in line}
    kept = cells[text.replace("\r", "\n") if text.replace("\r", "\n") in cells else text]
    assert kept.data_type == "s"
    assert kept.quotePrefix


def test_a_negative_number_is_no_text(case_store: CaseStore, tmp_path: Path) -> None:
    with case_store.session() as session:
        walk(session, "damages", "00001", place=place(5, 5))
        exported(session, tmp_path / "a.csv")
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as stream:
        (row,) = csv.DictReader(stream)
    assert -82 < float(row["lon"]) < -81


@given(st.text(max_size=12) | st.sampled_from(EVIL))
def test_a_guarded_text_comes_back_as_it_was_and_begins_with_nothing_that_runs(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert not guarded(text).startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize("name", ["cases.pdf", "cases", "no/such/folder.csv"])
def test_what_cannot_be_written_is_refused_and_nothing_is_left(
    case_store: CaseStore, tmp_path: Path, name: str
) -> None:
    with case_store.session() as session, pytest.raises(ExportRefused):
        exported(session, tmp_path / name)
    assert list(tmp_path.glob("*cases*.pdf")) == []


def test_a_text_too_long_for_a_cell_is_refused_and_leaves_the_file_before(
    case_store: CaseStore, tmp_path: Path
) -> None:
    (tmp_path / "cases.xlsx").write_bytes(b"before")
    with case_store.session() as session:
        case = walk(session, "damages", "00001").case
        case.description = "x" * 40_000
        session.flush()
        with pytest.raises(ExportRefused, match="40,000 characters"):
            exported(session, tmp_path / "cases.xlsx")
    assert (tmp_path / "cases.xlsx").read_bytes() == b"before"
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".xlsx"] == ["cases.xlsx"]


def test_only_the_cases_that_are_wanted_go_out(case_store: CaseStore) -> None:
    with case_store.session() as session:
        some_cases(session)
        assert list(wanted_cases(session, CaseFilter(status="open"))) == ["00004", "00003", "00001", "00005"]
        assert list(wanted_cases(session, CaseFilter(type="sso"))) == ["00002", "00005"]


def test_more_cases_than_a_page_are_all_exported(case_store: CaseStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gis_ce.case_exchange.case_sheet.MOST", 3)
    monkeypatch.setattr("gis_ce.case_exchange.case_sheet._BATCH", 2)
    with case_store.session() as session:
        for number in range(8):
            walk(session, "sso", f"{number:05}", at=FIRST_DAY + timedelta(hours=number // 2))
        names = list(wanted_cases(session, CaseFilter()))
        assert len(names) == len(set(names)) == 8
        assert case_table(session, names, SHEETS).column("id").to_pylist() == names


@pytest.mark.parametrize("kind", ["csv", "xlsx", "gpkg", "parquet"])
def test_a_register_is_written_with_its_cases_and_events(case_store: CaseStore, tmp_path: Path, kind: str) -> None:
    filling = Filling(open_registers(PROCESSES)["sso_log"], PROCESSES, ZONE)
    with case_store.session() as session:
        traced = {"cause": "yes", "contractor_damage": "no", "traceable": "yes"}
        walk(session, "sso", "00001", place=place(5, 5)).to("wait_follow_up", traced, {"civil_penalty": "500"})
        walk(session, "sso", "00002")
        entries = list(register_entries(session, filling, EntryFilter()))
        table = register_table(entries, filling)
        write_table(tmp_path / f"log.{kind}", table, "sso_log", GRID)
        empty = register_table([], filling)
    assert table.schema == empty.schema
    rows = {row["number"]: row for row in table.to_pylist()}
    first = rows["SSO-2026-00001"]
    assert (first["status"], first["civil_penalty"], first["since"]) == ("notice_sent", 500.0, entries[-1].since)
    assert isinstance(first["since"], date)
    assert f"{entries[-1].events[0].id} {entries[-1].events[0].step}" in first["from_events"]
    if kind == "parquet":
        assert pq.read_table(tmp_path / "log.parquet").num_rows == 2


def test_an_outline_of_many_corners_comes_back(
    case_store: CaseStore, other_store: CaseStore, here: Office, tmp_path: Path
) -> None:
    lake = shapely.Point(*place(0, 0).coords[0]).buffer(500, quad_segs=2000)
    with case_store.session() as session:
        walk(session, "damages", "00001", place=lake)
        path = exported(session, tmp_path / "cases.csv")
    with other_store.session() as session:
        brought_in(session, path, here)
        assert session.scalars(select(Site)).one().geometry == lake
