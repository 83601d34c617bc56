"""Geometries kept as the bytes they are stored in, and made when they are asked for: a large layer fits in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import shapely

from layers.grid import Floats, Geometries, Rows
from layers.spatial_index import LARGE_VERTICES

_HEAD_BYTES = {1: 5, 2: 9, 3: 13}
"""Where the first vertex stands in the well-known binary of a point, a line, and a polygon."""
_VERTEX_BYTES = 16
_LINE = b"\x01\x02\x00\x00\x00"
_LARGE_BYTES = LARGE_VERTICES * _VERTEX_BYTES
_AT_ONCE = 65_536


@dataclass(frozen=True, slots=True)
class Block:
    """Some geometries as well-known binary, one after another; `offsets` is one longer than there are.

    Large geometries are kept as such, because making one again costs more than its memory: there
    the bytes are empty. None has no bytes either. `as_rings`: polygons that are given as the ring
    around them, which single ones without holes are but for their first bytes.
    """

    content: bytes
    offsets: npt.NDArray[np.int64]
    bounds: Floats
    large: dict[int, Any] = field(default_factory=dict)
    as_rings: bool = False

    def __len__(self) -> int:
        return len(self.offsets) - 1


class StoredShapes:
    """Stands in for an array of geometries: index it with rows, or make an array of it all.

    What it gives is made anew each time, except for large geometries. Safe for many threads.
    """

    def __init__(self, blocks: Sequence[Block]) -> None:
        self.blocks = tuple(blocks)
        self._contents = [(block.content, block.as_rings) for block in blocks]
        self._starts = np.cumsum([0, *(len(block) for block in blocks)])
        self._offsets = np.concatenate([block.offsets for block in blocks])
        self.bounds: Floats = np.concatenate([block.bounds for block in blocks])
        self._large = {
            int(start) + row: shape
            for start, block in zip(self._starts, blocks, strict=False)
            for row, shape in block.large.items()
        }

    def __len__(self) -> int:
        return int(self._starts[-1])

    @property
    def shape(self) -> tuple[int]:
        """As an array has it."""
        return (len(self),)

    def __getitem__(self, rows: Any) -> Any:
        if isinstance(rows, (int, np.integer)):
            return self.made(np.array([range(len(self))[rows]]))[0]
        if isinstance(rows, slice):
            return self.made(np.arange(len(self))[rows])
        chosen = np.asarray(rows)
        if chosen.dtype == np.bool_:
            return self.made(np.flatnonzero(chosen))
        if not chosen.size:
            return np.empty(chosen.shape, dtype=object)
        chosen = np.where(chosen < 0, chosen + len(self), chosen)
        return self.made(chosen.ravel()).reshape(chosen.shape)

    def __iter__(self) -> Iterator[Any]:
        for start in range(0, len(self), _AT_ONCE):
            yield from self[start : start + _AT_ONCE]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Geometries:
        return self.made(np.arange(len(self)))

    def around(self) -> StoredShapes:
        """The rings around them; only for rows that `one_ring` names."""
        return StoredShapes([replace(block, as_rings=True, large={}) for block in self.blocks])

    @property
    def one_ring(self) -> Rows:
        """The rows of single polygons without holes, other than large ones."""
        parts = [start + _one_ring(block) for start, block in zip(self._starts, self.blocks, strict=False)]
        return np.concatenate(parts)

    @property
    def present(self) -> npt.NDArray[np.bool_]:
        """Which rows have a geometry that is not empty."""
        return np.asarray(np.isfinite(self.bounds[:, 0]), dtype=np.bool_)

    @property
    def large(self) -> Rows:
        """The rows of large geometries, in order."""
        return np.array(sorted(self._large), dtype=np.intp)

    def chosen(self, rows: Rows) -> ChosenShapes:
        """Some of them, in that order; likewise made when they are asked for."""
        return ChosenShapes(self, rows)

    def made(self, rows: Rows) -> Geometries:
        """The geometries of some rows, none of them negative."""
        block = np.searchsorted(self._starts, rows, side="right") - 1
        first = self._offsets[rows + block].tolist()
        last = self._offsets[rows + block + 1].tolist()
        wkb = np.empty(len(rows), dtype=object)
        for number, (at, begin, end) in enumerate(zip(block.tolist(), first, last, strict=True)):
            content, as_rings = self._contents[at]
            if end > begin:
                wkb[number] = _LINE + content[begin + 9 : end] if as_rings else content[begin:end]
        made: Geometries = np.asarray(shapely.from_wkb(wkb), dtype=object)
        if self._large:
            for place in np.flatnonzero(shapely.is_missing(made)).tolist():
                made[place] = self._large.get(int(rows[place]))
        return made


@dataclass(frozen=True, slots=True)
class ChosenShapes:
    """Some rows of stored shapes, as an array of them would be."""

    shapes: StoredShapes
    rows: Rows

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, rows: Any) -> Any:
        return self.shapes[self.rows[rows]]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Geometries:
        return np.asarray(self.shapes[self.rows], dtype=object)


def stored_block(column: pa.Array) -> Block:
    """The geometries of a binary column; raises GEOSException where one cannot be read."""
    offsets = _offsets(column)
    buffer = column.buffers()[2]
    content = memoryview(b"") if buffer is None else memoryview(buffer)[offsets[0] : offsets[-1]]
    offsets = offsets - offsets[0]
    large = np.flatnonzero(np.diff(offsets) > _LARGE_BYTES)
    shapes = shapely.from_wkb(
        np.array([bytes(content[offsets[row] : offsets[row + 1]]) for row in large], dtype=object)
    )
    bounds = np.full((len(column), 4), np.nan)
    bounds[large] = shapely.bounds(shapes)
    if len(large):
        content, offsets = _without(content, offsets, large)
    bounds_of(np.frombuffer(content, dtype=np.uint8), offsets, bounds)
    return Block(bytes(content), offsets, bounds, dict(zip(large.tolist(), shapes, strict=True)))


def block_of(shapes: Geometries) -> Block:
    """The same of geometries."""
    return stored_block(pa.array(shapely.to_wkb(shapes, byte_order=1), pa.binary()))


def _one_ring(block: Block) -> Rows:
    content, begin = np.frombuffer(block.content, dtype=np.uint8), block.offsets[:-1]
    long = np.flatnonzero(np.diff(block.offsets) > _HEAD_BYTES[3])
    at = begin[long]
    single = (content[at] == 1) & (_number_at(content, at + 1) == 3) & (_number_at(content, at + 5) == 1)
    return np.asarray(long[single], dtype=np.intp)


def bounds_of(content: npt.NDArray[np.uint8], offsets: npt.NDArray[np.int64], bounds: Floats) -> None:
    """Write into `bounds` the box of each geometry that has bytes: west, south, east, north.

    Points, lines and single polygons are read where they lie; only others are made for it.
    """
    begin, length = offsets[:-1], np.diff(offsets)
    there = np.flatnonzero(length > _HEAD_BYTES[1])
    kind = np.zeros(len(length), dtype=np.int64)
    kind[there] = np.where(content[begin[there]] == 1, _number_at(content, begin[there] + 1), 0)
    known = np.isin(kind, list(_HEAD_BYTES))
    for code, head in _HEAD_BYTES.items():
        rows = np.flatnonzero(kind == code)
        rows = rows[length[rows] >= head]
        count = np.ones(len(rows), dtype=np.int64) if code == 1 else _number_at(content, begin[rows] + head - 4)
        fits = (count > 0) & (head + count * _VERTEX_BYTES <= length[rows])
        _write_boxes(content, begin[rows[fits]] + head, count[fits], rows[fits], bounds)
    others = there[~known[there]]
    if len(others):
        wkb = np.array([content[offsets[row] : offsets[row + 1]].tobytes() for row in others], dtype=object)
        bounds[others] = shapely.bounds(shapely.from_wkb(wkb))


def _write_boxes(
    content: npt.NDArray[np.uint8],
    first: npt.NDArray[np.int64],
    count: npt.NDArray[np.int64],
    rows: Rows,
    bounds: Floats,
) -> None:
    """The boxes of runs of vertices, `count` from byte `first` on."""
    numbers = np.ndarray((max(len(content) - 7, 0),), dtype="<f8", buffer=content.data, strides=(1,))
    for some in _slices(count):
        runs = np.cumsum(count[some]) - count[some]
        along = np.arange(int(count[some].sum())) - np.repeat(runs, count[some])
        at = np.repeat(first[some], count[some]) + _VERTEX_BYTES * along
        for axis in (0, 1):
            values = numbers[at + 8 * axis]
            bounds[rows[some], axis] = np.minimum.reduceat(values, runs)
            bounds[rows[some], axis + 2] = np.maximum.reduceat(values, runs)


def _slices(count: npt.NDArray[np.int64]) -> list[slice]:
    """Slices of at most so many runs that the numbers in between stay small."""
    ends = [*range(0, len(count), _AT_ONCE), len(count)]
    return [slice(start, end) for start, end in pairwise(ends) if end > start]


def _number_at(content: npt.NDArray[np.uint8], at: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The four-byte numbers at some bytes."""
    numbers = np.ndarray((max(len(content) - 3, 0),), dtype="<u4", buffer=content.data, strides=(1,))
    return numbers[at].astype(np.int64)


def _offsets(column: pa.Array) -> npt.NDArray[np.int64]:
    wide = pa.types.is_large_binary(column.type)
    numbers = np.frombuffer(column.buffers()[1], dtype=np.int64 if wide else np.int32) if len(column) else np.zeros(1)
    found: npt.NDArray[np.int64] = numbers[column.offset : column.offset + len(column) + 1].astype(np.int64)
    return found


def _without(
    content: memoryview, offsets: npt.NDArray[np.int64], rows: Rows
) -> tuple[memoryview, npt.NDArray[np.int64]]:
    """The bytes without those of some rows, which become empty."""
    lengths = np.diff(offsets)
    edges = [0, *np.column_stack([offsets[rows], offsets[rows + 1]]).ravel().tolist(), len(content)]
    kept = b"".join(bytes(content[start:end]) for start, end in zip(edges[::2], edges[1::2], strict=True))
    lengths[rows] = 0
    return memoryview(kept), np.concatenate([[0], np.cumsum(lengths)])
