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
_SIDE = "ST_MakeLine(f.geom, ST_Translate(f.geom, {0} * sin(radians({1})), {0} * cos(radians({1}))))"
_SIDES = ["f.f_outlet_bearing_deg - 45", "f.f_outlet_bearing_deg + 45"]
_SECTOR = f"""ST_MakePolygon(ST_MakeLine(ARRAY[f.geom, {_RIM.format("- 45")}, {_RIM.format("+ 45")}, f.geom]))"""


def _depth(side: str) -> str:
    """How far the part in front of the outlet reaches in from one side of the sector."""
    return f"(SELECT max(ST_Distance(d.geom, {_SIDE.format(300, side)})) FROM ST_DumpPoints(seen.part) d)"


BEFORE_OUTLET = f"""(
    SELECT 5 + CASE WHEN front_ft < 5
        THEN -least(5 - front_ft, {_depth(_SIDES[0])}, {_depth(_SIDES[1])})
        ELSE least(front_ft - 5, {", ".join(f"ST_Distance(p.shape, {_SIDE.format(5, side)})" for side in _SIDES)}) END
    FROM (
        SELECT part, ST_Distance(f.geom, part) AS front_ft FROM (SELECT ST_Intersection(p.shape, {_SECTOR}) AS part) cut
    ) seen WHERE f.f_outlet_bearing_deg IS NOT NULL
)"""
"""5 ft and how much clearer an obstruction keeps of the space within 45 degrees and 5 ft of the large outlet."""
