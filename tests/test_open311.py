"""The public reports leaks, overflows and obstructions by GeoReport v2; nobody learns more of them than was said."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from case_doors import Doors, doors_of, ok, own_store
from case_server import Server
from fastapi.testclient import TestClient
from georeport import GeoReport
from ogc_schemas import hold_against
from small_town import SECRETS, Town, lonlat, make_town

from api.network_address import address_of
from gis_ce.public_reports import intake_mistakes, shipped_services

ROOT = "/open311/v2"
SCHEMAS = "open311-georeport-v2"
INTAKE = '\n[open311]\nagency = "Smallville Utilities"\njurisdiction_id = "smallville.example"\n'
LON, LAT = lonlat(50, 20)
LEAK = {
    "service_code": "leak",
    "lat": LAT,
    "long": LON,
    "description": "Water on the curb <b>since</b> noon",
    "first_name": "Pat",
    "last_name": "Quill",
    "phone": "555 0100",
}


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    town = make_town(tmp_path_factory.mktemp("town"))
    town.city_file.write_text(town.city_file.read_text("utf-8") + INTAKE, "utf-8")
    return town


@pytest.fixture(scope="module", name="address")
def _address(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("service")
    server = Server(town.settings.data, f"sqlite:///{folder}/cases.sqlite", folder / "attachments")
    yield server.address
    server.kill()


def reported(client: TestClient, **more: Any) -> str:
    row = ok(client.post(f"{ROOT}/requests.json", data=LEAK | more), 201)[0]
    return str(row["service_request_id"])


def errors(response: Any, status: int) -> str:
    assert response.status_code == status, response.text
    (error,) = response.json()
    assert error["code"] == status
    return str(error["description"])


def test_every_answer_fits_the_published_schemas(doors: Doors) -> None:
    number = reported(doors.public)
    for path, schema in (
        ("services.json", "services.json"),
        ("services/leak.json", "service-definition.json"),
        ("requests.json", "requests.json"),
        (f"requests/{number}.json", "requests.json"),
    ):
        found = ok(doors.public.get(f"{ROOT}/{path}"))
        assert found
        hold_against(found, f"{SCHEMAS}/{schema}")


def test_a_report_becomes_a_case_with_the_nearest_asset_and_address(doors: Doors) -> None:
    number = reported(doors.public)
    case = ok(doors.here.get(f"/cases/{number}"))
    assert case["type"] == "leaks"
    assert case["description"] == LEAK["description"]
    assert case["parties"][0]["name"] == "Pat Quill"
    said = " ".join(note["text"] for note in case["notes"])
    assert "WM-1" in said or "HY-1" in said
    assert case["place"]["sigma_ft"] == 30


def test_a_second_report_of_the_same_offers_the_first_to_the_officer(doors: Doors) -> None:
    first = reported(doors.public)
    second = reported(doors.public, first_name="Kim", description="Still leaking")
    notes = ok(doors.here.get(f"/cases/{second}"))["notes"]
    assert any(f"may be the same as {first}" in note["text"] for note in notes)


def test_an_address_is_found_and_an_unknown_one_is_refused(doors: Doors) -> None:
    where = {"lat": "", "long": "", "address_string": "111 Main Street"}
    number = reported(doors.public, **where)
    assert ok(doors.public.get(f"{ROOT}/requests/{number}.json"))[0]["address"] == "111 Main Street"
    wrong = doors.public.post(f"{ROOT}/requests.json", data=LEAK | where | {"address_string": "9 Nowhere Lane"})
    assert "9 Nowhere Lane" in errors(wrong, 404)


def test_the_public_sees_what_was_said_and_nothing_that_was_found_out(doors: Doors) -> None:
    number = reported(doors.public)
    lon, lat = lonlat(400, 30)
    moved = {"place": {"lon": lon, "lat": lat, "sigma_ft": 1}, "why": "Seen there"}
    ok(doors.here.post(f"/cases/{number}/move", json=moved))
    ok(doors.here.post("/cases", json={"type": "leaks", "place": {"address": "120 Main Street"}}), 201)
    (seen,) = ok(doors.public.get(f"{ROOT}/requests.json"))
    assert (seen["lat"], seen["long"]) == (pytest.approx(LAT), pytest.approx(LON))
    whole = "".join(doors.public.get(f"{ROOT}/requests{path}").text for path in (".json", ".xml", f"/{number}.xml"))
    assert not [word for word in (*SECRETS, "Quill", "555 0100", "noon") if word in whole]
    for path in (f"/cases/{number}", f"{ROOT}/requests/LEAK-2026-00002.json"):
        assert doors.public.get(path).status_code in (401, 404)


def test_xml_says_the_same_as_json(doors: Doors) -> None:
    posted = doors.public.post(f"{ROOT}/requests.xml", data=LEAK)
    assert posted.status_code == 201
    number = ElementTree.fromstring(posted.content).findtext("request/service_request_id")
    (row,) = ok(doors.public.get(f"{ROOT}/requests/{number}.json"))
    tree = ElementTree.fromstring(doors.public.get(f"{ROOT}/requests/{number}.xml").content)
    told = {child.tag: child.text for child in tree.find("request") or ()}
    assert told == {name: None if value is None else str(value) for name, value in row.items()}
    names = ElementTree.fromstring(doors.public.get(f"{ROOT}/services.xml").content)
    assert [code.text for code in names.iter("service_code")] == list(shipped_services())
    discovery = ElementTree.fromstring(doors.public.get(f"{ROOT}/discovery.xml").content)
    assert str(discovery.findtext("endpoints/endpoint/url")).endswith(ROOT)


def test_a_status_is_asked_for_by_service_time_and_number(doors: Doors) -> None:
    leak = reported(doors.public)
    overflow = reported(doors.public, service_code="overflow")

    def found(**asked: str) -> set[str]:
        return {row["service_request_id"] for row in ok(doors.public.get(f"{ROOT}/requests.json", params=asked))}

    assert found() == {leak, overflow}
    assert found(service_code="overflow") == {overflow}
    assert found(status="closed") == set()
    assert found(service_request_id=f"{leak},LEAK-1999-00001") == {leak}
    assert found(start_date="2020-01-01", end_date="2020-02-01") == set()


@pytest.mark.parametrize(
    ("sent", "status", "said"),
    [
        ({"service_code": ""}, 400, "service_code: is missing"),
        ({"service_code": "noise"}, 404, "There is no service 'noise'; these are: leak, overflow, obstruction"),
        ({"lat": ""}, 400, "one of them is missing"),
        ({"lat": "north"}, 400, "lat: 'north' is no number of degrees"),
        ({"lat": "nan"}, 400, "is no number of degrees"),
        ({"lat": "", "long": ""}, 400, "it says nowhere"),
        ({"description": "x" * 4001}, 400, "more than 4,000 characters"),
        ({"media_url": "javascript:alert(1)"}, 400, "media_url is no address of the web"),
        ({"email": "a" * 501}, 400, "email has more than 500 characters"),
        ({"jurisdiction_id": "elsewhere.example"}, 404, "this is smallville.example"),
        ({"description": "a\0b"}, 400, "NUL character"),
    ],
)
def test_a_report_that_cannot_be_taken_is_refused_and_leaves_nothing(
    doors: Doors, sent: dict[str, str], status: int, said: str
) -> None:
    assert said in errors(doors.public.post(f"{ROOT}/requests.json", data=LEAK | sent), status)
    assert ok(doors.here.get("/cases"))["cases"] == []


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("requests.json?status=lost", 400, "status: 'lost' is none"),
        ("requests.json?start_date=2026-01-01&end_date=2026-12-31", 400, "at most 90 days"),
        ("requests.json?start_date=yesterday", 400, "is no time"),
        ("requests.json?colour=red", 400, "there is no such parameter"),
        ("requests/LEAK-2026-77777.json", 404, "There is no report"),
        ("services/noise.json", 404, "There is no service"),
        ("services.csv", 400, "ends in .json or .xml"),
    ],
)
def test_a_wrong_question_is_answered_in_a_sentence(doors: Doors, path: str, status: int, said: str) -> None:
    assert said in errors(doors.public.get(f"{ROOT}/{path}"), status)


def test_one_address_of_the_network_may_report_ten_times_an_hour(doors: Doors) -> None:
    for _ in range(10):
        reported(doors.public)
    refused = doors.public.post(f"{ROOT}/requests.json", data=LEAK)
    assert "10 reports came from your address" in errors(refused, 429)
    assert refused.headers["retry-after"]
    other = TestClient(doors.app, base_url="http://127.0.0.1:8000", client=("198.51.100.7", 1))
    assert reported(other)


def test_behind_a_proxy_the_address_is_the_one_that_it_saw() -> None:
    class Sent:
        def __init__(self, peer: str, seen: str) -> None:
            self.client = type("Peer", (), {"host": peer})()
            self.headers = {"x-forwarded-for": seen}

    assert address_of(Sent("127.0.0.1", "6.6.6.6, 203.0.113.9")) == "203.0.113.9"  # type: ignore[arg-type]
    assert address_of(Sent("203.0.113.9", "198.51.100.1")) == "203.0.113.9"  # type: ignore[arg-type]
    assert address_of(Sent("2001:db8::7", "")) == "2001:db8::/64"  # type: ignore[arg-type]


def test_without_the_table_in_the_city_file_nothing_is_taken(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path
) -> None:
    doors = doors_of(make_town(tmp_path_factory.mktemp("closed")), own_store(tmp_path, sqlite_template))
    assert "Reports are not taken here" in errors(doors.public.post(f"{ROOT}/requests.json", data=LEAK), 404)


def test_all_mistakes_of_the_table_are_told_at_once() -> None:
    table = {"servces": [], "services": ["leak", "noise"], "per_hour": 0, "agency": ""}
    said = [str(mistake) for mistake in intake_mistakes(table, ["sso"])]
    assert len(said) == 5
    assert "'leak' needs the process leaks" in " ".join(said)


def test_the_python_client_of_others_reads_it(address: str) -> None:
    import httpx  # noqa: PLC0415

    assert httpx.post(f"{address}{ROOT}/requests.json", data=LEAK, trust_env=False).status_code == 201
    for form in ("json", "xml"):
        client = GeoReport(f"{address}{ROOT}", jurisdiction="smallville.example", output_format=form)
        assert [row["service_code"] for row in client.get_service_list()] == list(shipped_services())
        found = client.get_service_requests(service_code="leak")
        first = found[0] if isinstance(found, list) else found
        assert first["service_code"] == "leak"
        assert client.get_service_request(first["service_request_id"])
