"""One full check as one statement for PostGIS: the same answers as ours, each as a LATERAL that uses the indexes.

What is nearest is found as PostGIS is quickest: the nearest one by its index, then all that tie with it.
"""

from __future__ import annotations

from layers.query import LayerQuery
from tests.oracle_checks import OURS


def nearest_to(name: str, table: str, reach_ft: float, to: str = "p.geom", counted: str = "true") -> str:
    """The feature nearest to a geometry: of those within 0.01 ft of the nearest the smallest id.

    Its own distance, the least there is, and the point of it that is nearest.
    """
    return f"""
LEFT JOIN LATERAL (
    SELECT f.n, ST_Distance(f.geom, {to}) AS distance_ft, least.distance_ft AS least_ft,
        ST_ClosestPoint(f.geom, {to}) AS foot
    FROM (
        SELECT ST_Distance(f.geom, {to}) AS distance_ft FROM "{table}" f WHERE {counted}
        ORDER BY f.geom <-> {to} LIMIT 1
    ) least
    JOIN "{table}" f ON f.geom && ST_Expand({to}, least.distance_ft + 0.01)
        AND ST_Distance(f.geom, {to}) <= least.distance_ft + 0.01
    WHERE {counted} AND least.distance_ft <= {reach_ft + 0.01}
    ORDER BY f.id LIMIT 1
) {name} ON true"""


def mains_near(role: str, widest_ft: float) -> str:
    """The nearest main of all, and that of ours in whose tolerance zone a place lies deepest, from one look.

    No zone is deeper than that of the nearest by more than the difference of their widths.
    """
    return f"""
LEFT JOIN LATERAL (
    SELECT (array_agg(n ORDER BY distance_ft > least_ft + 0.01, id) FILTER (WHERE least_ft <= 2000.01))[1] AS near,
        (array_agg(distance_ft ORDER BY distance_ft > least_ft + 0.01, id)
            FILTER (WHERE least_ft <= 2000.01))[1] AS near_ft,
        (array_agg(n ORDER BY margin_ft < most_ft - 0.01, id) FILTER (WHERE ours AND ours_ft <= 1000.01))[1] AS deepest,
        (array_agg(margin_ft ORDER BY margin_ft < most_ft - 0.01, id)
            FILTER (WHERE ours AND ours_ft <= 1000.01))[1] AS margin_ft
    FROM (
        SELECT main.*, min(distance_ft) OVER () AS least_ft, max(margin_ft) FILTER (WHERE ours) OVER () AS most_ft
        FROM (
            SELECT ST_Distance(p.geom, f.geom) AS ours_ft FROM "{role}" f WHERE {OURS}
            ORDER BY p.geom <-> f.geom LIMIT 1
        ) least CROSS JOIN LATERAL (
            SELECT f.n, f.id, {OURS} AS ours, least.ours_ft, ST_Distance(p.geom, f.geom) AS distance_ft,
                CASE WHEN f.f_diameter_in > 0 THEN f.f_diameter_in / 24.0 ELSE 0.0 END
                + CASE WHEN p.day < '2014-10-01' THEN 2.5 ELSE 2.0 END - ST_Distance(p.geom, f.geom) AS margin_ft
            FROM "{role}" f WHERE f.geom && ST_Expand(p.geom, least.ours_ft + {widest_ft + 0.02})
        ) main
    ) seen
) "{role}" ON true"""


_IN_RIGHT_OF_WAY = """
LEFT JOIN LATERAL (
    SELECT r.n, min(ST_Distance(p.geom, r.geom)) OVER () AS least_ft
    FROM right_of_way_piece r WHERE r.geom && ST_Expand(p.geom, 0.01) AND ST_Distance(p.geom, r.geom) <= 0.01
    ORDER BY r.id LIMIT 1
) touched ON true"""

_ON_EASEMENT = """
LEFT JOIN LATERAL (
    SELECT e.n, min(ST_Distance(e.geom, p.geom)) OVER () AS gap_ft, count(*) OVER () AS here FROM easement e
    WHERE e.geom && ST_Expand(p.geom, 0.01) AND ST_Distance(e.geom, p.geom) <= 0.01
    ORDER BY coalesce(e.f_basis = 'modelled', e.modelled), e.id LIMIT 1
) on_it ON true"""

_JOINED = """
LEFT JOIN LATERAL (
    SELECT ST_Distance(ST_Boundary(ST_Union(e.geom)), p.geom) AS plain_ft, ST_Distance(ST_Boundary(
        ST_Buffer(ST_Union(ST_Buffer(e.geom, 0.005, 'join=mitre')), -0.005, 'join=mitre')), p.geom) AS closed_ft
    FROM easement e WHERE on_it.gap_ft = 0
    AND (SELECT count(*) > 1 FROM easement s WHERE ST_DWithin(s.geom, bound.foot, 0.02))
    AND ST_DWithin(e.geom, p.geom, 100.01)
) joined ON true"""
"""The edge of all easements around taken as one; only where the nearest edge lies at or in another easement."""

COUNTED = f"{OURS} AND coalesce(f.f_use, '') NOT IN ('transmission', 'raw_water')"
SERVED = nearest_to("found", "sewer_main", 5000.0, "q.geom", COUNTED)
_ON_PARCEL = "q.geom && ST_Expand(p.geom, 0.01) AND ST_Distance(p.geom, q.geom) <= 0.01"
_AMONG = """
    bool_and(coalesce(distance_ft, 5000.0) <= 100.01) OVER ({0}) AS all_yes,
    bool_or(coalesce(distance_ft, 5000.0) <= 100.01) OVER ({0}) AS any_yes"""

_LAND = f"""
LEFT JOIN LATERAL (
    SELECT q.n AS parcel, found.n AS main, found.distance_ft, {_AMONG.format("")}
    FROM parcel q {SERVED} WHERE {_ON_PARCEL}
    ORDER BY q.id LIMIT 1
) land ON true"""
"""The parcel that a place lies on, and the way from there to the sewer that counts."""

_LAND_ONCE = f"""
WITH pair AS MATERIALIZED (
    SELECT p.n AS place, q.n AS parcel, q.id, q.geom FROM place p JOIN parcel q ON {_ON_PARCEL}
), served AS MATERIALIZED (
    SELECT q.parcel, found.n AS main, found.distance_ft
    FROM (SELECT DISTINCT ON (parcel) parcel, geom FROM pair) q {SERVED}
), land AS MATERIALIZED (
    SELECT DISTINCT ON (place) place, parcel, main, distance_ft, {_AMONG.format("PARTITION BY place")}
    FROM pair JOIN served USING (parcel) ORDER BY place, id
)"""
"""The same for many places: from each parcel once, however many places lie on it."""

_COLUMNS = """
SELECT p.n AS place,
    CASE WHEN touched.least_ft = 0 THEN 1 ELSE -1 END * coalesce(way_edge.least_ft, 2000.0) AS right_of_way_ft,
    coalesce(touched.n, way_edge.n) AS right_of_way, touched.n IS NOT NULL AS touches, land.parcel,
    water_main.near AS water_main, water_main.near_ft AS water_main_ft,
    water_main.deepest AS water_zone, water_main.margin_ft AS water_zone_ft,
    sewer_main.near AS sewer_main, sewer_main.near_ft AS sewer_main_ft,
    sewer_main.deepest AS sewer_zone, sewer_main.margin_ft AS sewer_zone_ft,
    hydrant.n AS hydrant, hydrant.distance_ft AS hydrant_ft, valve.n AS valve, valve.distance_ft AS valve_ft,
    coalesce(on_it.n, bound.n) AS easement, on_it.gap_ft = 0 AS inside, coalesce(on_it.here, 0) AS here,
    bound.least_ft AS bound_ft,
    CASE WHEN abs(joined.plain_ft - joined.closed_ft) <= 0.01 THEN joined.plain_ft ELSE joined.closed_ft END
    AS joined_ft, coalesce(abs(joined.plain_ft - joined.closed_ft) > 0.01, false) AS past_seam,
    land.main AS serving, land.distance_ft AS serving_ft, land.all_yes, land.any_yes
FROM place p"""


NORMAL_POSITIONS = """
DROP TABLE IF EXISTS normal_position;
CREATE TABLE normal_position AS
SELECT radius * cos(2.399963 * number) AS east, radius * sin(2.399963 * number) AS north
FROM generate_series(0, 255) number, LATERAL (SELECT sqrt(-2 * ln(1 - (number + 0.5) / 256)) AS radius) spiral;
ANALYZE normal_position;
"""
"""256 positions of equal weight around a place, on a spiral: a fixed quadrature of a round normal of sigma 1."""


def _share(name: str, table: str, inside: str, edge_ft: str, sigma_ft: str) -> str:
    """The probability that a place really lies on the side of the edge where the map has it.

    Asked within five sigmas of the edge only; beyond them it is 1.
    """
    return f"""
LEFT JOIN LATERAL (
    SELECT avg((({inside}) = EXISTS (
        SELECT 1 FROM {table} f
        WHERE ST_Intersects(f.geom, ST_Translate(p.geom, s.east * {sigma_ft}, s.north * {sigma_ft}))
    ))::int) AS share
    FROM normal_position s WHERE {edge_ft} < 5 * {sigma_ft}
) {name} ON true"""


def _shares(query: LayerQuery) -> list[str]:
    way = query.features("right_of_way").worst_sigma_ft
    easements = {
        part.description.basis == "modelled": part.description.sigma_ft for part in query.features("easement").parts
    }
    modelled, recorded = easements.get(True, 0.0), easements.get(False, 0.0)
    sigma = f"(CASE WHEN chief.modelled THEN {modelled} ELSE {recorded} END)"
    return [
        _share("way_share", "right_of_way_piece", "coalesce(touched.least_ft, 1) = 0", "way_edge.least_ft", str(way)),
        "\nLEFT JOIN easement chief ON chief.n = coalesce(on_it.n, bound.n)",
        _share("easement_share", "easement", "coalesce(on_it.gap_ft, 1) = 0", "bound.least_ft", sigma),
    ]


_SHARES = """,
    coalesce(way_share.share, 1)::float8 AS way_share, coalesce(easement_share.share, 1)::float8 AS easement_share"""


def full_check(query: LayerQuery, *, parcels_once: bool = False, probability: bool = False) -> str:
    """The statement over the table `place` (n, geom, day), in one chain of LATERALs.

    `parcels_once`: the way to the sewer is measured first, from each parcel once, and joined by place.
    `probability`: with that of the right of way and of the easement over their real edges, by a fixed
    quadrature (the table of `NORMAL_POSITIONS`); those of straight edges and bands, closed forms, are left out.
    """
    widest_ft = {role: query.features(role).largest("diameter_in") / 24 for role in ("water_main", "sewer_main")}
    laterals = [
        _IN_RIGHT_OF_WAY,
        nearest_to("way_edge", "right_of_way_edge", 2000.0),
        *(mains_near(role, widest) for role, widest in widest_ft.items()),
        nearest_to("hydrant", "hydrant", 2000.0),
        nearest_to("valve", "valve", 2000.0),
        _ON_EASEMENT,
        nearest_to("bound", "easement_edge", 1000.0),
        _JOINED,
        " LEFT JOIN land ON land.place = p.n" if parcels_once else _LAND,
    ]
    columns = _COLUMNS
    if probability:
        columns = columns.replace("\nFROM place p", _SHARES + "\nFROM place p")
        laterals += _shares(query)
    return "".join([_LAND_ONCE if parcels_once else "", columns, *laterals])
