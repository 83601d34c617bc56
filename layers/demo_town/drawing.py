"""Features of one subject: geometry with columns beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from layers.grid import Floats, Geometries

Column = npt.NDArray[np.generic]
Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Drawing:
    """Geometry and columns of the same length."""

    geometry: Geometries
    columns: dict[str, Column]

    def __len__(self) -> int:
        return len(self.geometry)

    def rows(self, name: str) -> Rows:
        """A column of row numbers or counts."""
        return np.asarray(self.columns[name], dtype=np.intp)

    def numbers(self, name: str) -> Floats:
        """A column of lengths or heights."""
        return np.asarray(self.columns[name], dtype=np.float64)

    def take(self, rows: Rows | npt.NDArray[np.bool_]) -> Drawing:
        """The given rows, in that order."""
        return Drawing(self.geometry[rows], {name: column[rows] for name, column in self.columns.items()})


def joined(drawings: Sequence[Drawing]) -> Drawing:
    """The features of several drawings with the same columns, one after the other."""
    names = drawings[0].columns
    columns = {name: np.concatenate([drawing.columns[name] for drawing in drawings]) for name in names}
    return Drawing(np.concatenate([drawing.geometry for drawing in drawings]), columns)


def lines_of(parts: Sequence[Floats]) -> Geometries:
    """One line for each array of points."""
    if not parts:
        return np.empty(0, dtype=object)
    sizes = [len(part) for part in parts]
    owner = np.repeat(np.arange(len(parts)), sizes)
    return np.asarray(shapely.linestrings(np.concatenate(parts), indices=owner), dtype=object)


def points_of(coordinates: Floats) -> Geometries:
    """One point for each row."""
    points: Geometries = np.asarray(shapely.points(np.asarray(coordinates).reshape(-1, 2)), dtype=object)
    return points
