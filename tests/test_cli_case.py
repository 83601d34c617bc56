"""`gis-ce case`: open a case, carry it along its map, look at it, put it right; one clear line for a mistake."""

from __future__ import annotations

import getpass
import io
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from case_doors import PASSWORD, does, doors_of, opened, own_store
from case_rows import rows_of
from command_line import runner
from made_layers import EAST, NORTH
from made_pictures import gps_tags, jpeg, notes
from small_town import Town, in_degrees, lonlat, make_town, place

from api.case_answer_schemas import CaseAnswer, CasesPage, Done
from gis_ce.accounts import add_user
from gis_ce.case_store import CaseStore, open_store

INSIDE = f"{lonlat(150, 30)[0]},{lonlat(150, 30)[1]}"


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return make_town(tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="module", name="begun")
def _begun(town: Town, tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> tuple[Path, str]:
    """The file of a store with a leak in the right of way, past its site visit, and the leak's number."""
    folder = tmp_path_factory.mktemp("begun")
    client = doors_of(town, own_store(folder, sqlite_template)).here
    lon, lat = lonlat(150, 30)
    number = opened(client, place={"lon": lon, "lat": lat})
    does(client, number)("site_visit", comments="running")
    return folder / "cases.sqlite", number


@pytest.fixture(name="url")
def _url(begun: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a case store of the commands' own, with that leak."""
    with closing(sqlite3.connect(begun[0])) as source, closing(sqlite3.connect(tmp_path / "cases.sqlite")) as copy:
        source.backup(copy)
    url = f"sqlite:///{tmp_path / 'cases.sqlite'}"
    monkeypatch.setenv("GIS_CE_CASES", url)
    monkeypatch.setenv("GIS_CE_ATTACHMENTS", str(tmp_path / "attachments"))
    return url


@pytest.fixture(name="store")
def _store(url: str) -> Any:
    store = open_store(url, 2264)
    yield store
    store.close()


@pytest.fixture(name="run")
def _run(town: Town, url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    return runner(town, monkeypatch, capsys)


@pytest.fixture(name="leak")
def _leak(begun: tuple[Path, str]) -> str:
    return begun[1]


def good(ran: Any) -> str:
    """What a command printed that went well, on one line."""
    assert ran.code == 0, ran.err
    return " ".join(ran.out.split())


def told(run: Any, number: str) -> dict[str, Any]:
    answer = json.loads(good(run("case", "show", number, "--json")))
    CaseAnswer.model_validate(answer)
    return dict(answer)


def users(store: CaseStore, **lanes: tuple[str, ...]) -> None:
    with store.session() as session:
        for name, those in lanes.items():
            add_user(session, name, "", PASSWORD, those)
        session.commit()


def test_a_case_is_opened_by_address_and_what_comes_next_is_shown(run: Any) -> None:
    said = good(
        run("case", "open", "leaks", "--address", "111 Main Street", "--reporter", "Jane Doe", "--phone", "5550")
    )
    number = said.split()[1]
    assert f"opened {number} at 111 Main Street (address point A1)" in said
    assert "To do Site Visit" in said
    assert "Notate photos (attachments)" in said
    case = told(run, number)
    assert case["parties"][0] == {**case["parties"][0], "role": "reporter", "name": "Jane Doe", "phone": "5550"}


@pytest.mark.parametrize(
    "where",
    [
        ("--address", "111 Main Street"),
        (f"--at={INSIDE}",),
        (f"--at={INSIDE}", "--datum", "gps", "--sigma-ft", "3"),
        ("--xy", f"{EAST + 150},{NORTH + 30}"),
        ("--parcel", "N2"),
        (),
    ],
)
def test_a_place_can_be_said_in_many_ways_or_not_at_all(run: Any, where: tuple[str, ...]) -> None:
    done = json.loads(good(run("case", "open", "damages", *where, "--json")))
    Done.model_validate(done)
    assert done["step"] == "contractor"


def test_the_map_proposes_and_another_answer_needs_a_reason(run: Any, leak: str) -> None:
    assert "The map inside: Inside or outside the right of way: inside" in good(run("case", "show", leak))
    assert "To answer outside, say why." in run("case", "answer", leak, "outside").line
    assert "at meter_side" in good(run("case", "answer", leak, "outside", "--why", "the pins are elsewhere"))
    assert f"outside, by {getpass.getuser()}" in good(run("case", "show", leak))


def test_words_for_later_steps_carry_a_case_further(run: Any, leak: str) -> None:
    said = good(run("case", "answer", leak, "inside", "wd_investigation=a cut", "root_cause=an auger"))
    assert said.count("done ") == 4
    assert "at cause" in said
    case = told(run, leak)
    assert (case["step"], case["data"]["root_cause"]) == ("cause", "an auger")


def test_a_case_is_carried_to_a_step_and_takes_what_the_map_says_where_that_is_wanted(run: Any, leak: str) -> None:
    assert "still to answer" in run("case", "answer", leak, "--to", "wd_investigation").line
    assert "at wd_investigation" in good(run("case", "answer", leak, "--to", "wd_investigation", "--confirm"))
    assert told(run, leak)["answers"] == {"location": "inside"}


def test_closing_does_all_that_is_left_and_opens_the_case_that_follows(run: Any, leak: str) -> None:
    words = ("location=inside", "wd_investigation=a cut", "root_cause=an auger", "cause=contractor")
    said = good(run("case", "close", leak, *words))
    assert f"{leak} Leaks, closed: End" in said
    assert "DAM-2026-00001 Damages, at contractor" in said
    assert told(run, leak)["status"] == "closed"


def test_closing_explains_what_is_missing_and_does_nothing(run: Any, leak: str, store: CaseStore) -> None:
    before = rows_of(store)
    said = run("case", "close", leak, "--confirm").line
    assert said.startswith(f"{leak} would come to wd_investigation, and there: ")
    assert said.endswith("still to notate: wd_investigation. So nothing was done.")
    assert rows_of(store) == before


def test_a_wait_is_shown_extended_and_ended_and_a_closed_case_reopened(run: Any) -> None:
    number = json.loads(good(run("case", "open", "leaks", "--address", "111 Main Street", "--json")))["number"]
    words = ("location=outside", "meter_side=behind", "major_leak=no", "notice_issued_on=2026-01-05")
    assert "Waits The case stands at wait_48h" in good(run("case", "answer", number, *words))
    assert "to go on before, end the wait with a reason" in run("case", "close", number).line
    good(run("case", "extend-wait", number, "2099-01-01", "--why", "frost"))
    assert "frost" in good(run("case", "show", number))
    assert "at repairs_made" in good(run("case", "end-wait", number, "--why", "mended"))
    assert "closed: End" in good(run("case", "close", number, "yes"))
    assert "at close" in good(run("case", "reopen", number, "--why", "it leaks again"))


def test_fields_are_noted_and_what_was_noted_is_corrected(run: Any, leak: str) -> None:
    good(run("case", "correct", leak, "comments=dry", "--why", "it was the sprinkler"))
    assert told(run, leak)["data"] == {"comments": "dry"}
    good(run("case", "correct", leak, "comments=", "--why", "nothing was noted"))
    assert told(run, leak)["data"] == {}
    good(run("case", "answer", leak, "inside"))
    assert "at meter_side" in good(run("case", "correct", leak, "location=outside", "--why", "measured"))
    number = json.loads(good(run("case", "open", "leaks", "--json")))["number"]
    assert "comments (text) is wet" in good(run("case", "notate", number, "comments=wet"))


def test_a_case_is_moved_and_the_answers_of_the_old_place_are_looked_at(run: Any, leak: str) -> None:
    good(run("case", "answer", leak, "inside"))
    said = good(run("case", "move", leak, "--address", "111 Main Street", "--why", "the crew says"))
    assert "to review" in said
    (review,) = told(run, leak)["to_review"]
    assert review["decision"] in said
    assert "at meter_side" in good(run("case", "review", leak, review["decision"]))
    assert told(run, leak)["place"]["moves"][0]["why"] == "the crew says"
    good(run("case", "ask-again", leak))


def test_what_stands_at_the_place_is_described(run: Any, leak: str, tmp_path: Path) -> None:
    shed = tmp_path / "shed.wkt"
    shed.write_text(in_degrees(place(260, 100).buffer(5)).wkt)
    marks = tmp_path / "marks.wkt"
    marks.write_text(place(150, 20).buffer(1).boundary.wkt)
    good(run("case", "describe", leak, "--structure", shed, "--detail", f"marks={marks}"))
    good(run("case", "describe", leak, "--detail", "obstruction=vehicle", "--detail", "marked_diameter_in=8"))
    told_place = told(run, leak)["place"]
    assert told_place["structure"]["type"] == "Polygon"
    assert set(told_place["details"]) == {"marks", "obstruction", "marked_diameter_in"}
    good(run("case", "describe", leak, "--detail", "obstruction="))
    assert "obstruction" not in told(run, leak)["place"]["details"]


def test_files_are_attached_once_with_how_far_away_a_photo_was_taken(run: Any, leak: str, tmp_path: Path) -> None:
    photo, paper = tmp_path / "curb.jpg", tmp_path / "list.csv"
    photo.write_bytes(jpeg(notes(gps_tags(*lonlat(150, 500)))))
    paper.write_bytes(b"a,b\n1,2\n")
    said = good(run("case", "attach", leak, photo, paper))
    assert "Photo taken 470 ft away" in said
    assert "was attached already list.csv" in good(run("case", "attach", leak, paper))
    assert [row["name"] for row in told(run, leak)["attachments"]] == ["curb.jpg", "list.csv"]


def test_a_file_that_is_not_taken_keeps_the_others_out_too(
    run: Any, leak: str, store: CaseStore, tmp_path: Path
) -> None:
    paper, program = tmp_path / "list.csv", tmp_path / "setup.jpg"
    paper.write_bytes(b"a,b\n1,2\n")
    program.write_bytes(b"MZ\0\0")
    before = rows_of(store)
    assert "is a program by its content" in run("case", "attach", leak, paper, program).line
    assert rows_of(store) == before


def test_notes_people_links_references_officer_and_priority(
    run: Any, leak: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = json.loads(good(run("case", "open", "leaks", f"--at={INSIDE}", "--json")))
    assert other["made"]["duplicates"][0]["number"] == leak
    note = json.loads(good(run("case", "note", leak, "called back", "--json")))["made"]["note"]
    monkeypatch.setattr("sys.stdin", io.StringIO("called back twice\n"))
    good(run("case", "note", leak, "-", "--corrects", note))
    good(run("case", "party", leak, "owner", "--name", "Doe, [Jane]"))
    good(run("case", "link", other["number"], leak, "--duplicate"))
    good(run("case", "refer", leak, "EnerGov", "CE-7", "--url", "https://energov.example/7"))
    good(run("case", "assign", leak, getpass.getuser()))
    good(run("case", "priority", leak, "80", "--why", "a school"))
    shown = good(run("case", "show", leak))
    for words in ("called back twice", "Doe, [Jane]", "has the duplicate", "CE-7", "Priority 80", "Officer"):
        assert words in shown, words
    good(run("case", "assign", leak, "--nobody"))
    good(run("case", "priority", leak, "none", "--why", "closed for the summer"))
    case = told(run, leak)
    assert (case["officer"], case["priority"]) == (None, None)


def test_the_history_tells_everything_in_order(run: Any, leak: str) -> None:
    said = good(run("case", "history", leak))
    assert said.index("case opened") < said.index("Site Visit") < said.index("Inside or outside")
    first = json.loads(good(run("case", "history", leak, "--limit", "1", "--json")))
    assert [event["kind"] for event in first["events"]] == ["opened"]
    assert "There may be more: --after" in run("case", "history", leak, "--limit", "1").err
    rest = json.loads(good(run("case", "history", leak, "--after", first["next"], "--json")))
    assert rest["events"][0]["id"] > first["next"]


def test_cases_are_listed_by_what_where_and_when(run: Any, leak: str, tmp_path: Path) -> None:
    number = json.loads(good(run("case", "open", "damages", "--address", "111 Main Street", "--json")))["number"]
    west, south, east, north = (*lonlat(140, 20), *lonlat(160, 40))
    area = tmp_path / "area.geojson"
    area.write_text(json.dumps(in_degrees(place(150, 30).buffer(9)).__geo_interface__))
    for words in (
        ("--type", "leaks"),
        (f"--bbox={west},{south},{east},{north}",),
        ("--area", area),
        (f"--near={INSIDE}", "--within-ft", "5"),
        ("--text", "curb"),
        ("--step", "location", "--lane", "ce", "--status", "open", "--opened-from", "2020-01-01"),
    ):
        page = json.loads(good(run("case", "list", *words, "--json")))
        CasesPage.model_validate(page)
        assert [case["number"] for case in page["cases"]] == [leak], words
    assert "No case." in good(run("case", "list", "--older-than", "1"))
    ran = run("case", "list", "--limit", "1")
    assert number in ran.out
    page_after = ran.err.split("--after ")[1].strip()
    assert leak in good(run("case", "list", "--limit", "1", "--after", page_after))


def test_machines_are_told_the_same_by_command_and_over_http(run: Any, leak: str, town: Town, url: str) -> None:
    client = doors_of(town, url).here
    assert json.loads(good(run("case", "show", leak, "--json"))) == client.get(f"/cases/{leak}").json()
    assert json.loads(good(run("case", "list", "--json"))) == client.get("/cases").json()
    assert json.loads(good(run("case", "history", leak, "--json"))) == client.get(f"/cases/{leak}/events").json()


def test_without_accounts_the_user_of_the_machine_acts_or_whoever_is_named(run: Any, leak: str) -> None:
    good(run("case", "note", leak, "one", "--as", "Ann"))
    by = [event["by"] for event in json.loads(good(run("case", "history", leak, "--json")))["events"]]
    assert (by[0], by[-1]) == (getpass.getuser(), "Ann")
    assert "is no name of a person" in run("case", "note", leak, "x", "--as", " ").line
    assert "is no name of a person" in run("case", "note", leak, "x", "--as", "a\nb").line


def test_with_accounts_only_they_act_and_in_their_lanes(run: Any, leak: str, store: CaseStore) -> None:
    users(store, ann=("ce",), pat=("emt",))
    assert "is none of them: say who acts with --as NAME." in run("case", "list").line
    good(run("case", "answer", leak, "inside", "--as", "ann"))
    assert "is done by" in run("case", "note", leak, "x", "--as", "pat").line
    assert run("case", "note", leak, "x", "--as", "bob").line == "There is no user 'bob'."


NUMBER = ("NUMBER",)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("open", "leeks"), "There is no process 'leeks'; did you mean leaks?"),
        (("open", "leaks", "--address", "9 NOWHERE LN"), "There is no address"),
        (
            ("open", "leaks", "--address", "111 Main St", "--parcel", "N2", "--at", "1,2"),
            "Say where in exactly one way",
        ),
        (("open", "leaks", "--at", "nowhere"), "--at nowhere: give LON,LAT in degrees"),
        (("open", "leaks", "--at", "1150000,590000"), "These are not degrees"),
        (("open", "leaks", f"--at={INSIDE}", "--datum", "GPS"), "sigma_ft"),
        (("open", "leaks", f"--at={INSIDE}", "--datum", "NAD27"), "There is no datum 'NAD27'"),
        (("open", "leaks", "--on", "2099-01-01"), "which lies after today"),
        (("open", "leaks", "--on", "soon"), "--on"),
        (("open", "leaks", "--priority", "101"), "A priority is a whole number from 0 to 100"),
        (("open", "leaks", "--officer", "nobody"), "There is no active user"),
        (("open", "leaks", "--structure", "nowhere.wkt"), "There is no file nowhere.wkt."),
        (("open", "leaks", "--detail", "colour=red"), "colour is no detail of a place"),
        (("open", "leaks", "--detail", "red"), "'red': write NAME=VALUE."),
        (("open", "leaks", "--detail", "marked_diameter_in=wide"), "marked_diameter_in is a number"),
        (("open",), "Missing argument"),
        (("show", "LEAK-1999-00001"), "There is no case 'LEAK-1999-00001'."),
        (("history", "LEAK-1999-00001"), "There is no case"),
        (("answer", "LEAK-1999-00001"), "There is no case"),
        (("answer", *NUMBER), "still to answer: inside or outside"),
        (("answer", *NUMBER, "left"), "'left' is not one of inside, outside"),
        (("answer", *NUMBER, "inside", "outside"), "cannot both be the answer"),
        (("answer", *NUMBER, "inside", "colour=red"), "No step of Leaks asks for 'colour'"),
        (("answer", *NUMBER, "inside", "root_cause=a", "root_cause=b"), "root_cause is given twice."),
        (("answer", *NUMBER, "inside", "=b"), "'=b': write NAME=VALUE."),
        (("answer", *NUMBER, "inside", "repair_cost=much", "cause=non_contractor"), "still to notate"),
        (("answer", *NUMBER, "inside", "--to", "moon"), "Leaks has no step 'moon'"),
        (("answer", *NUMBER, "inside", "comments=again"), "still to notate: wd_investigation"),
        (("close", *NUMBER, "outside"), "To answer outside, say why."),
        (("notate", *NUMBER, "comments=x"), "comments is not asked for here"),
        (("notate", *NUMBER, "comments"), "'comments': write NAME=VALUE."),
        (("end-wait", *NUMBER, "--why", "x"), "there is no wait to end"),
        (("end-wait", *NUMBER), "Missing option '--why'"),
        (("extend-wait", *NUMBER, "2099-01-01", "--why", "x"), "no deadline runs"),
        (("extend-wait", *NUMBER, "later", "--why", "x"), "later"),
        (("correct", *NUMBER, "comments=x", "--why", " "), "Say why"),
        (("correct", *NUMBER, "coments=x", "--why", "x"), "coments was not noted in this case; did you mean comments?"),
        (("correct", *NUMBER, "location=inside", "--why", "x"), "was not answered in this case"),
        (("reopen", *NUMBER, "--why", "x"), "it is not closed"),
        (("move", *NUMBER, "--why", "x"), "Say where: one of --address"),
        (("move", *NUMBER, "--address", "111 Main St", "--why", " "), "Say why"),
        (("describe", *NUMBER), "Nothing was given"),
        (("review", *NUMBER, "none"), "No such answer is to be reviewed"),
        (("assign", *NUMBER), "Say who gets the case: an officer, or --nobody."),
        (("assign", *NUMBER, "ann", "--nobody"), "Say who gets the case"),
        (("assign", *NUMBER, "nobody"), "There is no active user"),
        (("priority", *NUMBER, "high", "--why", "x"), "A priority is a whole number"),
        (("priority", *NUMBER, "200", "--why", "x"), "A priority is a whole number"),
        (("note", *NUMBER, " "), "The note is empty."),
        (("note", *NUMBER, "x", "--corrects", "none"), "has no note 'none' to correct"),
        (("attach", *NUMBER, "nowhere.jpg"), "There is no file nowhere.jpg."),
        (("attach", *NUMBER, __file__), "Files that end in .py are not taken"),
        (("party", *NUMBER, "witness", "--name", "X"), "There is no role 'witness'"),
        (("party", *NUMBER, "owner"), "A party has a name or a firm at least."),
        (("link", *NUMBER, *NUMBER), "A case cannot be linked to itself."),
        (("link", *NUMBER, "DAM-2026-00009"), "There is no case 'DAM-2026-00009'."),
        (("refer", *NUMBER, "EnerGov", " "), "A reference names a system and a record"),
        (("list", "--type", "leeks"), "There is no type 'leeks'; did you mean leaks?"),
        (("list", "--status", "shut"), "There is no status 'shut'; known are: closed, open."),
        (("list", "--bbox", "1,2,3"), "bbox: give four numbers"),
        (("list", "--near", "1,2"), "near and within_ft go together"),
        (("list", "--area", "nowhere.geojson"), "nowhere.geojson cannot be read as a GeoJSON file."),
        (("list", "--area", __file__), "area: give a GeoJSON Polygon in degrees."),
        (("list", "--after", "zzz"), "The page asked for is none of ours"),
        (("list", "--limit", "0"), "--limit"),
        (("list", "--colour", "red"), "No such option"),
    ],
)
def test_a_mistake_is_one_clear_line_and_changes_nothing(
    run: Any, leak: str, store: CaseStore, words: tuple[str, ...], said: str
) -> None:
    before = rows_of(store)
    assert said in run("case", *(leak if word == "NUMBER" else word for word in words)).line
    assert rows_of(store) == before


def test_without_a_city_there_is_no_case(tmp_path: Path, run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIS_CE_DATA", str(tmp_path / "nothing"))
    assert "No city has been imported" in run("case", "list").line


def test_the_embedded_store_is_made_on_first_use(town: Town, run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GIS_CE_CASES")
    assert good(run("case", "list")) == "No case."
    assert (town.settings.data / "smallville" / "cases.sqlite").is_file()
