"""On which line of the sewers each of many places lies, and how near another line is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from gis_ce.checks.line_reach import line_reach
from gis_ce.checks.measuring import first_of_each
from gis_ce.checks.traced_line import ROLE, TracedLine, line_from, sewers_of
from gis_ce.rules import Chosen
from layers.features import Rows
from layers.grid import Floats, Geometries
from layers.network.lines import IN_SERVICE
from layers.network.starts import on_main
from layers.query import LayerQuery, Pairs

_STEPS_FT = (25.0, 100.0)


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of many places, each line once: `line` leads into `lines` and `rule` (of the day), -1 for no line.

    `main` is the nearest main in service, `snapped_ft` how far it is; `other` the nearest one that is not on the
    place's line, `other_ft` how far. -1 and NaN (for `other_ft` infinity) where there is none in reach.
    """

    points: Geometries
    main: Rows
    snapped_ft: Floats
    line: Rows
    lines: tuple[TracedLine, ...]
    rule: tuple[int, ...]
    other: Rows
    other_ft: Floats
    _codes: Rows
    _mains: int

    def are_on(self, line: Rows, main: Rows) -> npt.NDArray[np.bool_]:
        """Whether mains (rows) are segments of lines (numbers)."""
        return _on(self._codes, self._mains, line, main)


def lines_of(query: LayerQuery, places: Geometries, chosen: Chosen) -> Lines:
    """The line of each place, by the reach of its day's rule; of a place that is no point its middle counts.

    A place that is farther than `start_ft` of the city's network from every sewer lies on none. Each line is traced
    once, however many places lie on it.
    """
    reach = query.network_settings.start_ft
    points = np.asarray(shapely.centroid(places), dtype=object)
    main, snapped = first_of_each(query.nearest(ROLE, points, reach_ft=reach, select=IN_SERVICE), len(points))
    line, lines, rule = _traced(query, points, main, snapped, chosen)
    mains = len(query.features(ROLE))
    codes = np.concatenate([np.empty(0, np.intp), *(n * mains + one.segments for n, one in enumerate(lines))])
    other, other_ft = _nearest_other(query, points, line, codes, mains, 2 * reach)
    return Lines(points, main, snapped, line, lines, rule, other, other_ft, codes, mains)


def _traced(
    query: LayerQuery, points: Geometries, main: Rows, snapped_ft: Floats, chosen: Chosen
) -> tuple[Rows, tuple[TracedLine, ...], tuple[int, ...]]:
    network, snap_ft = sewers_of(query), query.network_settings.snap_ft
    line = np.full(len(points), -1, dtype=np.intp)
    numbers: dict[tuple[int, int, int], int] = {}
    lines: list[TracedLine] = []
    for row in np.flatnonzero((main >= 0) & chosen.usable).tolist():
        start = on_main(query, network, int(main[row]), points[row], float(snapped_ft[row]), snap_ft=snap_ft)
        rule = int(chosen.index[row])
        key = (rule, start.node, int(main[row]) if start.node < 0 else -1)
        if key not in numbers:
            numbers[key] = len(lines)
            lines.append(line_from(query, network, start, line_reach(chosen.rules[rule])))
        line[row] = numbers[key]
    return line, tuple(lines), tuple(rule for rule, _, _ in numbers)


def _nearest_other(
    query: LayerQuery, points: Geometries, line: Rows, codes: Rows, mains: int, reach_ft: float
) -> tuple[Rows, Floats]:
    """The nearest main in service off the line of each place; looks near first, and farther only where none is."""
    row, distance = np.full(len(points), -1, dtype=np.intp), np.full(len(points), np.inf)
    for reach in (*(step for step in _STEPS_FT if step < reach_ft), reach_ft):
        left = np.flatnonzero((row < 0) & (line >= 0))
        pairs = query.within(ROLE, points[left], reach, IN_SERVICE)
        kept = ~_on(codes, mains, line[left][pairs.place], pairs.feature)
        off = Pairs(pairs.place[kept], pairs.feature[kept], pairs.distance_ft[kept])
        found, away = first_of_each(off, len(left))
        row[left], distance[left] = found, np.where(found >= 0, away, np.inf)
    return row, distance


def _on(codes: Rows, mains: int, line: Rows, main: Rows) -> npt.NDArray[np.bool_]:
    return np.asarray(np.isin(line * mains + main, codes) & (line >= 0) & (main >= 0), dtype=np.bool_)
