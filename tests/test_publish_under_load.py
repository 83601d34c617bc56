"""A layer is published again and again while many ask: no request fails, and no answer mixes two versions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import httpx
from case_server import Server
from small_town import features, lonlat, make_town, publish_rows

ASKERS, TIMES = 4, 12
LON, LAT = lonlat(50, 100)
CHECK = {"geometry": {"type": "Point", "coordinates": [LON, LAT]}, "checks": ["right_of_way"]}


def parcels(edition: str) -> list[Mapping[str, Any]]:
    """The town's parcels, each of which says which edition it is of."""
    return [row | {"parcel_id": f"{edition} {row['id']}"} for row in features()["parcels"]]


def asked(client: httpx.Client, published: Event, seen: Counter[str]) -> list[str]:
    """Asks in turn for features, for an Esri page and for a check, until all is published; what was wrong."""
    wrong = list[str]()
    while not published.is_set() or not seen:
        for answer in (
            client.get("/collections/parcels/items?limit=100"),
            client.get("/arcgis/rest/services/gis-ce/FeatureServer/0/query?outFields=parcel_id,id&f=json"),
            client.post("/checks", json=CHECK),
        ):
            if answer.status_code != 200:
                wrong.append(f"{answer.status_code} {answer.text[:200]}")
                continue
            found = answer.json()
            if "features" in found:
                each = [one.get("properties") or one["attributes"] for one in found["features"]]
                editions = {values["parcel_id"].split(" ")[0] for values in each}
                seen.update(editions)
                if len(editions) != 1 or len(each) != 20:
                    wrong.append(f"{len(each)} features of {editions}")
    return wrong


def test_publishing_fails_no_request_and_mixes_no_versions(tmp_path: Path) -> None:
    town = make_town(tmp_path)
    publish_rows(town.store, "parcels", "parcel", parcels("E0"), audience="public")
    server = Server(town.settings.data, f"sqlite:///{tmp_path}/cases.sqlite", tmp_path / "attachments")
    published, seen = Event(), [Counter[str]() for _ in range(ASKERS)]
    try:
        with ThreadPoolExecutor(ASKERS) as pool, server.client() as client:
            waiting = [pool.submit(asked, client, published, each) for each in seen]
            try:
                for time in range(1, TIMES):
                    publish_rows(town.store, "parcels", "parcel", parcels(f"E{time}"), audience="public")
                    last = client.get("/collections/parcels/items?limit=1").json()["features"][0]
                    assert last["properties"]["parcel_id"].startswith(f"E{time} ")
            finally:
                published.set()
            assert [wrong for each in waiting for wrong in each.result()] == []
    finally:
        server.kill()
    assert len(sum(seen, Counter[str]())) > 1
