"""Deadlines, contacts, visits and the calendar by command and over HTTP; nothing of them for the public."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from case_doors import Doors, doors_of, ok, opened, problem
from command_line import runner
from icalendar import Calendar
from small_town import Town, make_town

from api.due_schemas import ContactAnswers, DueAnswers, ProceedingAnswers

SOON = (datetime.now(UTC) + timedelta(days=3)).date().isoformat()


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return make_town(tmp_path_factory.mktemp("town"))


@pytest.fixture(name="doors")
def _doors(town: Town, store_url: str) -> Doors:
    return doors_of(town, store_url)


@pytest.fixture(name="run")
def _run(town: Town, doors: Doors, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    return runner(town, monkeypatch, capsys)


def good(ran: Any) -> str:
    assert ran.code == 0, ran.err
    return " ".join(ran.out.split())


def test_a_call_is_logged_waits_and_is_answered_by_command(doors: Doors, run: Any) -> None:
    number = opened(doors.here)
    assert good(run("contact", "open")) == "Everything is answered."
    call = json.loads(good(run("contact", "log", number, "in", "call", "Is it [b]dry[/b]?", "--json")))["made"]
    assert "1 working day, last day" in call["arithmetic"]
    assert "Is it [b]dry[/b]?" in good(run("contact", "open"))
    assert "answer the call" in good(run("deadlines", "--all"))
    good(run("contact", "log", number, "out", "email", "On Friday", "--answers", call["contact"]))
    assert good(run("contact", "open")) == "Everything is answered."
    listed = good(run("contact", "list", number))
    assert "in, call" in listed
    assert "out, email" in listed
    assert run("contact", "log", number, "in", "pigeon", "x").line.startswith(
        "The contact cannot be noted: a contact goes"
    )


def test_a_visit_is_planned_listed_and_fed_to_a_calendar_by_command(doors: Doors, run: Any, tmp_path: Path) -> None:
    number = opened(doors.here)
    assert good(run("visit", "list")) == "No visit is planned."
    made = json.loads(good(run("visit", "plan", number, SOON, "Is it dry?", "--json")))["made"]
    assert f"{SOON} {number}" in good(run("visit", "list"))
    file = tmp_path / "mine.ics"
    (officer,) = {row["officer"] for row in json.loads(good(run("visit", "list", "--json")))}
    good(run("visit", "calendar", officer, "-o", file))
    (event,) = Calendar.from_ical(file.read_bytes()).walk("VEVENT")
    assert str(event["location"]) == "111 Main Street"
    good(run("visit", "done", number, made["proceeding"], "Dry"))
    assert "done: Dry" in good(run("visit", "list", number))
    assert "This visit has ended" in run("visit", "put-off", number, made["proceeding"], "--why", "rain").line


def test_a_category_and_an_update_change_what_is_due_by_command(doors: Doors, run: Any) -> None:
    number = opened(doors.here)
    good(run("case", "category", number, "I", "--why", "a school"))
    good(run("case", "update", number, "Crew is digging"))
    found = json.loads(good(run("deadlines", "--json", "--all")))
    assert {each["category"] for each in found} == {"I"}
    (update,) = [each for each in found if each["kind"] == "update"]
    assert update["arithmetic"].startswith("last update ")
    assert good(run("deadlines", "--overdue")) == "Nothing is overdue."
    assert "first response, category I" in good(run("deadlines"))


def test_the_same_over_http(doors: Doors) -> None:
    client = doors.here
    number = opened(client, parties=[{"role": "reporter", "name": "Jane Doe"}])
    jane = ok(client.get(f"/cases/{number}"))["parties"][0]["id"]
    call = {"direction": "in", "channel": "call", "text": "When?", "party": jane}
    contact = ok(client.post(f"/cases/{number}/contacts", json=call, headers={"Idempotency-Key": "a"}))["made"][
        "contact"
    ]
    again = ok(client.post(f"/cases/{number}/contacts", json=call, headers={"Idempotency-Key": "a"}))
    assert (again["made"]["contact"], again["repeated"]) == (contact, True)
    out = {"direction": "out", "channel": "call", "text": "Friday", "answers": contact}
    ok(client.post(f"/cases/{number}/contacts", json=out))
    log = ok(client.get(f"/cases/{number}/contacts"))
    ContactAnswers.model_validate(log)
    assert [(row["direction"], row["party"]) for row in log["contacts"]] == [("in", jane), ("out", jane)]
    visit = ok(client.post(f"/cases/{number}/visits", json={"on": SOON, "what": "dry?"}))["made"]["proceeding"]
    listed = ok(client.get("/deadlines"))
    DueAnswers.model_validate(listed)
    assert {"resolution", "update", "visit"} <= {row["kind"] for row in listed["deadlines"]}
    assert ok(client.get("/deadlines", params={"state": "overdue"})) == {"deadlines": []}
    put_off = {"why": "snow", "to": (datetime.now(UTC) + timedelta(days=5)).date().isoformat()}
    newer = ok(client.post(f"/cases/{number}/visits/{visit}/put-off", json=put_off))["made"]["proceeding"]
    ok(client.post(f"/cases/{number}/visits/{newer}/done", json={"found": "dry"}))
    problem(client.post(f"/cases/{number}/visits/{newer}/done", json={"found": "dry"}), 404)
    rows = ok(client.get(f"/cases/{number}/proceedings"))
    ProceedingAnswers.model_validate(rows)
    assert [row["entries"][0]["kind"] for row in rows["proceedings"]] == ["put_off", "done"]
    ok(client.post(f"/cases/{number}/category", json={"category": "I", "why": "a school"}))
    ok(client.post(f"/cases/{number}/updates", json={"text": "Crew is digging"}))
    feed = client.get("/calendars/ann.ics")
    assert (feed.status_code, feed.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    assert feed.headers["cache-control"] == "private, no-store"
    assert problem(doors.public.get("/calendars/ann.ics"), 401).startswith("Cases are for staff")
    assert problem(doors.public.get("/deadlines"), 401).startswith("Cases are for staff")


def test_a_city_file_with_wrong_targets_is_refused_with_every_mistake(
    town: Town, run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    city = tmp_path / "city.toml"
    words = '\n[targets]\ndue_soon = "soon"\n[targets.types]\nleeks = "I"\n'
    city.write_text(town.city_file.read_text("utf-8") + words, "utf-8")
    ran = run("deadlines", "--city", city)
    assert ran.code == 1
    assert "due_soon: must be a period" in ran.err
    assert "did you mean leaks?" in ran.err
