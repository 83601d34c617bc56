"""Browsers of people who sign in: clients that keep cookies and say where a form was sent from."""

from __future__ import annotations

import re

import httpx
from case_doors import PASSWORD, Doors
from fastapi.testclient import TestClient

HERE = "http://127.0.0.1:8000"
SAME_SITE = {"Origin": HERE, "Sec-Fetch-Site": "same-origin"}


def browser(doors: Doors) -> TestClient:
    """A browser elsewhere, in which nobody is signed in."""
    return TestClient(doors.app, base_url=HERE, client=("203.0.113.9", 50000), follow_redirects=False)


def sign_in(client: TestClient, name: str, password: str = PASSWORD, then: str = "/") -> httpx.Response:
    """Fills the form in and sends it."""
    form = {"name": name, "password": password, "then": then}
    return client.post("/sign-in", data=form, headers=SAME_SITE)


def signed_in(doors: Doors, name: str) -> TestClient:
    """A browser in which somebody with an account is signed in."""
    client = browser(doors)
    assert sign_in(client, name).status_code == 303
    return client


def form_token(client: TestClient) -> dict[str, str]:
    """The header that a page of ours sends along with a change."""
    return {"X-CSRF-Token": client.get("/session").json()["csrf_token"]}


def hidden_token(page: str) -> str:
    """The token in the form of a page."""
    found = re.search(r'name="csrf" value="([0-9a-f]{64})"', page)
    assert found is not None
    return found[1]
