"""The features of one role in memory: columns, geometry, and the indexes built on first use."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from threading import RLock
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from layers import grid
from layers.grid import Floats, Geometries
from layers.model import LayerDescription, LayerVersion
from layers.spatial_index import Index, boundary_index

Rows = grid.Rows
Derived = TypeVar("Derived")
Texts = npt.NDArray[np.object_]
Days = npt.NDArray[np.datetime64]


@dataclass(frozen=True, slots=True)
class Selection:
    """Which features of a role count: those whose columns have none of the excluded values."""

    excluded: tuple[tuple[str, tuple[str, ...]], ...] = ()


EVERYTHING = Selection()


@dataclass(frozen=True, slots=True)
class LayerPart:
    """The snapshot of one layer as it goes into a role's features."""

    version: LayerVersion
    description: LayerDescription
    table: pa.Table
    geometry: Geometries


class Features:
    """All features of one role, from one or more layers, in feet on the local grid.

    Rows are stable for the life of the object. `rank` orders features by id (and by layer name
    where two layers use the same id): ties between equal distances go to the smallest rank.
    """

    def __init__(self, role: str, parts: Sequence[LayerPart]) -> None:
        self.role = role
        self.parts = tuple(parts)
        self.versions = tuple(part.version for part in parts)
        self.geometry: Geometries = np.concatenate([part.geometry for part in parts])
        counts = [len(part.geometry) for part in parts]
        self.layer_of = np.repeat(np.arange(len(parts)), counts)
        sigmas = np.array([part.description.sigma_ft for part in parts], dtype=np.float64)
        self.sigma_ft: Floats = np.repeat(sigmas, counts)
        self._lock = RLock()
        self._columns: dict[str, npt.NDArray[Any]] = {}
        self._largest: dict[str, float] = {}
        self._derived: dict[Hashable, Any] = {}
        self._indexes: dict[Selection, Index] = {}
        self._rank: Rows | None = None
        self._edges: Index | None = None

    def __len__(self) -> int:
        return len(self.geometry)

    @property
    def ids(self) -> Texts:
        """The stable id of each feature."""
        return self.texts("id")

    @property
    def rank(self) -> Rows:
        """The place of each feature in the order of ids."""
        with self._lock:
            if self._rank is None:
                self._rank = self._ranked()
            return self._rank

    def texts(self, name: str) -> Texts:
        """A text column; None where it has no value or the layer lacks the field."""
        return self._column(name, pa.string())

    def numbers(self, name: str) -> Floats:
        """A number column; NaN where it has no value or the layer lacks the field."""
        return self._column(name, pa.float64())

    def days(self, name: str) -> Days:
        """A date column; NaT where it has no value or the layer lacks the field."""
        return self._column(name, pa.date32())

    def largest(self, name: str) -> float:
        """The largest value of a number column; 0 where none is above it. Looked up once."""
        with self._lock:
            if name not in self._largest:
                self._largest[name] = float(np.nanmax(self.numbers(name), initial=0.0))
            return self._largest[name]

    def once(self, name: Hashable, work: Callable[[], Derived]) -> Derived:
        """What somebody works out from all features, kept under a name; nobody may write into it."""
        with self._lock:
            if name not in self._derived:
                self._derived[name] = work()
            found: Derived = self._derived[name]
            return found

    def selected(self, selection: Selection) -> npt.NDArray[np.bool_]:
        """Whether each feature counts under a selection and has a geometry."""
        keep = ~(shapely.is_missing(self.geometry) | shapely.is_empty(self.geometry))
        for name, values in selection.excluded:
            keep &= ~np.isin(self.texts(name).astype("U"), np.array(values, dtype="U"))
        return np.asarray(keep, dtype=np.bool_)

    def index(self, selection: Selection = EVERYTHING) -> Index:
        """The spatial index of the features that a selection keeps; built once."""
        with self._lock:
            if selection not in self._indexes:
                rows = np.flatnonzero(self.selected(selection))
                self._indexes[selection] = Index(self.geometry[rows], rows)
            return self._indexes[selection]

    def edges(self) -> Index:
        """The spatial index of the polygons' boundaries; built once."""
        with self._lock:
            if self._edges is None:
                self._edges = boundary_index(self.geometry)
            return self._edges

    def _ranked(self) -> Rows:
        """Sorted where the ids lie: as Python's texts they would take five times the memory."""
        ids = pa.chunked_array([part.table.column("id").combine_chunks().cast(pa.string()) for part in self.parts])
        columns = pa.table({"id": ids, "layer": self.layer_of})
        order = pc.sort_indices(columns, sort_keys=[("id", "ascending"), ("layer", "ascending")]).to_numpy()
        rank = np.empty(len(order), dtype=np.intp)
        rank[order] = np.arange(len(order))
        return rank

    def _column(self, name: str, kind: pa.DataType) -> npt.NDArray[Any]:
        with self._lock:
            if name not in self._columns:
                self._columns[name] = np.concatenate([_values(part.table, name, kind) for part in self.parts])
            return self._columns[name]


def _values(table: pa.Table, name: str, kind: pa.DataType) -> npt.NDArray[Any]:
    if name in table.column_names:
        column = table.column(name).cast(kind)
    else:
        column = pa.chunked_array([pa.nulls(table.num_rows, kind)])
    return np.asarray(column.to_numpy())
