"""The service killed with -9 in the middle of a batch: sent again with the same keys, each item is there once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import case_stores
import httpx
import pytest
from case_server import LEAK, Server
from small_town import Town, make_town
from sqlalchemy import func, select

from gis_ce.case_store import CaseStore
from gis_ce.tables import Case, Note

ITEMS = 200


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return make_town(tmp_path_factory.mktemp("town"))


@pytest.fixture(name="store", params=["sqlite", "postgis"])
def _store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[CaseStore]:
    with case_stores.own_store(request, tmp_path) as store:
        yield store


def batch() -> list[dict[str, Any]]:
    """Ten cases made on a device with nineteen notes each, as many items as one batch may have."""
    items: list[dict[str, Any]] = []
    for number in range(ITEMS // 20):
        own = f"00000000-0000-4000-8000-{number:012}"
        items.append({"key": f"open {number}", "do": "open", "with": LEAK | {"id": own, "title": f"case {number}"}})
        items += [
            {"key": f"note {number} {n}", "do": "note", "case": own, "with": {"text": f"note {number} {n}"}}
            for n in range(19)
        ]
    return items


@pytest.mark.heavy
def test_a_batch_cut_off_by_a_kill_is_sent_again_and_each_item_is_there_once(
    town: Town, store: CaseStore, tmp_path: Path
) -> None:
    url = store.engine.url.render_as_string(hide_password=False)
    server = Server(town.settings.data, url, tmp_path / "attachments")
    try:
        cut_off: list[Exception] = []
        sender = Thread(target=_send, args=(server, cut_off))
        sender.start()
        done = _killed_in_the_middle(server, store)
        sender.join(60)
        assert len(cut_off) == 1
        server = Server(town.settings.data, url, tmp_path / "attachments")
        with server.client() as client:
            first, again = _results(client), _results(client)
    finally:
        server.kill()
    statuses = [each["status"] for each in first]
    assert done <= statuses.count("repeated") <= done + 1
    assert statuses == ["repeated"] * statuses.count("repeated") + ["done"] * statuses.count("done")
    assert [each["status"] for each in again] == ["repeated"] * ITEMS
    assert [each["done"] | {"repeated": True} for each in first] == [each["done"] for each in again]
    with store.reading() as session:
        assert sorted(session.scalars(select(Case.title))) == sorted(f"case {n}" for n in range(10))
        assert sorted(session.scalars(select(Note.text))) == sorted(
            each["with"]["text"] for each in batch() if each["do"] == "note"
        )
    assert store.check() == []


def _send(server: Server, cut_off: list[Exception]) -> None:
    with server.client() as client:
        try:
            client.post("/sync/batch", json={"items": batch()})
        except httpx.TransportError as error:
            cut_off.append(error)


def _killed_in_the_middle(server: Server, store: CaseStore) -> int:
    """Kills the service once some items are kept; how many were then."""
    limit = time.monotonic() + 120
    while _kept(store) < 25:
        assert time.monotonic() < limit
        time.sleep(0.01)
    server.kill()
    kept = _kept(store)
    assert kept < ITEMS
    return kept


def _kept(store: CaseStore) -> int:
    with store.reading() as session:
        return sum(session.scalar(select(func.count()).select_from(table)) or 0 for table in (Case, Note))


def _results(client: httpx.Client) -> list[dict[str, Any]]:
    response = client.post("/sync/batch", json={"items": batch()})
    assert response.status_code == 200, response.text
    return list(response.json()["results"])
