"""Signing in through a provider that runs as a process: with PKCE, state and nonce, and no token that is not good."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from browsers import SAME_SITE, browser, form_token, hidden_token
from case_doors import LEAK, Doors, ok, own_store
from fastapi.testclient import TestClient
from oidc_provider import CLIENT, SECRET, Running, running
from small_town import Town, make_town

from api.app import make_app
from api.errors import ApiError
from api.oidc_settings import oidc_settings
from api.settings import Settings

ANN = {"sub": "7", "preferred_username": "Ann", "name": "Ann Ode", "roles": ["Code Enforcement", "Everybody"]}
GROUPS = "Code Enforcement=officer, GIS=engineer"
HOUR_S = 3600
_MOCK = """
import sys, oidc_provider_mock
with oidc_provider_mock.run_server_in_thread() as server:
    print(server.server_port, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(scope="module", name="provider")
def _provider() -> Iterator[Running]:
    with running() as provider:
        yield provider


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return make_town(tmp_path_factory.mktemp("town"))


def doors_with(town: Town, cases: str, issuer: str, **more: Any) -> Doors:
    """The service of a town whose people sign in through a provider."""
    oidc = {"oidc_issuer": issuer, "oidc_client": CLIENT, "oidc_secret": SECRET, "oidc_roles": GROUPS}
    settings = town.settings.model_copy(update={"cases": cases, **oidc, **more})
    return Doors(make_app(settings), settings)


@pytest.fixture(name="doors")
def _doors(town: Town, provider: Running, tmp_path: Path, sqlite_template: Path) -> Doors:
    provider.order(user=ANN, spoil={}, endpoints={})
    return doors_with(town, own_store(tmp_path, sqlite_template), provider.issuer)


def sent_there(client: TestClient, then: str = "/") -> str:
    """Where the browser is sent to."""
    begun = client.get("/sign-in/provider", params={"then": then})
    assert begun.status_code == 303, begun.text
    return str(begun.headers["location"])


def back_from(there: str) -> str:
    """The address on our side to which the provider sends the browser back."""
    answer = httpx.get(there)
    assert answer.status_code == 302, answer.text
    parts = urlsplit(answer.headers["location"])
    return f"{parts.path}?{parts.query}"


def signed_in(client: TestClient, then: str = "/") -> httpx.Response:
    """The whole way there and back."""
    return client.get(back_from(sent_there(client, then)))


def refused(client: TestClient) -> str:
    """What is said where a sign-in ends in nothing."""
    answer = signed_in(client)
    assert answer.status_code in (401, 403, 502), answer.text
    assert client.get("/session").status_code == 401
    return answer.text


def test_somebody_signs_in_through_the_provider_and_works_on_cases_by_name(doors: Doors) -> None:
    client = browser(doors)
    assert '<a class="button" href="/sign-in/provider">' in client.get("/sign-in").text
    answer = signed_in(client, "/cases")
    assert (answer.status_code, answer.headers["location"]) == (303, "/cases")
    told = ok(client.get("/session"))
    assert (told["name"], told["roles"], told["lanes"]) == ("ann", ["officer"], ["ce"])
    sent = client.post("/cases", json=LEAK, headers=SAME_SITE | form_token(client))
    number = ok(sent, 201)["number"]
    assert {event["by"] for event in ok(client.get(f"/cases/{number}/events"))["events"]} == {"ann"}


def test_what_is_asked_of_the_provider_has_pkce_state_and_nonce(doors: Doors) -> None:
    first, second = (parse_qs(urlsplit(sent_there(browser(doors))).query) for _ in range(2))
    assert first["response_type"] == ["code"]
    assert first["code_challenge_method"] == ["S256"]
    assert first["redirect_uri"] == ["http://127.0.0.1:8000/sign-in/provider/back"]
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name][0]) >= 43
        assert first[name] != second[name]


def test_the_way_back_is_good_once_and_in_its_own_browser_alone(doors: Doors) -> None:
    client, other = browser(doors), browser(doors)
    back = back_from(sent_there(client))
    assert "was not begun here" in other.get(back).text
    assert client.get(back.replace("state=", "state=x")).status_code == 401
    assert "was not begun here" in client.get(back).text
    assert client.get("/session").status_code == 401


def test_a_code_of_somebody_else_is_of_no_use(doors: Doors) -> None:
    """PKCE: the code of one sign-in, put into the way back of another, is refused by the provider."""
    one, two = browser(doors), browser(doors)
    code = parse_qs(urlsplit(back_from(sent_there(one))).query)["code"][0]
    back = urlsplit(back_from(sent_there(two)))
    state = parse_qs(back.query)["state"][0]
    assert "refuses the sign-in: invalid_grant" in two.get(f"{back.path}?code={code}&state={state}").text


@pytest.mark.parametrize(
    "spoil",
    [
        {"iss": "https://elsewhere.example"},
        {"iss": None},
        {"aud": "another-service"},
        {"aud": [CLIENT, "another-service"], "azp": "another-service"},
        {"aud": None},
        {"exp": -HOUR_S},
        {"exp": None},
        {"iat": HOUR_S},
        {"nonce": "another"},
        {"nonce": None},
        {"sub": None},
        {"stranger": True},
        {"unsigned": True},
        {"curve": True},
    ],
    ids=str,
)
def test_a_token_that_is_not_good_signs_nobody_in(doors: Doors, provider: Running, spoil: dict[str, Any]) -> None:
    provider.order(spoil={claim: from_now(value) for claim, value in spoil.items()})
    assert "cannot be trusted" in refused(browser(doors))


def from_now(value: Any) -> Any:
    """An offset in seconds as the time it means; the cases' names must not hold the time, or workers differ in them."""
    return int(time.time()) + value if type(value) is int else value


def test_new_keys_of_the_provider_are_taken_without_a_restart(doors: Doors, provider: Running) -> None:
    assert signed_in(browser(doors)).status_code == 303
    provider.order(rotate=True)
    assert signed_in(browser(doors)).status_code == 303


def test_groups_have_the_roles_of_the_settings_each_time_anew(doors: Doors, provider: Running) -> None:
    client = browser(doors)
    signed_in(client)
    provider.order(user=ANN | {"roles": ["GIS"]})
    again = browser(doors)
    signed_in(again)
    assert ok(again.get("/session"))["roles"] == ok(client.get("/session"))["roles"] == ["engineer"]
    provider.order(user=ANN | {"roles": ["Everybody"]})
    assert "none of your groups has a role here" in refused(browser(doors))
    assert client.get("/cases").status_code == 403


def test_groups_may_stand_deeper_and_in_the_user_info_alone(
    town: Town, provider: Running, tmp_path: Path, sqlite_template: Path
) -> None:
    cases = own_store(tmp_path, sqlite_template)
    doors = doors_with(town, cases, provider.issuer, oidc_roles_claim="realm_access.roles")
    deep = {key: value for key, value in ANN.items() if key != "roles"} | {"realm_access": {"roles": ["GIS"]}}
    provider.order(user=deep | {"hidden": {"sub": "7"}}, spoil={}, endpoints={})
    client = browser(doors)
    signed_in(client)
    assert ok(client.get("/session"))["roles"] == ["engineer"]
    provider.order(user=deep | {"sub": "8", "hidden": {"sub": "7"}})
    assert "speaks of two people" in refused(browser(doors))


def test_the_name_of_a_local_account_is_not_taken_over(doors: Doors) -> None:
    doors.add("ann", "emt")
    assert "The name ann is that of another account" in refused(browser(doors))


def test_signing_out_ends_the_session_and_leads_to_the_provider(doors: Doors, provider: Running) -> None:
    client = browser(doors)
    signed_in(client)
    out = client.post("/sign-out", data={"csrf": hidden_token(client.get("/sign-in").text)}, headers=SAME_SITE)
    assert f"{provider.issuer}/end_session?client_id={CLIENT}" in out.text
    assert client.get("/session").status_code == 401


def test_a_provider_that_speaks_of_open_lines_is_not_followed(doors: Doors, provider: Running) -> None:
    provider.order(endpoints={"token_endpoint": "http://elsewhere.example/token"})
    said = browser(doors).get("/sign-in/provider")
    assert (said.status_code, "must begin with https" in said.text) == (400, True)


def test_a_provider_that_is_not_there_is_said_in_one_sentence(
    town: Town, tmp_path: Path, sqlite_template: Path
) -> None:
    doors = doors_with(town, own_store(tmp_path, sqlite_template), "http://127.0.0.1:9")
    said = browser(doors).get("/sign-in/provider")
    assert (said.status_code, "does not answer; try again" in said.text) == (502, True)


def test_without_a_provider_there_is_no_way_to_it(town: Town) -> None:
    doors = Doors(make_app(town.settings), town.settings)
    assert "/sign-in/provider" not in browser(doors).get("/sign-in").text
    assert browser(doors).get("/sign-in/provider").status_code == 404


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"oidc_issuer": "http://id.example"}, "must begin with https"),
        ({"oidc_issuer": "ftp://127.0.0.1"}, "must begin with https"),
        ({"oidc_client": None}, "GIS_CE_OIDC_CLIENT is missing"),
        ({"oidc_scopes": "profile"}, "needs the scope openid"),
        ({"oidc_roles": None}, "GIS_CE_OIDC_ROLES is missing"),
        ({"oidc_roles": "A=king"}, "is no GROUP=ROLE"),
        ({"oidc_roles": "A=public"}, "is no GROUP=ROLE"),
    ],
)
def test_settings_that_cannot_be_are_said_at_the_start(changed: dict[str, Any], said: str) -> None:
    good = {"oidc_issuer": "https://id.example", "oidc_client": CLIENT, "oidc_roles": GROUPS}
    found = oidc_settings(Settings(**good))
    assert found is not None
    assert found.roles == {"Code Enforcement": "officer", "GIS": "engineer"}
    with pytest.raises(ApiError, match=said):
        oidc_settings(Settings(**good | changed))


def test_a_provider_made_by_others_signs_people_in_too(town: Town, tmp_path: Path, sqlite_template: Path) -> None:
    command = [sys.executable, "-W", "ignore", "-c", _MOCK]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        issuer = f"http://localhost:{process.stdout.readline().strip()}"
        try:
            told = {"preferred_username": "bea", "name": "Bea", "roles": ["GIS"]}
            httpx.put(f"{issuer}/users/bea%40city.example", json=told).raise_for_status()
            client = browser(doors_with(town, own_store(tmp_path, sqlite_template), issuer))
            there = sent_there(client)
            parts = urlsplit(httpx.post(there, data={"sub": "bea@city.example"}).headers["location"])
            assert client.get(f"{parts.path}?{parts.query}").status_code == 303
            assert ok(client.get("/session"))["roles"] == ["engineer"]
        finally:
            process.kill()
