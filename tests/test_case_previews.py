"""What is told before anything is changed: a move, an opening, what follows from an answer, and who the visitor is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import case_stores
import pytest
from browsers import signed_in
from case_doors import LEAK, Doors, does, doors_of, ok, opened, own_store, problem
from fastapi.testclient import TestClient
from small_town import Town, lonlat, make_town

from api.case_answer_schemas import CaseAnswer, MovePreviewAnswer, OpeningPreviewAnswer, Proposals

STREET, YARD = lonlat(150, 30), lonlat(150, 120)


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return make_town(tmp_path_factory.mktemp("town"))


@pytest.fixture(name="doors", params=["sqlite", "postgis"])
def _doors(request: pytest.FixtureRequest, town: Town, tmp_path: Path) -> Iterator[Doors]:
    with case_stores.own_store(request, tmp_path) as store:
        yield doors_of(town, store.engine.url.render_as_string(hide_password=False))


def at_location(client: TestClient) -> str:
    """A leak in a yard that stands at the question of the right of way."""
    number = opened(client, title="Wet")
    does(client, number)("site_visit")
    return number


def preview(client: TestClient, number: str, at: tuple[float, float], **more: Any) -> Any:
    body = {"place": {"lon": at[0], "lat": at[1], **more}}
    told = ok(client.post(f"/cases/{number}/move/preview", json=body))
    MovePreviewAnswer.model_validate(told)
    return told


def test_a_move_is_tried_with_old_and_new_answers_and_nothing_is_kept(doors: Doors) -> None:
    client = doors.here
    number = at_location(client)
    before, events = ok(client.get(f"/cases/{number}")), ok(client.get(f"/cases/{number}/events"))
    told = preview(client, number, STREET, sigma_ft=2.0)
    assert told["moved_ft"] == pytest.approx(90.0, abs=0.1)
    assert (told["how_located"], told["sigma_ft"], told["parcel_id"]) == ("map", pytest.approx(2.2, abs=0.3), None)
    (way,) = [each for each in told["checks"] if each["before"]["check"] == "right_of_way"]
    assert (way["before"]["proposed"], way["after"]["proposed"], way["changed"]) == ("outside", "inside", True)
    assert way["after"]["evidence"]["features"]
    assert ok(client.get(f"/cases/{number}")) == before
    assert ok(client.get(f"/cases/{number}/events")) == events
    moved = {"place": {"lon": STREET[0], "lat": STREET[1], "sigma_ft": 2.0}, "why": "Seen there"}
    ok(client.post(f"/cases/{number}/move", json=moved))
    assert ok(client.get(f"/cases/{number}"))["now"]["proposal"]["sentence"] == way["after"]["sentence"]


def test_a_move_is_tried_as_it_would_be_refused(doors: Doors) -> None:
    number = at_location(doors.here)
    unsure = {"place": {"lon": STREET[0], "lat": STREET[1], "datum": "GPS"}}
    refused = doors.here.post(f"/cases/{number}/move/preview", json=unsure)
    assert "Say how good the receiver's position is" in problem(refused, 422)
    stranger = doors.add("fred", "director")
    refused = stranger.post(f"/cases/{number}/move/preview", json={"place": {"lon": STREET[0], "lat": STREET[1]}})
    assert "Leaks is done by" in problem(refused, 403)


def test_the_same_report_twice_is_told_before_a_second_case_is_opened(doors: Doors) -> None:
    client = doors.here
    number = opened(client)
    told = ok(client.post("/cases/preview", json=LEAK))
    OpeningPreviewAnswer.model_validate(told)
    assert [each["number"] for each in told["duplicates"]] == [number]
    assert told["parcel_id"] == "N2"
    assert len(ok(client.get("/cases"))["cases"]) == 1


def test_every_answer_says_what_follows_from_it(doors: Doors) -> None:
    client = doors.here
    number = at_location(client)
    told = ok(client.get(f"/cases/{number}"))
    CaseAnswer.model_validate(told)
    follows = {each["answer"]: each for each in told["now"]["follows"]}
    assert follows["inside"]["text"] == "WD to Make Repairs"
    assert follows["outside"]["done_by"] == "Code Enforcement"
    assert not any(each["blocked"] for each in follows.values())
    do = does(client, number)
    do("location", "outside")
    do("meter_side", "behind", why="Seen")
    do("advise_owner")
    notice = {each["answer"]: each for each in ok(client.get(f"/cases/{number}"))["now"]["follows"]}["no"]
    assert (notice["kind"], notice["letter"]) == ("letter", "notice_48_hours")
    do("major_leak", "no")
    (wait,) = ok(client.get(f"/cases/{number}"))["now"]["follows"]
    assert (wait["answer"], wait["clock"]) == (None, "48 hours")


def test_an_answer_that_the_map_no_longer_bears_out_says_so_before_a_letter(doors: Doors) -> None:
    client = doors.here
    number = at_location(client)
    do = does(client, number)
    do("location", "outside")
    do("meter_side", "behind", why="Seen")
    do("advise_owner")
    do("major_leak", "no")
    move = {"place": {"lon": STREET[0], "lat": STREET[1], "sigma_ft": 2.0}, "why": "Seen there"}
    ok(client.post(f"/cases/{number}/move", json=move))
    (letter,) = ok(client.get(f"/cases/{number}"))["now"]["follows"]
    assert "first confirm or correct: Location of leak" in letter["blocked"]


def test_a_case_that_would_close_says_what_it_lacks(tmp_path: Path, sqlite_template: Path) -> None:
    town = make_town(tmp_path)
    kept = town.city_file.read_text("utf-8")
    town.city_file.write_text(kept.replace("after_photo = []", 'after_photo = ["leaks"]'), "utf-8")
    client = doors_of(town, own_store(tmp_path, sqlite_template)).here
    number = at_location(client)
    do = does(client, number)
    do("location", "inside", why="Seen")
    do("wd_to_repair")
    do("wd_investigation", wd_investigation="A cut")
    do("root_cause", root_cause="Age")
    do("cause", "natural")
    (close,) = ok(client.get(f"/cases/{number}"))["now"]["follows"]
    assert (close["kind"], close["opens"]) == ("end", None)
    assert "'after' photo" in close["lacks"]["no_photo"]


def test_checks_say_which_answers_there_are_and_who_may_give_them(doors: Doors) -> None:
    client = doors.here
    number = at_location(client)
    told = ok(client.get(f"/cases/{number}/proposals?evidence=true"))
    Proposals.model_validate(told)
    (way,) = [each for each in told["proposals"] if each["check"] == "right_of_way"]
    assert (way["choices"], way["fails"], way["may_answer"]) == (["inside", "outside"], False, True)
    water = doors.add("wes", "wd")
    assert ok(water.get(f"/cases/{number}"))["may_work"]
    theirs = ok(water.get(f"/cases/{number}/proposals"))["proposals"]
    assert not any(each["may_answer"] for each in theirs)


def test_the_page_is_told_who_looks_at_it_and_what_they_may_open(doors: Doors) -> None:
    here = ok(doors.here.get("/map/visitor"))
    assert (here["how"], here["sees_cases"], here["csrf_token"]) == ("machine", True, None)
    assert {"type": "leaks", "title": "Leaks"} in here["opens"]
    doors.add("wes", "wd")
    public = ok(doors.public.get("/map/visitor"))
    assert (public["how"], public["sees_cases"], public["opens"]) == ("nobody", False, [])
    browser = signed_in(doors, "wes")
    told = ok(browser.get("/map/visitor"))
    assert (told["name"], told["how"], told["reads_names"]) == ("wes", "session", False)
    assert told["csrf_token"] == browser.get("/session").json()["csrf_token"]
    assert "utility_obstructions" not in [each["type"] for each in told["opens"]]
