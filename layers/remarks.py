"""What a step of ingest has to say about single rows, kept as arrays until a report needs it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Positions = npt.NDArray[np.intp]
Texts = npt.NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Remarks:
    """Row positions and a reason for each."""

    rows: Positions
    reasons: Texts

    def __len__(self) -> int:
        return len(self.rows)

    def on(self, rows: Positions) -> Remarks:
        """The same remarks where positions counted within `rows`."""
        return Remarks(rows[self.rows], self.reasons)


NO_REMARKS = Remarks(np.empty(0, np.intp), np.empty(0, object))


def remarks(rows: Positions, reasons: str | Iterable[str]) -> Remarks:
    """Remarks with one reason for all rows, or a reason for each."""
    texts = np.empty(len(rows), dtype=object)
    texts[:] = reasons if isinstance(reasons, str) else list(reasons)
    return Remarks(np.asarray(rows, dtype=np.intp), texts)


def joined(several: Iterable[Remarks]) -> Remarks:
    """All remarks together, ordered by row."""
    parts = [NO_REMARKS, *several]
    rows = np.concatenate([part.rows for part in parts])
    order = np.argsort(rows, kind="stable")
    return Remarks(rows[order], np.concatenate([part.reasons for part in parts])[order])
