"""What is on the schedule is done once though several ask, and each run is kept with what came of it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from case_doors import Doors, opened
from command_line import runner
from small_town import Town, make_town, write_sources
from sqlalchemy import select

from api.case_office import CaseOffice
from api.schedules import SCHEDULES, run_due, run_named
from api.wiring import digests_folder
from gis_ce.case_store import CaseStore
from gis_ce.errors import SchedulesBusy, ScheduleUnknown
from gis_ce.schedule_runs import forget_runs, last_runs, one_runner, run, runs
from gis_ce.schedule_times import AGAIN
from gis_ce.tables import Case

_HELD = """
import sys, time
from gis_ce.case_store import open_store
from gis_ce.schedule_runs import one_runner, run
store = open_store(sys.argv[1], 2264)
with one_runner(store):
    run(store, "backup", "clock", lambda: time.sleep(600) or "never")
"""


@pytest.fixture(name="town")
def _town(tmp_path: Path) -> Town:
    return make_town(tmp_path)


@pytest.fixture(name="office")
def _office(doors: Doors) -> CaseOffice:
    office: CaseOffice = doors.app.state.office()
    return office


def test_all_that_is_due_is_done_once_and_said_in_words(doors: Doors, office: CaseOffice) -> None:
    opened(doors.here)
    now = datetime.now(UTC)
    first = run_due(doors.settings, office, now)
    assert {each.name: each.outcome for each in first} == {
        each.name: "done" for each in SCHEDULES if each.rhythm != "off"
    }, [each.said for each in first]
    assert all(each.said and each.ended_at and each.by == "clock" for each in first)
    assert run_due(doors.settings, office, datetime.now(UTC)) == []
    assert "1 cases" in str(next(each.said for each in first if each.name == "backup"))


def test_several_who_ask_at_once_do_it_once(doors: Doors, office: CaseOffice) -> None:
    settings = doors.settings.model_copy(update={"schedules": "; ".join(f"{e.name} = off" for e in SCHEDULES[1:])})
    now = datetime.now(UTC)
    with ThreadPoolExecutor(4) as pool:
        done = [each for some in pool.map(lambda _: run_due(settings, office, now), range(4)) for each in some]
    assert [each.name for each in done] == ["backup"]


@pytest.mark.heavy
def test_a_killed_run_is_called_cut_off_and_done_again(doors: Doors, office: CaseOffice) -> None:
    url = office.store.engine.url.render_as_string(hide_password=False)
    child = subprocess.Popen([sys.executable, "-c", _HELD, url])
    while not _last(office.store):
        assert child.poll() is None
        time.sleep(0.05)
    with pytest.raises(SchedulesBusy):
        run_named(doors.settings, office, "backup", "ann")
    child.send_signal(signal.SIGKILL)
    child.wait(30)
    soon = datetime.now(UTC) + AGAIN
    again = run_due(doors.settings, office, soon)
    assert ("backup", "done") in [(each.name, each.outcome) for each in again]
    with office.store.reading() as session:
        told = [each.outcome for each in reversed(runs(session, name="backup"))]
    assert told == ["cut_off", "done"]


def test_what_fails_is_kept_with_its_reason_and_stops_no_other(case_store: CaseStore) -> None:
    def full() -> str:
        raise OSError(28, "No space left on device")

    with one_runner(case_store):
        failed, done = run(case_store, "layers", "clock", full), run(case_store, "drill", "ann", lambda: "well")
    assert (failed.outcome, done.outcome, done.by) == ("failed", "done", "ann")
    assert "No space left on device" in str(failed.said)
    assert {name: each.outcome for name, each in _last(case_store).items()} == {"layers": "failed", "drill": "done"}


def test_two_runners_are_not_possible_and_the_second_is_told(case_store: CaseStore) -> None:
    with one_runner(case_store), pytest.raises(SchedulesBusy), one_runner(case_store):
        pass


def test_old_runs_are_forgotten_but_never_the_last_of_a_schedule(case_store: CaseStore) -> None:
    with one_runner(case_store):
        for _ in range(3):
            run(case_store, "drill", "clock", lambda: "well")
    with case_store.session() as session:
        assert forget_runs(session, datetime.now(UTC) + timedelta(days=500), timedelta(days=400)) == 2
        session.commit()
    assert _last(case_store)["drill"].outcome == "done"


def test_there_is_no_schedule_of_another_name(doors: Doors, office: CaseOffice) -> None:
    with pytest.raises(ScheduleUnknown, match="there are backup, drill"):
        run_named(doors.settings, office, "coffee", "ann")


def test_layers_are_fetched_published_and_decisions_looked_at_again(
    town: Town, doors: Doors, office: CaseOffice
) -> None:
    write_sources(town.city_file.parent)
    done = run_named(doors.settings, office, "layers", "clock")
    assert done.outcome == "done", done.said
    assert "7 layers have a new version" in str(done.said)
    assert "decisions looked at again" in str(done.said)
    again = run_named(doors.settings, office, "layers", "clock")
    assert "0 layers have a new version, 7 are as they were, 0 failed" in str(again.said)


def test_layers_that_cannot_be_fetched_are_named_and_keep_their_version(
    town: Town, doors: Doors, office: CaseOffice
) -> None:
    before = town.store.current()
    done = run_named(doors.settings, office, "layers", "clock")
    assert done.outcome == "failed"
    assert "7 failed" in str(done.said)
    assert "parcels:" in str(done.said)
    assert town.store.current() == before


def test_digests_are_written_for_the_manager_and_each_officer_and_lead_nowhere_else(
    doors: Doors, office: CaseOffice
) -> None:
    number = opened(doors.here)
    with office.store.session() as session:
        session.scalars(select(Case)).one().officer = "../../ann"
        session.commit()
    done = run_named(doors.settings, office, "digests", "clock")
    assert done.outcome == "done", done.said
    (day,) = digests_folder(doors.settings, office.city.city).iterdir()
    assert {path.name for path in day.iterdir()} == {"manager.html", "officer-_.._ann.html"}
    assert number in (day / "manager.html").read_text()
    assert day.stat().st_mode & 0o077 == 0


def test_old_digests_go_and_those_of_this_month_stay(doors: Doors, office: CaseOffice) -> None:
    folder = digests_folder(doors.settings, office.city.city)
    today = datetime.now(UTC).date()
    for days in (1, 89, 92):
        (folder / f"{today - timedelta(days=days)}").mkdir(parents=True)
    done = run_named(doors.settings, office, "retention", "clock")
    assert "digests of 1 days deleted" in str(done.said)
    assert len(list(folder.iterdir())) == 2


def test_the_command_lists_runs_and_tells_failures(
    town: Town, store_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run_it = runner(town, monkeypatch, capsys)
    assert "never ran" in run_it("schedule", "list").out
    assert run_it("schedule", "run", "drill").code == 1
    made = run_it("schedule", "run", "backup")
    assert (made.code, made.out.split(":")[0]) == (0, "backup"), made
    proved = json.loads(run_it("schedule", "run", "drill", "--json").out)
    assert proved[0]["outcome"] == "done", proved
    assert "came back" in proved[0]["said"]
    assert "drill" in run_it("schedule", "history", "drill").out
    assert "there are backup" in run_it("schedule", "run", "coffee").line


def _last(store: CaseStore) -> Any:
    with store.reading() as session:
        return last_runs(session)
