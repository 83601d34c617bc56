"""The whole numbers that Esri clients know layers and features by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from layers.model import City

Numbers = npt.NDArray[np.int64]
_MOST = 2**31 - 1
_BEYOND_LAYERS = 1_000
_OF_CASES: Mapping[str, int] = {"cases": 2_000}
"""Beyond all layers, always the same."""


def layer_numbers(city: City, names: Sequence[str]) -> Mapping[str, int]:
    """The number of each collection: a layer's place in the city file, so that hidden ones move no other."""
    declared = dict(_OF_CASES) | {layer.name: number for number, layer in enumerate(city.layers)}
    others = [name for name in names if name not in declared]
    return {name: declared[name] for name in names if name in declared} | {
        name: _BEYOND_LAYERS + number for number, name in enumerate(others)
    }


def object_ids(ids: pa.Array) -> Numbers:
    """A number from 1 to 2,147,483,647 for each id, the same in every version of a layer, never one twice.

    Made from the id itself; where two ids would get the same number, the later one in the order of ids takes
    the next that is free, so a number can only move when an id that shares it comes or goes (about ten
    features in a layer of 200,000).
    """
    texts = ids.to_numpy(zero_copy_only=False)
    wanted = (pd.util.hash_array(texts.astype(object), categorize=False) % np.uint64(_MOST)).astype(np.int64) + 1
    first = np.zeros(len(wanted), dtype=bool)
    order = np.lexsort((texts.astype(str), wanted))
    if len(order):
        first[order] = np.concatenate([[True], wanted[order][1:] != wanted[order][:-1]])
    taken = set(wanted[first].tolist())
    for row in order[~first[order]]:
        number = int(wanted[row])
        while number in taken:
            number = number % _MOST + 1
        taken.add(number)
        wanted[row] = number
    return wanted
