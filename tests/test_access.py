"""The public sees nothing of what is kept for staff, by any door."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import shapely
from fastapi.testclient import TestClient
from made_layers import EAST, NORTH
from small_town import SECRETS, STAFF, Town, lonlat, make_town, place

from api.access import FORWARDED, NOT_OPEN, Caller, caller_of
from api.answers import finding_messages
from api.app import make_app
from api.wiring import open_city
from gis_ce.checks import easement_encroachment
from gis_ce.checks.all import CHECKS
from gis_ce.checks.check import Sites

PUBLIC_ADDRESS = ("203.0.113.9", 50000)
HERE = "http://127.0.0.1:8000"
ON_THE_MAIN = lonlat(150, 20)
OPEN_MAIN = {"id": "PM-1", "wkt": "LINESTRING (0 300, 1000 300)", "diameter_in": 6.0}


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    more = {"open_mains": ("water_main", [OPEN_MAIN])}
    return make_town(tmp_path_factory.mktemp("town"), more=more)


@pytest.fixture(scope="module", name="public")
def _public(town: Town) -> TestClient:
    return TestClient(make_app(town.settings), base_url=HERE, client=PUBLIC_ADDRESS)


@pytest.fixture(scope="module", name="staff")
def _staff(town: Town) -> TestClient:
    return TestClient(make_app(town.settings), base_url=HERE, client=("::1", 50000))


def check_everywhere(client: TestClient) -> dict[str, Any]:
    point = {"type": "Point", "coordinates": list(ON_THE_MAIN)}
    body = {"places": [{"geometry": point, "radius_ft": 4.0}, {"address": "121 MAIN ST"}], "evidence": True}
    response = client.post("/checks", json=body)
    assert response.status_code == 200
    return dict(response.json())


def every_answer(client: TestClient, layers: list[str]) -> dict[str, str]:
    """All that a caller can get by asking everything that there is."""
    box = {"bbox": "-83,34,-80,37", "zoom": 20}
    asked = {name: client.get(f"/layers/{name}/features", params=box) for name in layers}
    asked |= {path: client.get(path) for path in ("/layers", "/health")}
    asked["here"] = client.get("/here", params={"lon": ON_THE_MAIN[0], "lat": ON_THE_MAIN[1]})
    said = {name: response.text + json.dumps(dict(response.headers)) for name, response in asked.items()}
    return said | {"checks": json.dumps(check_everywhere(client))}


def test_nothing_of_a_staff_layer_reaches_the_public_by_any_door(public: TestClient, town: Town) -> None:
    everything = every_answer(public, ["parcels", "addresses", "open_mains", "sewer_mains", "right_of_way"])
    versions = [town.store.current()[name].version for name in STAFF]
    hashes = [version.partition("/")[2] for version in versions]
    for door, text in everything.items():
        assert [word for word in (*SECRETS, *hashes) if word in text] == [], door


def test_the_description_of_the_service_is_the_same_for_everybody_and_for_every_town(
    public: TestClient, staff: TestClient, open_town: Town
) -> None:
    """It says that a shut-off can list hydrants, and what is told of easements; nothing of what one town has."""
    other = TestClient(make_app(open_town.settings), base_url=HERE, client=PUBLIC_ADDRESS)
    said = public.get("/openapi.json").content
    assert said == staff.get("/openapi.json").content == other.get("/openapi.json").content
    assert [word for word in SECRETS if word.encode() in said] == ["hydrants", "easements"]


def test_staff_sees_by_the_same_doors_what_the_public_does_not(staff: TestClient) -> None:
    everything = every_answer(staff, ["parcels", "water_mains", "hydrants", "easements"])
    assert [word for word in SECRETS if not any(word in text for text in everything.values())] == []


@pytest.mark.parametrize("name", STAFF)
def test_a_hidden_layer_is_answered_like_one_that_does_not_exist(public: TestClient, name: str) -> None:
    box = {"bbox": "-83,34,-80,37", "zoom": 20}
    hidden = public.get(f"/layers/{name}/features", params=box)
    unknown = public.get("/layers/no_such_layer/features", params=box)
    assert hidden.status_code == unknown.status_code == 404
    assert hidden.text.replace(name, "no_such_layer") == unknown.text


def test_a_check_that_needs_a_hidden_layer_is_undecided_and_measures_nothing(public: TestClient) -> None:
    for answered in check_everywhere(public)["places"]:
        for name in ("tolerance_zone", "water_available", "easement_encroachment"):
            found = next(found for found in answered["findings"] if found["check"] == name)
            assert found["answer"] is None
            assert found["undecided_because"] == NOT_OPEN
            assert found["facts"] == {}
            assert found["evidence"]["features"] == []
            assert [found[key] for key in ("margin_ft", "probability", "sigma_ft", "feature_id")] == [None] * 4


def test_a_role_that_is_half_hidden_decides_nothing_but_shows_its_open_half(public: TestClient) -> None:
    listed = {layer["name"] for layer in public.get("/layers").json()["layers"]}
    assert "open_mains" in listed
    lots = public.get("/layers/open_mains/features", params={"bbox": "-83,34,-80,37", "zoom": 20}).json()
    assert [main["id"] for main in lots["features"]] == ["PM-1"]
    lon, lat = lonlat(150, 300)
    here = public.get("/here", params={"lon": lon, "lat": lat}).json()
    zone = next(found for found in here["findings"] if found["check"] == "tolerance_zone")
    assert zone["answer"] is None


def test_checks_on_open_layers_are_answered_to_the_public(public: TestClient) -> None:
    here = public.get("/here", params={"lon": ON_THE_MAIN[0], "lat": ON_THE_MAIN[1]}).json()
    assert here["right_of_way"] == "inside"
    assert here["layers"].keys() == {"parcels", "addresses", "right_of_way", "sewer_mains", "open_mains"}
    assert {near["role"] for near in here["nearest"]} == {"sewer_main", "water_main"}


def test_the_public_is_told_no_owner(public: TestClient) -> None:
    lon, lat = lonlat(150, 120)
    assert public.get("/here", params={"lon": lon, "lat": lat}).json()["parcel"]["owner"] is None


@pytest.mark.parametrize(
    ("address", "host", "headers", "caller"),
    [
        ("127.0.0.1", "127.0.0.1:8000", (), "staff"),
        ("127.8.9.1", "localhost", (), "staff"),
        ("::1", "[::1]:8000", (), "staff"),
        ("::ffff:127.0.0.1", "localhost:8000", (), "staff"),
        ("::ffff:10.0.0.1", "localhost:8000", (), "public"),
        ("10.0.0.1", "127.0.0.1:8000", (), "public"),
        ("192.168.1.5", "localhost", (), "public"),
        (None, "localhost", (), "public"),
        ("testclient", "localhost", (), "public"),
        ("127.0.0.1", "gis.city.example", (), "public"),
        ("127.0.0.1", "127.0.0.1.evil.example", (), "public"),
        ("127.0.0.1", "", (), "public"),
        *[("127.0.0.1", "localhost", (name,), "public") for name in FORWARDED],
        ("10.0.0.1", "localhost", ("x-forwarded-for",), "public"),
    ],
)
def test_only_this_machine_itself_is_staff(
    address: str | None, host: str, headers: tuple[str, ...], caller: str
) -> None:
    assert caller_of(address, host, headers) == caller


def test_a_header_makes_nobody_staff(public: TestClient) -> None:
    claims = {
        "X-Forwarded-For": "127.0.0.1",
        "X-Real-IP": "127.0.0.1",
        "Forwarded": "for=127.0.0.1",
        "Host": "localhost",
    }
    for name, value in claims.items():
        assert public.get("/health", headers={name: value}).json()["caller"] == "public"


def test_a_layer_is_public_only_if_both_its_snapshot_and_the_city_file_say_so(tmp_path: Any) -> None:
    town = make_town(tmp_path)
    text = town.city_file.read_text("utf-8")
    at = text.index("[layers.sewer_mains]")
    town.city_file.write_text(text[:at] + text[at:].replace('"public"', '"staff"', 1), "utf-8")
    client = TestClient(make_app(town.settings), base_url=HERE, client=PUBLIC_ADDRESS)
    assert "sewer_mains" not in client.get("/health").json()["layers"]


def test_a_layer_derived_from_a_staff_layer_is_never_public(tmp_path: Any) -> None:
    town = make_town(tmp_path, staff=("water_mains", "hydrants"))
    text = town.city_file.read_text("utf-8")
    at = text.index("[layers.easements]")
    derived = """[layers.easements]
role = "easement"
derive = { kind = "easement", inputs = ["water_mains", "parcels"], width_ft = 40.0, minimum_length_ft = 10.0 }
audience = "public"
basis = "modelled"
sigma_ft = 0.0
"""
    town.city_file.write_text(text[:at] + derived, "utf-8")
    client = TestClient(make_app(town.settings), base_url=HERE, client=PUBLIC_ADDRESS)
    assert "easements" not in client.get("/health").json()["layers"]


def test_where_everything_is_public_everything_is_answered(tmp_path: Any) -> None:
    town = make_town(tmp_path, staff=())
    client = TestClient(make_app(town.settings), base_url=HERE, client=PUBLIC_ADDRESS)
    answers = check_everywhere(client)["places"][0]["findings"]
    assert next(found for found in answers if found["check"] == "tolerance_zone")["answer"] == "within"


TICKET = {
    "id": "T-1",
    "wkt": "POLYGON ((100 0, 200 0, 200 60, 100 60, 100 0))",
    "ticket_number": "T-1",
    "kind": "NORMAL",
    "firm": "DIGGERS OF SECRET FIRM",
    "contractor": "SECRET CONTRACTOR",
    "work_type": "FIBER",
}
PERSONAL = ("OWNER OF LOT", "SECRET FIRM", "SECRET CONTRACTOR")
"""Names of persons and firms in the layers of a town whose layers are all public."""


@pytest.fixture(scope="module", name="open_town")
def _open_town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return make_town(tmp_path_factory.mktemp("open"), staff=(), more={"tickets": ("locate_ticket", [TICKET])})


def said_by_all_checks(town: Town, caller: Caller) -> dict[str, str]:
    """All that each check says of a lot and of the street before it, with all details that a case can bring."""
    view = open_city(town.settings).view(caller)
    places = np.array([place(150, 120), place(150, 20)], dtype=object)
    details = {
        "other_owner": np.array(["Owner of Lot N2"] * 2, dtype=object),
        "other_parcel_id": np.array(["N3"] * 2, dtype=object),
        "firm": np.array(["Diggers"] * 2, dtype=object),
    }
    sites = Sites(places, places, np.zeros(2), np.array(["2026-03-02"] * 2, dtype="datetime64[D]"), details)
    found = view.assess(sites, CHECKS)
    said = {check.name: json.dumps(finding_messages(found[check.name], view)) for check in CHECKS}
    for check in CHECKS:
        accounts = [view.explain(check, sites, found[check.name], row) for row in range(len(sites))]
        said[check.name] += "".join(f"{each.sentence} {[item.label for item in each.evidence]}" for each in accounts)
    return said


def test_no_check_tells_the_public_an_owner_or_a_firm_even_where_all_layers_are_public(open_town: Town) -> None:
    for check, text in said_by_all_checks(open_town, "public").items():
        assert [name for name in PERSONAL if name in text.upper()] == [], check
    to_staff = " ".join(said_by_all_checks(open_town, "staff").values())
    assert [name for name in PERSONAL[:2] if name not in to_staff] == []


def test_whether_a_name_is_the_owners_is_not_answered_to_the_public(open_town: Town) -> None:
    assert NOT_OPEN in said_by_all_checks(open_town, "public")["same_owner"]
    assert '"answer": "yes"' in said_by_all_checks(open_town, "staff")["same_owner"]


def test_the_features_of_a_public_layer_of_tickets_name_no_firm(open_town: Town) -> None:
    client = TestClient(make_app(open_town.settings), base_url=HERE, client=PUBLIC_ADDRESS)
    shown = client.get("/layers/tickets/features", params={"bbox": "-83,34,-80,37", "zoom": 20})
    assert "T-1" in shown.text
    assert [name for name in PERSONAL if name in shown.text] == []


HIDDEN_ASSETS: dict[str, tuple[str, list[dict[str, Any]]]] = {
    "laterals": ("lateral", [{"id": "LA-1", "wkt": "LINESTRING (150 20, 150 110)", "diameter_in": 1.0}]),
    "valves": ("valve", [{"id": "VA-1", "wkt": "POINT (150 119)"}]),
    "creeks": ("water_body", [{"id": "CR-1", "wkt": "POLYGON ((140 0, 160 0, 160 60, 140 60, 140 0))"}]),
    "meters": ("meter", [{"id": "ME-1", "wkt": "POINT (150 70)"}]),
}
TURNED = {
    "laterals": ("tolerance_zone", "properly_located"),
    "valves": ("tolerance_zone", "asset_clearance"),
    "creeks": ("tolerance_zone",),
    "meters": ("tolerance_zone", "asset_clearance", "meter_side"),
}


@pytest.mark.parametrize("hidden", HIDDEN_ASSETS)
def test_an_answer_that_a_hidden_layer_could_turn_is_not_given_to_the_public(tmp_path: Any, hidden: str) -> None:
    said = said_by_all_checks(make_town(tmp_path, staff=(hidden,), more=HIDDEN_ASSETS), "public")
    for check in TURNED[hidden]:
        assert NOT_OPEN in said[check], check
    (row,) = HIDDEN_ASSETS[hidden][1]
    assert [check for check, text in said.items() if row["id"] in text or hidden in text] == []


def test_an_encroachment_says_nothing_of_pipes_of_which_a_part_is_hidden(tmp_path: Any) -> None:
    shed = shapely.box(EAST + 252, NORTH + 100, EAST + 268, NORTH + 120)
    town = make_town(tmp_path, staff=("water_mains",), more={"open_mains": ("water_main", [OPEN_MAIN])})
    shapes = np.array([shed], dtype=object)
    sites = Sites(shapes, shapes, np.zeros(1), np.array(["2026-03-02"], dtype="datetime64[D]"))
    facts = {}
    for caller in ("public", "staff"):
        found = open_city(town.settings).view(caller).assess(sites, [easement_encroachment.CHECK])
        assert found["easement_encroachment"].answer_of(0) == "yes"
        facts[caller] = found["easement_encroachment"].versions
    assert "open_mains" not in facts["public"]
    assert "water_mains" in facts["staff"]
