"""Laterals as lines that begin at the main, so that positions on them can be counted from there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from gis_ce.checks.measuring import OURS, first_of_each
from layers.features import Rows
from layers.grid import AT_LIMIT_FT, Floats, Geometries
from layers.query import LayerQuery


@dataclass(frozen=True, slots=True)
class ServiceLines:
    """One row a lateral: its line, the same line from the main on and prolonged, and the row of the main.

    `prolonged` is None and `main` -1 where no main lies in reach, or where both ends are equally near
    to it. The line goes straight on beyond its far end, so that a place behind it has a position.
    """

    lateral: Geometries
    prolonged: Geometries
    main: Rows


def service_lines(lateral: Rows, query: LayerQuery, reach_ft: float) -> ServiceLines:
    """The laterals of the given rows; the end nearer to a main of the utility's is the beginning."""
    lines = query.features("lateral").geometry[lateral]
    ends = [shapely.get_point(lines, 0), shapely.get_point(lines, -1)]
    main, distance = zip(*(_nearest_main(end, query, reach_ft) for end in ends), strict=True)
    turned = distance[1] < distance[0]
    nearer = np.minimum(*distance)
    told = np.isfinite(nearer) & (np.maximum(*distance) > nearer + AT_LIMIT_FT)
    prolonged: Geometries = np.full(len(lines), None, dtype=object)
    for row in np.flatnonzero(told):
        prolonged[row] = _prolonged(lines[row], bool(turned[row]), reach_ft)
    return ServiceLines(lines, prolonged, np.where(told, np.where(turned, main[1], main[0]), -1))


def _nearest_main(points: Geometries, query: LayerQuery, reach_ft: float) -> tuple[Rows, Floats]:
    near = query.nearest("water_main", points, reach_ft=reach_ft, select=OURS)
    main, distance = first_of_each(near, len(points))
    return main, np.where(main >= 0, distance, np.inf)


def _prolonged(line: shapely.LineString, turned: bool, reach_ft: float) -> shapely.LineString:
    points = shapely.get_coordinates(line)
    if turned:
        points = points[::-1]
    way = points[-1] - points[-2]
    length = float(np.hypot(*way))
    ahead = points[-1] + way / length * reach_ft if length > 0 else points[-1]
    return shapely.LineString(np.vstack([points, ahead]))


def positions_along(lines: Geometries, points: Geometries) -> Floats:
    """How many feet from the beginning of its line each point's nearest spot lies."""
    return np.asarray(shapely.line_locate_point(lines, points), dtype=np.float64)
