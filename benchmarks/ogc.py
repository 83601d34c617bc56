"""`python -m benchmarks.ogc`: CPU of a page of a thousand features and of cold tiles, beside the server's empty answer.

On the city that was imported last into the data folder of the settings; figures are CPU milliseconds of one request.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from fastapi.testclient import TestClient

from api.app import make_app
from api.ogc.collection_tiles import drawn_tile
from api.ogc.collections import Shelf
from api.ogc.layer_tables import LayerTables
from api.settings import Settings
from api.wiring import open_city
from maps.tile_grid import Tile, tiles_over

TURNS = 20
ZOOMS = (14, 15, 16)
_HERE = ("127.0.0.1", 50000)


def main() -> None:
    """Measure, and print a table."""
    settings = Settings()
    app = make_app(settings)
    app.add_api_route("/empty", _empty)
    client = TestClient(app, base_url="http://127.0.0.1:8000", client=_HERE, headers={"Accept-Encoding": "identity"})
    page = "/collections/parcels/items?limit=1000"
    empty = cpu_ms(lambda: client.get("/empty"))
    rows = [("the empty answer", empty), ("items?limit=1000, kept", cpu_ms(lambda: client.get(page)))]
    rows.append(("items?limit=1000, made anew", cpu_ms(lambda: _anew(client, page))))
    rows += [(f"a cold tile of parcels, zoom {zoom}", taken) for zoom, taken in _tiles(settings)]
    for name, taken in rows:
        print(f"{name:35} {taken:8.2f} ms {taken / empty:6.1f} x the empty answer")


def _empty() -> dict[str, str]:
    return {}


def cpu_ms(work: Callable[[], object]) -> float:
    """The least CPU of one run of several, in milliseconds."""
    work()
    best = float("inf")
    for _ in range(TURNS):
        started = time.process_time()
        work()
        best = min(best, time.process_time() - started)
    return best * 1e3


def _anew(client: TestClient, page: str) -> None:
    client.app.state.page_cache.forget()  # type: ignore[attr-defined]
    client.get(page)


def _tiles(settings: Settings) -> list[tuple[int, float]]:
    city = open_city(settings)
    parcels = Shelf(city, city.view("staff"), LayerTables()).one("parcels")
    assert parcels.extent_lonlat is not None
    west, south, east, north = parcels.extent_lonlat
    middle = ((west + east) / 2, (south + north) / 2)
    found = []
    for zoom in ZOOMS:
        column, _, row, _ = tiles_over((*middle, *middle), zoom)
        tile = Tile(zoom, column, row)
        found.append((zoom, cpu_ms(lambda tile=tile: drawn_tile(parcels, tile))))  # type: ignore[misc]
    return found


if __name__ == "__main__":
    main()
