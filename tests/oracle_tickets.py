"""Locate tickets in PostGIS's own words: `tickets` as they were given, `places` with n, day and geom."""

from __future__ import annotations

DAYS_SQL = """
CREATE TABLE terms AS
SELECT t.*,
  CASE WHEN called_on < '2025-10-01' THEN
    (SELECT d FROM work WHERE d > called_on ORDER BY d OFFSET 14 LIMIT 1)
  ELSE called_on + 28 END AS last_day,
  (SELECT d FROM work WHERE d > called_on ORDER BY d OFFSET 2 LIMIT 1) AS due,
  (SELECT min(c.called_on) FROM tickets c WHERE c.kind = 'cancelled' AND c.ticket_number = t.ticket_number) AS cancelled
FROM tickets t
"""
WORK_SQL = """
CREATE TABLE work AS
SELECT g::date AS d FROM generate_series('2025-07-01'::date, '2027-01-31'::date, '1 day') g
WHERE extract(isodow FROM g) < 6 AND NOT g::date = ANY(%s::date[])
"""
TICKET_SQL = """
SELECT p.n, max(signed) FILTER (WHERE counts) AS margin,
  bool_or(signed >= -0.01 AND in_time AND kind = 'strange') AS open,
  max(CASE WHEN signed >= -0.01 AND kind = 'three_hour' AND called_on <= p.day THEN 1 ELSE 0 END) AS three_hour
FROM places p LEFT JOIN LATERAL (
  SELECT t.kind, t.called_on, in_time, in_time AND t.kind IN ('normal', 'emergency', 'update') AS counts,
    CASE WHEN ST_Intersects(t.geom, p.geom) THEN ST_Distance(ST_Boundary(t.geom), p.geom)
         ELSE -ST_Distance(t.geom, p.geom) END AS signed
  FROM terms t CROSS JOIN LATERAL (SELECT
      t.called_on <= p.day AND p.day <= t.last_day AND NOT coalesce(t.cancelled <= p.day, false)
      AND (t.kind = 'emergency' OR p.day > t.due
           OR coalesce(t.response_code IN ('10', '20') AND t.responded_on <= p.day, false)) AS in_time) j
  WHERE t.geom && ST_Expand(p.geom, 300.02) AND ST_Distance(t.geom, p.geom) <= 300.01
) f ON true GROUP BY p.n ORDER BY p.n
"""
NEARBY_SQL = """
SELECT p.n, count(t.id), min(ST_Distance(t.geom, p.geom)) FROM places p LEFT JOIN tickets t
  ON t.geom && ST_Expand(p.geom, 500.02) AND ST_Distance(t.geom, p.geom) <= 500.01
  AND p.day - t.called_on BETWEEN 0 AND 60
GROUP BY p.n ORDER BY p.n
"""
