"""Easements in PostGIS's own words; `place` holds n, geom and structure (a shed, a fence or a post)."""

from __future__ import annotations

EASEMENT_EDGES = """
CREATE TABLE IF NOT EXISTS easement_edge AS
SELECT n, id, (ST_DumpSegments(ST_Boundary(geom))).geom AS geom FROM easement;
CREATE INDEX IF NOT EXISTS easement_edge_geom ON easement_edge USING gist (geom);
ANALYZE easement_edge;
"""

EASEMENT_EXISTS = """
SELECT p.n AS place, on_it.n AS touched, coalesce(on_it.gap, 1) = 0 AS inside, coalesce(on_it.here, 0) AS here,
    edge.n AS edge_of, edge.distance_ft AS edge_ft,
    CASE WHEN abs(joined.plain_ft - joined.closed_ft) <= 0.01 THEN joined.plain_ft ELSE joined.closed_ft END
    AS joined_ft
FROM place p
LEFT JOIN LATERAL (
    SELECT e.n, min(ST_Distance(e.geom, p.geom)) OVER () AS gap, count(*) OVER () AS here FROM easement e
    WHERE e.geom && ST_Expand(p.geom, 0.01) AND ST_Distance(e.geom, p.geom) <= 0.01
    ORDER BY coalesce(e.f_basis = 'modelled', e.modelled), e.id LIMIT 1
) on_it ON true
LEFT JOIN LATERAL (
    SELECT near.n, min(near.distance_ft) OVER () AS distance_ft FROM (
        SELECT e.n, e.id, ST_Distance(e.geom, p.geom) AS distance_ft FROM easement_edge e
        ORDER BY e.geom <-> p.geom LIMIT 32
    ) near WHERE near.distance_ft <= 1000.01
    ORDER BY near.distance_ft > 0.01 + min(near.distance_ft) OVER (), near.id LIMIT 1
) edge ON true
LEFT JOIN LATERAL (
    SELECT ST_Distance(ST_Boundary(ST_Union(e.geom)), p.geom) AS plain_ft, ST_Distance(ST_Boundary(
        ST_Buffer(ST_Union(ST_Buffer(e.geom, 0.005, 'join=mitre')), -0.005, 'join=mitre')), p.geom) AS closed_ft
    FROM easement e WHERE on_it.gap = 0 AND ST_DWithin(e.geom, p.geom, 100.01)
) joined ON true
ORDER BY p.n
"""
"""The easement that a place lies on, recorded before modelled; its own nearest edge, and that of all within
100 ft together, across seams (gaps of 0.01 ft at most)."""

LYING = """
WITH pair AS MATERIALIZED (
    SELECT p.n AS place, p.structure, e.n, e.id, coalesce(e.f_basis = 'modelled', e.modelled) AS guess,
        e.geom AS easement, ST_Intersection(p.structure, e.geom) AS shape
    FROM place p JOIN easement e
    ON e.geom && ST_Expand(p.structure, 0.01) AND ST_Distance(p.structure, e.geom) <= 0.01
), deep AS MATERIALIZED (
    SELECT pair.*, d.depth_ft,
        CASE ST_Dimension(structure) WHEN 2 THEN ST_Area(shape) WHEN 1 THEN ST_Length(shape) ELSE 0 END AS size
    FROM pair CROSS JOIN LATERAL (
        {depth}
    ) d
), chief AS MATERIALIZED (
    SELECT DISTINCT ON (place) * FROM (
        SELECT deep.*, max(size) OVER (PARTITION BY place, guess) AS largest FROM deep WHERE depth_ft > 0.01
    ) stands ORDER BY place, guess, size < largest - 0.01, id
), headed AS MATERIALIZED (
    SELECT chief.*, ST_Centroid(shape) AS middle, coalesce(heading.azimuth, CASE
        WHEN ST_Distance(ST_PointN(ring, 1), ST_PointN(ring, 2)) >= ST_Distance(ST_PointN(ring, 2), ST_PointN(ring, 3))
        THEN ST_Azimuth(ST_PointN(ring, 1), ST_PointN(ring, 2)) ELSE ST_Azimuth(ST_PointN(ring, 2), ST_PointN(ring, 3))
        END) AS azimuth
    FROM chief
    CROSS JOIN LATERAL (SELECT ST_ExteriorRing(ST_OrientedEnvelope(easement)) AS ring) box
    LEFT JOIN LATERAL (
        SELECT ST_Azimuth(ST_LineInterpolatePoint(main.geom, greatest(at - step, 0)),
                          ST_LineInterpolatePoint(main.geom, least(at + step, 1))) AS azimuth
        FROM (
            SELECT m.geom, ST_LineLocatePoint(m.geom, ST_Centroid(shape)) AS at, 0.5 / ST_Length(m.geom) AS step
            FROM (
                (SELECT s.geom, s.d, 1 AS turn FROM (
                    SELECT f.geom, f.id, ST_Distance(ST_Centroid(shape), f.geom) AS d
                    FROM sewer_main f ORDER BY ST_Centroid(shape) <-> f.geom LIMIT 8
                ) s ORDER BY s.d > 0.01 + min(s.d) OVER (), s.id LIMIT 1)
                UNION ALL
                (SELECT w.geom, w.d, 2 FROM (
                    SELECT f.geom, f.id, ST_Distance(ST_Centroid(shape), f.geom) AS d
                    FROM water_main f ORDER BY ST_Centroid(shape) <-> f.geom LIMIT 8
                ) w ORDER BY w.d > 0.01 + min(w.d) OVER (), w.id LIMIT 1)
            ) m WHERE m.d <= 50.01 ORDER BY m.d, m.turn LIMIT 1
        ) main
    ) heading ON true
), turned AS (
    SELECT headed.*, ST_Rotate(shape, azimuth - pi() / 2, middle) AS part,
        ST_Intersection(ST_Rotate(easement, azimuth - pi() / 2, middle),
            ST_MakeLine(ST_Translate(middle, 0, -500), ST_Translate(middle, 0, 500))) AS section
    FROM headed
)
SELECT p.n AS place, t.n AS chief, t.depth_ft, t.size, near.n AS nearest, near.distance_ft,
    ST_XMax(t.part) - ST_XMin(t.part) AS along_ft, ST_YMax(t.part) - ST_YMin(t.part) AS across_ft,
    greatest(strip.high - ST_YMax(t.part), 0) AS left_ft, greatest(ST_YMin(t.part) - strip.low, 0) AS right_ft,
    CASE WHEN ST_Dimension(p.structure) = 1 THEN pieces.count ELSE 0 END AS crossings,
    pieces.angle_deg, pipe.distance_ft AS pipe_ft
FROM place p
LEFT JOIN turned t ON t.place = p.n
LEFT JOIN LATERAL (
    SELECT e.n, e.distance_ft FROM (
        SELECT e.n, e.id, ST_Distance(e.geom, p.structure) AS distance_ft FROM easement e
        ORDER BY e.geom <-> p.structure LIMIT 16
    ) e WHERE e.distance_ft <= 1000.01
    ORDER BY e.distance_ft > 0.01 + min(e.distance_ft) OVER (), e.id LIMIT 1
) near ON true
LEFT JOIN LATERAL (
    SELECT ST_YMin(d.geom) AS low, ST_YMax(d.geom) AS high FROM ST_Dump(t.section) d
    ORDER BY ST_Distance(d.geom, t.middle) LIMIT 1
) strip ON true
LEFT JOIN LATERAL (
    SELECT count(*) OVER () AS count, degrees(acos(least(abs(cos(
        ST_Azimuth(ST_StartPoint(d.geom), ST_EndPoint(d.geom)) - t.azimuth)), 1))) AS angle_deg
    FROM ST_Dump(ST_LineMerge(ST_CollectionExtract(t.shape, 2))) d WHERE ST_Dimension(p.structure) = 1
    ORDER BY ST_Length(d.geom) DESC LIMIT 1
) pieces ON true
LEFT JOIN LATERAL (
    SELECT min(m.d) AS distance_ft FROM (
        (SELECT s.d FROM (
            SELECT f.id, ST_Distance(f.geom, p.structure) AS d FROM sewer_main f WHERE {ours}
            ORDER BY f.geom <-> p.structure LIMIT 8
        ) s ORDER BY s.d > 0.01 + min(s.d) OVER (), s.id LIMIT 1)
        UNION ALL
        (SELECT w.d FROM (
            SELECT f.id, ST_Distance(f.geom, p.structure) AS d FROM water_main f WHERE {ours}
            ORDER BY f.geom <-> p.structure LIMIT 8
        ) w ORDER BY w.d > 0.01 + min(w.d) OVER (), w.id LIMIT 1)
    ) m WHERE m.d <= 100.01
) pipe ON true
ORDER BY p.n
"""
"""How a structure lies in the easement it takes most of: turned so that the easement runs to the right."""
