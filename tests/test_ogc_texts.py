"""Features that were made as texts beside their snapshot: the same answers, for each caller their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from small_town import Town, make_town
from test_ogc_features import tickets

from api.access import Caller
from api.app import make_app
from api.ogc.collections import Collection, Shelf
from api.ogc.feature_file import opened
from api.ogc.geojson import make_texts
from api.ogc.layer_tables import LayerTables
from api.ogc.publishing import make_all_texts
from api.wiring import open_city
from layers.snapshot import FEATURES

HERE: dict[str, Any] = {"base_url": "http://127.0.0.1:8000", "client": ("127.0.0.1", 50000)}
AWAY: dict[str, Any] = {"base_url": "http://127.0.0.1:8000", "client": ("10.1.2.3", 50000)}
EVERYTHING = "-76.5,34.2,-76.3,34.4"


@pytest.fixture(name="town")
def _town(tmp_path: Path) -> Town:
    return make_town(tmp_path, more={"tickets": ("locate_ticket", tickets())})  # type: ignore[dict-item]


def collections(town: Town, caller: Caller) -> Iterator[Collection]:
    city = open_city(town.settings)
    shelf = Shelf(city, city.view(caller), LayerTables())
    return (shelf.one(name) for name in shelf.names())


def files(town: Town) -> list[Path]:
    return sorted(town.store.folder.glob(f"*/*{FEATURES}"))


def answers(town: Town, where: dict[str, Any]) -> dict[str, Any]:
    """What a service answers to many questions, apart from the moment."""
    client = TestClient(make_app(town.settings), **where)
    names = [each["id"] for each in client.get("/ogc/collections").json()["collections"]]
    asked: list[dict[str, Any]] = [
        {},
        {"limit": 1},
        {"limit": 2, "after": "P"},
        {"bbox": EVERYTHING},
        {"filter": "id <> 'HY-1' AND id <> 'P-1'"},
        {"crs": "http://www.opengis.net/def/crs/EPSG/0/3857"},
    ]
    found = {}
    for name in names:
        for given in asked:
            document = client.get(f"/ogc/collections/{name}/items", params=given).json()
            document.pop("timeStamp", None)
            found[f"{name} {given}"] = document
    return found


@pytest.mark.parametrize(("caller", "where"), [("staff", HERE), ("public", AWAY)])
def test_answers_are_the_same_with_the_texts_and_without(town: Town, caller: Caller, where: dict[str, Any]) -> None:
    before = answers(town, where)
    assert all(make_texts(each.table, each.grid) for each in collections(town, caller))
    assert len(files(town)) == len(list(collections(town, caller)))
    assert answers(town, where) == before


def test_the_texts_are_really_read(town: Town) -> None:
    for each in collections(town, "staff"):
        make_texts(each.table, each.grid)
    path = next(path for path in files(town) if path.parent.name == "hydrants")
    path.write_bytes(path.read_bytes().replace(b"HY-1", b"HY-9"))
    client = TestClient(make_app(town.settings), **HERE)
    assert "HY-9" in client.get("/ogc/collections/hydrants/items").text


def test_the_public_reads_no_owner_out_of_the_texts_of_staff(town: Town) -> None:
    for each in collections(town, "staff"):
        make_texts(each.table, each.grid)
    inside, outside = (TestClient(make_app(town.settings), **where) for where in (HERE, AWAY))
    assert "owner_name" in inside.get("/ogc/collections/parcels/items").text
    assert "owner_name" not in outside.get("/ogc/collections/parcels/items").text


@pytest.mark.parametrize("damage", [b"", b"GeoJSON0", b"GeoJSON1", b"GeoJSON1" + bytes(64)])
def test_a_file_that_is_cut_off_or_of_another_form_is_passed_over(town: Town, damage: bytes) -> None:
    before = answers(town, HERE)
    for each in collections(town, "staff"):
        make_texts(each.table, each.grid)
    for path in files(town):
        path.write_bytes(damage)
        assert opened(path, 3) is None
    assert answers(town, HERE) == before
    assert all(make_texts(each.table, each.grid) for each in collections(town, "staff"))


def test_publishing_makes_the_texts_of_large_layers_and_they_go_with_their_version(tmp_path: Path) -> None:
    many = [{"id": f"H{n:05}", "wkt": f"POINT ({n % 50} {n // 50})"} for n in range(2_100)]
    town = make_town(tmp_path, more={"many": ("hydrant", many)})
    told = list[str]()
    assert make_all_texts(open_city(town.settings), {"many", "parcels"}, told.append) == len(files(town)) == 1
    assert set(told) == {"many"}
    again = make_town(tmp_path, more={"many": ("hydrant", many[1:])})
    assert make_all_texts(open_city(again.settings), {"many"}, told.append) == 1
    assert len(files(again)) == 2
    again.store.prune(keep=1)
    assert len(files(again)) == 1
