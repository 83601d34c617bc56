"""Ids that outlast a new delivery of the same data: from the key where it is unique, else from the content."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from layers.errors import IngestRefused
from layers.grid import AT_LIMIT_FT, Geometries
from layers.remarks import Positions, Texts

Hashes = npt.NDArray[np.uint64]

_MIXERS = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], dtype=np.uint64)


@dataclass(frozen=True, slots=True)
class Identities:
    """An id for each row. `twin_of` is the row that stands for it: itself, unless it is an exact duplicate."""

    ids: Texts
    twin_of: Positions
    doubled_keys: int
    missing_keys: int


def identities(columns: pa.Table, key: str, geometries: Geometries | None) -> Identities:
    """Ids that do not depend on the order of rows.

    A key that several rows share gets a suffix from the geometry (and from the attributes where that
    does not tell them apart); a row without key gets `x` and such a suffix. Rows that are equal in
    key, attributes and geometry to 0.01 ft are duplicates of the first of them.
    """
    keys = columns.column(key).combine_chunks()
    unsure = _unsure(keys)
    ids = np.asarray(keys.to_numpy(zero_copy_only=False), dtype=object).copy()
    twin_of = np.arange(len(ids))
    if len(unsure):
        rows = columns.take(pa.array(unsure))
        shape = _contents_as_hashes(rows) if geometries is None else geometry_hashes(geometries[unsure])
        first = _first_of_equals(np.column_stack([shape, _row_hashes(rows)]))
        twin_of[unsure] = unsure[first]
        ids[unsure] = _made_ids(ids[unsure], shape, rows, np.flatnonzero(first == np.arange(len(first))))
    _refuse_doubles(ids[twin_of == np.arange(len(ids))])
    missing = keys.null_count
    return Identities(ids, twin_of, len(unsure) - missing, missing)


def geometry_hashes(geometries: Geometries) -> Hashes:
    """A hash of each geometry's kind and of its vertices, in order, rounded to 0.01 ft."""
    xy, owner = shapely.get_coordinates(geometries, return_index=True)
    steps = np.rint(xy / AT_LIMIT_FT).astype(np.int64).astype(np.uint64)
    starts = np.searchsorted(owner, np.arange(len(geometries)))
    place = (np.arange(len(owner)) - starts[owner]).astype(np.uint64)
    mixed = _scrambled(steps[:, 0] * _MIXERS[0] + _scrambled(steps[:, 1] * _MIXERS[1] + place * _MIXERS[2]))
    total = np.zeros(len(mixed) + 1, dtype=np.uint64)
    np.cumsum(mixed, out=total[1:])
    ends = np.append(starts[1:], len(owner))
    rings = shapely.get_num_interior_rings(geometries) + 8 * (shapely.get_type_id(geometries) + 1)
    hashes: Hashes = _scrambled(total[ends] - total[starts] + rings.astype(np.uint64))
    return hashes


def _unsure(keys: pa.StringArray) -> Positions:
    """Rows whose key is missing or not theirs alone."""
    texts = np.asarray(keys.to_numpy(zero_copy_only=False), dtype=object)
    return np.flatnonzero(_several(texts) | pc.is_null(keys).to_numpy(zero_copy_only=False))


def _contents_as_hashes(rows: pa.Table) -> Hashes:
    """What stands in for the geometry where there is none."""
    return np.array([int(_content(0, values), 16) for values in rows.to_pylist()], dtype=np.uint64)


def _row_hashes(columns: pa.Table) -> Hashes:
    """Hashes to find equal rows by, within this run only."""
    hashes: Hashes = np.asarray(pd.util.hash_pandas_object(columns.to_pandas(), index=False), dtype=np.uint64)
    return hashes


def _first_of_equals(hashes: npt.NDArray[np.uint64]) -> Positions:
    """For each row the first row with the same hashes."""
    _, first, group = np.unique(hashes, axis=0, return_index=True, return_inverse=True)
    return np.asarray(first[group.reshape(-1)], dtype=np.intp)


def _made_ids(keys: Texts, shape: Hashes, rows: pa.Table, distinct: Positions) -> Texts:
    """Ids of the distinct rows; duplicates keep whatever, they are not written."""
    made = keys.copy()
    made[distinct] = [f"{_stem(key)}{number >> 16:012x}" for key, number in _pairs(keys[distinct], shape[distinct])]
    alike = distinct[_several(made[distinct])]
    contents = [
        _content(int(shape[row]), values) for row, values in _pairs(alike, rows.take(pa.array(alike)).to_pylist())
    ]
    made[alike] = [f"{_stem(key)}{content}" for key, content in _pairs(keys[alike], contents)]
    return made


def _pairs(one: Iterable[Any], other: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
    return zip(one, np.asarray(other).tolist() if isinstance(other, np.ndarray) else other, strict=True)


def _content(shape: int, values: dict[str, object]) -> str:
    """A hash of place and attributes that no library's version changes."""
    return blake2b(f"{shape} {sorted(values.items())!r}".encode(), digest_size=8).hexdigest()


def _stem(key: str | None) -> str:
    return "x" if key is None else f"{key}-"


def _several(ids: Texts) -> npt.NDArray[np.bool_]:
    """Whether each id occurs more than once."""
    counts = pc.value_counts(pa.array(ids, pa.string()))
    doubled = counts.field("values").filter(pc.greater(counts.field("counts"), 1))
    several: npt.NDArray[np.bool_] = pc.is_in(pa.array(ids, pa.string()), value_set=doubled).to_numpy(False)
    return several


def _refuse_doubles(ids: Texts) -> None:
    doubled = ids[_several(ids)]
    if len(doubled):
        raise IngestRefused(f"The id {doubled[0]!r} would stand for two features; rename one of its keys.")


def _scrambled(values: Hashes) -> Hashes:
    """A bijection of 64-bit numbers that spreads every bit (splitmix64)."""
    spread = values ^ (values >> np.uint64(30))
    spread = spread * np.uint64(0xBF58476D1CE4E5B9)
    spread = spread ^ (spread >> np.uint64(27))
    spread = spread * np.uint64(0x94D049BB133111EB)
    return np.asarray(spread ^ (spread >> np.uint64(31)), dtype=np.uint64)
