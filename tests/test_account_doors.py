"""Accounts over HTTP: administrators make and change them, each change names who, and somebody always administers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from case_doors import PASSWORD, Doors, doors_of, ok, own_store, problem
from small_town import Town, make_town

from api.account_messages import AccountAnswer, AccountChangesAnswer, AccountsAnswer

OTHER = "another quiet river 9"
BOB = {"name": "bob", "display": "Bob Ode", "password": OTHER, "lanes": ["field"]}


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return make_town(tmp_path_factory.mktemp("town"))


@pytest.fixture(name="doors")
def _doors(town: Town, tmp_path: Path, sqlite_template: Path) -> Doors:
    return doors_of(town, own_store(tmp_path, sqlite_template))


@pytest.fixture(name="root")
def _root(doors: Doors) -> Any:
    return doors.add("root", "admin")


def changes(client: Any) -> list[tuple[str, str, str, str | None]]:
    told = ok(client.get("/accounts/changes"))
    AccountChangesAnswer.model_validate(told)
    return [(one["by"], one["account"], one["what"], one["said"]) for one in told["changes"]]


def test_an_account_is_made_listed_and_opens(doors: Doors, root: Any) -> None:
    made = ok(root.post("/accounts", json=BOB), 201)
    AccountAnswer.model_validate(made)
    assert (made["roles"], made["lanes"], made["active"]) == (["field"], ["field"], True)
    told = ok(root.get("/accounts"))
    AccountsAnswer.model_validate(told)
    assert [one["name"] for one in told["accounts"]] == ["bob", "root"]
    assert {"lane": "ce", "role": "officer"} in told["lanes"]
    assert "argon2" not in str(told)
    assert ok(doors.signed_in("bob", OTHER).get("/session"))["lanes"] == ["field"]
    assert changes(root) == [("root", "bob", "made", "field")]


def test_lanes_are_given_one_by_one_or_by_a_role_and_count_at_once(doors: Doors, root: Any) -> None:
    bob = doors.add("bob", "field")
    problem(bob.get("/decisions"), 403)
    changed = ok(root.post("/accounts/bob/lanes", json={"lanes": ["field"], "role": "officer"}))
    assert (changed["lanes"], changed["roles"]) == (["ce", "field"], ["field", "officer"])
    ok(bob.get("/decisions"))
    assert "There is no lane 'no_lane'; there are" in problem(
        root.post("/accounts/bob/lanes", json={"lanes": ["no_lane"]}), 422
    )
    assert "There is no role" in problem(root.post("/accounts/bob/lanes", json={"role": "king"}), 422)
    assert changes(root) == [("root", "bob", "lanes", "ce, field")]


def test_a_disabled_account_opens_nothing_until_it_is_enabled_again(doors: Doors, root: Any) -> None:
    bob = doors.add("bob", "ce")
    ok(bob.get("/cases"))
    assert ok(root.post("/accounts/bob/disable"))["active"] is False
    problem(bob.get("/cases"), 401)
    ok(root.post("/accounts/bob/enable"))
    ok(bob.get("/cases"))
    assert [what for _, _, what, _ in changes(root)] == ["enabled", "disabled"]


def test_another_password_opens_and_the_older_one_does_not(doors: Doors, root: Any) -> None:
    bob = doors.add("bob", "ce")
    ok(bob.get("/cases"))
    ok(root.post("/accounts/bob/password", json={"password": OTHER}))
    problem(bob.get("/cases"), 401)
    ok(doors.signed_in("bob", OTHER).get("/cases"))
    assert OTHER not in str(ok(root.get("/accounts/changes")))
    said = problem(root.post("/accounts/bob/password", json={"password": "bob bob bob bob"}), 422)
    assert "too easy to guess" in said
    assert "bob bob bob" not in said


def test_the_password_of_ones_own_account_needs_the_present_one(doors: Doors, root: Any) -> None:
    assert "give its present password too" in problem(
        root.post("/accounts/root/password", json={"password": OTHER}), 422
    )
    wrong = {"password": OTHER, "current": "not the right one"}
    problem(root.post("/accounts/root/password", json=wrong), 422)
    ok(root.post("/accounts/root/password", json={"password": OTHER, "current": PASSWORD}))
    ok(doors.signed_in("root", OTHER).get("/accounts"))


def test_the_last_administrator_cannot_be_lost(doors: Doors, root: Any) -> None:
    doors.add("ann", "ce")
    for path, body in (("disable", {}), ("lanes", {"lanes": ["ce"]}), ("lanes", {})):
        assert "Nobody would administer" in problem(root.post(f"/accounts/root/{path}", json=body), 422)
    made = ok(root.post("/keys", json={"name": "box", "role": "admin", "scopes": ["admin"]}), 201)["key"]
    by_key = doors.public
    by_key.headers["X-Api-Key"] = made
    assert "Nobody would administer" in problem(by_key.post("/accounts/root/disable"), 422)
    other = doors.add("other", "admin")
    assert "another administrator has to do that" in problem(root.post("/accounts/root/disable"), 422)
    ok(other.post("/accounts/root/disable"))
    assert "Nobody would administer" in problem(by_key.post("/accounts/other/lanes", json={}), 422)
    assert changes(other) == [("other", "root", "disabled", None)]


def test_the_first_account_has_to_administer_and_from_then_on_everybody_signs_in(doors: Doors) -> None:
    assert "has to administer" in problem(doors.here.post("/accounts", json=BOB), 422)
    assert ok(doors.here.get("/accounts"))["accounts"] == []
    ok(doors.here.post("/accounts", json=BOB | {"role": "admin"}), 201)
    problem(doors.here.get("/accounts"), 401)
    assert [one["name"] for one in ok(doors.signed_in("bob", OTHER).get("/accounts"))["accounts"]] == ["bob"]


def test_what_makes_no_sense_is_refused_in_words(doors: Doors, root: Any) -> None:
    assert "There is a user root already." in problem(root.post("/accounts", json=BOB | {"name": "root"}), 422)
    short = problem(root.post("/accounts", json=BOB | {"password": "short"}), 400)
    assert "12" in short
    assert "short" not in short.partition(":")[2]
    problem(root.post("/accounts", json=BOB | {"name": "Bob Ode"}), 400)
    for path in ("disable", "enable", "lanes"):
        assert "There is no user 'nobody'" in problem(root.post(f"/accounts/nobody/{path}", json={}), 404)


def test_only_administrators_come_in_and_a_page_of_another_site_does_nothing(doors: Doors, root: Any) -> None:
    ann = doors.add("ann", "ce", "director", "field")
    for client, status in ((ann, 403), (doors.public, 401)):
        problem(client.get("/accounts"), status)
        problem(client.post("/accounts", json=BOB), status)
        problem(client.post("/accounts/root/disable"), status)
    elsewhere = {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"}
    problem(root.post("/accounts", json=BOB, headers=elsewhere), 403)
    assert [one["name"] for one in ok(root.get("/accounts"))["accounts"]] == ["ann", "root"]


def test_a_session_needs_its_token_for_a_change(doors: Doors, root: Any) -> None:
    browser = doors.public
    browser.post("/sign-in", data={"name": "root", "password": PASSWORD}, follow_redirects=False)
    token = ok(browser.get("/session", headers={"Sec-Fetch-Site": "same-origin"}))["csrf_token"]
    problem(browser.post("/accounts", json=BOB), 403)
    ok(browser.post("/accounts", json=BOB, headers={"X-CSRF-Token": token}), 201)
    assert changes(root) == [("root", "bob", "made", "field")]
