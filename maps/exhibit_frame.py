"""The part of the town that an exhibit shows: at an engineer's scale, so that one can measure on the paper."""

from __future__ import annotations

from collections.abc import Sequence

import shapely
from shapely.geometry.base import BaseGeometry

from maps.still_shapes import PER_INCH, Frame

SCALES_FT = (5, *(step * power for power in (1, 10, 100) for step in (10, 20, 30, 40, 50, 60)))
"""Feet to an inch on the scales of an engineer's rule, from 5 (read on that of 50) to 6,000."""
_ROOM = 0.8
"""The share of the frame that the evidence may fill."""


def engineers_scale(shapes: Sequence[BaseGeometry], width_in: float, height_in: float) -> int:
    """The feet to an inch at which some shapes fit with room around them; the smallest scale where none is enough."""
    west, south, east, north = shapely.total_bounds(list(shapes)).tolist()
    needed = max((east - west) / width_in, (north - south) / height_in) / _ROOM
    return next((scale for scale in SCALES_FT if scale >= needed), SCALES_FT[-1])


def frame_at(shapes: Sequence[BaseGeometry], feet_per_inch: float, width_in: float, height_in: float) -> Frame:
    """The frame around the middle of some shapes that is drawn on so many inches of paper at that scale."""
    west, south, east, north = shapely.total_bounds(list(shapes)).tolist()
    x, y = round((west + east) / 2), round((south + north) / 2)
    half_x, half_y = width_in * feet_per_inch / 2, height_in * feet_per_inch / 2
    size = width_in * PER_INCH, height_in * PER_INCH
    return Frame(x - half_x, y - half_y, x + half_x, y + half_y, *size)
