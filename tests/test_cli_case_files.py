"""Cases and registers by file, definitions published, cases drawn, and deadlines that pass: from the command line."""

from __future__ import annotations

import csv
import json
import logging
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import geopandas
import pytest
from case_doors import LEAK, PASSWORD, does, doors_of, ok, opened, own_store
from case_rows import rows_of
from command_line import runner
from old_cases import MAPPING, write_csv
from small_town import Town, make_town
from sqlalchemy import update

import api.case_clock
from api.case_clock import CaseClock, pass_all, tidy
from api.case_office import CaseOffice, open_office
from api.settings import Settings
from api.wiring import open_city
from gis_ce.accounts import add_user
from gis_ce.case_changes import case_named
from gis_ce.case_store import CaseStore, open_store
from gis_ce.errors import StoreBusy
from gis_ce.process_files import text_of
from gis_ce.tables import Case


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return make_town(tmp_path_factory.mktemp("town"))


@pytest.fixture(name="url")
def _url(tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    url = own_store(tmp_path, sqlite_template)
    monkeypatch.setenv("GIS_CE_CASES", url)
    return url


@pytest.fixture(name="store")
def _store(url: str) -> Any:
    store = open_store(url, 2264)
    yield store
    store.close()


@pytest.fixture(name="run")
def _run(town: Town, url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    return runner(town, monkeypatch, capsys)


@pytest.fixture(name="office")
def _office(town: Town, url: str) -> Any:
    settings = Settings(data=town.settings.data, cases=url)
    office = open_office(settings, open_city(settings))
    yield office
    office.store.close()


@pytest.fixture(name="leak")
def _leak(town: Town, url: str) -> str:
    return opened(doors_of(town, url).here)


@pytest.fixture(name="waiting")
def _waiting(town: Town, url: str, store: CaseStore) -> str:
    """A leak whose 48 hours are over, though nobody has looked at it."""
    client = doors_of(town, url).here
    number = opened(client)
    do = does(client, number)
    do("site_visit")
    do("location", "outside")
    do("meter_side", "behind")
    do("advise_owner")
    do("major_leak", "no")
    do("notice_48h", notice_issued_on="2026-01-05")
    past = datetime(2026, 1, 7, tzinfo=UTC)
    with store.session() as session:
        session.execute(update(Case).values(due_at=past))
        session.commit()
    assert ok(client.get(f"/cases/{number}"))["now"]["waiting_for"] == "deadline"
    return number


def good(ran: Any) -> str:
    assert ran.code == 0, ran.err
    return " ".join((ran.out + ran.err).split())


def definition(folder: Path, **changes: str) -> Path:
    """The process of leaks with some words changed."""
    words = text_of("leaks")
    for old, new in changes.items():
        assert old in words
        words = words.replace(old, new)
    made = folder / "leaks.yaml"
    made.write_text(words, "utf-8")
    return made


@pytest.mark.parametrize("ending", ["csv", "xlsx", "gpkg", "parquet"])
def test_a_list_is_written_to_a_file(run: Any, leak: str, tmp_path: Path, ending: str) -> None:
    target = tmp_path / f"cases.{ending}"
    assert "1 case written to" in good(run("case", "list", "--status", "open", "-o", target))
    assert target.stat().st_size > 0
    if ending == "gpkg":
        frame = geopandas.read_file(target)
        assert (frame["number"].tolist(), frame.crs.to_epsg()) == ([leak], 2264)
    assert "0 cases written to" in good(run("case", "list", "--status", "closed", "-o", target))


def test_what_was_exported_comes_back_into_another_store(
    run: Any, leak: str, tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good(run("case", "list", "-o", tmp_path / "cases.xlsx"))
    other = tmp_path / "other"
    other.mkdir()
    monkeypatch.setenv("GIS_CE_CASES", own_store(other, sqlite_template))
    assert "1 case would come in" in good(run("case", "import", tmp_path / "cases.xlsx", "--plan"))
    assert "No case." in good(run("case", "list"))
    assert "1 case came in" in good(run("case", "import", tmp_path / "cases.xlsx"))
    assert json.loads(run("case", "show", leak, "--json").out)["address"] == "111 Main Street"
    assert "0 cases came in; 1 here already." in good(run("case", "import", tmp_path / "cases.xlsx"))


def test_old_cases_come_in_by_a_mapping_and_a_bad_row_keeps_all_out(run: Any, tmp_path: Path, store: CaseStore) -> None:
    mapping = tmp_path / "energov.yaml"
    mapping.write_text(MAPPING)
    old = write_csv(tmp_path / "old.csv", [{}, {"CASE_NO": "X-2", "KIND": "Moon"}])
    before = rows_of(store)
    refused = run("case", "import", old, "--mapping", mapping)
    assert refused.code == 1
    assert "1 row of old.csv cannot be brought in; nothing was written" in refused.err
    assert rows_of(store) == before
    said = json.loads(run("case", "import", old, "--mapping", mapping, "--without-bad", "--json").out)
    assert (said["cases"], len(said["bad"]), said["written"]) == (1, 1, True)
    assert len(json.loads(run("case", "list", "--json").out)["cases"]) == 1


def test_a_register_is_listed_shown_and_written(run: Any, town: Town, url: str, tmp_path: Path) -> None:
    client = doors_of(town, url).here
    number = opened(client, type="encroachment_request", parties=[{"role": "owner", "name": "Doe, Jane"}])
    assert "encroachment_log" in good(run("register", "list"))
    shown = json.loads(run("register", "show", "encroachment_log", "--json").out)
    assert shown == client.get("/registers/encroachment_log").json()
    assert json.loads(run("register", "list", "--json").out) == client.get("/registers").json()["registers"]
    for entry in shown["entries"]:
        assert entry["number"] == number
    target = tmp_path / "log.csv"
    assert " written to " in good(run("register", "show", "encroachment_log", "-o", target))
    with target.open(encoding="utf-8-sig", newline="") as stream:
        assert len(list(csv.DictReader(stream))) == len(shown["entries"])
    assert "SSO Log has no such entry." in good(run("register", "show", "sso_log", "--text", "grease"))


def test_a_definition_is_tried_and_published(run: Any, leak: str, tmp_path: Path) -> None:
    file = definition(tmp_path, **{"text: Site Visit": "text: Look at the place"})
    assert "Leaks: of the open cases, 1 move, 0 stay." in good(run("process", "publish", file, "--dry-run"))
    assert json.loads(run("case", "show", leak, "--json").out)["now"]["text"] == "Site Visit"
    assert "Leaks is published" in good(run("process", "publish", file, "--yes"))
    assert json.loads(run("case", "show", leak, "--json").out)["now"]["text"] == "Look at the place"
    said = json.loads(run("process", "publish", file, "--yes", "--json").out)
    assert (said["published"], said["moves"]) == (True, [])


def test_a_case_that_cannot_go_over_is_told_with_the_reason(run: Any, leak: str, tmp_path: Path) -> None:
    renamed = {"id: site_visit\n": "id: first_look\n", "next: site_visit": "next: first_look"}
    file = definition(tmp_path, **renamed)
    said = good(run("process", "publish", file, "--dry-run"))
    assert "0 move, 1 stay" in said
    assert "It stands at site_visit" in said
    assert leak in said


def test_a_case_is_drawn(run: Any, leak: str, tmp_path: Path) -> None:
    good(run("case", "draw", leak, "-o", tmp_path / "case.svg"))
    assert 'class="node task current"' in (tmp_path / "case.svg").read_text()
    assert run("case", "draw", leak).out.startswith("<svg")


def test_the_check_reads_the_attached_files_too(
    run: Any, leak: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "attachments"
    monkeypatch.setenv("GIS_CE_ATTACHMENTS", str(folder))
    paper = tmp_path / "list.csv"
    paper.write_bytes(b"a,b\n1,2\n")
    good(run("case", "attach", leak, paper))
    assert json.loads(run("db", "check", "--attachments", "--json").out)["findings"] == []
    (content,) = folder.glob("??/*")
    content.unlink()
    assert json.loads(run("db", "check", "--json").out)["findings"] == []
    broken = run("db", "check", "--attachments")
    assert broken.code == 1
    assert f"The content {content.name} of an attachment is missing." in " ".join(broken.out.split())


def test_deadlines_pass_by_command(run: Any, waiting: str) -> None:
    assert f"{waiting} repairs_made" in good(run("case", "pass-deadlines"))
    assert good(run("case", "pass-deadlines")) == "No deadline has passed."
    assert json.loads(run("case", "pass-deadlines", "--json").out) == []
    events = json.loads(run("case", "history", waiting, "--json").out)["events"]
    assert [event["by"] for event in events if event["kind"] == "deadline_passed"] == ["clock"]


def test_the_service_lets_deadlines_pass_by_itself(office: CaseOffice, waiting: str) -> None:
    clock = CaseClock(office, every_s=0.05)
    clock.start()
    limit = time.monotonic() + 20
    while _step_of(office.store, waiting) != "repairs_made":
        assert time.monotonic() < limit
        time.sleep(0.02)
    clock.stop()


def _step_of(store: CaseStore, number: str) -> str:
    with store.reading() as session:
        return case_named(session, number).step


def test_the_clock_goes_on_though_the_store_was_busy(
    office: CaseOffice, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    turns: list[int] = []

    def busy(_: CaseOffice) -> list[Any]:
        turns.append(1)
        raise StoreBusy("Somebody else is writing.")

    monkeypatch.setattr(api.case_clock, "pass_all", busy)
    with caplog.at_level(logging.ERROR):
        clock = CaseClock(office, every_s=0.01)
        clock.start()
        while len(turns) < 3:
            time.sleep(0.01)
        clock.stop()
    assert "Deadlines could not be looked at: Somebody else is writing." in caplog.text


def test_what_nobody_needs_is_cleared_away_after_a_while(office: CaseOffice, town: Town, url: str) -> None:
    client = doors_of(town, url).here
    ok(client.post("/cases", json=LEAK, headers={"Idempotency-Key": "k"}), 201)
    left = office.attachments.path / "incoming" / "x.unfinished"
    left.parent.mkdir(parents=True, exist_ok=True)
    left.write_bytes(b"half a phot")
    now = datetime.now(UTC)
    tidy(office, now)
    assert left.exists()
    assert ok(client.post("/cases", json=LEAK, headers={"Idempotency-Key": "k"}), 201)["repeated"] is True
    tidy(office, now + timedelta(days=31))
    assert not left.exists()
    assert ok(client.post("/cases", json=LEAK, headers={"Idempotency-Key": "k"}), 201)["repeated"] is False


def test_many_deadlines_pass_some_at_a_time(office: CaseOffice, waiting: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api.case_clock, "_AT_ONCE", 1)
    assert [done.number for done in pass_all(office)] == [waiting]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("case", "import", "nowhere.csv"), "There is no file nowhere.csv."),
        (("case", "import", "OLD"), "is no export of this program: say with a mapping"),
        (("case", "import", "OLD", "--mapping", "nowhere.yaml"), "There is no file nowhere.yaml."),
        (("case", "list", "-o", "cases.pdf"), "cases are written as .csv, .xlsx, .gpkg, .parquet."),
        (("case", "list", "-o", "nowhere/cases.csv"), "There is no folder nowhere."),
        (("case", "draw", "LEAK-1999-00001"), "There is no case"),
        (("register", "show", "sso_lok"), "did you mean sso_log?"),
        (("register", "show", "sso_log", "--status", "open"), "SSO Log has no status 'open'"),
        (("register", "show", "sso_log", "--bbox", "1"), "bbox: give four numbers"),
        (("register", "show", "sso_log", "-o", "log.pdf"), "cases are written as"),
        (("process", "publish", "nowhere.yaml"), "There is no file nowhere.yaml."),
    ],
)
def test_a_mistake_is_one_clear_line(run: Any, store: CaseStore, tmp_path: Path, words: Any, said: str) -> None:
    old = write_csv(tmp_path / "old.csv", [{}])
    before = rows_of(store)
    assert said in run(*(old if word == "OLD" else word for word in words)).line
    assert rows_of(store) == before


def test_a_broken_definition_is_refused_with_every_mistake(run: Any, store: CaseStore, tmp_path: Path) -> None:
    before = rows_of(store)
    ran = run("process", "publish", definition(tmp_path, **{"kind: letter": "kind: leter"}), "--yes")
    assert ran.code == 1
    assert ran.err.count("did you mean 'letter'?") == 2
    assert rows_of(store) == before


def test_publishing_and_bringing_in_are_for_the_lane_admin(
    run: Any, store: CaseStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with store.session() as session:
        add_user(session, "ann", "", PASSWORD, ("ce",))
        add_user(session, "eve", "", PASSWORD, ("admin",))
        session.commit()
    file = definition(tmp_path, **{"text: Site Visit": "text: Look at the place"})
    mapping = tmp_path / "energov.yaml"
    mapping.write_text(MAPPING)
    old = write_csv(tmp_path / "old.csv", [{}])
    assert "lane admin" in run("process", "publish", file, "--yes", "--as", "ann").line.splitlines()[-1]
    assert "lane admin" in run("case", "import", old, "--mapping", mapping, "--as", "ann").line
    good(run("process", "publish", file, "--yes", "--as", "eve"))
    good(run("case", "import", old, "--mapping", mapping, "--as", "eve"))
    assert "may act in admin" in good(run("user", "roles", "ann", "admin"))
