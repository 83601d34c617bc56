"""Old cases come in by file: every bad row is told, nothing is half written, nothing comes in twice."""

from __future__ import annotations

import csv
import zipfile
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import shapely
from old_cases import GOOD, HEADER, MAPPING, NOW, brought_in, office, planned, write_csv, write_xlsx
from small_town import Town, lonlat, make_town, place
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from walked_cases import PROCESSES, ZONE

from gis_ce.case_exchange.importing import Office
from gis_ce.case_exchange.mapping_files import read_mapping
from gis_ce.case_exchange.table_reading import read_table
from gis_ce.case_state import state_of
from gis_ce.case_store import CaseStore
from gis_ce.file_errors import MappingFileError, OldCasesRefused
from gis_ce.process_engine import answer
from gis_ce.process_state import Act
from gis_ce.register_entry import Filling
from gis_ce.register_files import open_registers
from gis_ce.registers import EntryFilter, register_entries
from gis_ce.tables import Case, Event, ExternalReference, Party, Site

LON, LAT = lonlat(150, 120)


@pytest.fixture(scope="module", name="here")
def _here(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return office(_town(tmp_path_factory))


def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return make_town(tmp_path_factory.mktemp("town"))


def count(session: Session, *tables: Any) -> int:
    return sum(session.scalar(select(func.count()).select_from(table)) or 0 for table in tables)


FULL = {
    "CLOSED": "06/01/2019",
    "RESULT": "Done",
    "SUMMARY": "Main hit",
    "NOTES": "two lines\nof text, with a comma",
    "INSPECTOR": "bob",
    "URGENCY": "3",
    "ADDRESS": "111 MAIN ST",
    "ASSET": "WM-1",
    "OWNER": "DOE JANE",
    "OWNER_ADDR": "1 OAK ST",
    "FIRM": "DIGGERS LLC",
    "TICKET": "C190500001",
    "ZONE": "in",
    "HAS_TICKET": "Y",
}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_row_becomes_a_case_with_all_that_it_says(
    case_store: CaseStore, here: Office, tmp_path: Path, kind: str
) -> None:
    write = write_csv if kind == "csv" else write_xlsx
    with case_store.session() as session:
        brought_in(session, write(tmp_path / f"old.{kind}", [FULL]), here)
    with case_store.reading() as session:
        case = session.scalars(select(Case)).one()
        site = session.scalars(select(Site)).one()
        assert (case.number, case.type, case.status, case.outcome) == ("DAM-2019-00001", "damages", "closed", "end")
        assert case.opened_at == datetime(2019, 5, 4, tzinfo=ZONE)
        assert (case.event_on, case.officer, case.priority) == (date(2019, 5, 4), "bob", 3)
        assert case.description == "two lines\nof text, with a comma"
        assert case.data == {"ticket_number": "C190500001", "tolerance_zone": "within"}
        assert case.answers == {"ticket_exists": "yes"}
        assert (site.how_located, site.address, site.parcel_id) == ("address", "111 MAIN ST", "N2")
        assert site.details == {"facility_id": "WM-1"}
        assert {(party.role, party.name, party.firm) for party in session.scalars(select(Party))} == {
            ("owner", "DOE JANE", None),
            ("contractor", None, "DIGGERS LLC"),
        }
        reference = session.scalars(select(ExternalReference)).one()
        assert (reference.system, reference.reference) == ("EnerGov", "CE-1")
        event = session.scalars(select(Event)).one()
        assert (event.kind, event.by, event.at) == ("imported", "ann", NOW)
        assert event.text == "brought in from EnerGov, CE-1: opened 2019-05-04, closed 2019-06-01"
    assert case_store.check() == []


def test_an_open_case_stands_at_its_step_and_goes_on_from_there(
    case_store: CaseStore, here: Office, tmp_path: Path
) -> None:
    with case_store.session() as session:
        (first, named) = brought_in(
            session, write_csv(tmp_path / "old.csv", [{}, {"CASE_NO": "CE-2", "STAGE": "Visit"}]), here
        )
        assert (first.status, first.step, first.due_at) == ("open", "contractor", None)
        assert (named.step, named.lane) == ("site_visit", "ce")
        act = Act("ann", NOW + timedelta(days=1), here.act.time)
        moved = answer(PROCESSES["damages"], state_of(named), "site_visit", None, {}, act)
        assert moved.state.step == "ce_pictures"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"CASE_NO": " "}, "CASE_NO is empty: nothing would name the row again"),
        ({"KIND": ""}, "KIND is empty: the case has no type"),
        ({"KIND": "Water Leek"}, "KIND is 'Water Leek', for which the mapping has no word; did you mean water leak?"),
        ({"OPENED": ""}, "OPENED is empty: when was the case opened?"),
        ({"OPENED": "13/32/2019"}, "OPENED is '13/32/2019', no day such as 2026-01-31 or like %m/%d/%Y"),
        ({"OPENED": "05/04/2029"}, "it was opened in the future, 2029-05-04"),
        ({"OPENED": "05/04/1819"}, "a day not between 1900 and 2200"),
        ({"OPENED": "9999-12-31T23:59:59-05:00"}, "a day not between 1900 and 2200"),
        ({"ADDRESS": "1 " + "MAIN " * 100}, "its address has 501 characters"),
        ({"CLOSED": "05/03/2019"}, "it was closed before it was opened: closed 2019-05-03, opened 2019-05-04"),
        ({"RESULT": "Done"}, "it has the outcome end and no day on which it was closed"),
        ({"CLOSED": "06/01/2019", "RESULT": "Denied"}, "Damages has no end 'end_not_approved'"),
        ({"STAGE": "Waiting"}, "an open case cannot be brought in at appeal, a wait"),
        ({"URGENCY": "high"}, "URGENCY is 'high', not a number"),
        ({"URGENCY": "2.5"}, "URGENCY is '2.5', not a whole number"),
        ({"URGENCY": "101"}, "its priority is 101"),
        ({"LON": "abc", "LAT": "35.3"}, "LON is 'abc', not a number"),
        ({"LON": "-81.86"}, "it has only one of longitude and latitude"),
        ({"LON": "35.33", "LAT": "-81.86"}, "lies far outside the city; is it longitude first?"),
        ({"LON": "200", "LAT": "35"}, "its lon and lat are not degrees"),
        ({"LON": str(LON), "LAT": str(LAT), "ACCURACY": ""}, "nothing says how good its position is"),
        ({"LON": str(LON), "LAT": str(LAT), "ACCURACY": "-1"}, "its position is good to -1.0 ft"),
        ({"ZONE": "maybe"}, "ZONE is 'maybe', for which the mapping has no word"),
        ({"COST": "12"}, "COST is '12', but Damages has no field repair_cost"),
        ({"KIND": "Water Leak", "COST": "a lot"}, "COST: repair_cost is an amount in dollars"),
        ({"KIND": "Water Leak", "HAS_TICKET": "Y"}, "but Leaks has no decision ticket_exists"),
        ({"SUMMARY": "x" * 201}, "its title has 201 characters"),
        ({"NOTES": "x" * 20_001}, "NOTES has 20,001 characters"),
    ],
)
def test_a_bad_row_says_why(
    case_store: CaseStore, here: Office, tmp_path: Path, row: dict[str, str], said: str
) -> None:
    if case_store.engine.dialect.name != "sqlite":
        return
    with case_store.session() as session:
        plan = planned(session, write_csv(tmp_path / "old.csv", [row]), here)
    assert len(plan.bad) == 1
    assert said in str(plan.bad[0])
    assert str(plan.bad[0]).startswith("row 2")


def test_all_that_is_wrong_with_a_row_is_told_at_once(case_store: CaseStore, here: Office, tmp_path: Path) -> None:
    row = {"URGENCY": "high", "ZONE": "maybe", "COST": "12", "STAGE": "Waiting"}
    with case_store.session() as session:
        plan = planned(session, write_csv(tmp_path / "old.csv", [row]), here)
    assert len(plan.bad[0].reasons) == 4


MIXED = [
    {"CASE_NO": "CE-1"},
    {"CASE_NO": "CE-2", "KIND": "Nonsense"},
    {"CASE_NO": "CE-3", "LON": "1", "LAT": "2"},
    {"CASE_NO": "CE-4", "KIND": "Water Leak"},
]


def test_one_bad_row_keeps_all_out_and_every_bad_row_is_listed(
    case_store: CaseStore, here: Office, tmp_path: Path
) -> None:
    path = write_csv(tmp_path / "old.csv", MIXED)
    with case_store.session() as session, pytest.raises(OldCasesRefused) as refused:
        brought_in(session, path, here)
    assert [mistake.partition(":")[0] for mistake in refused.value.mistakes] == ["row 3 (CE-2)", "row 4 (CE-3)"]
    assert "2 rows of old.csv cannot be brought in; nothing was written" in str(refused.value)
    with case_store.reading() as session:
        assert count(session, Case, Site, Event, Party, ExternalReference) == 0


def test_the_good_rows_come_in_where_that_is_wanted(case_store: CaseStore, here: Office, tmp_path: Path) -> None:
    with case_store.session() as session:
        cases = brought_in(session, write_csv(tmp_path / "old.csv", MIXED), here, without_bad=True)
        assert [case.number for case in cases] == ["DAM-2019-00001", "LEAK-2019-00001"]


def test_nothing_is_left_where_writing_fails_in_the_middle(case_store: CaseStore, here: Office, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "old.csv", [{"CASE_NO": f"CE-{number}"} for number in range(20)])
    from gis_ce.case_exchange.importing import write_import  # noqa: PLC0415

    asked = []

    def definition(name: str) -> Any:
        asked.append(name)
        if len(asked) == 15:
            raise OSError("the disk is full")
        return PROCESSES[name]

    with case_store.session() as session, pytest.raises(OSError, match="disk"):
        write_import(session, planned(session, path, here), here, definition)
    with case_store.session() as session:
        assert count(session, Case, Site, Event, ExternalReference) == 0
        assert brought_in(session, path, here)[0].number == "DAM-2019-00001"


def test_the_same_rows_again_make_no_doubles(case_store: CaseStore, here: Office, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "old.csv", [{"CASE_NO": "CE-1"}, {"CASE_NO": "CE-2"}])
    with case_store.session() as session:
        brought_in(session, path, here)
        plan = planned(session, path, here)
        assert (plan.cases, plan.already, plan.changed) == ((), ("CE-1", "CE-2"), ())
        assert brought_in(session, path, here) == []
        more = write_csv(tmp_path / "more.csv", [{"CASE_NO": "CE-2", "SUMMARY": "new"}, {"CASE_NO": "CE-3"}])
        plan = planned(session, more, here)
        assert ([case.reference for case, _ in plan.cases], plan.changed) == (["CE-3"], ("CE-2",))
        brought_in(session, more, here)
        assert count(session, Case) == 3
        assert session.scalars(select(Case.title).where(Case.title == "new")).all() == []


def test_the_same_row_twice_in_a_file_is_one_and_two_that_differ_are_bad(
    case_store: CaseStore, here: Office, tmp_path: Path
) -> None:
    rows = [{"CASE_NO": "CE-1"}, {"CASE_NO": "CE-1"}, {"CASE_NO": "CE-1", "SUMMARY": "other"}]
    with case_store.session() as session:
        plan = planned(session, write_csv(tmp_path / "old.csv", rows), here)
        assert len(plan.cases) == 1
        assert [str(row) for row in plan.bad] == ["row 4 (CE-1): row 2 has the same name and says something else"]


def test_two_systems_may_name_their_cases_alike(case_store: CaseStore, here: Office, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "old.csv", [{}])
    with case_store.session() as session:
        brought_in(session, path, here)
        plan = planned(session, path, here, MAPPING.replace("EnerGov", "Cityworks"))
        assert (len(plan.cases), plan.already) == (1, ())


@pytest.mark.parametrize(
    ("row", "how", "at"),
    [
        ({"LON": str(LON), "LAT": str(LAT)}, "coordinates", place(150, 120)),
        ({"ADDRESS": "111 MAIN ST"}, "address", place(150, 120)),
        ({"ADDRESS": "111 Main Street"}, "address", place(150, 120)),
        ({"PIN": "n4"}, "imported", None),
        ({"ADDRESS": "9 NOWHERE LN", "PIN": "N4"}, "imported", None),
        ({"ADDRESS": "9 NOWHERE LN"}, None, None),
        ({}, None, None),
    ],
)
def test_a_place_is_found_by_coordinates_then_address_then_parcel(
    case_store: CaseStore, here: Office, tmp_path: Path, row: dict[str, str], how: str | None, at: shapely.Point | None
) -> None:
    with case_store.session() as session:
        plan = planned(session, write_csv(tmp_path / "old.csv", [row]), here)
        assert bool(plan.remarks) is (how is None)
        brought_in(session, write_csv(tmp_path / "old.csv", [row]), here)
        site = session.scalars(select(Site)).one()
        assert site.how_located == how
        assert (site.geometry is None) is (how is None)
        if at is not None and site.geometry is not None:
            assert shapely.distance(site.geometry, at) < 0.01
        if "PIN" in row:
            assert (site.parcel_id or "").upper() == "N4"


def test_a_case_that_is_nowhere_keeps_its_address_and_says_why(
    case_store: CaseStore, here: Office, tmp_path: Path
) -> None:
    with case_store.session() as session:
        path = write_csv(tmp_path / "old.csv", [{"ADDRESS": "9 NOWHERE LN"}])
        assert (
            "row 2 (CE-1): not on the map: There is no address '9 NOWHERE LN'"
            in planned(session, path, here).remarks[0]
        )
        brought_in(session, path, here)
        assert session.scalars(select(Site.address)).one() == "9 NOWHERE LN"
        assert "not on the map" in session.scalars(select(Event.text)).one()


def test_an_old_agreement_stands_in_the_encroachment_log(case_store: CaseStore, here: Office, tmp_path: Path) -> None:
    signed = {"KIND": "Encroachment", "CLOSED": "06/01/2019", "RESULT": "Signed", "TOWN": "Garner", "OWNER": "DOE JANE"}
    denied = signed | {"CASE_NO": "CE-2", "RESULT": "Denied"}
    with case_store.session() as session:
        brought_in(session, write_csv(tmp_path / "old.csv", [signed, denied]), here)
        filling = Filling(open_registers(PROCESSES)["encroachment_log"], PROCESSES, ZONE)
        entries = list(register_entries(session, filling, EntryFilter()))
        assert sorted((entry.status, str(entry.since)) for entry in entries) == [
            ("agreement", "2019-06-01"),
            ("not_approved", "2019-06-01"),
        ]
        assert {entry.values["town"] for entry in entries} == {"Garner"}
        assert [event.kind for entry in entries for event in entry.events] == ["imported", "imported"]


def test_a_spreadsheets_dates_and_numbers_are_taken_as_such(
    case_store: CaseStore, here: Office, tmp_path: Path
) -> None:
    row = {"CASE_NO": 1007.0, "OPENED": datetime(2019, 5, 4), "URGENCY": 3.0, "LON": LON, "LAT": LAT}  # noqa: DTZ001
    with case_store.session() as session:
        (case,) = brought_in(session, write_xlsx(tmp_path / "old.xlsx", [row]), here)
        assert case.opened_at == datetime(2019, 5, 4, tzinfo=ZONE)
        assert session.scalars(select(ExternalReference.reference)).one() == "1007"


@pytest.mark.heavy
def test_a_thousand_rows_are_written_with_numbers_in_the_order_of_their_days(
    case_store: CaseStore, here: Office, tmp_path: Path
) -> None:
    rows = [{"CASE_NO": f"CE-{n}", "OPENED": f"{1 + n % 12:02}/{1 + n % 28:02}/2019"} for n in range(1000)]
    with case_store.session() as session:
        cases = brought_in(session, write_csv(tmp_path / "old.csv", rows), here)
        assert [case.number for case in cases] == [f"DAM-2019-{n:05}" for n in range(1, 1001)]
        opened = [case.opened_at for case in cases]
        assert opened == sorted(opened)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "old.csv is empty"),
        (b"\n\n", "has no header"),
        (b"A,A\n1,2\n", "two columns of the name A"),
        (b"A\0,B\n", "NUL"),
        (b'A,B\n"1,2\n', "is no CSV from line 2"),
        (b"A,B\n1,2\n", "has no column CASE_NO, KIND"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_one_sentence(
    case_store: CaseStore, here: Office, tmp_path: Path, content: bytes, said: str
) -> None:
    path = tmp_path / "old.csv"
    path.write_bytes(content)
    with case_store.session() as session, pytest.raises(OldCasesRefused) as refused:
        planned(session, path, here)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_what_is_no_spreadsheet_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"not a zip")
    with zipfile.ZipFile(tmp_path / "b.xlsx", "w") as packed:
        packed.writestr("nothing.txt", "here")
    for name in ("a.xlsx", "b.xlsx"):
        with pytest.raises(OldCasesRefused, match="is not a sheet of XLSX"):
            read_table(tmp_path / name)
    (tmp_path / "c.pdf").write_bytes(b"x")
    with pytest.raises(OldCasesRefused, match=r"read from \.csv and \.xlsx"):
        read_table(tmp_path / "c.pdf")
    with pytest.raises(OldCasesRefused, match="There is no file"):
        read_table(tmp_path / "d.csv")


def test_a_spreadsheet_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_xlsx(tmp_path / "old.xlsx", [{}])
    monkeypatch.setattr("gis_ce.case_exchange.table_reading._MOST_UNPACKED", 1000)
    with pytest.raises(OldCasesRefused, match="unpacks to"):
        read_table(path)


def test_a_sheet_is_named_or_the_first_is_read(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "old.xlsx", [{}])
    assert read_table(path).columns == tuple(HEADER)
    assert len(read_table(path, "Sheet").rows) == 1
    with pytest.raises(OldCasesRefused, match="has no sheet 'Cases'; it has Sheet"):
        read_table(path, "Cases")


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("CASE_NO;KIND\nCE-1;x\n", [{"CASE_NO": "CE-1", "KIND": "x"}]),
        ("CASE_NO\tKIND\nCE-1\tx\n", [{"CASE_NO": "CE-1", "KIND": "x"}]),
        ("\ufeffCASE_NO,KIND\r\n\r\nCE-1,x\r\n", [{"CASE_NO": "CE-1", "KIND": "x"}]),
        ("CASE_NO,KIND\nCE-1\n", [{"CASE_NO": "CE-1", "KIND": None}]),
        ("CASE_NO,KIND\nCE-1,'=1+1\n", [{"CASE_NO": "CE-1", "KIND": "=1+1"}]),
        ("CASE_NO,KIND,\nCE-1,x,\n", [{"CASE_NO": "CE-1", "KIND": "x"}]),
    ],
)
def test_csv_is_read_as_it_comes(tmp_path: Path, text: str, rows: list[dict[str, str]]) -> None:
    (tmp_path / "a.csv").write_bytes(text.encode())
    assert [row.cells for row in read_table(tmp_path / "a.csv").rows] == rows


def test_a_row_with_too_many_cells_is_bad_and_named_by_its_line(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('A,B\n1,"two\nlines"\n1,2,3\n', "utf-8")
    assert read_table(tmp_path / "a.csv").broken == ((4, "it has 3 cells, and the header 2"),)


def test_a_text_of_windows_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("NAME\nM\xfcller\n".encode("cp1252"))
    assert read_table(tmp_path / "a.csv").rows[0].cells == {"NAME": "Müller"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("system: EnerGov\n", ""), "system is missing"),
        (("row: CASE_NO", "raw: CASE_NO"), "raw is no key of a mapping; did you mean 'row'?"),
        (("Water Leak: leaks", "Water Leak: leak"), "type: there is no process 'leak'; did you mean 'leaks'?"),
        (("Signed: end,", "Signed: ende,"), "outcome: there is no end 'ende'"),
        (("Visit: site_visit", "Visit: site_vist"), "did you mean 'site_visit'?"),
        (("opened: OPENED\n", ""), "opened is missing"),
        (("lat: LAT\n", ""), "lon and lat go together"),
        (("sigma_ft: ACCURACY\n", ""), "sigma_ft is missing: how good are these positions?"),
        (('["%m/%d/%Y"]', '["%m/%d"]'), "is no form of a date"),
        (("role: owner", "role: ownr"), "there is no role 'ownr'; did you mean 'owner'?"),
        (("ticket_number: TICKET", "ticket_numbr: TICKET"), "did you mean 'ticket_number'?"),
        (("ticket_number: TICKET", "photos: TICKET"), "there is no field 'photos'"),
        (("ticket_exists:", "ticket_exist:"), "did you mean 'ticket_exists'?"),
        (("closed: CLOSED", "closed: {always: x, column: CLOSED}"), "needs either a column, or always"),
        (("closed: CLOSED", "closed: {colum: CLOSED}"), "colum is no key of a value"),
        (("format: 1", "format: 2"), "format must be 1"),
        (("name: OWNER, mailing", "mailing"), "a party has a name or a firm"),
    ],
)
def test_a_broken_mapping_is_refused_with_its_line(change: tuple[str, str], said: str) -> None:
    read_mapping(MAPPING, "m.yaml", PROCESSES)
    assert change[0] in MAPPING
    with pytest.raises(MappingFileError, match="line") as refused:
        read_mapping(MAPPING.replace(*change), "m.yaml", PROCESSES)
    assert said in str(refused.value)


def test_one_type_may_hold_for_every_row(case_store: CaseStore, here: Office, tmp_path: Path) -> None:
    mapping = "format: 1\nsystem: Log\nrow: CASE_NO\ntype: {always: sso}\nopened: OPENED\ndates: ['%m/%d/%Y']\n"
    with case_store.session() as session:
        plan = planned(session, write_csv(tmp_path / "old.csv", [GOOD]), here, mapping)
        assert [case.type for case, _ in plan.cases] == ["sso"]


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("state", "{", "state is no JSON"),
        ("state", "[1]", "state is no JSON object"),
        ("state", "{}", "state is not as it was exported"),
        (
            "state",
            '{"way": [1], "noted": [], "entered_at": "2026-03-02T00:00:00+00:00"}',
            "state is not as it was exported",
        ),
        ("state", "[" * 100_000, "state is no JSON"),
        ("details", '{"a": NaN}', "details is no JSON"),
        ("details", '{"a": "\\u0000"}', "details is no JSON object that can be kept"),
        ("shape_wkt", "POLYGON ((0 0, 1 1, 0 1, 1 0, 0 0))", "shape_wkt is no sound shape"),
        ("shape_wkt", "POINT (1e999 0)", "shape_wkt is no"),
        ("shape_wkt", "a circle", "shape_wkt is no shape in WKT"),
        ("id", "../../etc", "'../../etc' is no id of a case"),
        ("step", "nowhere", "Damages has no step 'nowhere'"),
        ("step", "appeal", "an open case cannot be brought in at appeal, a wait"),
        ("status", "odd", None),
    ],
)
def test_an_export_that_somebody_has_changed_is_read_with_the_same_care(
    case_store: CaseStore, here: Office, tmp_path: Path, column: str, value: str, said: str | None
) -> None:
    row = {"id": "abc", "number": "DAM-2026-00001", "type": "damages", "opened_at": "2026-03-02T00:00:00+00:00"}
    header = [*row, "state", "details", "shape_wkt", "step", "status"]
    with (tmp_path / "own.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, header)
        writer.writeheader()
        writer.writerow(row | {column: value})
    with case_store.session() as session:
        plan = planned(session, tmp_path / "own.csv", here)
        if said is None:
            assert plan.bad == ()
            return
        assert len(plan.bad) == 1
        assert said in str(plan.bad[0])
