"""ArcGIS, GDAL and esridump read the collections as an Esri feature service; mistakes are Esri's errors."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pyogrio
import pytest
import shapely
from case_doors import doors_of, opened, own_store
from case_server import Server
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from made_layers import EAST, NORTH
from small_town import SECRETS, STAFF, Town, lonlat, make_town

from api.app import make_app
from api.arcgis.numbers import object_ids

HERE = "http://127.0.0.1:8000"
SERVICE = "/arcgis/rest/services/gis-ce/FeatureServer"


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return make_town(tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="module", name="staff")
def _staff(town: Town) -> TestClient:
    return TestClient(make_app(town.settings), base_url=HERE, client=("127.0.0.1", 50000))


@pytest.fixture(scope="module", name="public")
def _public(town: Town) -> TestClient:
    return TestClient(make_app(town.settings), base_url=HERE, client=("203.0.113.9", 50000))


@pytest.fixture(scope="module", name="address")
def _address(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("service")
    server = Server(town.settings.data, f"sqlite:///{folder}/cases.sqlite", folder / "attachments")
    yield server.address
    server.kill()


def numbers(client: TestClient) -> dict[str, int]:
    return {layer["name"]: layer["id"] for layer in client.get(f"{SERVICE}?f=json").json()["layers"]}


def layer(client: TestClient, word: str) -> int:
    return next(number for name, number in numbers(client).items() if word in name.lower())


def query(client: TestClient, word: str, **asked: Any) -> dict[str, Any]:
    response = client.get(f"{SERVICE}/{layer(client, word)}/query", params={"f": "json", **asked})
    assert response.status_code == 200
    found: dict[str, Any] = response.json()
    return found


def ids(answer: dict[str, Any]) -> set[str]:
    return {feature["attributes"]["id"] for feature in answer["features"]}


def test_every_layer_describes_itself(staff: TestClient) -> None:
    for number in numbers(staff).values():
        about = staff.get(f"{SERVICE}/{number}?f=json").json()
        assert about["objectIdField"] == "OBJECTID"
        assert about["extent"]["spatialReference"] == {"wkid": 102719, "latestWkid": 2264}
        assert about["capabilities"] == "Query"
        assert about["fields"][0]["type"] == "esriFieldTypeOID"
    whole = staff.get(f"{SERVICE}/layers?f=json").json()
    assert {entry["id"] for entry in whole["layers"]} == set(numbers(staff).values())


def test_a_filter_an_order_and_pages_hold_together(staff: TestClient) -> None:
    everything = query(staff, "parcel", where="1=1", outFields="*", returnGeometry="false")
    assert len(everything["features"]) == query(staff, "parcel", returnCountOnly="true")["count"]
    pages = [
        query(staff, "parcel", resultOffset=first, resultRecordCount=6, outFields="id", orderByFields="id DESC")
        for first in (0, 6, 12, 18)
    ]
    names = [feature["attributes"]["id"] for page in pages for feature in page["features"]]
    assert names == sorted(ids(everything), reverse=True)
    assert [page.get("exceededTransferLimit", False) for page in pages] == [True, True, True, False]


def test_object_ids_find_their_features_again(staff: TestClient) -> None:
    numbered = query(staff, "parcel", returnIdsOnly="true")["objectIds"]
    assert len(set(numbered)) == len(numbered)
    one = query(staff, "parcel", objectIds=f"{numbered[3]},{numbered[5]}", outFields="OBJECTID")
    assert {feature["attributes"]["OBJECTID"] for feature in one["features"]} == {numbered[3], numbered[5]}
    again = query(staff, "parcel", where=f"OBJECTID = {numbered[3]}", outFields="id", f="geojson")
    assert len(again["features"]) == 1


def test_an_area_finds_what_it_meets_in_each_way_of_writing_it(staff: TestClient) -> None:
    box = (EAST + 10, NORTH + 70, EAST + 20, NORTH + 80)
    west, south = lonlat(10, 70)
    east, north = lonlat(20, 80)
    envelope = {"xmin": west, "ymin": south, "xmax": east, "ymax": north, "spatialReference": {"wkid": 4326}}
    ring = [[box[0], box[1]], [box[0], box[3]], [box[2], box[3]], [box[2], box[1]], [box[0], box[1]]]
    ways: list[dict[str, Any]] = [
        {"geometry": ",".join(map(str, box)), "geometryType": "esriGeometryEnvelope", "inSR": 102719},
        {"geometry": json.dumps(envelope), "geometryType": "esriGeometryEnvelope"},
        {"geometry": json.dumps({"rings": [ring]}), "geometryType": "esriGeometryPolygon", "inSR": 2264},
        {"geometry": f"{west},{south}", "geometryType": "esriGeometryPoint", "inSR": 4326},
    ]
    found = [ids(query(staff, "parcel", outFields="id", **way)) for way in ways]
    assert all(each == found[0] for each in found)
    assert len(found[0]) == 1


def test_shapes_come_clockwise_on_the_grid_and_counter_clockwise_as_geojson(staff: TestClient) -> None:
    esri = query(staff, "parcel", outFields="id", resultRecordCount=1)["features"][0]
    ring = shapely.LinearRing(esri["geometry"]["rings"][0])
    assert not ring.is_ccw
    assert ring.bounds[0] > 1_000_000
    plain = query(staff, "parcel", outFields="id", resultRecordCount=1, f="geojson")["features"][0]
    outer = shapely.LinearRing(plain["geometry"]["coordinates"][0])
    assert outer.is_ccw
    assert -180 < outer.bounds[0] < 180
    web = query(staff, "parcel", outFields="id", resultRecordCount=1, outSR=102100)
    assert web["spatialReference"]["latestWkid"] == 3857


def test_extents_hold_what_was_found(staff: TestClient) -> None:
    found = query(staff, "hydrant", returnExtentOnly="true")
    shapes = query(staff, "hydrant")["features"]
    xs = [feature["geometry"]["x"] for feature in shapes]
    assert found["count"] == len(shapes)
    assert found["extent"]["xmin"] == pytest.approx(min(xs), abs=0.01)


def test_long_geometries_come_by_post(staff: TestClient) -> None:
    around = shapely.Point(EAST + 500, NORTH + 30).buffer(400, quad_segs=1_000)
    form = {"geometry": json.dumps({"rings": [np.asarray(around.exterior.coords).tolist()]}), "returnCountOnly": "true"}
    answer = staff.post(f"{SERVICE}/{layer(staff, 'parcel')}/query", data={**form, "f": "json"}).json()
    assert answer["count"] > 3


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"where": "nothing = 1"}, "there is no field 'nothing'"),
        ({"where": "1=1 OR"}, "where: it ends"),
        ({"outFields": "secret"}, "outFields: there is no field 'secret'"),
        ({"outSR": "2263"}, "outSR: 2263 is not offered"),
        ({"outSR": "x"}, "is no spatial reference"),
        ({"geometry": "1,2,3"}, "geometry: it cannot be read"),
        ({"geometry": '{"rings": [[[0, "a"]]]}'}, "geometry: it cannot be read"),
        ({"geometry": '{"x": NaN}'}, "geometry: it is no JSON"),
        ({"geometry": "0,0,1,1", "spatialRel": "esriSpatialRelTouches"}, "spatialRel"),
        ({"geometryType": "circle", "geometry": "0,0"}, "geometryType: 'circle' is not known"),
        ({"resultOffset": "-1"}, "resultOffset: '-1' is no whole number"),
        ({"objectIds": "1,x"}, "objectIds: 'x' is no object id"),
        ({"outStatistics": "[]"}, "outStatistics: this service does not answer"),
        ({"returnCountOnly": "maybe"}, "neither true nor false"),
        ({"orderByFields": "id SIDEWAYS"}, "orderByFields"),
        ({"f": "pbf"}, "f: 'pbf' is not offered"),
    ],
)
def test_a_wrong_query_is_an_error_and_never_rows(staff: TestClient, asked: dict[str, str], said: str) -> None:
    answer = query(staff, "parcel", **asked)
    assert set(answer) == {"error"}
    assert said in answer["error"]["message"]


def test_the_public_finds_nothing_that_is_kept_for_staff(staff: TestClient, public: TestClient) -> None:
    hidden = set(numbers(staff).values()) - set(numbers(public).values())
    assert len(hidden) == len((*STAFF, "cases"))
    for number in hidden:
        for address in (
            f"{SERVICE}/{number}",
            f"{SERVICE}/{number}/query?where=1=1",
            f"{SERVICE}/{number}/query?f=geojson",
        ):
            answer = public.get(address).json()
            assert answer["error"]["code"] == 404
    said = "".join(
        public.get(f"{SERVICE}{path}").text
        for number in numbers(public).values()
        for path in ("", "/layers", f"/{number}", f"/{number}/query?outFields=*")
    )
    assert not [word for word in SECRETS if word in said]


def test_a_page_elsewhere_may_read_what_is_public(staff: TestClient) -> None:
    answer = staff.get(f"{SERVICE}?f=json", headers={"Origin": "https://maps.example"})
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "Water" not in json.dumps(answer.json()["layers"])


def test_gdal_reads_every_feature_where_it_is(staff: TestClient, address: str) -> None:
    for word in ("parcel", "sewer", "hydrant"):
        number = layer(staff, word)
        link = f"{address}{SERVICE}/{number}/query?where=1%3D1&outFields=*&resultRecordCount=7&f=json"
        meta, table = pyogrio.raw.read_arrow(f"ESRIJSON:{link}")
        count = query(staff, word, returnCountOnly="true")["count"]
        assert table.num_rows == min(count, 7) or table.num_rows == count
        assert "2264" in meta["crs"] or "102719" in meta["crs"]


def test_our_own_import_reads_it_whole(staff: TestClient, address: str, tmp_path: Path) -> None:
    city = tmp_path / "city.toml"
    link = f"{address}{SERVICE}/{layer(staff, 'parcel')}"
    city.write_text(
        '[city]\nname = "Copy"\ntime_zone = "America/New_York"\ngrid = 2264\njurisdiction = "NC"\n\n'
        '[rules]\npack = "nc-raleigh-2016"\n\n[layers.parcels]\nrole = "parcel"\n'
        f'source = "{link}"\naudience = "public"\nbasis = "recorded"\nsigma_ft = 1.0\n'
        '[layers.parcels.fields]\nparcel_id = "id"\n'
    )
    run = subprocess.run(
        [sys.executable, "-c", "from api.cli import main; main()", "layers", "import", "--city", str(city)],
        env={"PATH": "/usr/bin:/bin", "GIS_CE_DATA": str(tmp_path / "data"), "COLUMNS": "200", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        cwd=Path(__file__).resolve().parent.parent,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    (snapshot,) = (tmp_path / "data").rglob("*.parquet")
    count = query(staff, "parcel", returnCountOnly="true")["count"]
    assert pyarrow.parquet.read_metadata(snapshot).num_rows == count


def test_esridump_reads_every_feature(staff: TestClient, address: str) -> None:
    from esridump.dumper import EsriDumper  # noqa: PLC0415

    found = list(EsriDumper(f"{address}{SERVICE}/{layer(staff, 'parcel')}"))
    assert len(found) == query(staff, "parcel", returnCountOnly="true")["count"]


@given(st.lists(st.text(max_size=8), unique=True, max_size=60))
def test_object_ids_do_not_hang_on_the_order_of_rows(names: list[str]) -> None:
    numbered = dict(zip(names, object_ids(pa.array(names, pa.string())).tolist(), strict=True))
    turned = dict(zip(names[::-1], object_ids(pa.array(names[::-1], pa.string())).tolist(), strict=True))
    assert numbered == turned
    assert len(set(numbered.values())) == len(names)
    assert all(0 < number < 2**31 for number in numbered.values())


def test_cases_are_a_layer_for_who_may_see_cases_alone(town: Town, tmp_path: Path, sqlite_template: Path) -> None:
    doors = doors_of(town, own_store(tmp_path, sqlite_template))
    number = opened(doors.here)
    assert numbers(doors.here)["Cases"] == 2000
    found = query(doors.here, "cases", where=f"id = '{number}' AND opened_at > DATE '2026-01-01'", outFields="*")
    (case,) = found["features"]
    assert case["attributes"]["type"] == "leaks"
    assert case["attributes"]["OBJECTID"] > 0
    assert case["geometry"]["x"] == pytest.approx(EAST + 150, abs=100)
    officer = doors.add("olga", "ce")
    assert query(officer, "cases", returnCountOnly="true") == {"count": 1}
    for nobody in (doors.public, doors.here):
        assert "Cases" not in numbers(nobody)
        assert nobody.get(f"{SERVICE}/2000/query?where=1=1").json()["error"]["code"] == 404
    assert "Cases" not in numbers(TestClient(doors.app, base_url=HERE, headers={"Origin": "https://maps.example"}))
