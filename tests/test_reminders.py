"""Reminders of deadlines: counted from the map or set by an officer, told once, listed while the deadline runs."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import case_stores
import pytest
from case_doors import does, doors_of, ok, opened, own_store, problem
from command_line import runner
from desks import MONDAY, a_desk, as_somebody, at_location, go_to, kinds, later, shown, write
from small_town import Town, lonlat, make_town

from api.case_record_schemas import RemindersPage
from gis_ce.actions.desk import Desk
from gis_ce.actions.opening import Opening, open_case
from gis_ce.actions.placing import Place
from gis_ce.actions.ranking import assign
from gis_ce.actions.reminding import Reminders, reminders, set_reminder, tell_reminders
from gis_ce.actions.stepping import notate
from gis_ce.actions.waits import end_wait, extend_wait
from gis_ce.case_store import CaseStore
from gis_ce.errors import FilterRefused, NotNow, NotYourLane, StepRefused

DESK = a_desk()
RECEIVED = "2026-03-02"
DUE = datetime(2026, 4, 2, 3, 59, 59, tzinfo=UTC)
"""The last second of Wednesday 1 April in the town: 30 days after Monday 2 March."""
REMIND = datetime(2026, 3, 27, 4, 0, tzinfo=UTC)
"""Three working days before: the start of Friday 27 March."""


@pytest.fixture
def number(case_store: CaseStore, tmp_path: Path) -> str:
    """A damage whose notice was received today: its appeal period runs."""
    desk = a_desk(folder=tmp_path)
    opening = Opening("damages", Place(address="111 Main St"))
    found = write(case_store, open_case, desk, opening).number
    go_to(case_store, desk, found, "appeal", action="nov")
    write(case_store, notate, desk, found, "appeal", {"notice_received_on": RECEIVED})
    return found


def near(store: CaseStore, until: datetime, officer: str | None = None) -> list[str]:
    with store.reading() as session:
        return [each.case.number for each in reminders(session, until, officer).reminders]


def told(store: CaseStore, desk: Desk) -> list[str]:
    with store.session() as session:
        found = tell_reminders(session, desk)
        session.commit()
    return found


def running(store: CaseStore, number: str) -> Any:
    return shown(store, number).deadlines[-1]


def test_an_appeal_period_reminds_by_itself_and_its_history_tells_it_once(case_store: CaseStore, number: str) -> None:
    deadline = running(case_store, number)
    assert (deadline.due_at, deadline.remind_at, deadline.reminded_at) == (DUE, REMIND, None)
    day_before = later(DESK, days=24)
    assert (told(case_store, day_before), near(case_store, day_before.now)) == ([], [])
    that_day = later(DESK, days=25)
    assert (told(case_store, that_day), told(case_store, that_day)) == ([number], [])
    assert kinds(case_store, number)[-1] == "reminded"
    assert running(case_store, number).reminded_at == that_day.now
    assert near(case_store, that_day.now) == [number]


def test_a_reminder_ends_with_its_wait(case_store: CaseStore, number: str) -> None:
    soon = later(DESK, days=26)
    assert near(case_store, soon.now) == [number]
    write(case_store, end_wait, DESK, number, "paid")
    assert (told(case_store, soon), near(case_store, soon.now)) == ([], [])


def test_an_officer_sets_another_day_or_none(case_store: CaseStore, number: str) -> None:
    done = write(case_store, set_reminder, DESK, number, date(2026, 3, 10), key="r")
    assert done.made == {"remind_on": "2026-03-10"}
    assert write(case_store, set_reminder, DESK, number, date(2026, 3, 10), key="r").repeated
    assert running(case_store, number).remind_at == datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
    assert told(case_store, later(DESK, days=8)) == [number]
    write(case_store, set_reminder, DESK, number, date(2026, 3, 20))
    assert told(case_store, later(DESK, days=18)) == [number], "a new day is a new reminder"
    write(case_store, set_reminder, DESK, number, None)
    assert near(case_store, DUE) == []
    assert kinds(case_store, number).count("reminder_set") == 3


def test_a_longer_wait_is_reminded_of_anew(case_store: CaseStore, number: str) -> None:
    assert told(case_store, later(DESK, days=25)) == [number]
    write(case_store, extend_wait, DESK, number, date(2026, 5, 1), "the board meets later")
    deadline = running(case_store, number)
    assert (deadline.remind_at, deadline.reminded_at) == (datetime(2026, 4, 28, 4, 0, tzinfo=UTC), None)


def test_a_reminder_that_cannot_be_is_refused(case_store: CaseStore, number: str) -> None:
    with pytest.raises(StepRefused, match=r"Sun 1 Mar 2026 has passed; today is Mon 2 Mar 2026\."):
        write(case_store, set_reminder, DESK, number, date(2026, 3, 1))
    with pytest.raises(StepRefused, match=r"is after the deadline, whose last day is Wed 1 Apr 2026\."):
        write(case_store, set_reminder, DESK, number, date(2026, 4, 2))
    with pytest.raises(NotYourLane):
        write(case_store, set_reminder, as_somebody(DESK, "max", "meters"), number, None)
    with pytest.raises(NotNow, match="no deadline runs"):
        write(case_store, set_reminder, DESK, at_location(case_store, DESK).number, date(2026, 3, 10))
    with case_store.reading() as session, pytest.raises(FilterRefused):
        reminders(session, MONDAY, limit=501)


def test_reminders_are_listed_by_officer_and_page_by_page(case_store: CaseStore, number: str, tmp_path: Path) -> None:
    desk = a_desk(folder=tmp_path)
    other = write(case_store, open_case, desk, Opening("damages", Place(address="111 Main St"))).number
    go_to(case_store, desk, other, "appeal", action="cp")
    write(case_store, notate, desk, other, "appeal", {"notice_received_on": "2026-02-28"})
    write(case_store, assign, desk, other, "ann")
    assert (near(case_store, DUE, "ann"), near(case_store, DUE, "max")) == ([other], [])
    with case_store.reading() as session:
        first: Reminders = reminders(session, DUE, limit=1)
        rest = reminders(session, DUE, after=first.after, limit=1)
    assert [each.case.number for page in (first, rest) for each in page.reminders] == [other, number]
    assert rest.after is None


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return make_town(tmp_path_factory.mktemp("town"))


def today() -> date:
    return datetime.now(ZoneInfo("America/New_York")).date()


def waiting(client: Any) -> str:
    """A leak that waits 48 hours: too short for the city's reminder."""
    lon, lat = lonlat(150, 100)
    number = opened(client, place={"lon": lon, "lat": lat})
    do = does(client, number)
    do("site_visit")
    do("location", "outside")
    do("meter_side", "behind", "seen")
    do("advise_owner")
    do("major_leak", "no")
    do("notice_48h", notice_issued_on=today().isoformat())
    return number


def test_reminders_over_http(town: Town, sqlite_template: Path, tmp_path: Path) -> None:
    doors = doors_of(town, own_store(tmp_path, sqlite_template))
    client = doors.here
    number = waiting(client)
    assert ok(client.get("/reminders", params={"within_days": 30})) == {"reminders": [], "next": None}
    ok(client.post(f"/cases/{number}/reminder", json={"on": today().isoformat()}))
    answer = ok(client.get("/reminders"))
    RemindersPage.model_validate(answer)
    assert [each["number"] for each in answer["reminders"]] == [number]
    assert answer["reminders"][0]["deadline"]["remind_at"] is not None
    assert "has passed" in problem(client.post(f"/cases/{number}/reminder", json={"on": "2020-01-01"}), 422)
    problem(client.post(f"/cases/{number}/reminder", json={"on": "soon"}), 400)
    problem(client.post(f"/cases/{number}/reminder", json={}), 400)
    problem(client.get("/reminders", params={"limit": 0}), 400)
    problem(client.get("/reminders", params={"next": "x"}), 400)
    assert doors.public.get("/reminders").status_code == 401


def test_reminders_by_command(
    town: Town,
    sqlite_template: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    url = own_store(tmp_path, sqlite_template)
    number = waiting(doors_of(town, url).here)
    monkeypatch.setenv("GIS_CE_CASES", url)
    run = runner(town, monkeypatch, capsys)
    assert run("case", "reminders").out == "No deadline is near.\n"
    assert f"reminder  {today()}" in run("case", "remind", number, today()).out
    assert number in run("case", "reminders").out
    assert json.loads(run("case", "reminders", "--json").out)["reminders"][0]["number"] == number
    assert number in run("case", "pass-deadlines").err
    assert number not in run("case", "pass-deadlines").err
    assert str(today()) in run("case", "show", number).out
    assert run("case", "remind", number, "soon").line == "'soon' is no day; write it as 2026-12-31, or none."
    beyond = today() + timedelta(days=9)
    assert "is after the deadline" in run("case", "remind", number, beyond).line
    assert "reminder  none" in run("case", "remind", number, "none").out
    assert run("case", "reminders").out == "No deadline is near.\n"


def test_the_near_deadlines_are_found_by_an_index(sqlite_template: Path, tmp_path: Path) -> None:
    store = case_stores.copied(sqlite_template, tmp_path)
    with store.reading() as session:
        plan = session.connection().exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT * FROM deadline WHERE state = 'running' AND remind_at <= '2026-03-02'"
        )
        assert "USING INDEX ix_deadline_reminder" in "".join(str(row[-1]) for row in plan)
    store.close()
