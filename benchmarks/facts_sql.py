"""What an answer of the API holds beyond the full check, as further LATERALs for PostGIS: see `full_sql`.

Kinds of facilities, zones of laterals and under water, the address, the way from the place, the frontage, parcels
that a connection would cross, and the probability that the place lies in a parcel with another answer.
"""

from __future__ import annotations

from benchmarks.full_sql import COUNTED, SERVED, full_check, mains_near, nearest_to
from layers.query import LayerQuery
from tests.oracle_checks import OURS
from tests.oracle_land import OWNER_KEY

KINDS = ("blowoff", "manhole", "meter")
"""The facilities of which only the nearest is told, beside those of the full check."""
LINES = ("water_main", "sewer_main", "lateral")
"""The lines that have a tolerance zone."""

WET = """
CREATE TABLE "{role}_wet" AS
SELECT f.n, f.id, f.f_owner, f.f_status, ST_Intersection(f.geom, ST_Union(b.geom)) AS geom
FROM "{role}" f JOIN water_body b ON ST_Intersects(f.geom, b.geom) GROUP BY f.n, f.id, f.f_owner, f.f_status, f.geom;
DELETE FROM "{role}_wet" WHERE ST_Length(geom) = 0;
CREATE INDEX ON "{role}_wet" USING gist (geom);
ANALYZE "{role}_wet";
"""
"""The parts of lines under water, cut once as we do."""
OWNER_KEYS = f"""
{OWNER_KEY};
ALTER TABLE parcel ADD COLUMN owner_key text;
UPDATE parcel SET owner_key = owner_key(f_owner_name);
CREATE INDEX ON parcel (n);
CREATE INDEX ON easement (n);
CREATE INDEX ON sewer_main (n);
ANALYZE parcel;
ANALYZE easement;
"""
"""Names of owners made comparable once, so that a request need not."""

_OWN_ADDRESS = """
LEFT JOIN LATERAL (
    SELECT near.* FROM (
        SELECT a.n, a.id, ST_Distance(a.geom, p.geom) AS distance_ft
        FROM parcel q JOIN address a ON a.geom && ST_Expand(q.geom, 0.01) AND ST_Distance(a.geom, q.geom) <= 0.01
        WHERE q.geom && ST_Expand(p.geom, 0.01) AND ST_Distance(p.geom, q.geom) <= 0.01
    ) near ORDER BY near.distance_ft > 0.01 + min(near.distance_ft) OVER (), near.id LIMIT 1
) own_address ON true"""

_FRONT = """
LEFT JOIN parcel own ON own.n = land.parcel
LEFT JOIN LATERAL (
    SELECT ST_Collect(d.geom) AS geom FROM (
        SELECT ST_Buffer(ST_Collect(r.geom), 0.005, 'quad_segs=2') AS strip FROM right_of_way_edge r
        WHERE r.geom && ST_Expand(own.geom, 0.01) AND ST_DWithin(r.geom, own.geom, 0.01)
    ) edge CROSS JOIN LATERAL ST_Dump(ST_LineMerge(ST_Intersection(ST_Boundary(own.geom), edge.strip))) d
    WHERE ST_Length(d.geom) >= 1.0
) front ON true"""

_BEFORE = f"""
LEFT JOIN LATERAL (
    SELECT ways.* FROM (
        SELECT f.n, f.geom, ST_ShortestLine(front.geom, f.geom) AS line,
            ST_Distance(front.geom, f.geom) AS distance_ft
        FROM sewer_main f WHERE {COUNTED} AND ST_DWithin(front.geom, f.geom, 200.01)
        ORDER BY round(ST_Distance(front.geom, f.geom)::numeric, 2), f.id OFFSET 0
    ) ways WHERE distance_ft <= 0.01 OR NOT EXISTS (
        SELECT FROM (SELECT greatest(ceil(ways.distance_ft / 5.0), 1)::int AS steps) s, generate_series(1, s.steps) k
        WHERE NOT EXISTS (SELECT FROM right_of_way_piece r
            WHERE ST_DWithin(r.geom, ST_LineInterpolatePoint(ways.line, (k - 0.5) / s.steps), 0.01))
    ) LIMIT 1
) before ON front.geom IS NOT NULL"""

_CROSSED = """
LEFT JOIN sewer_main serving ON serving.n = land.main
LEFT JOIN LATERAL (
    SELECT string_agg(o.id, ', ' ORDER BY o.id) FILTER (WHERE o.along > 0.1) AS ids FROM (
        SELECT q.id, ST_Length(ST_Intersection(l.line, ST_Buffer(q.geom, 0.01, 'join=mitre'))) AS along,
            ST_Union(ST_Buffer(q.geom, 0.01, 'join=mitre')) OVER () AS land, l.line
        FROM (SELECT ST_ShortestLine(own.geom, serving.geom) AS line) l JOIN parcel q
            ON q.geom && ST_Expand(l.line, 0.01) AND ST_Distance(q.geom, l.line) <= 0.01
        WHERE q.n <> own.n AND (q.owner_key = own.owner_key) IS NOT TRUE
    ) o WHERE ST_Length(ST_Intersection(o.line, ST_Buffer(o.land, -0.02, 'join=mitre'))) > 0.01
) crossed ON true"""

_OTHER_LAND = f"""
LEFT JOIN LATERAL (
    SELECT ST_Collect(q.geom) AS geom FROM parcel q {SERVED}
    WHERE ST_DWithin(q.geom, p.geom, 5 * %(site_and_parcel_ft)s)
    AND (coalesce(found.distance_ft, 5000.0) <= 100.01) <> (coalesce(land.distance_ft, 5000.0) <= 100.01)
) other ON land.parcel IS NOT NULL
LEFT JOIN LATERAL (
    SELECT avg((NOT ST_Intersects(other.geom, ST_Translate(p.geom, s.east * %(site_and_parcel_ft)s,
        s.north * %(site_and_parcel_ft)s)))::int) AS share FROM normal_position s WHERE other.geom IS NOT NULL
) land_share ON true"""


def _wet(role: str) -> str:
    return nearest_to(f"{role}_wet", f"{role}_wet", 1000.0, counted=OURS)


def full_answer(query: LayerQuery) -> str:
    """The statement of the full check with every fact of its answer; `%(site_and_parcel_ft)s` joins two sigmas."""
    more = [
        mains_near("lateral", query.features("lateral").largest("diameter_in") / 24),
        *(nearest_to(f"near_{kind}", kind, 2000.0) for kind in (*KINDS, "address")),
        *(_wet(role) for role in LINES),
        nearest_to("from_place", "sewer_main", 5000.0, counted=COUNTED),
        _OWN_ADDRESS,
        _FRONT,
        _BEFORE,
        _CROSSED,
        _OTHER_LAND,
    ]
    columns = [
        '"lateral".near AS "lateral"',
        '"lateral".near_ft AS lateral_ft',
        '"lateral".deepest AS lateral_zone',
        '"lateral".margin_ft AS lateral_zone_ft',
        *(f"near_{kind}.n AS {kind}, near_{kind}.distance_ft AS {kind}_ft" for kind in (*KINDS, "address")),
        *(f'"{role}_wet".n AS {role}_wet, "{role}_wet".distance_ft AS {role}_wet_ft' for role in LINES),
        "from_place.distance_ft AS site_distance_ft",
        "own_address.n AS own_address, own_address.distance_ft AS own_address_ft",
        "ST_Length(front.geom) AS frontage_ft, before.distance_ft AS frontage_distance_ft",
        "ST_Length(ST_Intersection(front.geom, ST_Buffer(before.geom, 100.0, 'quad_segs=16'))) AS frontage_faced_ft",
        "crossed.ids AS crosses_parcels, coalesce(land_share.share, 1)::float8 AS land_share",
    ]
    statement = full_check(query, probability=True)
    head, place, tail = statement.partition("\nFROM place p")
    return "".join([head, ",\n    ", ",\n    ".join(columns), place, tail, *more])
