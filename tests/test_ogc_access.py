"""The public finds nothing of what is kept for staff, by any address of the OGC API."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from ogc_walk import ZOOM, filled
from small_town import SECRETS, STAFF, Town, make_town

from api.app import make_app
from maps.tile_grid import tiles_over

HERE = "http://127.0.0.1:8000"
ELSEWHERE = ("203.0.113.9", 50000)
ELSE = {"Origin": "http://maps.example"}


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return make_town(tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="module", name="app")
def _app(town: Town) -> Any:
    return make_app(town.settings)


@pytest.fixture(scope="module", name="public")
def _public(app: Any) -> TestClient:
    return TestClient(app, base_url=HERE, client=ELSEWHERE)


@pytest.fixture(scope="module", name="staff")
def _staff(app: Any) -> TestClient:
    return TestClient(app, base_url=HERE, client=("127.0.0.1", 50000))


def addresses(staff: TestClient) -> Iterator[str]:
    """Every address that staff is told of, by description and by links, in every form."""
    document = staff.get("/ogc/api").json()
    for path, verbs in document["paths"].items():
        asked = filled(staff, path)
        if asked is None:
            continue
        for media in verbs.get("get", {}).get("responses", {}).get("200", {}).get("content", {}):
            yield f"/ogc{asked}|{media}"
            if asked.startswith("/collections"):
                yield f"{asked}|{media}"
    for collection in staff.get("/collections").json()["collections"]:
        described = staff.get(f"/collections/{collection['id']}/tiles/WebMercatorQuad?f=tilejson").json()
        if "bounds" not in described:
            continue
        at = described["bounds"]
        column, _, row, _ = tiles_over((at[0], at[1], at[0], at[1]), ZOOM)
        address = described["tiles"][0].removeprefix(HERE).format(z=ZOOM, x=column, y=row)
        yield f"{address}|application/vnd.mapbox-vector-tile"


def said(client: TestClient, address: str, **headers: str) -> str:
    path, _, media = address.partition("|")
    response = client.get(path, headers={"Accept": media, **headers})
    assert response.status_code in (200, 204, 404), (address, response.text)
    return response.content.decode(errors="replace") + json.dumps(dict(response.headers))


@pytest.mark.heavy
def test_no_address_that_staff_knows_tells_the_public_a_secret(
    staff: TestClient, public: TestClient, town: Town
) -> None:
    hashes = [town.store.current()[name].version.partition("/")[2] for name in STAFF]
    walked = list(addresses(staff))
    assert len(walked) > 60
    for address in walked:
        asked = address.partition("|")[0]
        words = [word for word in (*SECRETS, *hashes) if word in said(public, address)]
        assert [word for word in words if word not in asked] == [], address


def test_staff_finds_by_the_same_addresses_what_the_public_does_not(staff: TestClient) -> None:
    everything = [said(staff, address) for address in addresses(staff)]
    assert [word for word in SECRETS if not any(word in text for text in everything)] == []


@pytest.mark.parametrize("name", STAFF)
def test_a_hidden_collection_is_answered_like_one_that_does_not_exist(public: TestClient, name: str) -> None:
    for path in (
        "",
        "/items",
        "/items/WM-1",
        "/queryables",
        "/items?bbox=1,2,3,4",
        "/items?nonsense=1",
        "/tiles",
        "/tiles/WebMercatorQuad/18/1/1",
    ):
        hidden = public.get(f"/collections/{name}{path}")
        unknown = public.get(f"/collections/no_such{path}")
        assert hidden.status_code == unknown.status_code == 404
        assert hidden.text.replace(name, "no_such") == unknown.text


def test_the_public_can_neither_read_nor_filter_by_a_property_of_persons(public: TestClient) -> None:
    assert "owner_name" not in public.get("/collections/parcels/queryables").text
    refused = public.get("/collections/parcels/items", params={"owner_name": "OWNER OF LOT N2"})
    unknown = public.get("/collections/parcels/items", params={"no_such_one": "OWNER OF LOT N2"})
    assert refused.status_code == 400
    assert refused.text.replace("owner_name", "no_such_one") == unknown.text


def test_a_page_of_another_site_reads_what_the_public_may_even_on_the_officers_own_machine(staff: TestClient) -> None:
    assert "water_mains" in staff.get("/collections").text
    for headers in (ELSE, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
        other = staff.get("/collections", headers=headers)
        assert "parcels" in other.text
        assert [word for word in SECRETS if word in other.text] == []
        assert other.headers["access-control-allow-origin"] == "*"
        assert other.headers["cross-origin-resource-policy"] == "cross-origin"
        assert staff.get("/collections/water_mains/items", headers=headers).status_code == 404


def test_mistakes_can_be_read_by_a_page_of_another_site_too(public: TestClient) -> None:
    refused = public.get("/collections/parcels/items?limit=x", headers=ELSE)
    assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (400, "*")


def test_what_staff_is_told_is_open_to_no_other_site_and_kept_by_no_proxy(staff: TestClient) -> None:
    answer = staff.get("/collections/water_mains/items", headers={"Origin": HERE})
    assert answer.status_code == 200
    assert "access-control-allow-origin" not in answer.headers
    assert answer.headers["cache-control"] == "private, no-cache"
    assert "access-control-allow-origin" not in staff.get("/cases", headers=ELSE).headers
