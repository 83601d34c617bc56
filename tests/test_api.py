"""The HTTP service: places in, answers out, in order and with what they rest on."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient
from shapely.geometry import mapping
from small_town import EAST, NORTH, Town, in_degrees, lonlat, make_town, place

from api.answer_schemas import ChecksAnswer, Health, Here, LayerList
from api.app import make_app

STAFF = {"base_url": "http://127.0.0.1:8000", "client": ("127.0.0.1", 50000)}


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return make_town(tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="module", name="staff")
def _staff(town: Town) -> TestClient:
    return TestClient(make_app(town.settings), **STAFF)  # type: ignore[arg-type]


def point(x: float, y: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": list(lonlat(x, y))}


def shed(x: float, y: float) -> dict[str, Any]:
    return dict(mapping(in_degrees(place(x, y).buffer(5.0, cap_style="square"))))


def answers(client: TestClient, body: object) -> list[dict[str, Any]]:
    response = client.post("/checks", json=body)
    assert response.status_code == 200, response.text
    answer = response.json()
    ChecksAnswer.model_validate(answer)
    return list(answer["places"])


def finding(place_answer: dict[str, Any], check: str) -> dict[str, Any]:
    return next(found for found in place_answer["findings"] if found["check"] == check)


def problem(client: TestClient, body: object, status: int = 400) -> str:
    response = client.post("/checks", json=body)
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    said = response.json()
    assert set(said) == {"type", "title", "status", "detail"}
    return str(said["detail"])


def test_one_place_is_answered_with_its_facts_rules_and_versions(staff: TestClient, town: Town) -> None:
    response = staff.post("/checks", json={"geometry": point(150, 120), "on": "2026-11-01"}).json()
    water = finding(response["places"][0], "water_available")
    assert water["answer"] == "yes"
    assert water["facts"]["distance_ft"] == pytest.approx(40.0, abs=1e-3)
    assert water["rule_id"] in response["rules"]
    assert response["layers"]["water_mains"] == town.store.current()["water_mains"].version


def test_feet_on_the_grid_are_taken_as_they_are(staff: TestClient) -> None:
    feet = {"type": "Point", "coordinates": [EAST + 150, NORTH + 30]}
    (found,) = answers(staff, {"geometry": feet, "crs": "grid", "checks": ["right_of_way"]})
    assert finding(found, "right_of_way")["margin_ft"] == pytest.approx(30.0, abs=1e-9)


def test_many_places_keep_their_order_and_ids(staff: TestClient) -> None:
    places = [{"id": f"c{n}", "geometry": point(n * 10, (n * 37) % 200 - 60)} for n in range(100)]
    many = answers(staff, {"places": places})
    assert [answer["id"] for answer in many] == [f"c{n}" for n in range(100)]
    assert many[13]["findings"] == answers(staff, places[13])[0]["findings"]


def test_a_feature_collection_tells_its_places_in_its_properties(staff: TestClient) -> None:
    features = [
        {"type": "Feature", "id": 4, "geometry": point(150, 61), "properties": {"sigma_ft": 5.0, "name": "extra"}},
        {"type": "Feature", "geometry": shed(260, 100), "properties": None},
    ]
    first, second = answers(staff, {"type": "FeatureCollection", "features": features})
    assert first["id"] == 4
    assert finding(first, "right_of_way")["answer"] is None
    assert "too uncertain" in finding(first, "right_of_way")["undecided_because"]
    assert finding(second, "easement_encroachment")["answer"] == "yes"
    assert finding(second, "easement_encroachment")["facts"]["overlap_sqft"] == pytest.approx(100.0, rel=1e-3)


def test_a_structure_alone_is_also_the_place(staff: TestClient) -> None:
    (found,) = answers(staff, {"structure": shed(500, 100)})
    assert found["located_by"] == "structure"
    assert finding(found, "easement_encroachment")["answer"] == "no"


def test_a_point_with_a_radius_is_a_round_structure(staff: TestClient) -> None:
    (found,) = answers(staff, {"geometry": point(260, 100), "radius_ft": 3.0})
    assert finding(found, "easement_encroachment")["facts"]["overlap_sqft"] == pytest.approx(28.2, abs=0.1)


def test_an_address_is_a_place_too(staff: TestClient) -> None:
    (found,) = answers(staff, {"address": "111 Main St"})
    assert found["located_by"] == "address point"
    assert "Did you mean 111 MAIN ST" in problem(staff, {"address": "111 Mainn St"}, 404)
    assert "no layer of streets here" in problem(staff, {"address": "Main St & Double Ct"}, 404)


def test_a_misspelt_address_is_taken_and_the_correction_said(staff: TestClient) -> None:
    answered = staff.post("/checks", json={"places": [{"address": "101 Main"}, {"address": "7 Double Ct"}]}).json()
    first, second = answered["places"]
    assert first["located_by"] == "address point, taken for 101 MAIN ST"
    assert second["located_by"] is None
    assert second["problem"] == (
        "'7 Double Ct' is the address of 2 places (addresses D1, D2); name one by its position."
    )


def test_an_unknown_address_among_many_does_not_stop_the_others(staff: TestClient) -> None:
    good, bad = answers(staff, {"places": [{"address": "111 MAIN ST"}, {"address": "7 DOUBLE CT"}]})
    assert finding(good, "right_of_way")["answer"] == "outside"
    assert "2 places" in bad["problem"]
    assert all(found["answer"] is None for found in bad["findings"])


def test_gps_of_unknown_datum_counts_the_shift_as_uncertainty(staff: TestClient) -> None:
    body = {"geometry": point(150, 62), "on": "2026-11-01", "checks": ["right_of_way"]}
    assert finding(answers(staff, body)[0], "right_of_way")["answer"] == "outside"
    unsure = finding(answers(staff, body | {"datum": "GPS"})[0], "right_of_way")
    assert unsure["answer"] is None
    assert unsure["sigma_ft"] == pytest.approx(3.8, abs=0.1)


def test_an_itrf_position_is_moved_by_its_epoch(staff: TestClient) -> None:
    body = {"geometry": point(150, 30), "checks": ["right_of_way"], "datum": "ITRF2020", "epoch": 2026.9}
    moved = finding(answers(staff, body)[0], "right_of_way")
    assert abs(moved["margin_ft"] - 30.0) > 1.0


def test_evidence_comes_only_when_asked_for(staff: TestClient) -> None:
    body = {"geometry": point(150, 19), "checks": ["tolerance_zone"]}
    assert "evidence" not in finding(answers(staff, body)[0], "tolerance_zone")
    told = finding(answers(staff, body | {"evidence": True})[0], "tolerance_zone")
    assert "WM-1" in told["sentence"]
    assert {feature["properties"]["kind"] for feature in told["evidence"]["features"]} >= {"site", "zone", "main"}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"geometry": {"type": "Point", "coordinates": []}}, "its geometry is not a GeoJSON Point"),
        ({"geometry": {"type": "Point", "coordinates": ["a", "b"]}}, "its geometry is not a GeoJSON Point"),
        ({"geometry": {"type": "Point", "coordinates": [1150000, 590000]}}, 'not degrees; say crs: "grid"'),
        ({"geometry": {"type": "Point", "coordinates": [-81.9, 35.3]}, "crs": "grid"}, "degrees, not feet"),
        ({"geometry": {"type": "Circle", "coordinates": [1, 2]}}, "geometry.type"),
        ({"geometry": point(0, 0), "sigma": 3}, "sigma: extra inputs are not permitted"),
        ({"geometry": point(0, 0), "sigma_ft": -1}, "sigma_ft"),
        ({"geometry": point(0, 0), "datum": "NAD27"}, "datum"),
        ({"geometry": point(0, 0), "on": "soon"}, "on: "),
        ({"geometry": point(0, 0), "checks": ["luck"]}, "There is no check 'luck'; the checks are: right_of_way"),
        ({}, "no geometry, no structure and no address"),
        ({"places": []}, "places: "),
        ([], "the body"),
        ({"geometry": point(0, 0) | {"type": "LineString"}}, "its geometry is not a GeoJSON LineString"),
        ({"structure": shed(0, 0), "radius_ft": 3}, "radius_ft goes with a point"),
    ],
)
def test_a_mistake_is_one_clear_sentence(staff: TestClient, body: object, words: str) -> None:
    assert words in problem(staff, body)


def test_an_outline_that_crosses_itself_is_named_by_place(staff: TestClient) -> None:
    bow = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}
    said = problem(staff, {"places": [{"geometry": point(0, 0)}, {"id": "shed 7", "geometry": bow}]})
    assert said.startswith("Place 2 ('shed 7'): its geometry is not a valid Polygon: Self-intersection")


def test_what_is_not_json_is_refused_in_words(staff: TestClient) -> None:
    response = staff.post("/checks", content=b"{", headers={"content-type": "application/json"})
    assert response.status_code == 400
    assert "not JSON" in response.json()["detail"]


def test_too_much_at_once_is_refused_with_the_limit(staff: TestClient) -> None:
    places = [{"geometry": {"type": "Point", "coordinates": [-81.9, 35.3]}}] * 10_001
    assert "at most 10,000" in problem(staff, {"places": places}, 413)
    assert "at most 500" in problem(staff, {"places": places[:501], "evidence": True}, 413)
    assert staff.post("/checks", content=b" " * 32_000_001).status_code == 413
    assert staff.post("/checks", content=iter([b" " * 8_000_000] * 5)).status_code == 413


def test_what_is_here_tells_parcel_address_checks_and_neighbours(staff: TestClient) -> None:
    lon, lat = lonlat(205, 61)
    here = staff.get("/here", params={"lon": lon, "lat": lat}).json()
    Here.model_validate(here)
    assert here["parcel"] == {"id": "N3", "address": "121 MAIN ST", "owner": "OWNER OF LOT N3"}
    assert here["right_of_way"] == "outside"
    assert here["address"]["text"] == "121 Main Street"
    assert here["nearest"][0]["role"] == "sewer_main"
    assert {near["role"] for near in here["nearest"]} == {"sewer_main", "water_main", "hydrant"}
    assert here["findings"][0]["check"] == "right_of_way"


def test_far_outside_the_town_everything_is_undecided_but_answered(staff: TestClient) -> None:
    here = staff.get("/here", params={"lon": -78.0, "lat": 35.0}).json()
    assert here["parcel"] is None
    assert here["right_of_way"] == "undecided"


@pytest.mark.parametrize(
    "where", [{"lon": 200, "lat": 35}, {"lon": "x", "lat": 1}, {"lat": 35}, {"lon": "nan", "lat": 1}]
)
def test_a_place_that_is_none_is_refused(staff: TestClient, where: dict[str, Any]) -> None:
    response = staff.get("/here", params=where)
    assert response.status_code == 400
    assert "lon" in response.json()["detail"]


def test_the_layers_are_listed_with_their_versions(staff: TestClient, town: Town) -> None:
    listed = LayerList.model_validate(staff.get("/layers").json())
    assert {layer.name for layer in listed.layers} == set(town.store.current())
    west, south, east, north = listed.city.extent_lonlat or (0, 0, 0, 0)
    assert west < lonlat(500, 30)[0] < east
    assert south < lonlat(500, 30)[1] < north


def test_features_come_by_view(staff: TestClient) -> None:
    (west, south), (east, north) = lonlat(-5, 61), lonlat(199, 209)
    box = f"{west},{south},{east},{north}"
    lots = staff.get("/layers/parcels/features", params={"bbox": box, "zoom": 17}).json()
    assert sorted(lot["id"] for lot in lots["features"]) == ["N1", "N2"]
    assert lots["truncated"] is False
    assert lots["features"][0]["properties"]["situs_address"].endswith("MAIN ST")


def test_shapes_are_no_finer_than_the_zoom_shows(staff: TestClient) -> None:
    box = "-82.2,35.0,-81.0,35.9"
    near = staff.get("/layers/water_mains/features", params={"bbox": box, "zoom": 20})
    far = staff.get("/layers/water_mains/features", params={"bbox": box, "zoom": 8})
    assert len(far.content) <= len(near.content)


@pytest.mark.parametrize("box", ["", "1,2,3", "a,b,c,d", "-81,35,-82,36", "-200,0,0,1"])
def test_a_box_that_is_none_is_refused(staff: TestClient, box: str) -> None:
    response = staff.get("/layers/parcels/features", params={"bbox": box, "zoom": 15})
    assert response.status_code == 400
    assert response.json()["detail"].startswith("bbox")


def test_an_unknown_layer_and_an_unknown_address_of_the_service_are_not_there(staff: TestClient) -> None:
    response = staff.get("/layers/gold_mines/features", params={"bbox": "-82,35,-81,36", "zoom": 15})
    assert response.status_code == 404
    assert "GET /layers" in response.json()["detail"]
    assert staff.get("/nowhere").headers["content-type"] == "application/problem+json"
    assert staff.get("/checks").status_code == 405


def test_health_tells_the_age_of_each_layer(staff: TestClient) -> None:
    health = Health.model_validate(staff.get("/health").json())
    assert health.status == "ok"
    assert health.layers["parcels"].age_days >= 0


def test_a_new_version_is_seen_by_the_next_request(tmp_path: Any) -> None:
    town = make_town(tmp_path)
    client = TestClient(make_app(town.settings), **STAFF)  # type: ignore[arg-type]
    before = client.get("/health").json()["layers"]["water_mains"]["version"]
    make_town(tmp_path, sigma_ft=2.0)
    assert client.get("/health").json()["layers"]["water_mains"]["version"] != before


def test_large_answers_are_compressed_and_headers_are_strict(staff: TestClient) -> None:
    response = staff.get("/layers/parcels/features", params={"bbox": "-83,34,-80,37", "zoom": 20})
    assert response.headers["content-encoding"] == "gzip"
    assert "script-src 'self'" in response.headers["content-security-policy"]
    assert json.loads(response.text)["type"] == "FeatureCollection"


def test_the_page_and_its_own_files_are_served(staff: TestClient) -> None:
    page = staff.get("/")
    assert page.status_code == 200
    assert "Smallville" in page.text
    assert staff.get("/town.js").headers["content-type"].startswith("text/javascript")
    assert staff.get("/static/page/town_map.js").status_code == 200


@pytest.mark.parametrize("path", ["/static/", "/static/../pyproject.toml", "/static/%2e%2e/api/app.py", "/static/x.js"])
def test_no_file_but_those_of_the_page_is_served(staff: TestClient, path: str) -> None:
    assert staff.get(path).status_code == 404


def test_no_page_of_the_service_asks_another_host(staff: TestClient) -> None:
    assert staff.get("/docs").status_code == staff.get("/redoc").status_code == 404
