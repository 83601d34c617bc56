"""Parts of lines between two places along them."""

from __future__ import annotations

import numpy as np
import shapely

from layers.grid import Floats, Geometries

_NEARLY_FT = 1e-6


def stretches(lines: Geometries, start_ft: Floats, end_ft: Floats) -> Geometries:
    """The part of each line between two places along it, in feet from where it is drawn first."""
    whole = (start_ft <= _NEARLY_FT) & (end_ft >= shapely.length(lines) - _NEARLY_FT)
    found = np.array(lines, dtype=object)
    for number in np.flatnonzero(~whole):
        found[number] = _between(lines[number], float(start_ft[number]), float(end_ft[number]))
    return found


def _between(line: shapely.Geometry, start_ft: float, end_ft: float) -> shapely.Geometry:
    parts: Geometries = shapely.get_parts(line)
    before, kept = 0.0, []
    for part in parts:
        length = float(shapely.length(part))
        low, high = max(start_ft - before, 0.0), min(end_ft - before, length)
        if low < high:
            kept.append(shapely.LineString(_vertices_between(part, low, high)))
        before += length
    if not kept:
        return shapely.LineString()
    return kept[0] if len(kept) == 1 else shapely.MultiLineString(kept)


def _vertices_between(part: shapely.Geometry, low: float, high: float) -> Floats:
    points = shapely.get_coordinates(part)
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    inner = points[(along > low) & (along < high)]
    ends = np.column_stack([np.interp([low, high], along, points[:, axis]) for axis in (0, 1)])
    return np.concatenate([ends[:1], inner, ends[1:]])
