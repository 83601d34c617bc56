"""OGC API Processes: the checks and traces, run while one waits."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient
from ogc_schemas import PROCESSES, hold_against
from small_town import SECRETS, Town, lonlat, make_town

from api.app import make_app
from gis_ce.checks.all import CHECKS

HERE = "http://127.0.0.1:8000"
POINT = {"type": "Point", "coordinates": list(lonlat(150, 120))}
FOR_STAFF = ("trace_upstream", "trace_downstream", "isolate")


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return make_town(tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="module", name="staff")
def _staff(town: Town) -> TestClient:
    return TestClient(make_app(town.settings), base_url=HERE, client=("127.0.0.1", 50000))


@pytest.fixture(scope="module", name="public")
def _public(staff: TestClient) -> TestClient:
    return TestClient(staff.app, base_url=HERE, client=("203.0.113.9", 50000))


def run(client: TestClient, name: str, status: int = 200, **body: Any) -> Any:
    response = client.post(f"/ogc/processes/{name}/execution", json=body)
    assert response.status_code == status, response.text
    return response.json()


def test_the_documents_are_as_the_published_schemas_want_them(staff: TestClient) -> None:
    listed = staff.get("/ogc/processes").json()
    hold_against(listed, f"{PROCESSES}/processes-core/processList.yaml")
    names = [process["id"] for process in listed["processes"]]
    assert names == ["checks", *(check.name for check in CHECKS), *FOR_STAFF]
    for name in names:
        described = staff.get(f"/ogc/processes/{name}").json()
        hold_against(described, f"{PROCESSES}/processes-core/process.yaml")
        assert "$ref" not in json.dumps(described)


def test_a_process_answers_what_the_checks_answer(staff: TestClient) -> None:
    asked = {"geometry": POINT, "on": "2026-11-01", "checks": ["right_of_way", "water_available"]}
    direct = staff.post("/checks", json=asked).json()
    assert run(staff, "checks", inputs=asked) == direct
    document = run(staff, "checks", inputs=asked, response="document")
    hold_against(document, f"{PROCESSES}/processes-core/results.yaml")
    assert document["result"]["value"] == direct
    wrapped = {**asked, "geometry": {"value": POINT, "mediaType": "application/geo+json"}}
    assert run(staff, "checks", inputs=wrapped) == direct


@pytest.mark.parametrize("name", [check.name for check in CHECKS])
def test_every_check_is_a_process_of_its_own(staff: TestClient, name: str) -> None:
    found = run(staff, name, inputs={"geometry": POINT, "radius_ft": 4.0})["places"][0]["findings"]
    assert [each["check"] for each in found] == [name]


def test_an_encroachment_and_a_trace_and_a_shut_off_are_processes(staff: TestClient) -> None:
    shed = {"type": "Point", "coordinates": list(lonlat(260, 100))}
    (found,) = run(staff, "easement_encroachment", inputs={"geometry": shed, "radius_ft": 5.0})["places"][0]["findings"]
    assert found["answer"] == "yes"
    lon, lat = lonlat(150, 40)
    for name in ("trace_upstream", "trace_downstream"):
        way = name.partition("_")[2]
        direct = staff.get(f"/trace/{way}", params={"lon": lon, "lat": lat}).json()
        assert run(staff, name, inputs={"lon": lon, "lat": lat}) == direct
        document = run(staff, name, inputs={"lon": lon, "lat": lat}, response="document")
        hold_against(document, f"{PROCESSES}/processes-core/results.yaml")
        assert document["result"]["value"] == direct
    lon, lat = lonlat(150, 20)
    direct = staff.get("/isolate", params={"lon": lon, "lat": lat})
    response = staff.post("/ogc/processes/isolate/execution", json={"inputs": {"lon": lon, "lat": lat}})
    assert (response.status_code, response.json()) == (direct.status_code, direct.json())


def test_the_public_knows_nothing_of_traces_and_is_told_no_distance_to_a_main(public: TestClient) -> None:
    listed = public.get("/ogc/processes").text
    for name in FOR_STAFF:
        assert name not in listed
        hidden = public.get(f"/ogc/processes/{name}")
        assert hidden.status_code == 404
        assert hidden.text.replace(name, "x") == public.get("/ogc/processes/x").text
        assert public.post(f"/ogc/processes/{name}/execution", json={"inputs": {}}).status_code == 404
    said = json.dumps(run(public, "checks", inputs={"geometry": POINT, "evidence": True}))
    assert [word for word in SECRETS if word in said and word not in ("hydrants", "easements")] == []
    assert run(public, "water_available", inputs={"geometry": POINT})["places"][0]["findings"][0]["answer"] is None


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ([], "JSON object"),
        ({"inputs": []}, "JSON object"),
        ({"inputs": {"geometry": {"type": "Point", "coordinates": ["a", 1]}}}, "GeoJSON Point"),
        ({"inputs": {"colour": "red"}}, "colour: checks has no such input"),
        ({"inputs": {"geometry": POINT, "sigma_ft": "wide"}}, "sigma_ft"),
        ({"inputs": {"geometry": POINT}, "response": "sideways"}, "response:"),
        ({"inputs": {"geometry": POINT}, "outputs": {"other": {}}}, "outputs:"),
        ({"inputs": {}}, "no geometry"),
    ],
)
def test_a_request_that_cannot_be_run_is_refused_in_a_sentence(staff: TestClient, body: Any, word: str) -> None:
    response = staff.post("/ogc/processes/checks/execution", json=body)
    assert response.status_code == 400, response.text
    assert word in response.json()["detail"]


def test_a_process_that_there_is_not_is_told_in_the_words_of_the_standard(staff: TestClient) -> None:
    for response in (staff.get("/ogc/processes/x"), staff.post("/ogc/processes/x/execution", json={})):
        assert response.status_code == 404
        assert response.json()["type"].endswith("/no-such-process")
    assert staff.post("/ogc/processes/checks/execution", content=b"{").status_code == 400
