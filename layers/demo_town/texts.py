"""Columns of text made for all rows at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from layers.demo_town import words
from layers.demo_town.drawing import Rows

Mask = npt.NDArray[np.bool_]


def picked(choices: Sequence[str | None], rows: npt.NDArray[np.integer]) -> pa.Array:
    """The choice of each row's number."""
    return pa.array(choices, pa.string()).take(pa.array(rows))


def serial(prefix: str, numbers: Rows, width: int = 7) -> pa.Array:
    """Ids such as `HYD-0000042`."""
    digits = pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width, "0")
    return pc.binary_join_element_wise(pa.scalar(prefix), digits, "")


def spaced(*parts: pa.Array | str) -> pa.Array:
    """The parts of each row with a space between."""
    return pc.binary_join_element_wise(*(pa.scalar(p) if isinstance(p, str) else p for p in parts), " ")


def number_text(numbers: Rows) -> pa.Array:
    """Whole numbers as text."""
    return pa.array(numbers).cast(pa.string())


def blanked(texts: pa.Array, missing: Mask) -> pa.Array:
    """The texts, null where they are missing."""
    return pc.if_else(pa.array(missing), pa.scalar(None, pa.string()), texts)


def either(mask: Mask, yes: pa.Array | str, no: pa.Array | str) -> pa.Array:
    """One text or the other, row by row."""
    return pc.if_else(pa.array(mask), yes, no)


def numbers_with_gaps(values: npt.NDArray[np.float64], missing: Mask) -> pa.Array:
    """Numbers, null where they are missing."""
    return pa.array(values, pa.float64(), mask=missing | np.isnan(values))


def days(values: npt.NDArray[np.datetime64], missing: Mask | None = None) -> pa.Array:
    """Dates."""
    return pa.array(values.astype("datetime64[D]"), pa.date32(), mask=missing)


def street_names(numbers: Rows, seed: int) -> pa.Array:
    """A name for each number of a local street; far apart numbers may share one, as in life."""
    starts, ends, kinds = len(words.STREET_STARTS), len(words.STREET_ENDS), len(words.STREET_KINDS)
    shuffled = np.random.default_rng([seed, 10]).permutation(starts * ends * kinds)
    code = shuffled[numbers % len(shuffled)]
    stem = pc.binary_join_element_wise(
        picked(words.STREET_STARTS, code % starts), picked(words.STREET_ENDS, code // starts % ends), ""
    )
    return spaced(stem, picked(words.STREET_KINDS, code // (starts * ends)))


def arterial_names(numbers: Rows) -> pa.Array:
    """A name for each number of an arterial."""
    count = len(words.ARTERIALS)
    plain = picked(words.ARTERIALS, numbers % count)
    prefix = picked(["", "N ", "S ", "E ", "W ", "OLD ", "NEW "], numbers // count % 7)
    return pc.binary_join_element_wise(prefix, plain, "")


def people(rng: np.random.Generator, count: int) -> pa.Array:
    """Made-up people, family name first."""
    family = pc.binary_join_element_wise(
        picked(words.FAMILY_STARTS, rng.integers(0, len(words.FAMILY_STARTS), count)),
        picked(words.FAMILY_ENDS, rng.integers(0, len(words.FAMILY_ENDS), count)),
        "",
    )
    return spaced(family, picked(words.GIVEN, rng.integers(0, len(words.GIVEN), count)))


def companies(rng: np.random.Generator, count: int) -> pa.Array:
    """Made-up companies."""
    stem = pc.binary_join_element_wise(
        picked(words.STREET_STARTS, rng.integers(0, len(words.STREET_STARTS), count)),
        picked(words.STREET_ENDS, rng.integers(0, len(words.STREET_ENDS), count)),
        "",
    )
    return spaced(stem, picked(words.COMPANIES, rng.integers(0, len(words.COMPANIES), count)))
