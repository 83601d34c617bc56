"""The checks on land, services and owners in PostGIS's own words; `place` holds n and geom."""

from __future__ import annotations

COUNTED = """coalesce(f.f_owner, '') <> 'private' AND coalesce(f.f_status, '') NOT IN ('abandoned', 'removed')
    AND coalesce(f.f_use, '') NOT IN ('transmission', 'raw_water')"""
OURS = "coalesce(f.f_owner, '') <> 'private' AND coalesce(f.f_status, '') NOT IN ('abandoned', 'removed')"

ON_PARCEL = """
on_parcel AS MATERIALIZED (
    SELECT p.n AS place, q.n AS parcel, q.id, q.geom, q.f_owner_name AS owner, ST_Distance(p.geom, q.geom) AS gap
    FROM place p JOIN parcel q ON q.geom && ST_Expand(p.geom, 0.01) AND ST_Distance(p.geom, q.geom) <= 0.01
)"""

AVAILABLE = f"""
WITH {ON_PARCEL}, way AS (
    SELECT o.*, m.n AS main, coalesce(m.distance_ft, 5000.0) AS distance_ft, m.geom AS main_geom
    FROM on_parcel o LEFT JOIN LATERAL (
        SELECT near.* FROM (
            SELECT f.n, f.id, f.geom, ST_Distance(o.geom, f.geom) AS distance_ft
            FROM {{role}} f WHERE {COUNTED} ORDER BY o.geom <-> f.geom LIMIT 64
        ) near ORDER BY near.distance_ft > 0.01 + min(near.distance_ft) OVER (), near.id LIMIT 1
    ) m ON m.distance_ft <= 5000.01
)
SELECT DISTINCT ON (w.place) w.place, w.parcel, coalesce(w.main, -1) AS main, w.distance_ft,
    s.distance_ft AS site_ft, crossed.ids,
    (SELECT count(DISTINCT d.geom) FROM ST_DumpPoints(w.geom) d
        WHERE ST_Distance(d.geom, w.main_geom) <= w.distance_ft + 0.01) > 1 AS sided,
    bool_and(w.distance_ft <= 100.01) OVER (PARTITION BY w.place) AS all_yes,
    bool_or(w.distance_ft <= 100.01) OVER (PARTITION BY w.place) AS any_yes
FROM way w JOIN place p ON p.n = w.place
CROSS JOIN LATERAL (
    SELECT CASE WHEN near.distance_ft <= 5000.01 THEN near.distance_ft END AS distance_ft FROM (
        SELECT f.id, ST_Distance(p.geom, f.geom) AS distance_ft
        FROM {{role}} f WHERE {COUNTED} ORDER BY p.geom <-> f.geom LIMIT 16
    ) near ORDER BY near.distance_ft > 0.01 + min(near.distance_ft) OVER (), near.id LIMIT 1
) s
CROSS JOIN LATERAL (
    SELECT string_agg(o.id, ', ' ORDER BY o.id) FILTER (WHERE o.along > 0.1) AS ids FROM (
        SELECT q.id, ST_Length(ST_Intersection(l.line, ST_Buffer(q.geom, 0.01, 'join=mitre'))) AS along,
            ST_Union(ST_Buffer(q.geom, 0.01, 'join=mitre')) OVER () AS land, l.line
        FROM parcel q CROSS JOIN (SELECT ST_ShortestLine(w.geom, w.main_geom) AS line) l
        WHERE q.n <> w.parcel AND q.geom && ST_Expand(l.line, 0.01) AND ST_Distance(q.geom, l.line) <= 0.01
        AND (q.f_owner_name IS NULL OR w.owner IS NULL OR owner_key(q.f_owner_name) <> owner_key(w.owner))
    ) o WHERE ST_Length(ST_Intersection(o.line, ST_Buffer(o.land, -0.02, 'join=mitre'))) > 0.01
) crossed
ORDER BY w.place, w.id
"""
"""By the parcel's edge and from the place, with the parcels of others that the connection crosses.

`sided`: a whole side of the parcel is equally near, so that there are many shortest connections.
"""

FRONTAGE = f"""
WITH front AS MATERIALIZED (
    SELECT q.n, q.id, ST_LineMerge(ST_Intersection(ST_Boundary(q.geom), e.strip)) AS geom
    FROM parcel q
    CROSS JOIN (SELECT ST_Buffer(ST_Boundary(ST_Union(geom)), 0.005, 'quad_segs=2') AS strip FROM right_of_way) e
), whole AS MATERIALIZED (
    SELECT n, id, ST_Collect(d.geom) FILTER (WHERE ST_Length(d.geom) >= 1.0) AS geom
    FROM front CROSS JOIN LATERAL ST_Dump(front.geom) d GROUP BY n, id
), way AS (
    SELECT w.n AS parcel, f.n AS main, ST_ShortestLine(w.geom, f.geom) AS line
    FROM whole w JOIN {{role}} f ON {COUNTED} AND ST_DWithin(w.geom, f.geom, 200.01)
), stays AS (
    SELECT parcel, main, ST_Length(line) AS length_ft, line FROM way
    WHERE ST_Length(line) <= 0.01 OR (
        SELECT bool_and(ST_DWithin(ST_LineInterpolatePoint(line, (k - 0.5) / steps), r.geom, 0.01))
        FROM (SELECT greatest(ceil(ST_Length(line) / 5.0), 1)::int AS steps) s
        CROSS JOIN generate_series(1, s.steps) k CROSS JOIN right_of_way r
    )
)
SELECT w.n AS parcel, ST_Length(w.geom) AS length_ft,
    (SELECT min(length_ft) FROM stays s WHERE s.parcel = w.n) AS distance_ft
FROM whole w WHERE w.geom IS NOT NULL ORDER BY w.n
"""
"""The frontage of every parcel, and the nearest main that a straight way within the right of way leads to."""

OWNER_KEY = r"""
CREATE OR REPLACE FUNCTION owner_key(name text) RETURNS text IMMUTABLE LANGUAGE sql AS $$
    SELECT string_agg(word, ' ' ORDER BY word COLLATE "C")
    FROM regexp_split_to_table(upper(regexp_replace(name, '[^A-Za-z0-9]+', ' ', 'g')), ' +') AS word WHERE word <> ''
$$
"""
"""One owner written in two ways: the same words, whatever their order and punctuation."""

PUBLIC_OR_PRIVATE = """
WITH class AS MATERIALIZED (
    SELECT n, id, geom, CASE WHEN f_owner_name IS NULL THEN NULL
        WHEN f_owner_name = ANY(%(public)s) THEN 'public' ELSE 'private' END AS class FROM parcel
), here AS (
    SELECT p.n AS place, p.geom,
        EXISTS (SELECT 1 FROM right_of_way r WHERE ST_DWithin(r.geom, p.geom, 0.01)) AS street,
        bool_or(c.class = 'public') AS public, bool_or(c.class = 'private') AS private,
        bool_or(c.n IS NOT NULL AND c.class IS NULL) AS unknown
    FROM place p LEFT JOIN class c ON c.geom && ST_Expand(p.geom, 0.01) AND ST_Distance(c.geom, p.geom) <= 0.01
    GROUP BY p.n, p.geom
), said AS (
    SELECT *, CASE WHEN street OR coalesce(public, false) THEN 'public' WHEN private THEN 'private' END AS class,
        (street OR coalesce(public, false)) AND coalesce(private, false)
        OR (coalesce(unknown, false) AND NOT street)
        OR NOT (street OR coalesce(public, false) OR coalesce(private, false)) AS undecided FROM here
)
SELECT s.place, s.class, s.undecided,
    least(
        (SELECT min(ST_Distance(c.geom, s.geom)) FROM class c
            WHERE c.class <> s.class AND c.geom && ST_Expand(s.geom, 2000)),
        CASE WHEN s.class = 'private' THEN (SELECT min(ST_Distance(r.geom, s.geom)) FROM right_of_way r) END, 2000
    ) AS margin_ft
FROM said s ORDER BY s.place
"""

UTILITY_PRESENT = f"""
WITH {ON_PARCEL}, asked AS MATERIALIZED (SELECT DISTINCT parcel, geom FROM on_parcel),
utility AS (
    SELECT 'water_main' AS role, f.geom FROM water_main f WHERE {OURS}
    UNION ALL SELECT 'sewer_main', f.geom FROM sewer_main f WHERE {OURS}
    UNION ALL SELECT 'easement', f.geom FROM easement f
), reach AS (
    SELECT a.parcel, u.role, ST_Distance(a.geom, u.geom) AS gap, i.geom AS piece,
        (SELECT max(ST_Distance(d.geom, ST_Boundary(a.geom))) FROM ST_DumpPoints(ST_Segmentize(i.geom, 1.0)) d) AS depth
    FROM asked a JOIN utility u ON u.geom && ST_Expand(a.geom, 2000)
    CROSS JOIN LATERAL (
        SELECT CASE WHEN ST_Distance(a.geom, u.geom) <= 0.01 THEN ST_Intersection(a.geom, u.geom) END
    ) i(geom)
), measured AS MATERIALIZED (
    SELECT parcel, max(greatest(-gap, CASE WHEN depth > 0.01 THEN depth END)) AS margin_ft,
        coalesce(sum(ST_Length(piece)) FILTER (WHERE depth > 0.01 AND role = 'water_main'), 0) AS water_ft,
        coalesce(sum(ST_Length(piece)) FILTER (WHERE depth > 0.01 AND role = 'sewer_main'), 0) AS sewer_ft,
        coalesce(ST_Area(ST_Union(piece) FILTER (WHERE depth > 0.01 AND role = 'easement')), 0) AS easement_sqft
    FROM reach GROUP BY parcel
)
SELECT DISTINCT ON (o.place) o.place, m.*,
    bool_and(m.margin_ft > 0.01) OVER (PARTITION BY o.place) AS all_yes,
    bool_or(m.margin_ft > 0.01) OVER (PARTITION BY o.place) AS any_yes
FROM on_parcel o JOIN measured m USING (parcel) ORDER BY o.place, o.id
"""

JURISDICTION = """
SELECT p.n AS place, coalesce(bool_or(ST_DWithin(j.geom, p.geom, 0.01)), false) AS inside,
    CASE WHEN bool_or(ST_Distance(j.geom, p.geom) = 0) THEN 1 ELSE -1 END
        * least(min(ST_Distance(ST_Boundary(j.geom), p.geom)), 2000) AS margin_ft,
    string_agg(j.f_name, ', ' ORDER BY j.f_name) FILTER (WHERE ST_DWithin(j.geom, p.geom, 0.01)) AS name
FROM place p CROSS JOIN jurisdiction j GROUP BY p.n ORDER BY p.n
"""

SAME_OWNER = f"""
WITH {ON_PARCEL}
SELECT DISTINCT ON (o.place) o.place, owner_key(o.owner) = owner_key(p.other) AS same, o.owner IS NULL AS unnamed,
    bool_or(o2.differs) AS differs
FROM on_parcel o JOIN place p ON p.n = o.place
LEFT JOIN LATERAL (
    SELECT bool_or((owner_key(x.owner) = owner_key(p.other)) <> (owner_key(o.owner) = owner_key(p.other))) AS differs
    FROM on_parcel x WHERE x.place = o.place AND x.owner IS NOT NULL
) o2 ON true
GROUP BY o.place, o.owner, o.gap, o.id, p.other
ORDER BY o.place, o.id
"""

METER_SIDE = f"""
WITH near AS (
    SELECT p.n AS place, p.geom, l.n AS lateral, l.distance_ft AS to_lateral,
        m.n AS meter, m.distance_ft AS to_meter, m.geom AS meter_geom
    FROM place p
    LEFT JOIN LATERAL (
        SELECT f.n, ST_Distance(f.geom, p.geom) AS distance_ft FROM "lateral" f
        WHERE f.f_status <> 'abandoned' AND f.f_service <> 'sewer' ORDER BY f.geom <-> p.geom, f.id LIMIT 1
    ) l ON l.distance_ft <= 300.01
    LEFT JOIN LATERAL (
        SELECT f.n, f.geom, ST_Distance(f.geom, p.geom) AS distance_ft FROM meter f
        ORDER BY f.geom <-> p.geom, f.id LIMIT 1
    ) m ON m.distance_ft <= 300.01
), chosen AS (
    SELECT near.*,
        CASE WHEN to_lateral <= to_meter + 0.01 OR meter IS NULL THEN near.lateral ELSE of_meter.n END AS line
    FROM near LEFT JOIN LATERAL (
        SELECT f.n, ST_Distance(f.geom, near.meter_geom) AS distance_ft FROM "lateral" f
        WHERE f.f_status <> 'abandoned' AND f.f_service <> 'sewer' ORDER BY f.geom <-> near.meter_geom, f.id LIMIT 1
    ) of_meter ON of_meter.distance_ft <= 10.01
), ends AS (
    SELECT l.n, l.geom,
        (SELECT min(ST_Distance(f.geom, ST_StartPoint(l.geom))) FROM water_main f WHERE {OURS}) AS from_start,
        (SELECT min(ST_Distance(f.geom, ST_EndPoint(l.geom))) FROM water_main f WHERE {OURS}) AS from_end
    FROM "lateral" l
), oriented AS (
    SELECT n, geom AS drawn, CASE WHEN from_end < from_start THEN ST_Reverse(geom) ELSE geom END AS geom FROM ends
    WHERE abs(from_end - from_start) > 0.01 AND least(from_start, from_end) <= 300.01
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
        SELECT m.id, ST_Distance(m.geom, l.drawn) AS gap,
            ST_LineLocatePoint(l.geom, m.geom) * ST_Length(l.geom) AS meter_at,
            ST_LineLocatePoint(l.geom, c.geom) * ST_Length(l.geom) AS place_at
        FROM meter m WHERE ST_Distance(m.geom, l.drawn) <= 10.01
    ) at GROUP BY c.place
), by_main AS (
    SELECT c.place, ST_Distance(w.foot, c.meter_geom) - (
            (ST_X(c.geom) - ST_X(w.foot)) * (ST_X(c.meter_geom) - ST_X(w.foot))
            + (ST_Y(c.geom) - ST_Y(w.foot)) * (ST_Y(c.meter_geom) - ST_Y(w.foot))
        ) / ST_Distance(w.foot, c.meter_geom) AS margin_ft
    FROM chosen c CROSS JOIN LATERAL (
        SELECT ST_ClosestPoint(f.geom, c.meter_geom) AS foot FROM water_main f WHERE {OURS}
        ORDER BY f.geom <-> c.meter_geom LIMIT 1
    ) w WHERE c.meter IS NOT NULL AND ST_Distance(w.foot, c.meter_geom) BETWEEN 0.0101 AND 300.01
)
SELECT c.place, l.place IS NOT NULL AS along, coalesce(l.differ, false) AS differ,
    coalesce(l.margin_ft, m.margin_ft) AS margin_ft
FROM chosen c LEFT JOIN by_lateral l USING (place) LEFT JOIN by_main m USING (place) ORDER BY c.place
"""
