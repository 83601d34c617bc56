"""Clients of the case routers of a little town: the laptop's officer, people with accounts, and the public."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from fastapi.testclient import TestClient
from small_town import Town

from api.app import make_app
from api.case_office import open_office
from api.settings import Settings
from api.wiring import open_city
from gis_ce.accounts import add_user

HERE, ELSEWHERE = ("127.0.0.1", 50000), ("203.0.113.9", 50000)
PASSWORD = "correct horse battery ~ü"
ROOTS = (
    "cases",
    "letters",
    "reminders",
    "imports",
    "registers",
    "processes",
    "exports",
    "charges",
    "deadlines",
    "digest",
    "calendars",
    "contacts",
    "decisions",
    "mailings",
    "overflows",
    "sync",
    "uploads",
    "webhooks",
    "field-pack.{ending}",
    "day-sheets",
)
"""How addresses begin that tell of cases."""
LEAK = {"type": "leaks", "place": {"address": "111 Main Street"}, "title": "Water on the curb"}


@dataclass(frozen=True)
class Doors:
    """A running service, seen from this machine and from elsewhere."""

    app: Any
    settings: Settings

    @property
    def here(self) -> TestClient:
        """Who sits at this machine."""
        return TestClient(self.app, base_url="http://127.0.0.1:8000", client=HERE)

    @property
    def public(self) -> TestClient:
        """Anybody else."""
        return TestClient(self.app, base_url="http://127.0.0.1:8000", client=ELSEWHERE)

    def signed_in(self, name: str, password: str = PASSWORD) -> TestClient:
        """Somebody elsewhere who signs in."""
        client = self.public
        client.headers["Authorization"] = basic(name, password)
        return client

    def add(self, name: str, *lanes: str) -> TestClient:
        """A new account, signed in."""
        office = open_office(self.settings, open_city(self.settings))
        with office.store.session() as session:
            add_user(session, name, "", PASSWORD, lanes)
            session.commit()
        office.store.close()
        return self.signed_in(name)


def basic(name: str, password: str) -> str:
    """The header of HTTP Basic, in UTF-8."""
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def doors_of(town: Town, cases: str | None = None) -> Doors:
    """The service of a town, with its own case store or the one at an address."""
    settings = town.settings.model_copy(update={"cases": cases})
    return Doors(make_app(settings), settings)


def own_store(folder: Path, template: Path) -> str:
    """The address of an empty case store of one's own."""
    made = folder / "cases.sqlite"
    shutil.copyfile(template, made)
    return f"sqlite:///{made}"


def ok(response: Any, status: int = 200) -> Any:
    """The answer, which must have that status."""
    assert response.status_code == status, response.text
    return response.json()


def problem(response: Any, status: int) -> str:
    """The one sentence of a refusal, which must have that status."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    return str(response.json()["detail"])


def town_day(moment: str) -> str:
    """The day that a moment of an answer is in the town; in the evening it is another one than in UTC."""
    return f"{datetime.fromisoformat(moment).astimezone(ZoneInfo('America/New_York')):%Y-%m-%d}"


def opened(client: TestClient, **more: Any) -> str:
    """The number of a new leak."""
    return str(ok(client.post("/cases", json=LEAK | more), 201)["number"])


def does(client: TestClient, number: str) -> Callable[..., Any]:
    """Does steps of a case, one after the other."""

    def do(step: str, answer: str | None = None, why: str | None = None, **fields: Any) -> Any:
        body = {"step": step, "answer": answer, "why": why, "fields": fields}
        return ok(client.post(f"/cases/{number}/steps", json=body))

    return do
