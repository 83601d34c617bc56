"""The spatial questions in PostGIS's own words. `{role}` is a table, `place` holds the places."""

from __future__ import annotations

WITHIN = """
SELECT p.n AS place, f.n AS feature, ST_Distance(p.geom, f.geom) AS distance_ft
FROM place p JOIN "{role}" f ON f.geom && ST_Expand(p.geom, %(reach)s + 0.01)
WHERE ST_Distance(p.geom, f.geom) <= %(reach)s + 0.01
"""
"""Every pair within the reach."""

NEAREST = """
SELECT p.n AS place, found.n AS feature, found.distance_ft
FROM place p CROSS JOIN LATERAL (
    SELECT near.n, near.distance_ft FROM (
        SELECT f.n, f.id, ST_Distance(p.geom, f.geom) AS distance_ft
        FROM "{role}" f WHERE NOT ST_IsEmpty(f.geom) ORDER BY p.geom <-> f.geom LIMIT 16
    ) near
    WHERE near.distance_ft <= %(reach)s + 0.01
    ORDER BY near.distance_ft > 0.01 + min(near.distance_ft) OVER (), near.id LIMIT 1
) found
WHERE NOT ST_IsEmpty(p.geom)
ORDER BY p.n
"""
"""The nearest feature; of those within 0.01 ft of the nearest, the smallest id."""

K_NEAREST = """
SELECT p.n AS place, near.distance_ft
FROM place p CROSS JOIN LATERAL (
    SELECT ST_Distance(p.geom, f.geom) AS distance_ft
    FROM "{role}" f WHERE NOT ST_IsEmpty(f.geom) ORDER BY p.geom <-> f.geom LIMIT %(k)s
) near
WHERE NOT ST_IsEmpty(p.geom) AND near.distance_ft <= %(reach)s + 0.01
ORDER BY p.n, near.distance_ft
"""
"""The distances of the k nearest features, in order."""

EDGE = """
SELECT p.n AS place, found.n AS feature, found.distance_ft
FROM place p CROSS JOIN LATERAL (
    SELECT near.n, min(near.distance_ft) OVER () AS distance_ft FROM (
        SELECT f.n, f.id, ST_Distance(p.geom, f.geom) AS distance_ft
        FROM "{role}_edge" f ORDER BY p.geom <-> f.geom LIMIT 16
    ) near
    WHERE near.distance_ft <= %(reach)s + 0.01
    ORDER BY near.distance_ft > 0.01 + min(near.distance_ft) OVER (), near.id LIMIT 1
) found
WHERE NOT ST_IsEmpty(p.geom)
ORDER BY p.n
"""
"""The distance to the nearest boundary, and the smallest id among its owners."""
