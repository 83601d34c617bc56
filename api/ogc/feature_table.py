"""One collection in memory: columns that the caller may read, shapes on the grid, and the order of its ids."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, TypeVar, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from api.ogc.feature_file import FeatureFile
from layers.boxes import Box, Boxes
from layers.grid import Floats, Geometries, Rows
from layers.stored_shapes import StoredShapes

Kind = Literal["text", "number", "date", "moment"]
Mask = npt.NDArray[np.bool_]
Made = TypeVar("Made")
ARROW: dict[Kind, pa.DataType] = {
    "text": pa.string(),
    "number": pa.float64(),
    "date": pa.date32(),
    "moment": pa.timestamp("us", "UTC"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """One property of a collection."""

    name: str
    kind: Kind = "text"
    title: str = ""


class FeatureTable:
    """The features of one collection; never changes. `times` names the column of their time, or those of its
    beginning and end. Shapes are on the grid in feet, None where a feature has no place. `texts_at` is where the
    features may lie as texts."""

    def __init__(
        self,
        ids: pa.Array,
        columns: pa.Table,
        described: Sequence[Column],
        shapes: Geometries | StoredShapes,
        times: tuple[str, ...] = (),
        texts_at: Path | None = None,
    ) -> None:
        self.described = tuple(described)
        self.columns = columns
        self.times = times
        self.ids = ids
        self.texts_at = texts_at
        self.texts: FeatureFile | None = None
        self.shapes = cast(Geometries, shapes)
        self._kept_shapes = shapes
        self._tile_columns: dict[str, pa.Array] | None = None
        self._remembered: dict[str, Any] = {}

    def __len__(self) -> int:
        return len(self.ids)

    def column(self, name: str) -> Column | None:
        """The description of a property, None where there is none of that name."""
        return next((column for column in self.described if column.name == name), None)

    @cached_property
    def order(self) -> Rows:
        """The rows in the order of their ids."""
        return np.asarray(pc.sort_indices(self.ids).to_numpy(), dtype=np.intp)

    @cached_property
    def place_of(self) -> Rows:
        """Where in that order each row stands."""
        places = np.empty(len(self), dtype=np.intp)
        places[self.order] = np.arange(len(self))
        return places

    @cached_property
    def boxes(self) -> Boxes:
        """The boxes of the shapes."""
        kept = self._kept_shapes
        bounds = kept.bounds if isinstance(kept, StoredShapes) else shapely.bounds(kept)
        return Boxes(np.asarray(bounds, dtype=np.float64).reshape(-1, 4))

    @property
    def around(self) -> Box | None:
        """The box around everything, on the grid."""
        return self.boxes.around()

    @property
    def bounds(self) -> Floats:
        """The box of each feature."""
        return self.boxes.bounds

    def place_after(self, key: str) -> int:
        """Where in the order of ids the first one behind a key stands."""
        return bisect_right(self.order, key.encode(), key=lambda row: self.ids[row].as_py().encode())

    def row_of(self, feature: str) -> int | None:
        """The row of a feature, None where there is none of that id."""
        place = self.place_after(feature) - 1
        if place < 0:
            return None
        row = int(self.order[place])
        return row if self.ids[row].as_py() == feature else None

    def remembered(self, name: str, make: Callable[[], Made]) -> Made:
        """What was made from this table before under a name, else what is made now; kept as long as the table."""
        if name not in self._remembered:
            self._remembered[name] = make()
        return cast(Made, self._remembered[name])

    def tile_columns(self, as_text: Callable[[pa.Array], pa.Array]) -> dict[str, pa.Array]:
        """All properties as texts and numbers, with the id; made once."""
        if self._tile_columns is None:
            found = {"id": self.ids}
            for column in self.described:
                values = pa.concat_arrays(self.columns.column(column.name).chunks)
                found[column.name] = values if column.kind in ("text", "number") else as_text(values)
            self._tile_columns = found
        return self._tile_columns

    def times_around(self) -> tuple[object, object]:
        """The first and the last time, None where there is none."""
        if not self.times or not len(self):
            return None, None
        first, last = self.columns.column(self.times[0]), self.columns.column(self.times[-1])
        return pc.min(first).as_py(), pc.max(last).as_py()


def one_array(values: pa.ChunkedArray | pa.Array) -> pa.Array:
    """A column in one piece."""
    return pa.concat_arrays(values.chunks) if isinstance(values, pa.ChunkedArray) else values
