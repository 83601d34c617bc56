"""Features as files: the same features, read back by others."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import geopandas
import orjson
import pandas as pd
import pytest
import shapely
from fastapi.testclient import TestClient
from made_layers import EAST, NORTH
from small_town import Town, make_town

from api.app import make_app

EPSG = "http://www.opengis.net/def/crs/EPSG/0/2264"
FORMULA = {"id": "F-1", "wkt": "POINT (5 5)", "facility_id": "=1+1", "status": 'a "b", c\nd'}


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    many = [{"id": f"V{n:05}", "wkt": f"POINT ({n % 70} {n // 70})", "diameter_in": float(n % 9)} for n in range(4_500)]
    more: Any = {"valves": ("valve", many), "odd": ("hydrant", [FORMULA])}
    return make_town(tmp_path_factory.mktemp("town"), more=more)


@pytest.fixture(scope="module", name="staff")
def _staff(town: Town) -> TestClient:
    return TestClient(make_app(town.settings), base_url="http://127.0.0.1:8000", client=("127.0.0.1", 50000))


def content(client: TestClient, name: str, form: str, **asked: str) -> bytes:
    response = client.get(f"/collections/{name}/items", params={"f": form, **asked})
    assert response.status_code == 200, response.text
    assert response.headers["content-disposition"] == f'attachment; filename="{name}.{form}"'
    return response.content


@pytest.mark.parametrize("form", ["fgb", "parquet"])
@pytest.mark.parametrize("name", ["parcels", "water_mains", "valves"])
def test_a_file_holds_every_feature_with_its_shape_and_properties(
    staff: TestClient, tmp_path: Path, form: str, name: str
) -> None:
    path = tmp_path / f"{name}.{form}"
    path.write_bytes(content(staff, name, form, crs=EPSG))
    read = geopandas.read_parquet(path) if form == "parquet" else geopandas.read_file(path)
    found = read.set_index("id").sort_index()
    assert found.crs.to_epsg() == 2264
    limit = {"limit": "10000", "crs": EPSG}
    wanted = staff.get(f"/collections/{name}/items", params=limit).json()["features"]
    assert list(found.index) == [feature["id"] for feature in wanted]
    shapes = [shapely.from_geojson(str(feature["geometry"]).replace("'", '"')) for feature in wanted]
    assert shapely.hausdorff_distance(found.geometry.to_numpy(), shapes).max() < 0.002
    for column in ("situs_address", "diameter_in"):
        if column in found:
            told = [None if pd.isna(value) else value for value in found[column].tolist()]
            assert told == [feature["properties"][column] for feature in wanted]


def test_the_ring_of_an_area_runs_counter_clockwise_in_files_too(staff: TestClient, tmp_path: Path) -> None:
    path = tmp_path / "parcels.parquet"
    path.write_bytes(content(staff, "parcels", "parquet"))
    found = geopandas.read_parquet(path)
    assert all(area.exterior.is_ccw for area in found.geometry)
    assert found.crs.to_string() == "OGC:CRS84"


def test_degrees_of_a_file_are_longitude_first_even_where_the_answer_has_them_the_other_way(
    staff: TestClient, tmp_path: Path
) -> None:
    path = tmp_path / "hydrants.fgb"
    path.write_bytes(content(staff, "hydrants", "fgb", crs="http://www.opengis.net/def/crs/EPSG/0/4326"))
    assert geopandas.read_file(path).geometry[0].x < -80


def test_csv_has_the_same_values_and_nothing_that_a_spreadsheet_would_run(staff: TestClient) -> None:
    rows = list(csv.DictReader(io.StringIO(content(staff, "odd", "csv", crs=EPSG).decode())))
    assert [(row["id"], row["facility_id"], row["status"]) for row in rows] == [("F-1", "'=1+1", 'a "b", c\nd')]
    assert shapely.from_wkt(rows[0]["geometry"]) == shapely.Point(EAST + 5, NORTH + 5)
    mains = list(csv.DictReader(io.StringIO(content(staff, "water_mains", "csv").decode())))
    assert [row["diameter_in"] for row in mains] == ["8", "8"]


def test_a_file_is_filtered_and_limited_and_says_where_it_goes_on(staff: TestClient) -> None:
    some = content(staff, "valves", "csv", filter="diameter_in = 3", limit="10").decode().splitlines()
    assert len(some) == 11
    response = staff.get("/collections/valves/items", params={"f": "csv", "limit": "10"})
    assert 'rel="next"' in response.headers["link"]
    assert "after=V00009" in response.headers["link"]


@pytest.mark.parametrize("form", ["csv", "fgb", "parquet"])
def test_a_file_of_nothing_is_a_file_all_the_same(staff: TestClient, tmp_path: Path, form: str) -> None:
    path = tmp_path / f"none.{form}"
    path.write_bytes(content(staff, "parcels", form, filter="parcel_id = 'none'"))
    read = geopandas.read_parquet if form == "parquet" else geopandas.read_file
    assert len(read(path)) == 0


def test_a_large_answer_comes_piece_by_piece(staff: TestClient) -> None:
    with staff.stream("GET", "/collections/valves/items?limit=10000", headers={"Accept-Encoding": "identity"}) as sent:
        assert "content-length" not in sent.headers
        whole = b"".join(sent.iter_bytes())
    found = staff.get("/collections/valves/items?limit=1999").json()["features"]
    everything = orjson.loads(whole)
    assert everything["numberReturned"] == 4_500
    assert everything["features"][:1999] == found
