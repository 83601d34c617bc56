"""Nobody takes the service away from others: how often, how much, how slowly; each limit is said in a sentence."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest
from case_doors import Doors, ok, own_store, problem
from fastapi.testclient import TestClient
from small_town import Town, make_town

from api.app import make_app
from api.errors import TooOften
from api.limits import MOST_BYTES
from api.patience import Patience
from api.rates import Rates
from api.settings import Settings
from api.who import AT_THE_MACHINE, NOBODY, Who
from gis_ce.roles import rights_of

HERE = "http://127.0.0.1:8000"


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return make_town(tmp_path_factory.mktemp("town"))


@pytest.fixture(name="doors")
def _doors(town: Town, tmp_path: Path, sqlite_template: Path) -> Doors:
    settings = town.settings.model_copy(
        update={
            "cases": own_store(tmp_path, sqlite_template),
            "requests_per_minute_public": 3,
            "requests_per_minute": 4,
        }
    )
    return Doors(make_app(settings), settings)


def statuses(client: TestClient, count: int, path: str = "/health") -> list[int]:
    return [client.get(path).status_code for _ in range(count)]


def test_an_address_may_ask_so_often_in_a_minute_and_others_still_may(doors: Doors) -> None:
    assert statuses(doors.public, 3) == [200] * 3
    shut = doors.public.get("/health")
    assert problem(shut, 429).startswith("More than 3 requests came from your address within a minute")
    assert 1 <= int(shut.headers["retry-after"]) <= 60
    neighbour = TestClient(doors.app, base_url=HERE, client=("198.51.100.7", 50000))
    assert statuses(neighbour, 1) == [200]
    assert statuses(doors.here, 6) == [200] * 6


def test_a_key_has_a_rate_of_its_own_wherever_it_is_used(doors: Doors) -> None:
    body = {"name": "app", "role": "field", "scopes": ["layers:read"]}
    key = {"Authorization": f"Bearer {ok(doors.here.post('/keys', json=body), 201)['key']}"}
    assert [doors.public.get("/layers", headers=key).status_code for _ in range(4)] == [200] * 4
    assert "More than 4 requests came from you" in problem(doors.public.get("/layers", headers=key), 429)
    assert statuses(doors.public, 1) == [200]


def test_keys_that_open_nothing_count_for_their_address(doors: Doors) -> None:
    wrong = {"Authorization": "Bearer gisce_000000000000_" + "x" * 43}
    assert [doors.public.get("/health", headers=wrong).status_code for _ in range(4)] == [401, 401, 401, 429]
    assert doors.public.get("/health").status_code == 429


def test_who_sits_at_a_machine_of_their_own_is_not_counted() -> None:
    rates = Rates(1, 1)
    for _ in range(3):
        rates.count(AT_THE_MACHINE, "127.0.0.1")
    rates.count(NOBODY, "127.0.0.1")
    with pytest.raises(TooOften):
        rates.count(None, "127.0.0.1")
    known = Who("password", rights_of(("officer",)), "ann")
    rates.count(known, "127.0.0.1")
    with pytest.raises(TooOften) as error:
        rates.count(known, "192.0.2.1")
    assert 1 <= error.value.after_s <= 60


@pytest.fixture(name="public")
def _public(town: Town) -> TestClient:
    return TestClient(make_app(town.settings), base_url=HERE, client=("203.0.113.9", 50000))


def nested(depth: int) -> str:
    """A filter of so many NOTs."""
    return "NOT (" * depth + "zoning = 'x'" + ")" * depth


def long_line(corners: int) -> dict[str, Any]:
    """A line of so many corners."""
    return {"type": "LineString", "coordinates": [[-81.9 + n * 1e-7, 35.3] for n in range(corners)]}


def test_what_is_too_much_at_once_is_refused_in_words(public: TestClient) -> None:
    body = b"[" + b" " * MOST_BYTES + b"]"
    assert "The body is too large; at most" in problem(public.post("/checks", content=body), 413)
    said = problem(public.post("/checks", json={"places": [{"geometry": long_line(20_000)}]}), 413)
    assert "10,000" in said
    deep = public.get("/collections/parcels/items", params={"filter": nested(150)})
    assert "at most 100 are read" in problem(deep, 400)


def test_a_page_has_a_longest_length(public: TestClient) -> None:
    document = public.get("/ogc/api").json()
    limits = [each for each in document["components"]["parameters"].values() if each["name"] == "limit"]
    assert limits
    assert all(each["schema"]["maximum"] <= 10_000 for each in limits)
    assert public.get("/collections/parcels/items?limit=1000000").json()["numberReturned"] == 20


def answered(app: Any, pieces: list[bytes | None], body_s: float, answer_s: float) -> tuple[int, bytes]:
    """Status and body of a request whose body comes in these pieces; at None nothing more comes."""
    sent: list[Any] = []

    async def receive() -> Any:
        if not pieces or pieces[0] is None:
            await asyncio.sleep(3600)
        return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/checks",
        "headers": [(b"content-type", b"application/json")],
        "query_string": b"",
        "state": {},
    }
    scope |= {"client": ("203.0.113.9", 1), "server": ("127.0.0.1", 80), "scheme": "http", "root_path": ""}
    asyncio.run(Patience(app, body_s, answer_s)(scope, receive, send))
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:])


async def never(_: Any, __: Any, ___: Any) -> None:
    """An answer that does not come."""
    await asyncio.sleep(3600)


def test_a_body_that_does_not_come_and_an_answer_that_does_not_begin_are_given_up(town: Town) -> None:
    begun = time.monotonic()
    app = make_app(town.settings)
    status, said = answered(app, [b'{"places"', None], 0.05, 600.0)
    assert (status, b"The body came too slowly" in said) == (408, True)
    status, said = answered(never, [b""], 600.0, 0.05)
    assert (status, b"No answer was found in time" in said) == (503, True)
    status, said = answered(app, [b'{"places": [{"address"', b': "121 MAIN ST"}]}'], 600.0, 600.0)
    assert (status, said[:7]) == (200, b'{"city"')
    assert time.monotonic() - begun < 3600


def test_secrets_come_from_files_or_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("of the file\n", "utf-8")
    monkeypatch.setenv("GIS_CE_OIDC_SECRET_FILE", str(tmp_path / "secret"))
    monkeypatch.setenv("GIS_CE_CASES_FILE", str(tmp_path / "secret"))
    monkeypatch.setenv("GIS_CE_PORT_FILE", str(tmp_path / "secret"))
    assert (Settings().oidc_secret, Settings().cases, Settings().port) == ("of the file", "of the file", 8000)
    assert "of the file" not in repr(Settings(cases=None))
    monkeypatch.setenv("GIS_CE_OIDC_SECRET", "of the environment")
    assert Settings().oidc_secret == "of the environment"
    monkeypatch.delenv("GIS_CE_OIDC_SECRET")
    monkeypatch.setenv("GIS_CE_OIDC_SECRET_FILE", str(tmp_path / "none"))
    with pytest.raises(Exception, match="cannot be read"):
        Settings()


def test_headers_of_safety_stand_on_every_answer(public: TestClient) -> None:
    for path in (
        "/",
        "/health",
        "/sign-in",
        "/cases",
        "/nothing",
        "/collections",
        "/openapi.json",
        "/tiles/a/b/1/1/1.mvt",
    ):
        headers = public.get(path).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"], path
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["x-frame-options"] == "DENY", path
        assert headers["referrer-policy"] == "no-referrer", path
        assert headers["permissions-policy"] == "geolocation=(self), camera=(), microphone=()", path
        assert headers["cross-origin-opener-policy"] == "same-origin", path
