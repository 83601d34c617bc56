"""Tolerance zones in PostGIS's own words, on land, under water and around marks; `place` holds n, geom and day."""

from __future__ import annotations

from typing import Any

import numpy as np
from oracle_checks import OURS, TOLERANCE_ZONE
from oracle_tables import fetch
from oracle_towns import Town

Column = np.ndarray[Any, Any]
LINES = ("water_main", "sewer_main", "lateral")
SEARCHED_FT = 1000.0

WET_PARTS = """
CREATE TABLE IF NOT EXISTS "wet_{role}" AS
SELECT f.n, f.id, wet.geom FROM "{role}" f CROSS JOIN LATERAL (
    SELECT ST_Intersection(f.geom, ST_Union(w.geom)) AS geom FROM water_body w WHERE ST_DWithin(w.geom, f.geom, 0.01)
) wet WHERE {ours} AND ST_Length(wet.geom) > 0;
CREATE INDEX IF NOT EXISTS "wet_{role}_geom" ON "wet_{role}" USING gist (geom);
"""

SUBAQUEOUS = """
SELECT p.n AS place, near.n AS feature, 15.0 - near.distance_ft AS margin_ft, 15.0 AS half_width_ft
FROM place p LEFT JOIN LATERAL (
    SELECT w.n, w.distance_ft FROM (
        SELECT f.n, f.id, ST_Distance(f.geom, p.geom) AS distance_ft FROM "wet_{role}" f
        ORDER BY f.geom <-> p.geom LIMIT 16
    ) w WHERE w.distance_ft <= 1000.01
    ORDER BY w.distance_ft > 0.01 + min(w.distance_ft) OVER (), w.id LIMIT 1
) near ON p.day >= '2014-10-01'
ORDER BY p.n
"""
"""15 ft from the part of a line that lies under a water body, under the law since October 2014."""

OF_MARK = """
SELECT p.n AS place, near.distance_ft, near.diameter_in
FROM place p LEFT JOIN LATERAL (
    SELECT f.distance_ft, f.diameter_in FROM (
        SELECT f.id, f.f_diameter_in AS diameter_in, ST_Distance(f.geom, p.mark) AS distance_ft
        FROM "{role}" f WHERE {ours} ORDER BY f.geom <-> p.mark LIMIT 16
    ) f WHERE f.distance_ft <= 25.01
    ORDER BY f.distance_ft > 0.01 + min(f.distance_ft) OVER (), f.id LIMIT 1
) near ON p.mark IS NOT NULL
ORDER BY p.n
"""
"""The line on the map that a mark stands for."""

FROM_MARK = """
SELECT p.n AS place, ST_Distance(p.geom, p.mark) AS distance_ft, ST_Distance(p.mark, p.exposed) AS missed_ft
FROM place p ORDER BY p.n
"""


def deepest_zones(town: Town, count: int) -> tuple[Column, Column, Column, Column, Column]:
    """For each place the zone it lies deepest in: role, feature, margin, half-width, and whether it is under water.

    Roles come in order, on land before under water; what comes later must be better by more than 0.01 ft.
    """
    role_of, feature = np.full(count, None, dtype=object), np.full(count, -1)
    margin, half, wet = np.full(count, -SEARCHED_FT), np.full(count, np.nan), np.zeros(count, dtype=bool)
    for role in (role for role in LINES if town.query.has(role)):
        for under_water in (False, True) if town.query.has("water_body") else (False,):
            theirs = _zones(town, role, under_water=under_water)
            known = np.array([-1 if row is None else int(row) for row in theirs["feature"].tolist()])
            deep = theirs["margin_ft"].astype(float)
            better = (known >= 0) & ((feature < 0) | (np.nan_to_num(deep, nan=-1e9) > margin + 0.01))
            margin[better], feature[better], role_of[better] = deep[better], known[better], role
            half[better], wet[better] = theirs["half_width_ft"][better].astype(float), under_water
    return role_of, feature, margin, half, wet


def _zones(town: Town, role: str, *, under_water: bool) -> dict[str, Column]:
    if not under_water:
        return fetch(town.oracle, TOLERANCE_ZONE.format(role=role, ours=OURS))
    town.oracle.execute(WET_PARTS.format(role=role, ours=OURS))
    return fetch(town.oracle, SUBAQUEOUS.format(role=role))


def marked_diameters(town: Town, written: Column) -> Column:
    """The diameter of each mark: as written with it, else of the nearest line on the map; NaN where unknown."""
    nearest, mapped = np.full(len(written), np.inf), np.full(len(written), np.nan)
    for role in (role for role in LINES if town.query.has(role)):
        theirs = fetch(town.oracle, OF_MARK.format(role=role, ours=OURS))
        distance = np.nan_to_num(theirs["distance_ft"].astype(float), nan=np.inf)
        closer = distance < nearest - 0.01
        nearest[closer], mapped[closer] = distance[closer], theirs["diameter_in"][closer].astype(float)
    return np.where(np.isnan(written), mapped, written)
