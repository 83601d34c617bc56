"""What is on record, by the command line and over HTTP: all of it for staff, nothing personal for the public."""

from __future__ import annotations

import json
from typing import Any

import pytest
from command_line import runner
from fastapi.testclient import TestClient
from made_layers import EAST, NORTH
from records_town import PERSONAL, records_town
from small_town import Town, lonlat

from api.access import NOT_OPEN
from api.app import make_app

LON, LAT = lonlat(150, 130)
DAY = "2026-03-01"
HERE = "http://127.0.0.1:8000"


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return records_town(tmp_path_factory.mktemp("records"))


@pytest.fixture(name="run")
def _run(town: Town, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    return runner(town, monkeypatch, capsys)


@pytest.fixture(scope="module", name="staff")
def _staff(town: Town) -> TestClient:
    return TestClient(make_app(town.settings), base_url=HERE, client=("127.0.0.1", 50000))


@pytest.fixture(scope="module", name="public")
def _public(town: Town) -> TestClient:
    return TestClient(make_app(town.settings), base_url=HERE, client=("203.0.113.9", 50000))


def by_source(answer: dict[str, Any]) -> dict[str, Any]:
    return {source["source"]: source for source in answer["sources"]}


@pytest.mark.parametrize(
    "how",
    [
        ("--at", f"{LON},{LAT}"),
        ("--xy", f"{EAST + 150},{NORTH + 130}"),
        ("--address", "111 Main Street"),
        ("--parcel", "n2"),
    ],
)
def test_a_place_can_be_said_in_four_ways(run: Any, how: tuple[str, str]) -> None:
    told = by_source(json.loads(run("research", *how, "--on", DAY, "--json").out))
    assert [row["id"] for row in told["permits"]["rows"]] == ["P-2", "P-1"]
    assert [row["id"] for row in told["accounts"]["rows"]] == ["A-1", "A-2"]
    assert told["deeds"]["status"] == "none found"


def test_the_table_on_the_screen_tells_the_same(run: Any) -> None:
    words = " ".join(run("research", "--parcel", "N2", "--on", DAY).out.split())
    assert "Accounts: found (accounts as of 2026-03-02)" in words
    assert "DOE JANE" in words
    assert "Deeds: none found for parcel N2 (deeds as of 2026-03-02)." in words


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "Say where: one of --at LON,LAT, --xy E,N and --address, or --parcel."),
        (("--at", "1,2", "--address", "X"), "Say where: one of"),
        (("--at", "nowhere"), "give LON,LAT in degrees"),
        (("--parcel", "N22"), "There is no parcel 'N22' on the map. Did you mean"),
        (("--parcel", "N2", "--datum", "WGS"), "There is no datum 'WGS'"),
        (("--address", "9 NOWHERE LN"), "There is no address"),
    ],
)
def test_a_mistake_is_one_clear_line(run: Any, words: tuple[str, ...], said: str) -> None:
    assert said in run("research", *words).line


def test_staff_is_told_over_http_what_the_command_tells(staff: TestClient, run: Any) -> None:
    answer = staff.get("/research", params={"parcel": "N2", "on": DAY}).json()
    assert answer == json.loads(run("research", "--parcel", "N2", "--on", DAY, "--json").out)


def test_a_row_names_its_version_and_by_what_it_was_found(staff: TestClient, town: Town) -> None:
    answer = staff.get("/research", params={"lon": LON, "lat": LAT, "on": DAY}).json()
    account = by_source(answer)["accounts"]["rows"][1]
    assert (account["by"], account["as_of"]) == ("meter MT-1 on parcel N2", "2026-03-02")
    assert account["version"] == town.store.current()["accounts"].version
    assert account["fields"]["name"] == "ROE RICHARD"
    assert answer["ticket"]["answer"] == "no"


@pytest.mark.parametrize(
    "where",
    [
        {"lon": LON, "lat": LAT},
        {"address": "111 MAIN ST"},
        {"parcel": "N2", "account": "A-1", "facility": "WM-1"},
        {"lon": lonlat(150, 30)[0], "lat": lonlat(150, 30)[1], "account": "A-1", "facility": "WM-1"},
    ],
)
def test_the_public_is_told_no_account_no_name_and_no_hidden_facility(public: TestClient, where: Any) -> None:
    answer = public.get("/research", params=where | {"on": DAY})
    assert answer.status_code == 200
    assert [word for word in (*PERSONAL, "WM-1", "MT-1", "T-1", "C260300001") if word in answer.text] == []
    told = by_source(answer.json())
    assert {told[name]["status"] for name in ("accounts", "tickets")} == {"source missing"}
    assert {told[name]["reason"] for name in ("accounts", "tickets")} == {NOT_OPEN}


def test_the_public_is_told_the_permits_and_deeds_that_are_public(public: TestClient) -> None:
    told = by_source(public.get("/research", params={"lon": LON, "lat": LAT, "on": DAY}).json())
    assert [row["id"] for row in told["permits"]["rows"]] == ["P-2", "P-1"]
    assert "facility_id" not in told["work_orders"]["rows"][0]["fields"]
    assert "owner_name" not in told["parcels"]["rows"][0]["fields"]


def test_naming_an_account_or_a_facility_tells_the_public_nothing(public: TestClient) -> None:
    where = {"lon": LON, "lat": LAT, "on": DAY}
    plain = public.get("/research", params=where).text
    assert public.get("/research", params=where | {"account": "A-1", "facility": "WM-1"}).text == plain


@pytest.mark.parametrize(
    ("params", "status", "said"),
    [
        ({}, 400, "Say where: by lon and lat, by address, or by parcel."),
        ({"lon": -81.8}, 400, "lon and lat go together"),
        ({"lon": -81.8, "lat": 35.3, "address": "X"}, 400, "Say where once"),
        ({"lon": 200, "lat": 35.3}, 400, "lon"),
        ({"parcel": "N2", "on": "yesterday"}, 400, "on"),
        ({"parcel": "NO SUCH"}, 404, "There is no parcel 'NO SUCH' on the map."),
        ({"address": "9 NOWHERE LN"}, 404, "There is no address"),
    ],
)
def test_a_mistake_over_http_is_one_problem(staff: TestClient, params: Any, status: int, said: str) -> None:
    answer = staff.get("/research", params=params)
    assert answer.status_code == status
    assert said in answer.json()["detail"]
