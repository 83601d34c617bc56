"""Cases, evidence and encroachments as collections: for who may see cases, and always as they stand."""

from __future__ import annotations

import pytest
from case_doors import Doors, does, ok, opened
from fastapi.testclient import TestClient
from made_layers import EAST, NORTH
from ogc_schemas import FEATURES, hold_against
from small_town import Town, in_degrees, lonlat, make_town, place

OF_CASES = ("cases", "evidence", "encroachments")
EPSG = "http://www.opengis.net/def/crs/EPSG/0/2264"


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return make_town(tmp_path_factory.mktemp("town"))


def names(client: TestClient) -> set[str]:
    return {each["id"] for each in ok(client.get("/collections"))["collections"]}


def test_cases_lie_where_they_are_and_are_filtered_like_everything_else(doors: Doors) -> None:
    here = doors.here
    number = opened(here, place={"crs": "grid", "geometry": {"type": "Point", "coordinates": [EAST + 50, NORTH + 30]}})
    found = ok(here.get("/collections/cases/items", params={"crs": EPSG}))
    hold_against(found, f"{FEATURES}/featureCollectionGeoJSON.yaml")
    (case,) = found["features"]
    assert (case["id"], case["geometry"]["coordinates"]) == (number, [EAST + 50, NORTH + 30])
    assert (case["properties"]["type"], case["properties"]["status"]) == ("leaks", "open")
    for text, count in (("status = 'open'", 1), ("status = 'closed'", 0), ("title LIKE 'Water%'", 1)):
        asked = {"filter": f"{text} AND T_AFTER(opened_at, TIMESTAMP('2020-01-01T00:00:00Z'))"}
        assert ok(here.get("/collections/cases/items", params=asked))["numberMatched"] == count
    assert ok(here.get("/collections/cases/items?datetime=../2001-01-01"))["numberMatched"] == 0
    assert ok(here.get("/collections/cases/items?datetime=2099-01-01"))["numberMatched"] == 1


def test_a_new_case_is_there_at_once_and_the_tag_of_the_page_changes(doors: Doors) -> None:
    here = doors.here
    opened(here)
    first = here.get("/collections/cases/items")
    assert here.get("/collections/cases/items", headers={"If-None-Match": first.headers["etag"]}).status_code == 304
    opened(here, title="Another one")
    again = here.get("/collections/cases/items", headers={"If-None-Match": first.headers["etag"]})
    assert ok(again)["numberMatched"] == 2


def test_what_the_map_showed_of_a_decision_is_a_collection_too(doors: Doors) -> None:
    here = doors.here
    number = opened(here, place={"crs": "grid", "geometry": {"type": "Point", "coordinates": [EAST + 50, NORTH + 30]}})
    does(here, number)("site_visit")
    shown = ok(here.get(f"/cases/{number}/proposals?evidence=true"))["proposals"]
    drawn = [feature for each in shown for feature in (each["evidence"] or {}).get("features", ())]
    found = ok(here.get("/collections/evidence/items?limit=1000"))["features"]
    assert len(found) == len(drawn) > 0
    assert {each["properties"]["case_number"] for each in found} == {number}
    assert "right_of_way" in {each["properties"]["check"] for each in found}


def test_an_encroachment_is_what_stands_in_an_easement(doors: Doors) -> None:
    here = doors.here
    shed = in_degrees(place(260, 100).buffer(6.0, cap_style="square"))
    number = opened(here, type="easements", place={"geometry": shed.__geo_interface__})
    described = here.post(f"/cases/{number}/site", json={"structure": shed.__geo_interface__, "details": {}})
    assert described.status_code == 200, described.text
    does(here, number)("scheduled")
    (found,) = ok(here.get("/collections/encroachments/items", params={"crs": EPSG}))["features"]
    assert found["id"] == number
    assert found["properties"]["overlap_sqft"] == pytest.approx(144, rel=0.01)
    assert found["geometry"]["type"] == "Polygon"
    assert ok(here.get("/collections/evidence/items?filter=kind = 'encroached'"))["numberMatched"] == 1


def test_cases_have_tiles_and_mixed_shapes_have_none(doors: Doors) -> None:
    opened(doors.here)
    described = ok(doors.here.get("/collections/cases/tiles/WebMercatorQuad?f=tilejson"))
    assert described["vector_layers"][0]["id"] == "cases"
    assert doors.here.get("/collections/evidence/tiles").status_code == 404


def test_the_public_sees_no_collection_of_cases(doors: Doors) -> None:
    number = opened(doors.here)
    assert set(OF_CASES) <= names(doors.here)
    assert names(doors.public).isdisjoint(OF_CASES)
    foreign = {"Origin": "http://maps.example"}
    for name in OF_CASES:
        for path in ("", "/items", f"/items/{number}", "/queryables", "/tiles", "/tiles/WebMercatorQuad/18/1/1"):
            assert doors.public.get(f"/collections/{name}{path}").status_code == 404
            assert doors.here.get(f"/collections/{name}{path}", headers=foreign).status_code == 404
    assert number not in doors.public.get("/ogc/api").text


def test_once_there_are_accounts_one_signs_in_to_see_cases(doors: Doors) -> None:
    opened(doors.here)
    ann = doors.add("ann", "ce")
    assert set(OF_CASES) <= names(ann)
    assert ok(ann.get("/collections/cases/items"))["numberMatched"] == 1
    assert names(doors.here).isdisjoint(OF_CASES)
    assert "water_mains" not in names(doors.here)
    assert doors.here.get("/collections/cases/items").status_code == 404


def test_a_case_without_a_place_is_there_without_a_geometry(doors: Doors) -> None:
    lon, lat = lonlat(50, 30)
    assert (lon, lat) != (0, 0)
    number = opened(doors.here, place=None)
    (case,) = ok(doors.here.get("/collections/cases/items"))["features"]
    assert (case["id"], case["geometry"]) == (number, None)
    assert ok(doors.here.get("/collections/cases/items?bbox=-180,-90,180,90"))["numberMatched"] == 0
