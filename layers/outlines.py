"""Shapes taken apart into the lines that bound them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from layers.grid import Geometries, Rows


@dataclass(frozen=True, slots=True)
class Outlines:
    """Lines, the row of the shape that each belongs to (ascending), and whether it goes around an area."""

    line: Geometries
    owner: Rows
    ring: npt.NDArray[np.bool_]


def outlines(shapes: Geometries) -> Outlines:
    """The rings of areas, holes among them, and lines and points as they are; None and empty shapes have none."""
    parts, part_owner = shapely.get_parts(shapes, return_index=True)
    flat = shapely.get_dimensions(parts) == 2
    rings, ring_part = shapely.get_rings(parts[flat], return_index=True)
    owner = np.concatenate([part_owner[flat][ring_part], part_owner[~flat]])
    order = np.argsort(owner, kind="stable")
    lines: Geometries = np.concatenate([rings, parts[~flat]])
    return Outlines(lines[order], owner[order], order < len(rings))


def position_in_group(sizes: Rows) -> Rows:
    """0, 1, 2, ... within each of the groups that follow one another."""
    ends = np.cumsum(sizes)
    return np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - sizes, sizes)
