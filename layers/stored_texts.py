"""Texts kept as Arrow keeps them, and made Python's when they are asked for: a million ids fit in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa


class StoredTexts:
    """Stands in for an array of texts: index it with rows, or make an array of it all. Safe for many threads."""

    def __init__(self, columns: Sequence[pa.ChunkedArray]) -> None:
        chunks = [chunk for column in columns for chunk in column.chunks]
        self.column = pa.chunked_array([pa.concat_arrays(chunks)] if chunks else [], pa.string())

    def __len__(self) -> int:
        return len(self.column)

    def __getitem__(self, rows: Any) -> Any:
        if isinstance(rows, (int, np.integer)):
            return self.column[int(rows)].as_py()
        if isinstance(rows, slice):
            rows = np.arange(len(self))[rows]
        chosen = np.asarray(rows)
        if chosen.dtype == np.bool_:
            chosen = np.flatnonzero(chosen)
        chosen = np.where(chosen < 0, chosen + len(self), chosen).astype(np.int64)
        return _as_array(self.column.take(pa.array(chosen.ravel()))).reshape(chosen.shape)

    def __iter__(self) -> Iterator[str | None]:
        return iter(self.tolist())

    def tolist(self) -> list[str | None]:
        """All of them."""
        found: list[str | None] = self.column.to_pylist()
        return found

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> npt.NDArray[np.object_]:
        return _as_array(self.column)


def _as_array(column: pa.ChunkedArray) -> npt.NDArray[np.object_]:
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=object)
