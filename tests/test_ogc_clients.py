"""Real clients over a real socket: GDAL's OAPIF driver, OWSLib and geopandas read layers and cases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import geopandas
import pyogrio
import pytest
from case_server import Server
from made_layers import EAST, NORTH
from owslib.ogcapi.features import Features
from small_town import Town, make_town

pytestmark = pytest.mark.heavy


@pytest.fixture(scope="module", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return make_town(tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="module", name="address")
def _address(town: Town) -> Iterator[str]:
    folder = town.city_file.parent
    server = Server(town.settings.data, f"sqlite:///{folder}/cases.sqlite", folder / "attachments")
    yield f"{server.address}/ogc"
    server.kill()


def test_gdal_finds_every_collection_and_reads_every_feature_page_by_page(address: str) -> None:
    layers = {name for name, _ in pyogrio.list_layers(f"OAPIF:{address}")}
    assert {"parcels", "water_mains", "hydrants", "cases"} <= layers
    read: Any = pyogrio.read_dataframe(f"OAPIF:{address}", layer="parcels", PAGE_SIZE=7)
    assert len(read) == 20
    assert set(read["parcel_id"]) == {f"{side}{lot}" for side in "NS" for lot in range(1, 11)}


def test_gdal_asks_for_a_box_on_the_grid_in_which_the_shapes_are_stored(address: str) -> None:
    info = pyogrio.read_info(f"OAPIF:{address}", layer="parcels")
    assert info["crs"] == "EPSG:2264"
    box = (EAST + 110, NORTH + 70, EAST + 190, NORTH + 100)
    read: Any = pyogrio.read_dataframe(f"OAPIF:{address}", layer="parcels", bbox=box)
    assert read["parcel_id"].tolist() == ["N2"]


def test_owslib_reads_collections_queryables_and_features(address: str) -> None:
    service = Features(address)
    assert "parcels" in service.feature_collections()
    assert "diameter_in" in service.collection_queryables("water_mains")["properties"]
    found = service.collection_items("water_mains", limit=1, filter="diameter_in > 1")
    assert (found["numberMatched"], found["numberReturned"]) == (2, 1)
    assert service.collection_item("hydrants", "HY-1")["id"] == "HY-1"


def test_geopandas_reads_geojson_and_flatgeobuf_by_address(address: str) -> None:
    for form in ("json", "fgb"):
        read = geopandas.read_file(f"{address}/collections/parcels/items?f={form}")
        assert len(read) == 20
