"""The three spatial questions in our words, PostGIS's and DuckDB's, with the answers that must be equal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from layers.grid import Floats, Geometries
from layers.query import LayerQuery, Pairs

REACH_FT = 2000.0


@dataclass(frozen=True)
class Question:
    """One question; SQL over the tables `place` (n, geom) and the role's, giving place and distance_ft.

    In DuckDB's, `{place}` stands for the table of places and `{reach}` for the largest distance there is to find.
    `to_ft` is how closely the distances must agree: of features within 0.01 ft of the nearest we name
    the smallest id, which the short SQL for "nearest" leaves to chance.
    """

    name: str
    ask: Callable[[LayerQuery, Geometries], Pairs]
    postgis: str
    duckdb: str
    to_ft: float = 1e-6


QUESTIONS = (
    Question(
        "nearest main",
        lambda query, places: query.nearest("water_main", places, reach_ft=REACH_FT),
        """SELECT p.n AS place, found.distance_ft FROM place p CROSS JOIN LATERAL (
               SELECT f.id, ST_Distance(p.geom, f.geom) AS distance_ft FROM water_main f
               ORDER BY p.geom <-> f.geom LIMIT 1
           ) found WHERE found.distance_ft <= 2000.01""",
        """SELECT p.n AS place, min(ST_Distance(p.geom, f.geom)) AS distance_ft
           FROM {place} p JOIN water_main f ON ST_DWithin(p.geom, f.geom, {reach}) GROUP BY p.n""",
        to_ft=0.0100001,
    ),
    Question(
        "mains within 25 ft",
        lambda query, places: query.within("water_main", places, 25.0),
        """SELECT p.n AS place, found.distance_ft FROM place p CROSS JOIN LATERAL (
               SELECT f.id, ST_Distance(p.geom, f.geom) AS distance_ft FROM water_main f
               WHERE ST_DWithin(p.geom, f.geom, 25.01)
           ) found""",
        """SELECT p.n AS place, ST_Distance(p.geom, f.geom) AS distance_ft
           FROM {place} p JOIN water_main f ON ST_DWithin(p.geom, f.geom, 25.01)""",
    ),
    Question(
        "parcel it lies on",
        lambda query, places: query.intersecting("parcel", places),
        """SELECT p.n AS place, found.distance_ft FROM place p CROSS JOIN LATERAL (
               SELECT f.id, ST_Distance(p.geom, f.geom) AS distance_ft FROM parcel f
               WHERE ST_DWithin(p.geom, f.geom, 0.01)
           ) found""",
        """SELECT p.n AS place, ST_Distance(p.geom, f.geom) AS distance_ft
           FROM {place} p JOIN parcel f ON ST_DWithin(p.geom, f.geom, 0.01)""",
    ),
)


def equal_places(ours: Pairs, theirs: Mapping[str, Floats], places: int, to_ft: float) -> int:
    """The number of places, if all have the same distances; raises ValueError where one has not."""
    kept = ours.place < places
    mine = np.lexsort((ours.distance_ft[kept], ours.place[kept]))
    order = np.lexsort((theirs["distance_ft"], theirs["place"]))
    if not np.array_equal(ours.place[kept][mine], theirs["place"][order]):
        raise ValueError("the answers differ in the places that found something")
    apart = np.abs(ours.distance_ft[kept][mine] - theirs["distance_ft"][order])
    if len(apart) and apart.max() > to_ft:
        raise ValueError(f"the answers differ by {apart.max()} ft")
    return places
