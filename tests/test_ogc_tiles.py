"""OGC API Tiles: what there is, one tile by both addresses, versions, and what is out of range."""

from __future__ import annotations

import gzip
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import pyogrio
import pytest
from fastapi.testclient import TestClient
from ogc_schemas import TILES, hold_against
from small_town import Town, lonlat, make_town, publish_rows

from api.app import make_app
from api.ogc.collection_tiles import make_beforehand
from api.ogc.collections import Shelf
from api.ogc.layer_tables import LayerTables
from api.ogc.publishing import make_low_zooms
from api.ogc.tile_cache import MadeTile, TileCache, TileFolder, compressed
from api.wiring import open_city
from maps.tile_grid import tiles_over

MVT = "application/vnd.mapbox-vector-tile"
HERE = {"base_url": "http://127.0.0.1:8000", "client": ("127.0.0.1", 50000)}


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return make_town(tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="module", name="staff")
def _staff(town: Town) -> TestClient:
    return TestClient(make_app(town.settings), **HERE)  # type: ignore[arg-type]


def tile_of(x: float, y: float, zoom: int) -> tuple[int, int]:
    """Column and row."""
    lon, lat = lonlat(x, y)
    column, _, row, _ = tiles_over((lon, lat, lon, lat), zoom)
    return column, row


def ogc_tile(name: str, x: float, y: float, zoom: int = 16) -> str:
    column, row = tile_of(x, y, zoom)
    return f"/ogc/collections/{name}/tiles/WebMercatorQuad/{zoom}/{row}/{column}"


def tile_json(client: TestClient, name: str) -> dict[str, Any]:
    return dict(client.get(f"/collections/{name}/tiles/WebMercatorQuad?f=tilejson").json())


def versioned(client: TestClient, name: str, x: float, y: float, zoom: int = 16) -> str:
    column, row = tile_of(x, y, zoom)
    return str(tile_json(client, name)["tiles"][0]).format(z=zoom, x=column, y=row)


def read(content: bytes) -> dict[str, Any]:
    return dict(mapbox_vector_tile.decode(content, default_options={"y_coord_down": True}))


def test_the_documents_about_tiles_are_as_the_published_schemas_want_them(staff: TestClient) -> None:
    hold_against(staff.get("/ogc/tileMatrixSets/WebMercatorQuad").json(), f"{TILES}/tms/tileMatrixSet.yaml")
    for entry in staff.get("/ogc/tileMatrixSets").json()["tileMatrixSets"]:
        hold_against(entry, f"{TILES}/tms/tileMatrixSet-item.yaml")
    for name in ("parcels", "water_mains", "hydrants"):
        for entry in staff.get(f"/ogc/collections/{name}/tiles").json()["tilesets"]:
            hold_against(entry, f"{TILES}/tms/tileSet-item.yaml")
        hold_against(staff.get(f"/ogc/collections/{name}/tiles/WebMercatorQuad").json(), f"{TILES}/tms/tileSet.yaml")


def test_rows_come_before_columns_in_one_address_and_after_them_in_the_other(staff: TestClient) -> None:
    column, row = tile_of(150, 100, 16)
    assert column != row
    by_row = staff.get(ogc_tile("parcels", 150, 100))
    by_column = staff.get(versioned(staff, "parcels", 150, 100))
    assert by_row.status_code == by_column.status_code == 200
    assert by_row.headers["content-type"] == MVT
    assert by_row.content == by_column.content
    assert set(read(by_row.content)) == {"parcels", "parcels_labels"}
    assert staff.get(f"/ogc/collections/parcels/tiles/WebMercatorQuad/16/{column}/{row}").status_code == 204


def test_a_tile_tells_what_its_layer_does(staff: TestClient) -> None:
    (feature,) = read(staff.get(ogc_tile("hydrants", 205, 10)).content)["hydrants"]["features"]
    assert feature["properties"]["id"] == "HY-1"
    lots = read(staff.get(ogc_tile("parcels", 150, 100)).content)["parcels"]["features"]
    assert "111 MAIN ST" in {lot["properties"]["situs_address"] for lot in lots}


def test_an_empty_tile_is_no_content_and_one_out_of_range_is_not_there(staff: TestClient) -> None:
    base = "/ogc/collections/parcels/tiles/WebMercatorQuad"
    assert staff.get(f"{base}/16/0/0").status_code == 204
    for bad in ("3/1/1", "19/1/1", "16/65536/0", "16/0/65536", "16/-1/0", "a/0/0", "16/x/0", "16/0/1e3", "16/0/²"):
        answer = staff.get(f"{base}/{bad}")
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json"), bad
    assert staff.get("/ogc/collections/parcels/tiles/Other/16/0/0").status_code == 404
    assert staff.get("/ogc/collections/parcels/tiles/WebMercatorQuad?f=xml").status_code == 400
    assert staff.get(f"{base}/16/0/0?f=png").status_code == 400


def test_facilities_have_tiles_to_the_zoom_of_a_tenth_of_a_foot(staff: TestClient) -> None:
    described = tile_json(staff, "water_mains")
    assert (described["minzoom"], described["maxzoom"]) == (11, 18)
    assert staff.get(versioned(staff, "water_mains", 150, 20, 18)).status_code == 200


def test_an_overview_has_no_properties(staff: TestClient) -> None:
    for zoom, has in ((12, False), (13, True)):
        mains = read(staff.get(ogc_tile("water_mains", 150, 20, zoom)).content)["water_mains"]["features"]
        assert any(main["properties"] for main in mains) is has


def test_a_versioned_tile_may_be_kept_for_ever_and_the_others_are_asked_for_again(staff: TestClient) -> None:
    kept = staff.get(versioned(staff, "water_mains", 150, 20))
    assert kept.headers["cache-control"] == "private, max-age=31536000, immutable"
    public = TestClient(staff.app, base_url="http://127.0.0.1:8000", client=("203.0.113.9", 5))
    open_to_all = public.get(versioned(public, "parcels", 150, 100))
    assert open_to_all.headers["cache-control"] == "public, max-age=31536000, immutable"
    now = staff.get(ogc_tile("water_mains", 150, 20))
    assert now.headers["cache-control"] == "private, no-cache"
    again = staff.get(ogc_tile("water_mains", 150, 20), headers={"If-None-Match": now.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_tile_comes_compressed_to_who_can_read_that(staff: TestClient) -> None:
    address = ogc_tile("parcels", 150, 100)
    assert staff.get(address).headers["content-encoding"] == "gzip"
    plain = staff.get(address, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == staff.get(address).content


def test_the_public_gets_tiles_of_its_own_columns_and_nobody_the_names_of_owners(staff: TestClient) -> None:
    public = TestClient(staff.app, base_url="http://127.0.0.1:8000", client=("203.0.113.9", 5))
    for client in (staff, public, staff):
        content = client.get(ogc_tile("parcels", 150, 100)).content
        assert b"MAIN ST" in content
        assert b"OWNER OF LOT" not in content
    assert versioned(staff, "parcels", 150, 100) != versioned(public, "parcels", 150, 100)
    refused = public.get(versioned(staff, "parcels", 150, 100))
    assert refused.status_code == 404


def test_a_map_that_began_with_an_older_version_still_gets_its_tiles(tmp_path: Path) -> None:
    town = make_town(tmp_path)
    client = TestClient(make_app(town.settings), **HERE)  # type: ignore[arg-type]
    before = versioned(client, "hydrants", 205, 10)
    old = client.get(before).content
    publish_rows(town.store, "hydrants", "hydrant", [{"id": "HY-9", "wkt": "POINT (205 10)"}], audience="staff")
    assert versioned(client, "hydrants", 205, 10) != before
    assert client.get(before).content == old
    assert b"HY-9" in client.get(versioned(client, "hydrants", 205, 10)).content
    assert client.get(before.replace("/tiles/hydrants/", "/tiles/hydrants/0")).status_code == 404
    public = TestClient(client.app, base_url="http://127.0.0.1:8000", client=("203.0.113.9", 5))
    assert public.get(before).status_code == 404


def test_of_several_who_ask_for_a_cold_tile_one_makes_it() -> None:
    cache, made, begun = TileCache(), list[int](), threading.Event()

    def make() -> MadeTile:
        begun.set()
        time.sleep(0.1)
        made.append(1)
        return compressed(b"tile")

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: cache.get(("a",), make), range(8)))
    assert (len(made), {gzip.decompress(tile.content) for tile in found}) == (1, {b"tile"})


def test_a_tile_that_could_not_be_made_is_tried_again_and_old_ones_make_room() -> None:
    cache = TileCache(most_bytes=2_000)

    def broken() -> MadeTile:
        raise OSError("no")

    for _ in range(2):
        with pytest.raises(OSError, match="no"):
            cache.get(("a",), broken)
    made = list[int]()
    for turn in (1, 2, 3, 4, 1):
        cache.get((turn,), lambda turn=turn: made.append(turn) or compressed(b"x" * turn))  # type: ignore[misc]
    assert made == [1, 2, 3, 4, 1]


def test_tiles_made_beforehand_are_those_that_would_be_made(town: Town, tmp_path: Path) -> None:
    city = open_city(town.settings)
    collection = Shelf(city, city.view("staff"), LayerTables()).one("water_mains")
    folder = TileFolder(tmp_path)
    assert make_beforehand(collection, folder) >= 4
    app = make_app(town.settings)
    cold = TestClient(app, **HERE).get(ogc_tile("water_mains", 150, 20, 13)).content  # type: ignore[arg-type]
    app.state.tile_folder, app.state.tile_cache = folder, TileCache()
    assert TestClient(app, **HERE).get(ogc_tile("water_mains", 150, 20, 13)).content == cold  # type: ignore[arg-type]


def test_publishing_makes_the_low_zooms_of_large_layers_for_both_callers(tmp_path: Path) -> None:
    many = [{"id": f"H{n:05}", "wkt": f"POINT ({n % 50} {n // 50})"} for n in range(2_100)]
    town = make_town(tmp_path, more={"many": ("hydrant", many)})
    city = open_city(town.settings)
    told = list[str]()
    assert make_low_zooms(city, {"many", "parcels"}, told.append) >= 2
    assert told == ["many", "many"]
    kept = {path.name for path in (city.folders.layers.parent / "tiles").rglob("*.mvt.gz")}
    column, row = tile_of(10, 10, 14)
    assert f"{column}-{row}.mvt.gz" in kept


def test_gdal_reads_a_tile_and_finds_its_features_where_they_are(staff: TestClient, tmp_path: Path) -> None:
    column, row = tile_of(205, 10, 18)
    file = tmp_path / f"{row}.mvt"
    file.write_bytes(staff.get(ogc_tile("hydrants", 205, 10, 18)).content)
    found = pyogrio.read_dataframe(file, layer="hydrants", X=column, Y=row, Z=18)
    at = found.set_crs(3857, allow_override=True).to_crs(4326).geometry[0]
    assert (at.x, at.y) == pytest.approx(lonlat(205, 10), abs=6e-7)
    assert found["id"].tolist() == ["HY-1"]


def test_the_style_draws_what_the_caller_may_see_and_asks_nobody_else(staff: TestClient) -> None:
    (entry,) = staff.get("/ogc/styles").json()["styles"]
    style = staff.get(entry["links"][0]["href"]).json()
    assert style["version"] == 8
    assert style["sources"]["water_mains"]["url"].startswith("http://127.0.0.1:8000/")
    assert {layer["source"] for layer in style["layers"] if "source" in layer} == set(style["sources"])
    public = TestClient(staff.app, base_url="http://127.0.0.1:8000", client=("203.0.113.9", 5))
    assert "water_mains" not in public.get("/ogc/styles/town").text
    assert staff.get("/ogc/styles/other").status_code == 404
