"""The features of one role in memory: columns, geometry, and the indexes built on first use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from threading import RLock

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import shapely

from layers.grid import Floats, Geometries
from layers.model import LayerDescription, LayerVersion

Rows = npt.NDArray[np.intp]
Texts = npt.NDArray[np.object_]
Days = npt.NDArray[np.datetime64]

_LARGE_VERTICES = 64
_PIECE_VERTICES = 16


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


@dataclass(frozen=True, slots=True)
class Index:
    """A spatial index over some rows of the features; `rows` leads back to them."""

    tree: shapely.STRtree
    rows: Rows


class Features:
    """All features of one role, from one or more layers, in feet on the local grid.

    Rows are stable for the life of the object. `rank` orders features by id (and by layer name
    where two layers use the same id): ties between equal distances go to the smallest rank.
    """

    def __init__(self, role: str, parts: Sequence[LayerPart]) -> None:
        self.role = role
        self.parts = tuple(parts)
        self.geometry: Geometries = np.concatenate([part.geometry for part in parts])
        counts = [len(part.geometry) for part in parts]
        self.layer_of = np.repeat(np.arange(len(parts)), counts)
        sigmas = np.array([part.description.sigma_ft for part in parts], dtype=np.float64)
        self.sigma_ft: Floats = np.repeat(sigmas, counts)
        self._lock = RLock()
        self._columns: dict[str, npt.NDArray[np.generic]] = {}
        self._indexes: dict[Selection, Index] = {}
        self._rank: Rows | None = None
        self._edges: Index | None = None
        self._edge_lines: Geometries | None = None
        self._prepared = False

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
                order = np.lexsort((self.layer_of, self.ids.astype("U")))
                rank = np.empty(len(order), dtype=np.intp)
                rank[order] = np.arange(len(order))
                self._rank = rank
            return self._rank

    def texts(self, name: str) -> Texts:
        """A text column; None where it has no value or the layer lacks the field."""
        return self._column(name, pa.string(), None)

    def numbers(self, name: str) -> Floats:
        """A number column; NaN where it has no value or the layer lacks the field."""
        return self._column(name, pa.float64(), np.nan)

    def days(self, name: str) -> Days:
        """A date column; NaT where it has no value or the layer lacks the field."""
        return self._column(name, pa.date32(), np.datetime64("NaT"))

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
                self._indexes[selection] = Index(shapely.STRtree(self.geometry[rows]), rows)
            return self._indexes[selection]

    def prepared(self) -> Geometries:
        """The geometries, with the large ones prepared for repeated questions."""
        with self._lock:
            if not self._prepared:
                large = shapely.get_num_coordinates(self.geometry) > _LARGE_VERTICES
                shapely.prepare(self.geometry[large])
                self._prepared = True
        return self.geometry

    def edges(self) -> tuple[Index, Geometries]:
        """The boundaries of the polygons, cut into short pieces, with an index; rows are features."""
        with self._lock:
            if self._edges is None or self._edge_lines is None:
                lines, owners = _pieces(self.geometry)
                self._edge_lines = lines
                self._edges = Index(shapely.STRtree(lines), owners)
            return self._edges, self._edge_lines

    def _column(self, name: str, kind: pa.DataType, missing: object) -> npt.NDArray[np.generic]:
        with self._lock:
            if name not in self._columns:
                self._columns[name] = np.concatenate([_values(part.table, name, kind, missing) for part in self.parts])
            return self._columns[name]


def _values(table: pa.Table, name: str, kind: pa.DataType, missing: object) -> npt.NDArray[np.generic]:
    if name not in table.column_names:
        dtype = {pa.string(): np.object_, pa.float64(): np.float64, pa.date32(): "datetime64[D]"}[kind]
        return np.full(table.num_rows, missing, dtype=dtype)
    column = table.column(name).cast(kind)
    if pa.types.is_string(kind):
        return np.asarray(column.to_numpy(zero_copy_only=False), dtype=object)
    return np.asarray(column.to_numpy(zero_copy_only=False))


def _pieces(polygons: Geometries) -> tuple[Geometries, Rows]:
    """Every ring of every polygon as lines of few vertices, with the row each belongs to."""
    rings, owners = shapely.get_rings(polygons, return_index=True)
    coordinates, ring_of = shapely.get_coordinates(rings, return_index=True)
    counts = np.bincount(ring_of, minlength=len(rings))
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    steps = _PIECE_VERTICES - 1
    pieces_in = np.maximum(1, -(-(counts - 1) // steps))
    piece_ring = np.repeat(np.arange(len(rings)), pieces_in)
    first = starts[piece_ring] + steps * _position_in_group(pieces_in)
    last = np.minimum(first + steps, starts[piece_ring] + counts[piece_ring] - 1)
    lengths = last - first + 1
    vertex = np.repeat(first, lengths) + _position_in_group(lengths)
    lines = shapely.linestrings(coordinates[vertex], indices=np.repeat(np.arange(len(first)), lengths))
    return lines, np.asarray(owners[piece_ring], dtype=np.intp)


def _position_in_group(sizes: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """0, 1, 2, ... within each of the groups that follow one another."""
    ends = np.cumsum(sizes)
    return np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - sizes, sizes)
