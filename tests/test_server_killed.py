"""The service killed with -9 while people write to it over HTTP: what was acknowledged is there, once."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import case_stores
import httpx
import pytest
from case_server import Sent, Server, Writer
from small_town import Town, make_town
from sqlalchemy import select

from gis_ce.attachments.verifying import verify
from gis_ce.case_store import CaseStore
from gis_ce.tables import Attachment, Case, CaseCounter, Event, Note

WRITERS = 4


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return make_town(tmp_path_factory.mktemp("town"))


@pytest.fixture(name="store", params=["sqlite", "postgis"])
def _store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[CaseStore]:
    with case_stores.own_store(request, tmp_path) as store:
        yield store


@pytest.mark.heavy
def test_two_kills_lose_nothing_that_was_acknowledged(town: Town, store: CaseStore, tmp_path: Path) -> None:
    _rounds(2, town, store, tmp_path / "attachments")


@pytest.mark.heavy
def test_ten_kills_lose_nothing_that_was_acknowledged(town: Town, store: CaseStore, tmp_path: Path) -> None:
    _rounds(10, town, store, tmp_path / "attachments")


def _rounds(count: int, town: Town, store: CaseStore, attachments: Path) -> None:
    chance, url = random.Random(count), store.engine.url.render_as_string(hide_password=False)
    acknowledged: list[Sent] = []
    server = Server(town.settings.data, url, attachments)
    try:
        for turn in range(count):
            writers = [Writer(server, f"round {turn}, writer {number}") for number in range(WRITERS)]
            threads = [writer.start() for writer in writers]
            _wait_for_answers(writers)
            time.sleep(chance.uniform(0.2, 1.5))
            server.kill()
            for thread in threads:
                thread.join(60)
            assert [said for writer in writers for said in writer.failed] == []
            server = Server(town.settings.data, url, attachments)
            acknowledged += _sent_again(server, writers, chance)
            _assert_all_there(store, acknowledged)
            assert store.check() == []
            assert [found for found in verify(attachments, _named(store)) if found.severity == "error"] == []
    finally:
        server.kill()
    assert len(acknowledged) > 10 * count


def _wait_for_answers(writers: list[Writer]) -> None:
    limit = time.monotonic() + 60
    while not all(writer.acknowledged for writer in writers):
        assert time.monotonic() < limit
        time.sleep(0.02)


def _sent_again(server: Server, writers: list[Writer], chance: random.Random) -> list[Sent]:
    """All requests of the writers with their answers: those that came, and those to what was cut off, sent again.

    Some of those that were acknowledged are sent again too, and answered just as before.
    """
    known = [request for writer in writers for request in writer.acknowledged]
    cut_off = [request for writer in writers for request in writer.requests if request.answer is None]
    with server.client() as client:
        for request in cut_off:
            request.answer = request.send(client)
        for request in chance.sample(known, min(len(known), 20)):
            assert request.send(client) == (request.answer or {}) | {"repeated": True}
        _assert_contents(client, [*known, *cut_off])
    return [*known, *cut_off]


def _assert_contents(client: httpx.Client, requests: list[Sent]) -> None:
    """Every file that was sent can be fetched, byte for byte."""
    for request in requests:
        if "files" in request.sent and request.answer is not None:
            fetched = client.get(f"{request.path}/{request.answer['made']['attachment']}")
            assert fetched.content == request.sent["files"]["file"][1]


def _assert_all_there(store: CaseStore, requests: list[Sent]) -> None:
    """Each request has left what it was to leave exactly once, and there is nothing else."""
    with store.reading() as session:
        cases = sorted((row.number, row.title) for row in session.scalars(select(Case)))
        notes = sorted(session.scalars(select(Note.text)))
        files = sorted(session.scalars(select(Attachment.id)))
        ranked = sorted(str(data["why"]) for data in session.scalars(select(Event.data).where(_is_priority())))
        (counted,) = session.scalars(select(CaseCounter.last))
    answers: list[tuple[str, Any, Any]] = [(request.path, request.answer, request.key) for request in requests]
    assert cases == sorted((answer["number"], key) for path, answer, key in answers if path == "/cases")
    assert notes == sorted(key for path, _, key in answers if path.endswith("/notes"))
    assert files == sorted(answer["made"]["attachment"] for path, answer, _ in answers if path.endswith("attachments"))
    assert ranked == sorted(key for path, _, key in answers if path.endswith("/priority"))
    assert counted == len(cases)
    assert [int(number[-5:]) for number, _ in cases] == list(range(1, counted + 1))


def _is_priority() -> Any:
    return Event.kind == "priority_set"


def _named(store: CaseStore) -> set[str]:
    with store.reading() as session:
        return set(session.scalars(select(Attachment.sha256)))
