"""Features as GeoJSON made once for a layer version: a file beside its snapshot that all processes map into memory."""

from __future__ import annotations

import hashlib
import mmap
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from uuid import uuid4

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from layers.grid import Rows
from layers.snapshot import FEATURES, UNFINISHED, snapshot_path

_FORM = b"GeoJSON1"
"""The first bytes of a file. Whoever changes how a feature is written changes them too: older files are passed over."""
_NUMBER = np.dtype("<i8")


class FeatureFile:
    """The texts of all features of a table in the order of their ids, each with a comma behind it."""

    def __init__(self, content: mmap.mmap, ends: npt.NDArray[np.int64]) -> None:
        self._content, self._ends = content, ends

    def listed(self, places: Rows) -> bytes:
        """The texts at some places, ascending, with commas between them."""
        if not len(places):
            return b""
        first, last = int(places[0]), int(places[-1])
        if last - first + 1 == len(places):
            return self._content[int(self._ends[first]) : int(self._ends[last + 1]) - 1]
        starts, ends = self._ends[places].tolist(), self._ends[places + 1].tolist()
        return b"".join([self._content[start:end] for start, end in zip(starts, ends, strict=True)])[:-1]


def feature_file(store: Path, version: str, columns: Iterable[str]) -> Path:
    """Where the texts of a layer version lie that have these columns: whoever reads fewer has a file of their own."""
    named = hashlib.sha256(",".join(columns).encode()).hexdigest()[:16]
    return snapshot_path(store, version).with_suffix(f".{named}{FEATURES}")


def opened(path: Path, count: int) -> FeatureFile | None:
    """The texts of so many features; None where there is no such file, or none that we could read."""
    try:
        with path.open("rb") as stream:
            content = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError):
        return None
    head = len(_FORM) + _NUMBER.itemsize * (count + 1)
    if len(content) < head or content[: len(_FORM)] != _FORM:
        return None
    ends = np.frombuffer(content, dtype=_NUMBER, count=count + 1, offset=len(_FORM))
    return FeatureFile(content, ends) if ends[0] == head and ends[-1] == len(content) else None


def write_file(path: Path, count: int, some: Iterable[pa.Array], listed: Callable[[pa.Array], bytes]) -> None:
    """Write the texts of so many features, given some at a time; the file appears whole or not at all."""
    ends = np.empty(count + 1, dtype=_NUMBER)
    ends[0] = len(_FORM) + ends.nbytes
    unfinished = path.with_name(f"{uuid4().hex}{UNFINISHED}")
    try:
        with unfinished.open("wb") as stream:
            stream.seek(int(ends[0]))
            done = 0
            for texts in some:
                sizes = np.asarray(pc.binary_length(texts).to_numpy(), dtype=_NUMBER) + 1
                ends[done + 1 : done + 1 + len(texts)] = ends[done] + np.cumsum(sizes)
                stream.write(listed(texts) + b",")
                done += len(texts)
            stream.seek(0)
            stream.write(_FORM + ends.tobytes())
            stream.flush()
            os.fsync(stream.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
