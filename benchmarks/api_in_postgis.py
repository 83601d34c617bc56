"""`python -m benchmarks.api_in_postgis DSN FILE`: an API that answers from PostGIS, as one would write it.

FastAPI, psycopg, one kept session, prepared statements: `POST /checks` runs the full check's statement in FILE and
answers the same fields as ours, and `GET /tiles/{zoom}/{column}/{row}` is ST_AsMVT over parcels that stand projected
and indexed in a table of their own. Ids, names and sigmas by row are kept in memory, so that no statement joins them.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import date
from math import hypot
from pathlib import Path
from threading import Lock
from typing import Annotated, Any, Literal

import psycopg
import shapely
from fastapi import Body, FastAPI
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel

from benchmarks.answers_of_postgis import Known, findings
from benchmarks.api_service import serve
from benchmarks.facts_sql import LINES
from benchmarks.full_sql import NORMAL_POSITIONS
from benchmarks.postgis_server import SETTINGS
from layers.grid import Grid

TILES = """
CREATE TABLE parcel_drawn AS
SELECT n, id, {fields}, ST_Transform(ST_SetSRID(geom, {epsg}), 3857) AS geom FROM parcel;
CREATE INDEX ON parcel_drawn USING gist (geom);
ANALYZE parcel_drawn;
"""
_TILE = """
SELECT ST_AsMVT(seen, 'parcels', 4096, 'geom') FROM (
    SELECT ST_AsMVTGeom(p.geom, box.tile, 4096, 80, true) AS geom, {columns}
    FROM parcel_drawn p, (SELECT ST_TileEnvelope(%(zoom)s, %(column)s, %(row)s) AS tile,
        ST_TileEnvelope(%(zoom)s, %(column)s, %(row)s, margin => 80.0 / 4096) AS around) box
    WHERE p.geom && box.around
) seen
"""


class Point(BaseModel):
    """A GeoJSON point in degrees."""

    type: Literal["Point"]
    coordinates: tuple[float, float]


class Place(BaseModel):
    """One place; what else is said of it holds for the other API."""

    geometry: Point
    on: date
    sigma_ft: float = 0.0


def main() -> None:
    """Serve on a free port and say which."""
    dsn, said = sys.argv[1], json.loads(Path(sys.argv[2]).read_text())
    session = psycopg.connect(dsn, autocommit=True)
    session.execute(SETTINGS)
    session.execute(NORMAL_POSITIONS)
    serve(_app(session, said))


def known_of(session: psycopg.Connection[Any], said: Mapping[str, Any]) -> Known:
    """What stands in the tables and is the same for every place."""

    def column(role: str, words: str) -> list[Any]:
        return [value for (value,) in session.execute(f'SELECT {words} FROM "{role}" ORDER BY n').fetchall()]

    sigma: Mapping[str, float] = said["sigma_ft"]
    recorded, modelled = said["easement_sigma_ft"]
    return Known(
        {role: column(role, "id") for role in sigma},
        {role: column(role, "f_diameter_in") for role in LINES},
        column("address", "f_full_address"),
        column("easement", "coalesce(f_basis = 'modelled', modelled)"),
        column("easement", f"CASE WHEN modelled THEN {modelled} ELSE {recorded} END::float8"),
        sigma,
        said["rule_of"],
    )


def _app(session: psycopg.Connection[Any], said: Mapping[str, Any]) -> FastAPI:
    app, lock, grid, known = FastAPI(), Lock(), Grid(said["epsg"]), known_of(session, said)
    tile = _TILE.format(columns=", ".join(f"p.{name}" for name in _columns(session)))
    statement = said["statement"]

    @app.post("/checks")
    def checks(place: Annotated[Place, Body()]) -> JSONResponse:
        (here,) = grid.from_lonlat(shapely.points([place.geometry.coordinates]))
        both_ft = hypot(place.sigma_ft, known.sigma_ft["parcel"])
        given = {"geom": shapely.to_wkb(here, hex=True), "day": place.on, "site_and_parcel_ft": both_ft}
        with lock:
            cursor = session.execute(statement, given, prepare=True)
            names = [column.name for column in cursor.description or ()]
            (row,) = cursor.fetchall()
        found = findings(dict(zip(names, row, strict=True)), known, place.sigma_ft)
        answered = {"id": None, "located_by": "geometry", "problem": None, "findings": found}
        return JSONResponse({**said["head"], "places": [answered]})

    @app.get("/tiles/{zoom}/{column}/{row}")
    def tiles(zoom: int, column: int, row: int) -> Response:
        with lock:
            given = {"zoom": zoom, "column": column, "row": row}
            ((content,),) = session.execute(tile, given, prepare=True, binary=True).fetchall()
        return Response(content, media_type="application/vnd.mapbox-vector-tile")

    return app


def _columns(session: psycopg.Connection[Any]) -> list[str]:
    described = session.execute("SELECT * FROM parcel_drawn LIMIT 0").description or ()
    return [column.name for column in described if column.name not in ("n", "geom")]


if __name__ == "__main__":
    main()
