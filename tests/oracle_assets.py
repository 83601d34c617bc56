"""Clearances around assets in PostGIS's own words; `place` holds n, geom, shape (the obstruction) and what it is."""

from __future__ import annotations

SERVING = "coalesce(f.f_status, '') NOT IN ('abandoned', 'removed')"

AROUND = f"""
SELECT p.n AS place, near.n AS feature, near.away_ft
FROM place p LEFT JOIN LATERAL (
    SELECT away.* FROM (
        SELECT f.n, f.id, {{away}} AS away_ft FROM "{{role}}" f
        WHERE {SERVING} AND f.geom && ST_Expand(p.shape, 50.02) AND ST_Distance(f.geom, p.shape) <= 50.01
    ) away WHERE away.away_ft IS NOT NULL
    ORDER BY away.away_ft > 0.01 + min(away.away_ft) OVER (), away.id LIMIT 1
) near ON {{applies}}
ORDER BY p.n
"""
"""The asset in service that an obstruction comes nearest to."""

STRAIGHT = "ST_Distance(f.geom, p.shape)"
_RIM = """ST_Translate(f.geom, 300 * sin(radians(f.f_outlet_bearing_deg {0})),
    300 * cos(radians(f.f_outlet_bearing_deg {0})))"""
IN_FRONT = f"""CASE WHEN f.f_outlet_bearing_deg IS NOT NULL THEN ST_Distance(f.geom, ST_Intersection(p.shape,
    ST_MakePolygon(ST_MakeLine(ARRAY[f.geom, {_RIM.format("- 45")}, {_RIM.format("+ 45")}, f.geom])))) END"""
"""How far from the hydrant the part of an obstruction is that lies within 45 degrees of the large outlet's bearing."""
