"""What lets a rule be written once, for one site in plain numbers and for many in columns."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Column = Any
"""A number, or a flag, of one site; or a column of them."""


def pick(condition: Column, yes: Column, no: Column) -> Column:
    """The one where a condition holds, the other where it does not."""
    if isinstance(condition, bool):
        return yes if condition else no
    return np.where(condition, yes, no)


def column(value: Column, kind: npt.DTypeLike | None = None) -> npt.NDArray[Any]:
    """A column as it is, or of one row."""
    if isinstance(value, np.ndarray):
        return value if kind is None else value.astype(kind, copy=False)
    return np.array([value], dtype=kind)
