"""Which features lie in an area: boxes of neighbours select, one measure decides."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from layers.grid import AT_LIMIT_FT, Floats, Geometries, Rows

_GROUP = 64
Box = tuple[float, float, float, float]


class Boxes:
    """The boxes of many features, and boxes around every 64 neighbours: found by comparing numbers alone.

    Rows should lie near each other on the ground, as those of a snapshot do; no answer depends on it.
    """

    def __init__(self, bounds: Floats) -> None:
        self.bounds = bounds
        starts = np.arange(0, len(bounds), _GROUP)
        filled = np.where(np.isfinite(bounds), bounds, [np.inf, np.inf, -np.inf, -np.inf])
        least = np.minimum.reduceat(filled[:, :2], starts, axis=0) if len(bounds) else np.empty((0, 2))
        most = np.maximum.reduceat(filled[:, 2:], starts, axis=0) if len(bounds) else np.empty((0, 2))
        self._groups = np.hstack([least, most])

    def meeting(self, box: Box) -> Rows:
        """The rows whose box meets a box, in their order."""
        groups = np.flatnonzero(_meets(self._groups, box))
        rows = (groups[:, None] * _GROUP + np.arange(_GROUP)).ravel()
        rows = rows[: np.searchsorted(rows, len(self.bounds))]
        return np.asarray(rows[_meets(self.bounds[rows], box)], dtype=np.intp)

    def around(self) -> Box | None:
        """The box around everything, None where nothing has a place."""
        there = self._groups[np.isfinite(self._groups).all(axis=1)]
        if not len(there):
            return None
        west, south = there[:, :2].min(axis=0).tolist()
        east, north = there[:, 2:].max(axis=0).tolist()
        return west, south, east, north


def rows_in_area(shapes: Geometries, boxes: Boxes, area: BaseGeometry) -> Rows:
    """The rows of the features at most 0.01 ft from an area, in their order; those without a place never are.

    What lies wholly within a rectangle inside the area needs no measure.
    """
    west, south, east, north = area.bounds
    slack = AT_LIMIT_FT
    rows = boxes.meeting((west - slack, south - slack, east + slack, north + slack))
    sure = _within(boxes.bounds[rows], _rectangle_inside(area))
    unsure = np.flatnonzero(~sure)
    shapely.prepare(area)
    sure[unsure] = shapely.dwithin(area, np.asarray(shapes[rows[unsure]], dtype=object), AT_LIMIT_FT)
    return np.asarray(rows[sure], dtype=np.intp)


def _rectangle_inside(area: BaseGeometry) -> Box | None:
    """A rectangle that the area covers, where the area is a slightly bent box; None for any other."""
    if area.geom_type != "Polygon":
        return None
    west, south, east, north = area.bounds
    bent = 0.05 * max(east - west, north - south)
    inner = (west + bent, south + bent, east - bent, north - bent)
    for box in ((west, south, east, north), inner):
        if box[0] < box[2] and box[1] < box[3] and area.covers(shapely.box(*box)):
            return box
    return None


def _within(bounds: Floats, box: Box | None) -> Any:
    if box is None:
        return np.zeros(len(bounds), dtype=bool)
    west, south, east, north = box
    inside = (bounds[:, 0] >= west) & (bounds[:, 1] >= south) & (bounds[:, 2] <= east) & (bounds[:, 3] <= north)
    return cast(Any, inside)


def _meets(bounds: Floats, box: Box) -> Any:
    """Boxes without numbers meet nothing."""
    west, south, east, north = box
    return (bounds[:, 0] <= east) & (bounds[:, 1] <= north) & (bounds[:, 2] >= west) & (bounds[:, 3] >= south)
