"""The five checks in PostGIS's own words, from their definitions: `place` holds n, geom, structure, day.

Each statement answers all places at once, with LATERAL joins that use the layers' GiST indexes.
"""

from __future__ import annotations

RIGHT_OF_WAY = """
SELECT p.n AS place, touched.n AS touched, edge.n AS edge_of, inside.parcels > 0 AS in_parcel,
       CASE WHEN touched.least = 0 THEN 1 ELSE -1 END * coalesce(edge.distance_ft, 2000.0) AS margin_ft
FROM place p
LEFT JOIN LATERAL (
    SELECT r.n, min(ST_Distance(p.geom, r.geom)) OVER () AS least
    FROM right_of_way_piece r WHERE r.geom && ST_Expand(p.geom, 0.01) AND ST_Distance(p.geom, r.geom) <= 0.01
    ORDER BY r.id LIMIT 1
) touched ON true
CROSS JOIN LATERAL (
    SELECT count(*) AS parcels FROM parcel q
    WHERE q.geom && ST_Expand(p.geom, 0.01) AND ST_Distance(p.geom, q.geom) <= 0.01
) inside
LEFT JOIN LATERAL (
    SELECT near.n, min(near.distance_ft) OVER () AS distance_ft FROM (
        SELECT r.n, r.id, ST_Distance(p.geom, r.geom) AS distance_ft
        FROM right_of_way_edge r ORDER BY p.geom <-> r.geom LIMIT 16
    ) near
    WHERE near.distance_ft <= 2000.01
    ORDER BY near.distance_ft > 0.01 + min(near.distance_ft) OVER (), near.id LIMIT 1
) edge ON true
ORDER BY p.n
"""

TOLERANCE_ZONE = """
SELECT p.n AS place, deepest.n AS feature, deepest.margin_ft, deepest.half_width_ft
FROM place p
CROSS JOIN LATERAL (
    SELECT ST_Distance(p.geom, f.geom) AS distance_ft FROM "{role}" f WHERE {ours}
    ORDER BY p.geom <-> f.geom LIMIT 1
) nearest
LEFT JOIN LATERAL (
    SELECT zone.* FROM (
        SELECT f.n, f.id, half.width_ft AS half_width_ft, half.width_ft - ST_Distance(p.geom, f.geom) AS margin_ft
        FROM "{role}" f CROSS JOIN LATERAL (
            SELECT CASE WHEN f.f_diameter_in > 0 THEN f.f_diameter_in / 24.0 ELSE 0.0 END
                   + CASE WHEN p.day < '2014-10-01' THEN 2.5 ELSE 2.0 END AS width_ft
        ) half
        WHERE {ours} AND f.geom && ST_Expand(p.geom, nearest.distance_ft + 10.0)
    ) zone
    ORDER BY zone.margin_ft < max(zone.margin_ft) OVER () - 0.01, zone.id LIMIT 1
) deepest ON nearest.distance_ft <= 1000.01
ORDER BY p.n
"""
"""For one kind of line: the zone in which each place lies deepest (half the diameter and 24 in, before 2014 30 in)."""

OURS = """coalesce(f.f_owner, '') <> 'private' AND coalesce(f.f_status, '') NOT IN ('abandoned', 'removed')"""

WATER_AVAILABLE = (
    """
SELECT DISTINCT ON (place) place, parcel, main, distance_ft,
       bool_and(coalesce(distance_ft, 5000.0) <= 100.01) OVER (PARTITION BY place) AS all_yes,
       bool_or(coalesce(distance_ft, 5000.0) <= 100.01) OVER (PARTITION BY place) AS any_yes
FROM (
    SELECT p.n AS place, q.n AS parcel, q.id AS parcel_id, found.n AS main, found.distance_ft
    FROM place p
    JOIN parcel q ON q.geom && ST_Expand(p.geom, 0.01) AND ST_Distance(p.geom, q.geom) <= 0.01
    LEFT JOIN LATERAL (
        SELECT near.n, near.distance_ft FROM (
            SELECT f.n, f.id, ST_Distance(q.geom, f.geom) AS distance_ft FROM water_main f
            WHERE """
    + OURS
    + """ AND coalesce(f.f_use, '') NOT IN ('transmission', 'raw_water')
            ORDER BY q.geom <-> f.geom LIMIT 16
        ) near
        WHERE near.distance_ft <= 5000.01
        ORDER BY near.distance_ft > 0.01 + min(near.distance_ft) OVER (), near.id LIMIT 1
    ) found ON true
) pair
ORDER BY place, parcel_id
"""
)

_OVERLAP = """
    SELECT e.n, e.id, coalesce(e.f_basis = 'modelled', e.modelled) AS guess, e.geom AS easement,
           ST_Intersection(p.structure, e.geom) AS shape
    FROM easement e
    WHERE e.geom && ST_Expand(p.structure, 0.01) AND ST_Distance(p.structure, e.geom) <= 0.01
"""

DEPTH = """
SELECT CASE WHEN sampled.depth_ft <= 0.01 AND ST_Area(shape) > 0
    THEN greatest(sampled.depth_ft, ST_Distance(ST_Boundary(easement),
        (ST_MaximumInscribedCircle(ST_CollectionExtract(shape, 3))).center))
    ELSE coalesce(sampled.depth_ft, 0) END AS depth_ft
FROM (
    SELECT max(ST_Distance(point.geom, ST_Boundary(easement))) AS depth_ft FROM (
        SELECT geom FROM ST_DumpPoints(ST_Segmentize(shape, 0.5))
        UNION ALL SELECT ST_Centroid(shape) WHERE ST_Intersects(shape, ST_Centroid(shape))
    ) point
) sampled
"""
"""How deep an overlap reaches into its easement, along its outline and in its middle."""

_CHIEF = (
    """
LEFT JOIN LATERAL (
    SELECT sized.* FROM (
        SELECT overlap.*, ST_Area(shape) AS area_sqft, depth_ft, bool_or(NOT guess) OVER () AS recorded
        FROM ("""
    + _OVERLAP
    + """) overlap CROSS JOIN LATERAL (
"""
    + DEPTH
    + """
        ) depth WHERE depth_ft > 0.01
    ) sized
    ORDER BY guess AND recorded, area_sqft < max(area_sqft) OVER (PARTITION BY guess) - 0.01, id LIMIT 1
) chief ON true
"""
)

_NEAR = """
LEFT JOIN LATERAL (
    SELECT close.n, close.distance_ft FROM (
        SELECT e.n, e.id, ST_Distance(p.structure, e.geom) AS distance_ft FROM easement e
        ORDER BY p.structure <-> e.geom LIMIT 16
    ) close
    WHERE close.distance_ft <= 1000.01
    ORDER BY close.distance_ft > 0.01 + min(close.distance_ft) OVER (), close.id LIMIT 1
) near ON true
"""

_ANSWER = """
SELECT p.n AS place, chief.n AS chief, near.n AS nearest, near.distance_ft, chief.area_sqft,
       100 * chief.area_sqft / ST_Area(chief.easement) AS percent, chief.depth_ft"""

ENCROACHED = f"{_ANSWER} FROM place p {_CHIEF} {_NEAR} ORDER BY p.n"
"""What answers the check of structures: the easement that one stands in, and the nearest; no extents, no joint area."""

_JOINT_AND_EXTENTS = (
    """
LEFT JOIN LATERAL (
    SELECT ST_Area(ST_Intersection(p.structure, ST_Union(overlap.easement))) AS area_sqft FROM ("""
    + _OVERLAP
    + """) overlap
) joint ON true
LEFT JOIN LATERAL (
    SELECT main.geom FROM (
        SELECT * FROM (
            SELECT 1 AS turn, f.geom, f.id, ST_Distance(ST_Centroid(chief.shape), f.geom) AS d
            FROM sewer_main f ORDER BY ST_Centroid(chief.shape) <-> f.geom LIMIT 8
        ) sewers
        UNION ALL
        SELECT * FROM (
            SELECT 2 AS turn, f.geom, f.id, ST_Distance(ST_Centroid(chief.shape), f.geom) AS d
            FROM water_main f ORDER BY ST_Centroid(chief.shape) <-> f.geom LIMIT 8
        ) waters
    ) main
    WHERE main.d <= 50.01
    ORDER BY main.d > 0.01 + min(main.d) OVER (PARTITION BY turn), main.d > min(main.d) OVER (), turn, main.id LIMIT 1
) main ON chief.n IS NOT NULL
LEFT JOIN LATERAL (
    SELECT ST_LineLocatePoint(main.geom, ST_Centroid(chief.shape)) AS at, 0.5 / ST_Length(main.geom) AS step
) located ON main.geom IS NOT NULL
LEFT JOIN LATERAL (
    SELECT ST_Azimuth(ST_LineInterpolatePoint(main.geom, greatest(at - step, 0)),
                      ST_LineInterpolatePoint(main.geom, least(at + step, 1))) AS azimuth
) heading ON located.at IS NOT NULL
LEFT JOIN LATERAL (
    SELECT ST_ExteriorRing(ST_OrientedEnvelope(chief.easement)) AS ring
) box ON chief.n IS NOT NULL
LEFT JOIN LATERAL (
    SELECT ST_Rotate(chief.shape, coalesce(heading.azimuth, CASE
        WHEN ST_Distance(ST_PointN(ring, 1), ST_PointN(ring, 2)) >= ST_Distance(ST_PointN(ring, 2), ST_PointN(ring, 3))
        THEN ST_Azimuth(ST_PointN(ring, 1), ST_PointN(ring, 2)) ELSE ST_Azimuth(ST_PointN(ring, 2), ST_PointN(ring, 3))
        END) - pi() / 2, ST_Centroid(chief.shape)) AS shape
) turned ON true
"""
)

EASEMENT_ENCROACHMENT = (
    _ANSWER
    + """, joint.area_sqft AS joint_sqft,
       ST_XMax(turned.shape) - ST_XMin(turned.shape) AS along_ft,
       ST_YMax(turned.shape) - ST_YMin(turned.shape) AS across_ft
FROM place p
"""
    + _CHIEF
    + _JOINT_AND_EXTENTS
    + _NEAR
    + """
ORDER BY p.n
"""
)

OWN_ADDRESS = """
SELECT p.n AS place, own.n AS address, own.distance_ft
FROM place p CROSS JOIN LATERAL (
    SELECT a.n, ST_Distance(p.geom, a.geom) AS distance_ft
    FROM parcel q JOIN address a ON a.geom && ST_Expand(q.geom, 0.01) AND ST_Distance(q.geom, a.geom) <= 0.01
    WHERE q.geom && ST_Expand(p.geom, 0.01) AND ST_Distance(p.geom, q.geom) <= 0.01
    ORDER BY ST_Distance(p.geom, a.geom) > 0.01 + min(ST_Distance(p.geom, a.geom)) OVER (), a.id LIMIT 1
) own
ORDER BY p.n
"""
"""The nearest address on a parcel that the place lies on."""
