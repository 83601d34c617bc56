"""A device keeps in step: changes since a token, batches of what was done without a connection, conflicts explained."""

from __future__ import annotations

import threading
from typing import Any
from uuid import uuid4

import case_stores
import pytest
from case_doors import LEAK, Doors, does, doors_of, ok, opened, problem
from case_rows import rows_of
from desks import a_desk, leak, write
from fastapi.testclient import TestClient
from small_town import Town, make_town

from gis_ce.actions.changes_since import Mark, changes_since
from gis_ce.actions.notes import add_note
from gis_ce.actions.ranking import set_priority
from gis_ce.case_store import CaseStore


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return make_town(tmp_path_factory.mktemp("town"))


def pulled(client: TestClient, since: str | None = None, **asked: Any) -> tuple[list[dict[str, Any]], str]:
    """All changes since a token, page after page, and the token for the next time."""
    found: list[dict[str, Any]] = []
    while True:
        page = ok(client.get("/sync/changes", params={**asked, **({"since": since} if since else {})}))
        found, since = found + page["changes"], page["next"]
        if not page["more"]:
            return found, str(since)


def numbers(changes: list[dict[str, Any]]) -> list[str]:
    return [change["number"] for change in changes]


def item(do: str, case: str | None = None, seen: int | None = None, **body: Any) -> dict[str, Any]:
    """An item of a batch with a key of its own."""
    named = {"case": case} if case is not None else {}
    return {"key": str(uuid4()), "do": do, "with": body, **named, **({"seen": seen} if seen is not None else {})}


def sent(client: TestClient, *items: dict[str, Any]) -> list[dict[str, Any]]:
    return list(ok(client.post("/sync/batch", json={"items": items}))["results"])


def test_a_device_gets_open_cases_first_and_then_what_changed_closings_too(doors: Doors) -> None:
    here = doors.here
    cases = [opened(here) for _ in range(5)]
    found, token = pulled(here, limit=2)
    assert numbers(found) == cases
    assert found[0]["case"]["number"] == cases[0]
    assert pulled(here, token)[0] == []
    ok(here.post(f"/cases/{cases[3]}/notes", json={"text": "wet"}))
    do = does(here, cases[1])
    do("site_visit")
    do("location", "inside", "pins were found")
    do("wd_to_repair")
    do("wd_investigation", wd_investigation="a joint")
    do("root_cause", root_cause="old pipe")
    do("cause", "natural")
    do("close")
    ok(here.post(f"/cases/{cases[3]}/notes", json={"text": "still wet"}))
    found, later = pulled(here, token, limit=1)
    assert numbers(found) == [cases[1], cases[3]]
    assert found[0]["case"]["status"] == "closed"
    assert [event["text"] for event in found[1]["events"]] == ["noted: wet", "noted: still wet"]
    assert pulled(here, later)[0] == []
    assert cases[1] not in numbers(pulled(here)[0])


def test_an_officers_device_is_told_what_went_to_somebody_else(doors: Doors) -> None:
    ann, _ = doors.add("ann", "ce"), doors.add("bob", "ce")
    mine, other = opened(ann, officer="ann"), opened(ann, officer="bob")
    found, token = pulled(ann, officer="ann")
    assert numbers(found) == [mine]
    for number, officer in ((mine, "bob"), (other, "ann")):
        ok(ann.post(f"/cases/{number}/assign", json={"officer": officer}))
    found, _ = pulled(ann, token, officer="ann")
    assert [(change["number"], change["gone"]) for change in found] == [
        (mine, f"{mine}: bob has it now."),
        (other, None),
    ]
    assert found[0]["case"] is None


def test_a_token_for_another_question_another_user_or_another_store_is_refused(doors: Doors, town: Town) -> None:
    ann, wes = doors.add("ann", "ce"), doors.add("wes", "wd")
    opened(ann)
    _, token = pulled(ann)
    assert "begin again without a token" in problem(
        ann.get("/sync/changes", params={"since": token, "officer": "ann"}), 410
    )
    assert problem(wes.get("/sync/changes", params={"since": token}), 410)
    for broken in ("x", "W10", "WzEsMl0", token + "a", "WzEsMSwxLCIiLFtdXQ"):
        assert "no token of ours" in problem(ann.get("/sync/changes", params={"since": broken}), 400)


def test_a_store_put_back_from_a_backup_is_noticed(case_store: CaseStore) -> None:
    desk = a_desk()
    one = leak(case_store, desk)
    with case_store.reading() as session:
        mark = changes_since(session, desk, None).mark
    ahead, other = Mark(mark.at + 3, 0, 0, "0123456789ab", mark.asked), Mark(mark.at, 0, 0, "0123456789ab", mark.asked)
    write(case_store, add_note, desk, one.number, "wet")
    for wrong in (ahead, other):
        with case_store.reading() as session, pytest.raises(Exception, match="put back from a backup"):
            changes_since(session, desk, wrong)
    with case_store.reading() as session:
        assert len(changes_since(session, desk, mark).changes) == 1


def test_no_change_is_lost_between_writers_at_once(case_store: CaseStore) -> None:
    """Four people write while a device asks: it has every case in the end, in its last state."""
    desk, made = a_desk(), list[str]()

    def write_some(seed: int) -> None:
        for turn in range(6):
            number = leak(case_store, desk, 20 + seed).number
            write(case_store, set_priority, desk, number, turn + 1, "often")
            made.append(number)

    threads = [threading.Thread(target=write_some, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    kept, mark, over = dict[str, int | None](), None, False
    while True:
        over = not any(thread.is_alive() for thread in threads)
        with case_store.reading() as session:
            page = changes_since(session, desk, mark, limit=3)
            kept |= {each.number: each.shown.case.priority for each in page.changes if each.shown}
        mark = page.mark
        if over and not page.more:
            break
    assert set(kept) == set(made)
    assert len(made) == 24
    with case_store.reading() as session:
        assert changes_since(session, desk, mark).changes == ()
    assert set(kept.values()) <= {1, 2, 3, 4, 5, 6}
    assert all(value is not None for value in kept.values())


def test_a_morning_without_a_connection_is_carried_out_in_order_and_once(doors: Doors) -> None:
    here, own = doors.here, str(uuid4())
    items = [
        item("open", id=own, **LEAK),
        item("fields", own, step="site_visit", fields={"comments": "wet"}),
        item("note", own, text="runs over the curb"),
        item("step", own, step="site_visit"),
        item("party", own, role="owner", name="Doe, Jane"),
    ]
    first = sent(here, *items)
    assert [result["status"] for result in first] == ["done"] * 5
    assert [result["http"] for result in first] == [201, 200, 200, 200, 200]
    before = rows_of(doors.app.state.office().store)
    again = sent(here, *items)
    assert [result["status"] for result in again] == ["repeated"] * 5
    assert [result["done"] | {"repeated": False} for result in again] == [result["done"] for result in first]
    assert rows_of(doors.app.state.office().store) == before
    case = ok(here.get(f"/cases/{own}"))
    assert (case["id"], case["step"], case["data"]["comments"]) == (own, "location", "wet")


def test_one_bad_item_stops_none_and_leaves_nothing(doors: Doors) -> None:
    here = doors.here
    number = opened(here)
    version = ok(here.get(f"/cases/{number}"))["row_version"]
    reused = item("note", number, text="one")
    results = sent(
        here,
        item("note", number, text="before"),
        item("dance", number),
        item("note", text="no case"),
        {"do": "note"},
        {"key": 7, "do": "note", "case": number, "with": {"text": "a key that is a number"}},
        item("fields", number, seen=version, step="site_visit", fields={"no_such_field": 1}),
        item("step", number, seen=version, step="nowhere"),
        item("step", number, step="site_visit"),
        item("note", "LEAK-1999-00001", text="unknown"),
        item("open", type="leaks", place={"address": "9999 Nowhere Street"}),
        reused,
        reused | {"with": {"text": "another"}},
        item("note", number, text=""),
        item("note", number, text="a\0b"),
        item("step", number, seen=version, step="site_visit"),
        item("note", number, text="after"),
    )
    assert [result["http"] for result in results] == [
        200, 400, 400, 400, 400, 422, 409, 400, 404, 404, 200, 422, 422, 422, 200, 200,
    ]  # fmt: skip
    assert all(result["said"] for result in results if result["http"] >= 400)
    assert "seen: name the row_version" in results[7]["said"]
    assert "do: one of open, step" in results[1]["said"]
    case = ok(here.get(f"/cases/{number}"))
    assert [note["text"] for note in case["notes"]] == ["before", "one", "after"]
    assert case["step"] == "location"
    assert len(ok(here.get("/cases"))["cases"]) == 1


def test_who_was_too_late_is_told_what_changed_by_whom_and_both_values(doors: Doors) -> None:
    ann, bob = doors.add("ann", "ce"), doors.add("bob", "ce")
    number = opened(ann)
    seen = ok(ann.get(f"/cases/{number}"))["row_version"]
    ok(bob.post(f"/cases/{number}/fields", json={"step": "site_visit", "fields": {"comments": "dry"}}))
    ok(bob.post(f"/cases/{number}/priority", json={"priority": 80, "why": "a school"}))
    (late,) = sent(ann, item("fields", number, seen, step="site_visit", fields={"comments": "wet"}))
    assert (late["status"], late["http"], late["done"]) == ("conflict", 412, None)
    clash = late["conflict"]
    assert [(event["by"], event["kind"]) for event in clash["meanwhile"]] == [("bob", "noted"), ("bob", "priority_set")]
    values = {each["name"]: (each["yours"], each["theirs"], each["by"]) for each in clash["values"]}
    assert values == {"step": ("site_visit", "site_visit", None), "comments": ("wet", "dry", "bob")}
    assert ok(ann.get(f"/cases/{number}"))["data"]["comments"] == "dry"
    again = item("fields", number, clash["now"], step="site_visit", fields={"comments": "wet"})
    assert sent(ann, again)[0]["status"] == "done"
    assert ok(ann.get(f"/cases/{number}"))["data"]["comments"] == "wet"


def test_what_follows_in_a_batch_does_not_hide_somebody_elses_change(doors: Doors) -> None:
    """A note carries no version; that it was taken says nothing of what was seen of the case."""
    ann, bob = doors.add("ann", "ce"), doors.add("bob", "ce")
    number = opened(ann)
    seen = ok(ann.get(f"/cases/{number}"))["row_version"]
    ok(bob.post(f"/cases/{number}/priority", json={"priority": 80, "why": "a school"}))
    results = sent(
        ann,
        item("note", number, text="wet"),
        item("priority", number, seen, priority=5, why="no hurry"),
        item("step", number, seen, step="site_visit"),
    )
    assert [result["status"] for result in results] == ["done", "conflict", "conflict"]
    assert results[1]["conflict"]["values"][0] == {
        "name": "priority",
        "yours": 5,
        "theirs": 80,
        "by": "bob",
        "at": results[1]["conflict"]["meanwhile"][0]["at"],
    }


def test_a_batch_is_carried_out_by_its_lanes_alone_and_not_for_the_public(doors: Doors) -> None:
    ann, pat = doors.add("ann", "ce"), doors.add("pat", "emt")
    number = opened(ann)
    assert [result["http"] for result in sent(pat, item("note", number, text="hello"), item("open", **LEAK))] == [
        403,
        403,
    ]
    assert problem(doors.public.post("/sync/batch", json={"items": [item("open", **LEAK)]}), 401)
    assert problem(doors.public.get("/sync/changes"), 401)
    crossed = ann.post(
        "/sync/batch", json={"items": [item("open", **LEAK)]}, headers={"Origin": "https://elsewhere.example"}
    )
    assert problem(crossed, 403)


@pytest.mark.parametrize("body", [{"items": []}, {"items": [1]}, {"items": [{}] * 201}, {}, {"items": [{}], "more": 1}])
def test_a_batch_that_is_none_is_refused_as_a_whole(doors: Doors, body: dict[str, Any]) -> None:
    assert problem(doors.here.post("/sync/batch", json=body), 400)


def test_the_same_batch_from_two_connections_at_once_is_carried_out_once(town: Town, postgis_case_url: str) -> None:
    case_stores.emptied(postgis_case_url).close()
    doors, own = doors_of(town, postgis_case_url), str(uuid4())
    items, answers = [item("open", id=own, **LEAK), item("note", own, text="wet")], list[list[dict[str, Any]]]()
    threads = [threading.Thread(target=lambda: answers.append(sent(doors.here, *items))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ok(doors.here.get("/cases"))["cases"]) == 1
    assert sorted(result["status"] for results in answers for result in results) == ["done"] * 2 + ["repeated"] * 4
    assert len(ok(doors.here.get(f"/cases/{own}/notes"))["notes"]) == 1
