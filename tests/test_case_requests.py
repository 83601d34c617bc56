"""Requests that change cases over HTTP: once, not over somebody else's change, and wholly or not at all."""

from __future__ import annotations

from threading import Thread
from typing import Any

import pytest
from case_doors import LEAK, Doors, does, ok, opened, problem
from case_rows import rows_of
from fastapi.testclient import TestClient
from small_town import Town, lonlat, make_town
from sqlalchemy import select

from gis_ce.tables import Case, Event

AT_THE_LINE = {"lon": lonlat(150, 30)[0], "lat": lonlat(150, 30)[1]}


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return make_town(tmp_path_factory.mktemp("town"))


def everything(doors: Doors) -> dict[str, list[Any]]:
    """Every row of every table."""
    return rows_of(doors.app.state.office().store)


def at_a_wait(client: TestClient) -> str:
    """A leak that waits 48 hours."""
    number = opened(client)
    do = does(client, number)
    do("site_visit", comments="wet")
    do("location", "outside")
    do("meter_side", "behind")
    do("advise_owner")
    do("major_leak", "no")
    do("notice_48h", notice_issued_on="2026-01-02")
    return number


def to_review(client: TestClient, number: str) -> str:
    """The path of a decided answer that is to be looked at, after the place has moved."""
    moved = ok(client.post(f"/cases/{number}/move", json={"place": AT_THE_LINE, "why": "measured"}))
    return f"proposals/{moved['made']['to_review'][0]['decision']}"


CHANGES: dict[str, Any] = {
    "steps": {"step": "site_visit", "fields": {"comments": "dry"}},
    "fields": {"step": "site_visit", "fields": {"comments": "dry"}},
    "end-wait": {"why": "mended"},
    "extend-wait": {"until": "2099-01-01", "why": "frost"},
    "corrections": {"field": "comments", "value": "dry", "why": "it was the sprinkler"},
    "reopen": {"why": "it leaks again"},
    "assign": {"officer": None},
    "priority": {"priority": 5, "why": "a school"},
    "proposals": None,
    "review": {},
    "move": {"place": AT_THE_LINE, "why": "measured"},
    "site": {"details": {"obstruction": "vehicle"}},
    "notes": {"text": "called back"},
    "parties": {"role": "owner", "name": "Doe, Jane"},
    "links": {"kind": "related"},
    "references": {"system": "EnerGov", "reference": "CE-7"},
    "attachments": None,
    "charges": {"kind": "investigation", "amount_cents": 18000, "basis": "WO 4711", "due_on": "2099-01-01"},
    "contacts": {"direction": "in", "channel": "call", "text": "asks when it is mended"},
    "visits": {"on": "2099-01-05", "what": "look again"},
    "deeds": {"seen_by": "R. Reader", "seen_on": "2026-01-05", "book": "812", "page": "44"},
    "hearings": {"on": "2099-01-15", "what": "appeal"},
    "abatements": {"what": "fence taken down", "by_whom": "crew 3", "on": "2026-01-05"},
    "discrepancies": {"text": "is a shed a structure?"},
    "shut-offs": {"why": "it floods the street"},
}
"""Every change of a case that there is, by the last part of its path, with a body that is right."""
AFTER_ANOTHER = (
    "appeals",
    "appeals/{proceeding}/decision",
    "attachments/{attachment}/after",
    "abatements/{proceeding}/done",
    "category",
    "charges/end",
    "charges/resume",
    "charges/stay",
    "charges/waive",
    "citations",
    "discrepancies/{proceeding}/told",
    "hearings/{proceeding}/notices",
    "hearings/{proceeding}/outcome",
    "letters",
    "payments",
    "payments/returned",
    "proceedings/{proceeding}/settled",
    "reminder",
    "shut-offs/{proceeding}/decision",
    "status",
    "updates",
    "visits/{proceeding}/done",
    "visits/{proceeding}/put-off",
)
"""Changes that need something else to be there first; the tests of their own subjects make it."""


def prepared(client: TestClient, change: str) -> tuple[str, dict[str, Any]]:
    """The path of a change and what to send, on a case that stands where it can be made."""
    waits = ("end-wait", "extend-wait", "corrections", "review")
    number = at_a_wait(client) if change in waits else opened(client)
    path, sent = f"/cases/{number}/{change}", {"json": CHANGES[change]}
    if change == "review":
        path = f"/cases/{number}/{to_review(client, number)}"
    if change == "links":
        sent = {"json": CHANGES[change] | {"other": opened(client)}}
    if change == "attachments":
        sent = {"files": {"file": ("a.txt", b"hello\n", "text/plain")}}
    if change == "reopen":
        closed(client, number)
    return path, sent


def closed(client: TestClient, number: str) -> None:
    do = does(client, number)
    for step, answer in (("site_visit", None), ("location", "inside"), ("wd_to_repair", None)):
        do(step, answer, "seen" if answer else None)
    do("wd_investigation", wd_investigation="a cut")
    do("root_cause", root_cause="age")
    do("cause", "natural")
    do("close")


def test_every_change_that_there_is_is_on_the_list(doors: Doors) -> None:
    described = doors.here.get("/openapi.json").json()["paths"]
    posts = [path.removeprefix("/cases/{no}/") for path, methods in described.items() if "post" in methods]
    changes = {path.replace("proposals/{decision}", "review") for path in posts if not path.startswith("/")}
    changes = {path for path in changes if not path.endswith("/preview")}  # tells what would follow, changes nothing
    assert changes == {*CHANGES, *AFTER_ANOTHER}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_sent_twice_is_carried_out_once(doors: Doors, change: str) -> None:
    path, sent = prepared(doors.here, change)
    key = {"Idempotency-Key": f"key of {change}"}
    once = ok(doors.here.post(path, **sent, headers=key))
    after = everything(doors)
    assert ok(doors.here.post(path, **sent, headers=key)) == once | {"repeated": True}
    assert everything(doors) == after


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_over_somebody_elses_is_refused_and_leaves_nothing(doors: Doors, change: str) -> None:
    path, sent = prepared(doors.here, change)
    before = everything(doors)
    said = problem(doors.here.post(path, **sent, headers={"If-Match": '"99999"'}), 412)
    assert "Read it again, then repeat your change" in said
    assert everything(doors) == before


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_the_version_that_was_read_is_carried_out(doors: Doors, change: str) -> None:
    path, sent = prepared(doors.here, change)
    tag = doors.here.get("/".join(path.split("/")[:3])).headers["etag"]
    key = {"If-Match": tag, "Idempotency-Key": "k"}
    done = doors.here.post(path, **sent, headers=key)
    assert done.headers["etag"] == f'"{ok(done)["row_version"]}"'
    assert ok(doors.here.post(path, **sent, headers=key))["repeated"] is True


def test_a_conflict_says_who_did_what_and_when(doors: Doors) -> None:
    ann, bea = doors.add("ann", "ce"), doors.add("bea", "ce")
    number = opened(ann)
    tag = {"If-Match": ann.get(f"/cases/{number}").headers["etag"]}
    does(bea, number)("site_visit", comments="wet")
    said = problem(ann.post(f"/cases/{number}/steps", json={"step": "site_visit"}, headers=tag), 412)
    assert f"{number} was changed by bea on 20" in said
    assert "answered: Site Visit" in said


@pytest.mark.parametrize("tag", ["3", 'W/"3"', '"three"', '"1", "2"', '""', '"-1"', '"99999999999999999999"'])
def test_an_if_match_that_is_none_is_refused(doors: Doors, tag: str) -> None:
    number = opened(doors.here)
    sent = doors.here.post(f"/cases/{number}/notes", json={"text": "x"}, headers={"If-Match": tag})
    assert problem(sent, 400).startswith("If-Match: give the ETag of the case")


def test_any_version_will_do_where_one_says_so(doors: Doors) -> None:
    number = opened(doors.here)
    ok(doors.here.post(f"/cases/{number}/notes", json={"text": "x"}, headers={"If-Match": "*"}))


def test_a_key_that_came_with_another_request_is_refused(doors: Doors) -> None:
    key = {"Idempotency-Key": "k"}
    ok(doors.here.post("/cases", json=LEAK, headers=key), 201)
    before = everything(doors)
    other = doors.here.post("/cases", json=LEAK | {"title": "another"}, headers=key)
    assert "came before with another request" in problem(other, 422)
    assert problem(doors.here.post("/cases", json=LEAK, headers={"Idempotency-Key": "k" * 201}), 400)
    assert problem(doors.here.post("/cases", json=LEAK, headers={"Idempotency-Key": ""}), 400)
    assert everything(doors) == before


def test_a_refused_request_does_not_use_up_its_key(doors: Doors) -> None:
    key = {"Idempotency-Key": "k"}
    assert problem(doors.here.post("/cases", json=LEAK | {"type": "leeks"}, headers=key), 404)
    assert ok(doors.here.post("/cases", json=LEAK, headers=key), 201)["repeated"] is False


def test_the_same_request_many_times_at_once_opens_one_case(doors: Doors) -> None:
    answers: list[Any] = []

    def send() -> None:
        answers.append(doors.here.post("/cases", json=LEAK, headers={"Idempotency-Key": "one"}))

    threads = [Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {ok(answer, 201)["number"] for answer in answers} == {answers[0].json()["number"]}
    assert sum(not answer.json()["repeated"] for answer in answers) == 1
    assert len(everything(doors)["case_"]) == 1


def test_events_of_many_at_once_are_in_the_order_of_their_times(doors: Doors) -> None:
    threads = [Thread(target=opened, args=(doors.here,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with doors.app.state.office().store.reading() as session:
        times = list(session.scalars(select(Event.at).order_by(Event.id)))
        numbers = list(session.scalars(select(Case.number).order_by(Case.opened_at)))
    assert len(numbers) == 8
    assert times == sorted(times)
    assert numbers == sorted(numbers)


def test_many_change_one_case_at_once_and_each_is_told_of_the_others(doors: Doors) -> None:
    number = opened(doors.here)
    tag = doors.here.get(f"/cases/{number}").headers["etag"]
    statuses: list[int] = []

    def send(count: int) -> None:
        body = {"priority": count, "why": "mine"}
        statuses.append(doors.here.post(f"/cases/{number}/priority", json=body, headers={"If-Match": tag}).status_code)

    threads = [Thread(target=send, args=(count,)) for count in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, 412, 412, 412, 412, 412]
