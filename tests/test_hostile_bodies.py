"""Hostile JSON at every door that takes any: a sentence each, nothing written, and the service goes on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from case_doors import HERE, LEAK, does, doors_of, own_store
from case_rows import rows_of
from case_server import Server
from fastapi.testclient import TestClient
from hostile import bodies, ring, with_value
from kept_files import files
from small_town import Town, lonlat, make_town

from api.app import ROUTERS
from api.errors import ApiError
from api.limits import MOST_BYTES
from api.strict_json import StrictRoute, read_strictly

LON, LAT = lonlat(50, 20)
POINT = {"type": "Point", "coordinates": [LON, LAT]}
AREA = {"type": "Polygon", "coordinates": [[[LON, LAT], [LON + 1e-5, LAT], [LON, LAT + 1e-5], [LON, LAT]]]}
PARTY = {"role": "owner", "name": "Pat"}
GOOD: dict[str, dict[str, Any]] = {
    "/cases": LEAK | {"description": "wet", "event_on": "2026-03-02", "priority": 50, "parties": [PARTY]},
    "/checks": {"geometry": POINT, "sigma_ft": 1.0, "on": "2026-11-01", "checks": ["right_of_way"]},
    "/cases/LEAK-2026-00001/notes": {"text": "wet"},
    "/cases/LEAK-2026-00001/steps": {"step": "location", "answer": "outside", "fields": {"comments": "dry"}},
    "/cases/LEAK-2026-00001/parties": PARTY,
    "/cases/LEAK-2026-00001/move": {"place": {"lon": LON, "lat": LAT, "sigma_ft": 1.0}, "why": "Seen there"},
    "/cases/LEAK-2026-00001/site": {"structure": AREA},
    "/cases/LEAK-2026-00001/priority": {"priority": 1, "why": "Wet"},
    "/mailings": {"case": "LEAK-2026-00001"},
    "/ogc/processes/checks/execution": {"inputs": {"geometry": POINT}},
}
UNASKED_IS_PASSED_OVER = {"too large a number"}
"""The standard of processes lets a request say more than is read."""


@dataclass(frozen=True)
class Standing:
    """A service with a case, and all that must not change."""

    client: TestClient
    store: Any
    folder: Path

    def kept(self) -> tuple[Any, list[Path]]:
        """Every row and every file."""
        return rows_of(self.store), files(self.folder)


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return make_town(tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="module", name="service")
def _service(town: Town, tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Standing:
    doors = doors_of(town, own_store(tmp_path_factory.mktemp("hostile"), sqlite_template))
    client = TestClient(doors.app, base_url="http://127.0.0.1:8000", client=HERE, raise_server_exceptions=False)
    number = client.post("/cases", json=LEAK).json()["number"]
    does(client, number)("site_visit", comments="wet")
    client.post("/checks", json=GOOD["/checks"])
    return Standing(client, doors.app.state.office().store, town.settings.data)


@pytest.fixture(name="standing")
def _standing(service: Standing) -> Iterator[Standing]:
    """That service; afterwards it holds what it held, and still answers."""
    before = service.kept()
    yield service
    assert service.kept() == before
    assert service.client.post("/checks", json=GOOD["/checks"]).status_code == 200


def refused(client: TestClient, path: str, body: bytes) -> str | None:
    """None where a body is refused in a sentence, else what came instead."""
    answer = client.post(path, content=body, headers={"Content-Type": "application/json"})
    said = answer.headers["content-type"] == "application/problem+json" and answer.json()["detail"]
    clear = said and len(said) < 4_000 and "Traceback" not in said and said.rstrip().endswith((".", "?"))
    return None if 400 <= answer.status_code < 500 and clear else f"{answer.status_code} {answer.text[:200]}"


@pytest.mark.parametrize("path", GOOD)
def test_no_door_takes_a_hostile_body(standing: Standing, path: str) -> None:
    passed_over = UNASKED_IS_PASSED_OVER if path.startswith("/ogc") else set()
    sent = {name: body for name, body in bodies(GOOD[path]).items() if name not in passed_over}
    wrong = {name: said for name, body in sent.items() if (said := refused(standing.client, path, body))}
    assert wrong == {}


@pytest.mark.parametrize("path", GOOD)
def test_no_door_takes_a_hostile_value(standing: Standing, path: str) -> None:
    sent = dict(with_value(GOOD[path]))
    wrong = {name: said for name, body in sent.items() if (said := refused(standing.client, path, body))}
    assert sent
    assert wrong == {}


@pytest.mark.parametrize("door", ["/checks", "/cases"])
@pytest.mark.parametrize("shape", ["a ring of very many vertices", "very many parts", "numbers for lists", "no pairs"])
def test_a_shape_that_is_none_or_too_large(standing: Standing, door: str, shape: str) -> None:
    coordinates: Any = {
        "a ring of very many vertices": [ring(60_000, LON, LAT)],
        "very many parts": [[LON, LAT]] * 60_000,
        "numbers for lists": [[[LON], [LAT]]],
        "no pairs": [[["a", "b"]] * 4],
    }[shape]
    kind = "MultiPoint" if shape == "very many parts" else "Polygon"
    sent = {"type": kind, "coordinates": coordinates}
    body = {"structure": sent} if door == "/checks" else {"type": "leaks", "place": {"geometry": sent, "sigma_ft": 1}}
    answer = standing.client.post(door, json=body)
    assert 400 <= answer.status_code < 500, answer.text[:300]
    assert answer.json()["detail"].endswith(".")


def test_a_body_over_the_limit_is_refused_whether_it_says_its_length_or_not(standing: Standing) -> None:
    """Without a length it is read to the limit and no further."""
    taken = 0

    def pieces() -> Iterator[bytes]:
        nonlocal taken
        for _ in range(100):
            taken += 1_000_000
            yield b" " * 1_000_000

    headers = {"Content-Type": "application/json"}
    for content in (pieces(), b" " * (MOST_BYTES + 1)):
        answer = standing.client.post("/checks", content=content, headers=headers)
        assert answer.status_code == 413
        assert answer.json()["detail"] == "The body is too large; at most 32,000,000 bytes are read."


def test_what_the_sentences_say() -> None:
    said = {
        b'{"a": 1, "b": 2, "a": 3}': "'a' is said twice in one object",
        b'{"a": [{"b": 1, "b": 1}]}': "'b' is said twice",
        b'{"a": NaN}': "NaN is no number",
        b'"\xe4"': "not in UTF-8 (byte 2)",
        b'{"a": "\\ud83d"}': "half of a pair",
        b"[" * 100_000: "nested too deeply",
        b'{"a": ' + b"1" * 5_000 + b"}": "too many digits",
    }
    for body, words in said.items():
        with pytest.raises(ApiError, match=r"^the body: ") as caught:
            read_strictly(body)
        assert words in str(caught.value)
    assert read_strictly(b'{"a": {"a": 1}, "b": "\\ud83d\\ude00"}') == {"a": {"a": 1}, "b": "\U0001f600"}
    assert read_strictly(b"\xef\xbb\xbf{}") == {}


def test_every_route_that_takes_json_reads_it_strictly_and_once(standing: Standing, monkeypatch: Any) -> None:
    plain = [route for router in ROUTERS for route in router.routes if not isinstance(route, StrictRoute)]
    assert plain == []
    read = list[bytes]()
    loads = json.loads
    monkeypatch.setattr(json, "loads", lambda body, **how: read.append(body) or loads(body, **how))
    sent = json.dumps(GOOD["/checks"])
    answer = standing.client.post("/checks", content=sent, headers={"Content-Type": "application/geo+json"})
    assert answer.status_code == 200
    assert read == [sent]


@pytest.mark.heavy
def test_a_real_server_outlives_broken_requests(town: Town, tmp_path: Path) -> None:
    """What no client library sends: over a bare socket, the service answers the next one each time."""
    server = Server(town.settings.data, f"sqlite:///{tmp_path}/cases.sqlite", tmp_path / "attachments")
    try:
        with server.client() as client:
            for sent in broken_requests():
                answer = server.said(sent)
                assert answer == b"" or answer.split(b" ")[1][:1] == b"4", (sent[:80], answer[:80])
                assert client.get("/health").status_code == 200
    finally:
        server.kill()


def broken_requests() -> list[bytes]:
    """Requests that end early, lie about their length, or are none."""
    head = b"POST /checks HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    return [
        b"\x16\x03\x01\x02\x00",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /\0/cases HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 20_000 + b"\r\n",
        head + b'Content-Length: 1000\r\n\r\n{"geometry"',
        head + b"Content-Length: -5\r\n\r\n{}",
        head + b"Content-Length: 99999999999999\r\n\r\n{}",
        head + b"Transfer-Encoding: chunked\r\n\r\nZZZZ\r\n{}\r\n",
        head + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    ]
