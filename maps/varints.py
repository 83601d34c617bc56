"""Whole numbers as protocol buffers write them, millions at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]
_MOST_BYTES = 10


def sizes(numbers: Numbers) -> Numbers:
    """How many bytes each takes; none may be negative."""
    found = np.ones(len(numbers), dtype=np.int64)
    for more in range(1, _MOST_BYTES - 1):
        found += numbers >= 1 << (7 * more)
    return found


def zigzag(numbers: Numbers) -> Numbers:
    """Small numbers on both sides of zero as small ones above it."""
    return (numbers << 1) ^ (numbers >> 63)


def written(numbers: Numbers) -> bytes:
    """All of them, one after another."""
    lengths = sizes(numbers)
    starts = np.cumsum(lengths) - lengths
    content = np.empty(int(lengths.sum()), dtype=np.uint8)
    for place in range(int(lengths.max(initial=0))):
        some = np.flatnonzero(lengths > place)
        part = (numbers[some] >> (7 * place)) & 0x7F
        content[starts[some] + place] = part | np.where(lengths[some] > place + 1, 0x80, 0)
    return content.tobytes()


def one(number: int) -> bytes:
    """A single one, without the machinery for many."""
    content = bytearray()
    while number > 0x7F:
        content.append(number & 0x7F | 0x80)
        number >>= 7
    content.append(number)
    return bytes(content)
