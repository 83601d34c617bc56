"""The properties on a sewer line in PostGIS's own words: recursive walks over node ids, then laterals and frontages.

`MAINS`, `STARTS`, `WALKED`, `ASKED` and `TIES` make tables, in that order; the others ask them. `place` holds n, geom.
"""

from __future__ import annotations

MAINS = """
DROP TABLE IF EXISTS line_main, line_node, line_missed CASCADE;
CREATE TABLE line_main AS
SELECT f.n, f.id, f.geom, upper(btrim(f.f_upstream_node)) AS up, upper(btrim(f.f_downstream_node)) AS down,
    coalesce(f.f_kind, '') NOT IN ('force', 'pressure') AND up_ft - down_ft <= -0.01 AS contradicted
FROM sewer_main f,
LATERAL (SELECT f.f_upstream_invert_ft AS up_ft, f.f_downstream_invert_ft AS down_ft) inverts
WHERE coalesce(f.f_status, '') NOT IN ('abandoned', 'removed');
CREATE INDEX ON line_main USING gist (geom);
CREATE INDEX ON line_main (up);
CREATE INDEX ON line_main (down);
CREATE TABLE line_node AS
SELECT DISTINCT ON (node) node, h.geom, (SELECT count(*) FROM line_main m WHERE node IN (m.up, m.down)) AS degree
FROM (SELECT up AS node FROM line_main UNION SELECT down FROM line_main) named
JOIN manhole h ON upper(btrim(h.f_facility_id)) = node AND coalesce(h.f_status, '') NOT IN ('abandoned', 'removed')
ORDER BY node, h.n;
CREATE INDEX ON line_node (node);
ANALYZE line_main; ANALYZE line_node;
CREATE TABLE line_missed AS
SELECT node, n FROM (
    SELECT e.node, m.n, d.apart, row_number() OVER (PARTITION BY e.node ORDER BY d.apart, m.n) AS turn
    FROM line_node e JOIN line_main m ON ST_DWithin(m.geom, e.geom, 5) AND e.node NOT IN (m.up, m.down)
    CROSS JOIN LATERAL (SELECT ST_Distance(m.geom, e.geom) AS apart) d
    WHERE (d.apart <= 0.5 OR e.degree = 1) AND NOT EXISTS (
        SELECT FROM line_main j WHERE (j.up = e.node AND j.down IN (m.up, m.down))
                                   OR (j.down = e.node AND j.up IN (m.up, m.down))
    )
) met WHERE turn = 1 OR apart <= 0.5;
"""
"""Mains in service with their nodes in the direction of the flow, and joints that may be missing."""

STARTS = """
DROP TABLE IF EXISTS line_start CASCADE;
CREATE TABLE line_start AS
SELECT p.n AS place, p.geom, m.n AS main, m.distance_ft, ends.node,
    CASE WHEN ends.node IS NULL THEN 'main ' || m.n ELSE 'node ' || ends.node END AS key
FROM place p
CROSS JOIN LATERAL (
    SELECT near.* FROM (
        SELECT f.n, f.id, f.up, f.down, f.geom AS line, ST_Distance(p.geom, f.geom) AS distance_ft
        FROM line_main f ORDER BY p.geom <-> f.geom LIMIT 16
    ) near
    WHERE near.distance_ft <= 150.01
    ORDER BY near.distance_ft > 0.01 + min(near.distance_ft) OVER (), near.id LIMIT 1
) m
CROSS JOIN LATERAL (
    SELECT ST_LineLocatePoint(m.line, p.geom) * ST_Length(m.line) AS along,
        ST_Distance(ST_StartPoint(m.line), (SELECT geom FROM line_node WHERE node = m.up))
        <= ST_Distance(ST_StartPoint(m.line), (SELECT geom FROM line_node WHERE node = m.down)) AS with_flow
) located
CROSS JOIN LATERAL (
    SELECT CASE WHEN along <= 0.5 THEN CASE WHEN with_flow THEN m.up ELSE m.down END
                WHEN along >= ST_Length(m.line) - 0.5 THEN CASE WHEN with_flow THEN m.down ELSE m.up END END AS node
) ends;
"""
"""Where each place's line begins: at the node it lies at, else on its main."""

WALKED = """
DROP TABLE IF EXISTS line_reached, line_traced, line CASCADE;
CREATE TABLE line_reached AS
WITH RECURSIVE reached(key, node) AS (
    SELECT DISTINCT s.key, coalesce(s.node, m.up) FROM line_start s JOIN line_main m ON m.n = s.main
    UNION SELECT r.key, m.up FROM reached r JOIN line_main m ON m.down = r.node
)
SELECT key, node FROM reached;
CREATE TABLE line_traced AS
SELECT r.key, m.n FROM line_reached r JOIN line_main m ON m.down = r.node
UNION SELECT key, main FROM line_start WHERE node IS NULL;
CREATE TABLE line AS
SELECT key, n FROM line_traced
UNION SELECT s.key, m.n FROM line_start s JOIN line_main m ON m.up = s.node;
CREATE INDEX ON line (key, n);
CREATE INDEX ON line_reached (key, node);
CREATE INDEX ON line_traced (key, n);
ANALYZE line; ANALYZE line_reached; ANALYZE line_traced;
"""
"""What drains to each start, by walking up from node to node, and the main that leaves it."""

LINES = """
SELECT s.place, s.main, s.distance_ft, s.node IS NOT NULL AS at_manhole, sizes.segments, sizes.sum, sizes.length_ft,
    other.distance_ft AS other_ft, doubt.joint, sizes.contradicted
FROM line_start s
JOIN (
    SELECT l.key, count(*) AS segments, sum(l.n) AS sum, sum(ST_Length(m.geom)) AS length_ft,
        coalesce(bool_or(m.contradicted AND t.n IS NOT NULL), false) AS contradicted
    FROM line l JOIN line_main m USING (n) LEFT JOIN line_traced t ON (t.key, t.n) = (l.key, l.n) GROUP BY l.key
) sizes USING (key)
JOIN (
    SELECT keys.key, EXISTS (
        SELECT FROM line_missed j
        WHERE EXISTS (SELECT FROM line_reached r WHERE (r.key, r.node) = (keys.key, j.node))
           <> EXISTS (SELECT FROM line_traced t WHERE (t.key, t.n) = (keys.key, j.n))
    ) AS joint
    FROM (SELECT DISTINCT key FROM line_start) keys
) doubt USING (key)
LEFT JOIN LATERAL (
    SELECT ST_Distance(f.geom, s.geom) AS distance_ft FROM line_main f
    WHERE ST_DWithin(f.geom, s.geom, 300.01) AND NOT EXISTS (SELECT FROM line l WHERE (l.key, l.n) = (s.key, f.n))
    ORDER BY 1 LIMIT 1
) other ON true
ORDER BY s.place
"""
"""The line of each place: its size, what is doubtful, and how far the nearest main off the line is."""

ASKED = "CREATE OR REPLACE TEMP VIEW line_place AS SELECT unnest('{places}'::int[]) AS place"
"""The places whose lists are asked for."""

TIES = """
DROP TABLE IF EXISTS line_asked, line_lateral, line_parcel, line_front CASCADE;
CREATE INDEX IF NOT EXISTS line_main_names ON sewer_main (upper(btrim(f_facility_id)));
CREATE INDEX IF NOT EXISTS line_parcel_names ON parcel (upper(btrim(f_parcel_id)));
CREATE INDEX IF NOT EXISTS line_accounts ON meter (upper(btrim(f_account_id)));
ANALYZE sewer_main; ANALYZE parcel; ANALYZE meter;
CREATE TABLE line_asked AS SELECT DISTINCT key FROM line_start JOIN line_place USING (place);
CREATE TABLE line_lateral AS
SELECT l.n, coalesce(named.n, drawn.n) AS main, coalesce(own.n, by_meter.n, touched.n) AS parcel
FROM "lateral" l
LEFT JOIN LATERAL (
    SELECT f.n FROM sewer_main f WHERE upper(btrim(f.f_facility_id)) = upper(btrim(l.f_main_id))
    ORDER BY ST_Distance(f.geom, l.geom), f.id LIMIT 1
) named ON true
LEFT JOIN LATERAL (
    SELECT near.n, near.turn FROM (
        SELECT f.n, f.id, ends.turn, ST_Distance(f.geom, ends.geom) AS d
        FROM (VALUES (0, ST_StartPoint(l.geom)), (1, ST_EndPoint(l.geom))) ends(turn, geom)
        JOIN sewer_main f ON ST_DWithin(f.geom, ends.geom, 2.01)
        WHERE coalesce(f.f_owner, '') <> 'private' AND coalesce(f.f_status, '') NOT IN ('abandoned', 'removed')
    ) near ORDER BY near.d > 0.01 + min(near.d) OVER (), near.turn, near.id LIMIT 1
) drawn ON true
LEFT JOIN LATERAL (
    SELECT q.n FROM parcel q WHERE upper(btrim(q.f_parcel_id)) = upper(btrim(l.f_parcel_id))
    ORDER BY ST_Distance(q.geom, l.geom), q.id LIMIT 1
) own ON true
LEFT JOIN LATERAL (
    SELECT q.n FROM meter m JOIN parcel q ON upper(btrim(q.f_parcel_id)) = upper(btrim(m.f_parcel_id))
    WHERE upper(btrim(m.f_account_id)) = upper(btrim(l.f_account_id))
    ORDER BY ST_Distance(m.geom, l.geom), m.id, ST_Distance(q.geom, l.geom), q.id LIMIT 1
) by_meter ON true
LEFT JOIN LATERAL (
    SELECT q.n FROM parcel q, (
        SELECT CASE WHEN coalesce(drawn.turn, 0) = 0 THEN ST_EndPoint(l.geom) ELSE ST_StartPoint(l.geom) END AS geom
    ) far
    WHERE ST_DWithin(q.geom, far.geom, 2.01) ORDER BY ST_Distance(q.geom, far.geom), q.id LIMIT 1
) touched ON true
WHERE coalesce(l.f_status, '') NOT IN ('abandoned', 'removed')
  AND coalesce(l.f_service, '') NOT IN ('water', 'irrigation', 'fire');
CREATE TABLE line_parcel AS
SELECT DISTINCT q.n, q.id, q.geom FROM line_asked JOIN line l USING (key) JOIN sewer_main m ON m.n = l.n
JOIN parcel q ON ST_DWithin(q.geom, m.geom, 60.01);
CREATE TABLE line_front AS
SELECT DISTINCT ON (parcel) parcel, main FROM (
    SELECT q.n AS parcel, f.n AS main, f.id, ST_Distance(q.geom, f.geom) AS d, faced.ft,
        min(ST_Distance(q.geom, f.geom)) OVER (PARTITION BY q.n) AS nearest, q.geom, f.geom AS line
    FROM line_parcel q JOIN sewer_main f ON ST_DWithin(q.geom, f.geom, 60.01)
    CROSS JOIN LATERAL (
        SELECT greatest(coalesce(max(at.ft) - min(at.ft), 0), ST_Length(ST_Intersection(f.geom, q.geom))) AS ft
        FROM ST_DumpPoints(ST_Intersection(
            ST_Boundary(q.geom), ST_Buffer(f.geom, 60.01, 'endcap=flat quad_segs=4')
        )) beside CROSS JOIN LATERAL (SELECT ST_LineLocatePoint(f.geom, beside.geom) * ST_Length(f.geom) AS ft) at
    ) faced
    WHERE coalesce(f.f_owner, '') <> 'private' AND coalesce(f.f_status, '') NOT IN ('abandoned', 'removed')
      AND coalesce(f.f_kind, '') <> 'force'
) pair
WHERE ft >= 9.99 AND NOT EXISTS (
    SELECT FROM parcel x CROSS JOIN LATERAL (SELECT ST_ShortestLine(pair.geom, pair.line) AS geom) way
    WHERE x.n <> pair.parcel AND x.geom && way.geom AND ST_Length(ST_Intersection(way.geom, x.geom)) > 1
      AND ST_Length(ST_Intersection(ST_Boundary(pair.geom), ST_Buffer(ST_Boundary(x.geom), 0.01)))
          < 0.75 * ST_Length(ST_Boundary(pair.geom))
)
ORDER BY parcel, CASE WHEN d <= nearest + 0.01 THEN 0 ELSE d END,
    CASE WHEN d <= nearest + 0.01 THEN -round(ft::numeric, 2) END, id;
"""
"""Which parcel each lateral joins to which main, and which main each parcel near the asked lines fronts on."""

PROPERTIES = """
WITH by_lateral AS (
    SELECT DISTINCT l.key, t.parcel FROM line_asked JOIN line l USING (key) JOIN line_lateral t ON t.main = l.n
    WHERE t.parcel IS NOT NULL
), by_front AS (
    SELECT l.key, f.parcel FROM line_asked JOIN line l USING (key) JOIN line_front f ON f.main = l.n
    WHERE NOT EXISTS (SELECT FROM line_lateral t WHERE t.parcel = f.parcel AND t.main IS NOT NULL)
), near AS (
    SELECT DISTINCT l.key, q.n AS parcel FROM line_asked JOIN line l USING (key)
    JOIN sewer_main m ON m.n = l.n JOIN line_parcel q ON ST_DWithin(q.geom, m.geom, 60.01)
), included AS (
    SELECT key, parcel, 1 AS tied FROM by_lateral UNION SELECT key, parcel, 0 FROM by_front
)
SELECT s.place,
    coalesce(found.tied_parcels, '{}') AS tied_parcels, coalesce(found.front_parcels, '{}') AS front_parcels, (
        SELECT coalesce(array_agg(near.parcel ORDER BY near.parcel), '{}') FROM near WHERE near.key = s.key
          AND NOT EXISTS (SELECT FROM included i WHERE (i.key, i.parcel) = (near.key, near.parcel))
    ) AS left_out_parcels
FROM line_start s JOIN line_asked USING (key) LEFT JOIN (
    SELECT key,
        array_agg(parcel ORDER BY parcel) FILTER (WHERE tied = 1) AS tied_parcels,
        array_agg(parcel ORDER BY parcel) FILTER (WHERE tied = 0) AS front_parcels
    FROM included GROUP BY key
) found USING (key)
JOIN line_place USING (place) ORDER BY s.place
"""
"""Which properties are on the line of each place, by what, and which neighbours are left out, as rows in order."""
