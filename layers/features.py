"""The features of one role in memory: columns, geometry, and the indexes built on first use."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from threading import RLock
from typing import Any, TypeVar, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from layers import grid
from layers.catalog import ROLE_BY_NAME
from layers.grid import Floats, Geometries
from layers.model import LayerDescription, LayerVersion
from layers.packed_index import PackedIndex, packed_boundary_index
from layers.snapshot import Snapshot
from layers.spatial_index import Index, boundary_index
from layers.stored_shapes import Block, StoredShapes, block_of
from layers.stored_texts import StoredTexts

Rows = grid.Rows
Derived = TypeVar("Derived")
Texts = npt.NDArray[np.object_]
Days = npt.NDArray[np.datetime64]


@dataclass(frozen=True, slots=True)
class Selection:
    """Which features of a role count: those whose columns have none of the excluded values."""

    excluded: tuple[tuple[str, tuple[str, ...]], ...] = ()
    _hash: int = field(init=False, repr=False, compare=False, default=0)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hash", hash(self.excluded))

    def __hash__(self) -> int:
        return self._hash


EVERYTHING = Selection()
_MOST = 0.5
"""A selection that keeps such a share of all features is asked of the index of all."""


@dataclass(frozen=True, slots=True)
class LayerPart:
    """The snapshot of one layer as it goes into a role's features; `table` is read when it is asked for."""

    version: LayerVersion
    description: LayerDescription
    table: pa.Table | Snapshot
    in_memory: Geometries | None = None

    @property
    def shapes(self) -> Geometries | StoredShapes:
        """Its geometries, those of a large layer as stored bytes."""
        return self.table.shapes if self.in_memory is None else self.in_memory

    @property
    def geometry(self) -> Geometries:
        """Its geometries; of a large layer something that can be used like an array of them."""
        return cast(Geometries, self.shapes)


class Features:
    """All features of one role, from one or more layers, in feet on the local grid.

    Rows are stable for the life of the object. `rank` orders features by id (and by layer name
    where two layers use the same id): ties between equal distances go to the smallest rank.
    Columns, geometry and indexes are read and built when they are first asked for.
    """

    def __init__(self, role: str, parts: Sequence[LayerPart]) -> None:
        self.role = role
        self.parts = tuple(parts)
        self.versions = tuple(part.version for part in parts)
        self.worst_sigma_ft = max((part.description.sigma_ft for part in parts), default=0.0)
        self._counts = [part.table.num_rows for part in parts]
        self._count = sum(self._counts)
        self._lock = RLock()
        self._shapes: Geometries | StoredShapes | None = None
        self._columns: dict[str, npt.NDArray[Any]] = {}
        self._largest: dict[str, float] = {}
        self._derived: dict[Hashable, Any] = {}
        self._indexes: dict[Selection, Index] = {}
        self._served: dict[Selection, tuple[Index, npt.NDArray[np.bool_] | None]] = {}
        self._rank: Rows | None = None
        self._edges: Index | None = None

    @property
    def geometry(self) -> Geometries:
        """The geometry of each feature; of a large layer something that can be used like an array of them."""
        return cast(Geometries, self._kept_shapes())

    @cached_property
    def layer_of(self) -> Rows:
        """The number of each feature's part."""
        return self._by_part(np.arange(len(self.parts)))

    @cached_property
    def sigma_ft(self) -> Floats:
        """The standard deviation of each feature's position, in feet on one axis."""
        return self._by_part(np.array([part.description.sigma_ft for part in self.parts], dtype=np.float64))

    @cached_property
    def last_days(self) -> tuple[tuple[str, np.datetime64], ...]:
        """The last day for which each layer is new enough, by its name; only of layers that grow old."""
        return tuple(
            (part.version.name, np.datetime64(part.version.as_of) + np.timedelta64(days, "D"))
            for part in self.parts
            if (days := part.description.stale_after_days) is not None
        )

    @cached_property
    def one_sigma_ft(self) -> float | None:
        """The standard deviation that all features have alike; None where they come from several layers."""
        return self.worst_sigma_ft if len(self.parts) == 1 else None

    @property
    def stored_bytes(self) -> int:
        """How many bytes its layers take as they are stored, not compressed."""
        return sum(part.table.nbytes for part in self.parts)

    def __len__(self) -> int:
        return self._count

    @property
    def ids(self) -> Texts:
        """The stable id of each feature; of a large layer something that can be used like an array of them."""
        if isinstance(self._kept_shapes(), StoredShapes):
            return cast(Texts, self._stored_ids)
        return self.texts("id")

    @property
    def rank(self) -> Rows:
        """The place of each feature in the order of ids."""
        if self._rank is not None:
            return self._rank
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
        shapes = self._kept_shapes()
        keep = (
            shapes.present
            if isinstance(shapes, StoredShapes)
            else ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
        )
        for name, values in selection.excluded:
            keep = keep & ~self._is_one_of(name, values)
        return np.asarray(keep, dtype=np.bool_)

    def served(self, selection: Selection) -> tuple[Index, npt.NDArray[np.bool_] | None]:
        """The index that serves a selection, and which of the features count (None: all in it); built once.

        A selection that keeps most features is served by the index of everything: one less to build and to
        keep, and one look around a place tells of all selections.
        """
        known = self._served.get(selection)
        if known is None:
            keep, there = self.selected(selection), self.selected(EVERYTHING)
            if _MOST * there.sum() > keep.sum():
                known = (self.index(selection), None)
            else:
                known = (self.index(), None if np.array_equal(keep, there) else keep)
            self._served[selection] = known
        return known

    def index(self, selection: Selection = EVERYTHING) -> Index:
        """The spatial index of the features that a selection keeps; built once."""
        known = self._indexes.get(selection)
        if known is not None:
            return known
        with self._lock:
            if selection not in self._indexes:
                rows, shapes = np.flatnonzero(self.selected(selection)), self._kept_shapes()
                if isinstance(shapes, StoredShapes):
                    self._indexes[selection] = PackedIndex(shapes, rows, rows)
                else:
                    only = len(shapes) == 1 and ROLE_BY_NAME[self.role].dissolve
                    self._indexes[selection] = Index(shapes[rows], rows, self.edges().tree if only else None)
            return self._indexes[selection]

    def edges(self) -> Index:
        """The spatial index of the polygons' boundaries; built once."""
        if self._edges is not None:
            return self._edges
        with self._lock:
            if self._edges is None:
                shapes = self._kept_shapes()
                if isinstance(shapes, StoredShapes):
                    self._edges = packed_boundary_index(shapes)
                else:
                    self._edges = boundary_index(shapes)
            return self._edges

    @cached_property
    def _stored_ids(self) -> StoredTexts:
        return StoredTexts([_column(part.table, "id", pa.string()) for part in self.parts])

    def _kept_shapes(self) -> Geometries | StoredShapes:
        with self._lock:
            if self._shapes is None:
                parts = [part.shapes for part in self.parts]
                if any(isinstance(part, StoredShapes) for part in parts):
                    self._shapes = StoredShapes([block for part in parts for block in _blocks(part)])
                else:
                    self._shapes = np.concatenate(parts) if len(parts) != 1 else parts[0]
            return self._shapes

    def _by_part(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        if len(values) == 1:
            return np.broadcast_to(values, len(self))
        return np.repeat(values, self._counts)

    def _is_one_of(self, name: str, values: Sequence[str]) -> npt.NDArray[np.bool_]:
        wanted = pa.array(values, pa.string())
        found = [pc.is_in(_column(part.table, name, pa.string()), value_set=wanted).to_numpy() for part in self.parts]
        return np.concatenate(found)

    def _ranked(self) -> Rows:
        """Sorted where the ids lie: as Python's texts they would take five times the memory."""
        ids = self._stored_ids.column
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


def _values(table: pa.Table | Snapshot, name: str, kind: pa.DataType) -> npt.NDArray[Any]:
    column = _column(table, name, kind)
    if pa.types.is_string(kind):
        return _texts(column)
    return np.asarray(column.to_numpy())


def _column(table: pa.Table | Snapshot, name: str, kind: pa.DataType) -> pa.ChunkedArray:
    if name in table.column_names:
        return table.column(name).cast(kind)
    return pa.chunked_array([pa.nulls(table.num_rows, kind)])


def _texts(column: pa.ChunkedArray) -> Texts:
    """Python's texts, each that occurs often only once."""
    codes = column.combine_chunks().dictionary_encode()
    if isinstance(codes, pa.ChunkedArray):
        codes = codes.combine_chunks() if codes.num_chunks else pa.nulls(0, pa.string()).dictionary_encode()
    words = np.append(np.asarray(codes.dictionary.to_numpy(zero_copy_only=False), dtype=object), [None])
    texts: Texts = words[codes.indices.fill_null(len(words) - 1).to_numpy()]
    return texts


def _blocks(shapes: Geometries | StoredShapes) -> Sequence[Block]:
    return shapes.blocks if isinstance(shapes, StoredShapes) else (block_of(shapes),)
