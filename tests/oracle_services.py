"""Services of whole towns in PostGIS's own words, by way of the layers' indexes; `place` holds n, geom and other."""

from __future__ import annotations

from oracle_land import ON_PARCEL, OURS

_SERVING = "coalesce(f.f_status, '') NOT IN ('abandoned', 'removed')"
_FOR_WATER = _SERVING + " AND coalesce(f.f_service, '') <> 'sewer'"


def _nearest(table: str, counted: str, to: str) -> str:
    """The feature nearest to a geometry; of those within 0.01 ft of the nearest the smallest id."""
    return f"""LEFT JOIN LATERAL (
        SELECT tied.n, tied.geom, tied.distance_ft FROM (
            SELECT f.n, f.id, f.geom, ST_Distance(f.geom, {to}) AS distance_ft
            FROM "{table}" f WHERE {counted} ORDER BY f.geom <-> {to} LIMIT 16
        ) tied ORDER BY tied.distance_ft > 0.01 + min(tied.distance_ft) OVER (), tied.id LIMIT 1
    )"""


def _touching(table: str, counted: str) -> str:
    return f"""
    SELECT a.parcel, '{table}'::text AS role, a.geom AS land, ST_Intersection(a.geom, f.geom) AS geom
    FROM asked a JOIN {table} f
    ON {counted} AND f.geom && ST_Expand(a.geom, 0.01) AND ST_Distance(f.geom, a.geom) <= 0.01"""


NO_LATERALS = """
CREATE TABLE IF NOT EXISTS "lateral" (n int, id text, f_status text, f_service text, geom geometry)
"""

UTILITY_PRESENT = f"""
WITH {ON_PARCEL}, asked AS MATERIALIZED (SELECT DISTINCT parcel, geom FROM on_parcel),
touch AS MATERIALIZED (
    {_touching("water_main", OURS)} UNION ALL {_touching("sewer_main", OURS)} UNION ALL {_touching("easement", "true")}
), piece AS MATERIALIZED (
    SELECT parcel, role, geom,
        (SELECT max(ST_Distance(d.geom, ST_Boundary(land))) FROM ST_DumpPoints(ST_Segmentize(geom, 1.0)) d) AS depth
    FROM touch
), on_it AS (
    SELECT parcel, max(depth) AS depth,
        sum(ST_Length(geom)) FILTER (WHERE role = 'water_main') AS water_ft,
        sum(ST_Length(geom)) FILTER (WHERE role = 'sewer_main') AS sewer_ft,
        ST_Area(ST_Union(geom) FILTER (WHERE role = 'easement')) AS easement_sqft
    FROM piece WHERE depth > 0.01 GROUP BY parcel
), measured AS MATERIALIZED (
    SELECT a.parcel, coalesce(o.depth, -least(w.distance_ft, s.distance_ft, e.distance_ft, 2000)) AS margin_ft,
        coalesce(water_ft, 0) AS water_ft, coalesce(sewer_ft, 0) AS sewer_ft,
        coalesce(easement_sqft, 0) AS easement_sqft
    FROM asked a LEFT JOIN on_it o USING (parcel)
    {_nearest("water_main", OURS, "a.geom")} w ON true
    {_nearest("sewer_main", OURS, "a.geom")} s ON true
    {_nearest("easement", "true", "a.geom")} e ON true
)
SELECT DISTINCT ON (o.place) o.place, m.*,
    bool_and(m.margin_ft > 0.01) OVER (PARTITION BY o.place) AS all_yes,
    bool_or(m.margin_ft > 0.01) OVER (PARTITION BY o.place) AS any_yes
FROM on_parcel o JOIN measured m USING (parcel) ORDER BY o.place, o.id
"""

METER_SIDE = f"""
WITH near AS MATERIALIZED (
    SELECT p.n AS place, p.geom, l.n AS line, l.distance_ft AS to_line,
        m.n AS meter, m.distance_ft AS to_meter, m.geom AS meter_geom
    FROM place p
    {_nearest("lateral", _FOR_WATER, "p.geom")} l ON l.distance_ft <= 300.01
    {_nearest("meter", _SERVING, "p.geom")} m ON m.distance_ft <= 300.01
), chosen AS MATERIALIZED (
    SELECT near.place, near.geom, near.meter, near.meter_geom,
        CASE WHEN near.meter IS NULL OR near.to_line <= near.to_meter + 0.01 THEN near.line ELSE o.n END AS line
    FROM near {_nearest("lateral", _FOR_WATER, "near.meter_geom")} o ON o.distance_ft <= 10.01
), ends AS MATERIALIZED (
    SELECT l.n, l.geom, s.distance_ft AS from_start, e.distance_ft AS from_end
    FROM "lateral" l
    {_nearest("water_main", OURS, "ST_StartPoint(l.geom)")} s ON s.distance_ft <= 300.01
    {_nearest("water_main", OURS, "ST_EndPoint(l.geom)")} e ON e.distance_ft <= 300.01
    WHERE l.n IN (SELECT line FROM chosen)
), oriented AS (
    SELECT n, geom AS drawn, CASE WHEN coalesce(from_end, 999) < coalesce(from_start, 999) THEN ST_Reverse(geom)
        ELSE geom END AS geom
    FROM ends WHERE abs(coalesce(from_end, 999) - coalesce(from_start, 999)) > 0.01
), prolonged AS MATERIALIZED (
    SELECT n, drawn, ST_AddPoint(geom, ST_MakePoint(
        ST_X(b) + (ST_X(b) - ST_X(a)) / ST_Distance(a, b) * 300, ST_Y(b) + (ST_Y(b) - ST_Y(a)) / ST_Distance(a, b) * 300
    )) AS geom
    FROM oriented CROSS JOIN LATERAL (SELECT ST_PointN(geom, -2) AS a, ST_EndPoint(geom) AS b) e
), by_lateral AS (
    SELECT c.place, (array_agg(at.meter_at - at.place_at ORDER BY at.gap, at.id))[1] AS margin_ft,
        bool_and(at.meter_at - at.place_at >= -0.01) <> bool_or(at.meter_at - at.place_at >= -0.01) AS differ
    FROM chosen c JOIN prolonged l ON l.n = c.line
    CROSS JOIN LATERAL (
        SELECT f.id, ST_Distance(f.geom, l.drawn) AS gap,
            ST_LineLocatePoint(l.geom, f.geom) * ST_Length(l.geom) AS meter_at,
            ST_LineLocatePoint(l.geom, c.geom) * ST_Length(l.geom) AS place_at
        FROM meter f WHERE {_SERVING} AND f.geom && ST_Expand(l.drawn, 10.02) AND ST_Distance(f.geom, l.drawn) <= 10.01
    ) at GROUP BY c.place
), by_main AS (
    SELECT c.place, ST_Distance(foot, c.meter_geom) - (
            (ST_X(c.geom) - ST_X(foot)) * (ST_X(c.meter_geom) - ST_X(foot))
            + (ST_Y(c.geom) - ST_Y(foot)) * (ST_Y(c.meter_geom) - ST_Y(foot))
        ) / ST_Distance(foot, c.meter_geom) AS margin_ft
    FROM chosen c {_nearest("water_main", OURS, "c.meter_geom")} w ON w.distance_ft BETWEEN 0.0101 AND 300.01
    CROSS JOIN LATERAL (SELECT ST_ClosestPoint(w.geom, c.meter_geom) AS foot) f WHERE w.n IS NOT NULL
)
SELECT c.place, l.place IS NOT NULL AS along, coalesce(l.differ, false) AS differ,
    coalesce(l.margin_ft, m.margin_ft) AS margin_ft
FROM chosen c LEFT JOIN by_lateral l USING (place) LEFT JOIN by_main m USING (place) ORDER BY c.place
"""
