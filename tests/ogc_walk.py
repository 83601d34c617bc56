"""Fills the paths of the description of the OGC API with a feature and a tile that are there."""

from __future__ import annotations

from urllib.parse import quote

import shapely
from fastapi.testclient import TestClient

from maps.tile_grid import tiles_over

ZOOM = 18


def filled(client: TestClient, path: str) -> str | None:
    """A path with the first feature of its collection, and a tile in which that lies; None where it is empty."""
    if "{" not in path:
        return path
    if "{processId}" in path:
        return path.format(processId="checks")
    name = path.split("/")[2]
    found = client.get(f"/collections/{name}/items?limit=1").json()["features"]
    if not found:
        return None
    (first,) = found
    at = shapely.get_coordinates(shapely.from_geojson(client.get(f"/collections/{name}/items?limit=1").content))[0]
    column, _, row, _ = tiles_over((*at, *at), ZOOM)
    words = {"featureId": quote(first["id"], safe=""), "tileMatrix": ZOOM, "tileRow": row, "tileCol": column}
    return path.format(**words)
