"""OGC API Features: what is there, pages of it, and mistakes told in a sentence."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest
import shapely
from fastapi.testclient import TestClient
from made_layers import EAST, NORTH
from ogc_schemas import FEATURES, FEATURES_CRS, hold_against
from ogc_walk import filled
from openapi_spec_validator import OpenAPIV30SpecValidator
from pyproj import Transformer
from small_town import Town, lonlat, make_town

from api.app import make_app
from api.ogc.collections import how_good
from api.ogc.reference_systems import twins
from layers.grid import Grid

HERE = {"base_url": "http://127.0.0.1:8000", "client": ("127.0.0.1", 50000)}
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"


def tickets() -> list[dict[str, Any]]:
    days = [(1, 10), (5, 20), (25, None)]
    return [
        {
            "id": f"T {number}/ü",
            "wkt": "POLYGON ((100 0, 100 60, 200 60, 200 0, 100 0))",
            "ticket_number": f"T-{number}",
            "work_type": 'a "quoted" \\ word\n',
            "called_on": date(2026, 3, first),
            "expires_on": date(2026, 3, last) if last else None,
        }
        for number, (first, last) in enumerate(days)
    ]


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return make_town(tmp_path_factory.mktemp("town"), more={"tickets": ("locate_ticket", tickets())})  # type: ignore[dict-item]


@pytest.fixture(scope="module", name="staff")
def _staff(town: Town) -> TestClient:
    return TestClient(make_app(town.settings), **HERE)  # type: ignore[arg-type]


def items(client: TestClient, name: str, **asked: Any) -> dict[str, Any]:
    response = client.get(f"/collections/{name}/items", params=asked)
    assert response.status_code == 200, response.text
    document = response.json()
    hold_against(document, f"{FEATURES}/featureCollectionGeoJSON.yaml")
    assert document["numberReturned"] == len(document["features"])
    return dict(document)


def ids(client: TestClient, name: str, **asked: Any) -> list[str]:
    return [feature["id"] for feature in items(client, name, limit=1000, **asked)["features"]]


def said(client: TestClient, path: str, status: int = 400, **asked: Any) -> str:
    response = client.get(path, params=asked)
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    return str(response.json()["detail"])


def test_the_documents_are_as_the_published_schemas_want_them(staff: TestClient) -> None:
    hold_against(staff.get("/ogc").json(), f"{FEATURES}/landingPage.yaml")
    hold_against(staff.get("/ogc/conformance").json(), f"{FEATURES}/confClasses.yaml")
    collections = staff.get("/collections").json()
    hold_against(collections, f"{FEATURES}/collections.yaml")
    for collection in collections["collections"]:
        one = staff.get(f"/ogc/collections/{collection['id']}").json()
        hold_against(one, f"{FEATURES}/collection.yaml")
        hold_against(one, f"{FEATURES_CRS}/collection.yaml")


def test_every_link_leads_somewhere_of_the_kind_that_it_says(staff: TestClient) -> None:
    seen, left = (
        set[str](),
        ["http://127.0.0.1:8000/ogc", "http://127.0.0.1:8000/ogc/collections/parcels/items?limit=7"],
    )
    while left:
        response = staff.get(address := left.pop())
        assert response.status_code == 200, (address, response.text)
        if not response.headers["content-type"].endswith("json"):
            continue
        document = response.json()
        links = document.get("links", []) if isinstance(document, dict) else []
        for each in links + [link for one in document.get("collections", []) for link in one["links"]]:
            if each["href"] not in seen and "{" not in each["href"]:
                seen.add(each["href"])
                answer = staff.get(each["href"])
                assert answer.status_code == 200, each
                assert answer.headers["content-type"].partition(";")[0] == each["type"].partition(";")[0], each
                left.append(each["href"])
    assert len(seen) > 50


def test_pages_follow_each_other_and_give_every_feature_once(staff: TestClient) -> None:
    page, seen = items(staff, "parcels", limit=7), list[str]()
    while True:
        seen += [feature["id"] for feature in page["features"]]
        assert page["numberMatched"] == 20
        following = [link["href"] for link in page["links"] if link["rel"] == "next"]
        if not following:
            break
        assert "limit=7" in following[0]
        page = staff.get(following[0]).json()
    assert seen == sorted({f"{side}{lot}" for side in "NS" for lot in range(1, 11)})


def test_next_keeps_everything_that_was_asked(staff: TestClient) -> None:
    box = ",".join(map(str, (*lonlat(10, 70), *lonlat(390, 100))))
    page = items(staff, "parcels", limit=1, bbox=box, crs=f"{EPSG}2264", f="json")
    (following,) = [link["href"] for link in page["links"] if link["rel"] == "next"]
    again = staff.get(following)
    assert again.json()["numberMatched"] == page["numberMatched"] == 4
    assert again.headers["content-crs"] == f"<{EPSG}2264>"


def test_a_feature_is_the_same_alone_as_in_its_page_and_its_shape_is_that_of_the_layer(staff: TestClient) -> None:
    page = items(staff, "parcels", limit=1000)
    for feature in page["features"][::6]:
        alone = staff.get(f"/collections/parcels/items/{feature['id']}").json()
        hold_against(alone, f"{FEATURES}/featureGeoJSON.yaml")
        assert {key: alone[key] for key in feature} == feature
    parcel = next(feature for feature in page["features"] if feature["id"] == "N2")
    shape = shapely.from_geojson(str(parcel["geometry"]).replace("'", '"'))
    back = Grid(2264).from_lonlat(np.array([shape], dtype=object))[0]
    assert shapely.hausdorff_distance(back, shapely.box(EAST + 100, NORTH + 60, EAST + 200, NORTH + 210)) < 0.01
    assert parcel["properties"]["situs_address"] == "111 MAIN ST"


def test_outer_rings_run_counter_clockwise(staff: TestClient) -> None:
    for feature in items(staff, "tickets")["features"] + items(staff, "parcels", limit=50)["features"]:
        ring = np.array(feature["geometry"]["coordinates"][0])
        assert shapely.is_ccw(shapely.linearrings(ring))


def test_ids_come_back_unchanged_whatever_is_in_them(staff: TestClient) -> None:
    for feature in items(staff, "tickets")["features"]:
        (address,) = [link["href"] for link in items(staff, "tickets", limit=1)["links"] if link["rel"] == "self"]
        assert address
        alone = staff.get("/collections/tickets/items/" + feature["id"].replace("/", "%2F").replace(" ", "%20"))
        assert alone.json()["id"] == feature["id"]
        assert alone.json()["properties"]["work_type"] == 'a "quoted" \\ word\n'


@pytest.mark.parametrize(
    ("box", "found"),
    [
        ((110, 70, 190, 100), {"N2"}),
        ((100, 70, 190, 100), {"N1", "N2"}),
        ((-50, 59, 1050, 61), {f"N{n}" for n in range(1, 11)}),
        ((5000, 5000, 6000, 6000), set()),
    ],
)
def test_a_box_finds_what_it_touches_in_every_reference_system(
    staff: TestClient, box: tuple[float, ...], found: set[str]
) -> None:
    west, south, east, north = box
    feet = f"{EAST + west},{NORTH + south},{EAST + east},{NORTH + north}"
    assert set(ids(staff, "parcels", **{"bbox": feet, "bbox-crs": f"{EPSG}2264"})) == found
    (lon1, lat1), (lon2, lat2) = lonlat(west, south), lonlat(east, north)
    slack = 0 if found != {"N1", "N2"} else 1e-6
    degrees = f"{lon1 - slack},{lat1},{lon2},{lat2}"
    swapped = f"{lat1},{lon1 - slack},{lat2},{lon2}"
    assert set(ids(staff, "parcels", bbox=degrees)) == found
    assert set(ids(staff, "parcels", **{"bbox": swapped, "bbox-crs": f"{EPSG}4326"})) == found


def test_a_box_matches_shapes_and_not_their_boxes(staff: TestClient) -> None:
    corner = f"{EAST + 990},{NORTH + 21},{EAST + 999},{NORTH + 30}"
    assert ids(staff, "water_mains", **{"bbox": corner, "bbox-crs": f"{EPSG}2264"}) == []


def test_a_box_across_the_date_line_and_one_around_the_world_are_legal(staff: TestClient) -> None:
    assert len(ids(staff, "parcels", bbox="-180,-90,180,90")) == 20
    assert len(ids(staff, "parcels", bbox="-180,-90,-500,180,90,9000")) == 20
    assert ids(staff, "parcels", bbox="170,-10,-170,10") == []
    assert len(ids(staff, "parcels", bbox="170,-10,-10,80")) == 20


@pytest.mark.parametrize(
    ("crs", "expected"),
    [
        (f"{EPSG}2264", (EAST + 205, NORTH + 10)),
        (f"{EPSG}6543", (EAST + 205, NORTH + 10)),
        (f"{EPSG}4326", lonlat(205, 10)[::-1]),
        (CRS84, lonlat(205, 10)),
    ],
)
def test_coordinates_come_in_the_order_of_the_systems_own_axes(
    staff: TestClient, crs: str, expected: tuple[float, float]
) -> None:
    response = staff.get("/collections/hydrants/items/HY-1", params={"crs": crs})
    assert response.headers["content-crs"] == f"<{crs}>"
    assert response.json()["geometry"]["coordinates"] == pytest.approx(
        expected, abs=1e-8 if expected[0] < 180 else 1e-3
    )


def test_the_grid_on_the_newer_datum_is_that_of_proj_and_takes_boxes_and_shapes_too(staff: TestClient) -> None:
    assert twins(2264) == (6543,)
    assert twins(6543) == (2264,)
    assert twins(27700) == ()
    moved = Transformer.from_crs(6318, 6543, always_xy=True).transform(*lonlat(205, 10))
    asked = {"bbox": f"{moved[0] - 1},{moved[1] - 1},{moved[0] + 1},{moved[1] + 1}", "bbox-crs": f"{EPSG}6543"}
    assert ids(staff, "hydrants", **asked) == ["HY-1"]
    shape = f"S_INTERSECTS(geometry,POINT({EAST + 205} {NORTH + 10}))"
    assert ids(staff, "hydrants", **{"filter": shape, "filter-crs": f"{EPSG}6543"}) == ["HY-1"]
    (hydrants,) = (each for each in staff.get("/collections").json()["collections"] if each["id"] == "hydrants")
    assert f"{EPSG}6543" in hydrants["crs"] or f"{EPSG}6543" in staff.get("/collections").json()["crs"]


def test_web_mercator_is_offered_too(staff: TestClient) -> None:
    found = staff.get("/collections/hydrants/items/HY-1", params={"crs": f"{EPSG}3857"}).json()
    moved = Transformer.from_crs(4269, 3857, always_xy=True).transform(*lonlat(205, 10))
    assert found["geometry"]["coordinates"] == pytest.approx(moved, abs=0.002)


@pytest.mark.parametrize(
    ("datetime", "found"),
    [
        ("2026-03-01", 1),
        ("2026-03-07T12:00:00Z", 2),
        ("2026-03-22", 0),
        ("2026-04-01", 1),
        ("../2026-03-04", 1),
        ("2026-03-21/..", 1),
        ("/2026-03-06", 2),
        ("2026-03-11/2026-03-30", 2),
    ],
)
def test_tickets_are_found_by_the_time_in_which_they_hold(staff: TestClient, datetime: str, found: int) -> None:
    assert len(ids(staff, "tickets", datetime=datetime)) == found


def test_what_has_no_time_is_there_at_every_time(staff: TestClient) -> None:
    assert len(ids(staff, "parcels", datetime="1990-01-01")) == 20


def test_features_are_chosen_by_the_values_of_their_properties(staff: TestClient) -> None:
    assert ids(staff, "parcels", situs_address="111 MAIN ST") == ["N2"]
    assert ids(staff, "water_mains", diameter_in="8") == ["WM-1", "WM-2"]
    assert ids(staff, "tickets", called_on="2026-03-05") == ["T 1/ü"]
    assert ids(staff, "parcels", situs_address="111 MAIN ST", parcel_id="N1") == []


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        ({"colour": "red"}, "colour: there is no such parameter"),
        ({"limit": "0"}, "limit: '0'"),
        ({"limit": "-3"}, "limit:"),
        ({"limit": "many"}, "limit:"),
        ({"limit": "1.5"}, "limit:"),
        ({"bbox": "1,2,3"}, "bbox: give four numbers"),
        ({"bbox": "1,2,3,nan"}, "bbox:"),
        ({"bbox": "a,b,c,d"}, "bbox:"),
        ({"bbox": "1,4,3,2"}, "ends before it begins"),
        ({"bbox": "1000000,500000,1000001,500001"}, "no degrees"),
        ({"bbox": "1,2,3,4", "bbox-crs": "EPSG:999999"}, "bbox-crs:"),
        ({"crs": "http://www.opengis.net/def/crs/EPSG/0/27700"}, "crs:"),
        ({"datetime": "yesterday"}, "datetime:"),
        ({"datetime": "2026-13-01"}, "datetime:"),
        ({"datetime": "2026-03-02/2026-03-01"}, "ends before it begins"),
        ({"datetime": "a/b/c"}, "datetime:"),
        ({"f": "pdf"}, "f: 'pdf' is not offered"),
        ({"limit": ["1", "2"]}, "more than once"),
        ({"situs_address": "a\0b"}, "NUL"),
    ],
)
def test_a_mistake_is_told_in_a_sentence(staff: TestClient, asked: dict[str, Any], word: str) -> None:
    assert word in said(staff, "/collections/parcels/items", **asked)


def test_a_number_and_a_day_that_are_none_are_refused(staff: TestClient) -> None:
    assert "no number" in said(staff, "/collections/water_mains/items", diameter_in="wide")
    assert "no number" in said(staff, "/collections/water_mains/items", diameter_in="inf")
    assert "no day" in said(staff, "/collections/tickets/items", called_on="soon")


def test_a_limit_above_the_most_is_the_most(staff: TestClient) -> None:
    assert len(items(staff, "parcels", limit=10**6)["features"]) == 20
    assert len(items(staff, "parcels", limit=10**60)["features"]) == 20


def test_what_is_not_there_is_said_so(staff: TestClient) -> None:
    assert "no collection" in said(staff, "/collections/nowhere", 404)
    assert "no collection" in said(staff, "/collections/nowhere/items", 404)
    assert "no feature" in said(staff, "/collections/parcels/items/N99", 404)


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("application/geo+json", "application/geo+json"),
        ("application/json", "application/geo+json"),
        ("*/*", "application/geo+json"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"),
        ("application/xml;q=0.9, application/geo+json;q=0.1", "application/geo+json"),
        ("text/html;q=0, */*", "application/geo+json"),
    ],
)
def test_the_form_follows_what_is_accepted(staff: TestClient, accept: str, media: str) -> None:
    for path in ("items", "items/N1"):
        response = staff.get(f"/collections/parcels/{path}", headers={"Accept": accept})
        assert response.headers["content-type"].partition(";")[0] == media
        overruled = staff.get(f"/collections/parcels/{path}?f=json", headers={"Accept": accept})
        assert overruled.headers["content-type"] == "application/geo+json"
    assert staff.get("/collections/parcels/items", headers={"Accept": "image/png"}).status_code == 406


@pytest.mark.parametrize(
    "path", ["api", "api.html", "styles", "styles/town", "tileMatrixSets/WebMercatorQuad", "processes/checks"]
)
def test_a_form_that_a_document_has_not_is_refused_and_one_that_it_has_is_given(staff: TestClient, path: str) -> None:
    for word in ("\x8d", "csv", ""):
        assert "is not offered here" in said(staff, f"/ogc/{path}", f=word)
    media = {word: staff.get(f"/ogc/{path}", params={"f": word}) for word in ("json", "html")}
    given = {word for word, answer in media.items() if answer.status_code == 200}
    assert given == {"api": {"json", "html"}, "api.html": {"html"}}.get(path, {"json"})
    assert all(word in media[word].headers["content-type"] for word in given)


def test_an_answer_that_has_not_changed_is_not_sent_again(staff: TestClient) -> None:
    for path in ("/collections/parcels/items", "/collections/parcels/items/N1", "/collections", "/ogc/api"):
        first = staff.get(path)
        again = staff.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


def test_the_description_is_valid_openapi_of_version_three_and_refers_to_nothing_outside(staff: TestClient) -> None:
    response = staff.get("/ogc/api")
    assert response.headers["content-type"] == "application/vnd.oai.openapi+json;version=3.0"
    document = response.json()
    assert document["openapi"] == "3.0.3"
    OpenAPIV30SpecValidator(document).validate()
    assert '"$ref":"http' not in response.text
    assert document["servers"][0]["url"] == "http://127.0.0.1:8000/ogc"
    for name in ("bbox", "limit", "datetime"):
        assert document["components"]["parameters"][name]["explode"] is False


def test_every_path_of_the_description_is_answered_as_it_says(staff: TestClient) -> None:
    document = staff.get("/ogc/api").json()
    for path, verbs in document["paths"].items():
        asked = filled(staff, path)
        if asked is None or "get" not in verbs:
            continue
        for media in verbs["get"]["responses"]["200"]["content"]:
            response = staff.get("/ogc" + asked, headers={"Accept": media})
            assert response.status_code == 200, (path, media, response.text)
            assert response.headers["content-type"].partition(";")[0] == media.partition(";")[0]


def test_a_collection_says_how_good_its_positions_are_and_a_table_says_nothing(staff: TestClient) -> None:
    said = {each["id"]: each["description"] for each in staff.get("/collections").json()["collections"]}
    assert said["parcels"] == "Parcels: recorded, as of 2026-03-02; positions taken as exact."
    assert how_good("line", 0.8) == "; positions to 0.8 ft on one axis"
    assert how_good("none", 0.0) == ""


def test_queryables_are_what_can_be_asked_for(staff: TestClient) -> None:
    document = staff.get("/collections/water_mains/queryables").json()
    assert document["properties"]["diameter_in"]["type"] == "number"
    assert document["properties"]["installed"]["format"] == "date"
    assert document["properties"]["geometry"]["format"] == "geometry-linestring"
    assert document["$id"].endswith("/ogc/collections/water_mains/queryables")


def test_pages_for_a_browser_show_what_the_documents_say(staff: TestClient) -> None:
    accept = {"Accept": "text/html"}
    for path, word in {
        "/ogc": "OGC API",
        "/ogc/conformance": "ogcapi-features-1",
        "/ogc/collections": "parcels",
        "/collections/parcels": "Extent",
        "/collections/parcels/queryables": "situs_address",
        "/collections/parcels/items": "111 MAIN ST",
        "/collections/parcels/items/N2": "111 MAIN ST",
        "/ogc/api.html": "/collections/parcels/items",
    }.items():
        response = staff.get(path, headers=accept)
        assert response.headers["content-type"].startswith("text/html"), path
        assert word in response.text
        assert 'src="' not in response.text
