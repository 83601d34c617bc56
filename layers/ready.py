"""Everything that first questions would wait for, read and built beforehand."""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pyarrow as pa

from layers.catalog import ROLE_BY_NAME
from layers.features import Features
from layers.query import LayerQuery

_THREADS = 2
"""Reading waits for the disk and for Arrow, building for the interpreter: more threads gain nothing."""


def make_ready(query: LayerQuery, roles: Collection[str] | None = None) -> None:
    """Read the geometries of some roles (None: of all) and build their indexes; roles not there are passed over.

    What is there then is meant to stay: Python's garbage collector is told to look through it no more, which
    costs a large city tens of milliseconds again and again.
    """
    found = [query.features(role) for role in query.roles if roles is None or role in roles]
    with ThreadPoolExecutor(_THREADS) as pool:
        list(pool.map(_build, sorted(found, key=lambda features: features.stored_bytes, reverse=True)))
    _give_back()
    gc.freeze()


def _build(features: Features) -> None:
    index = features.index()
    index.build_large()
    _ = index.spacing_ft, features.rank
    if ROLE_BY_NAME[features.role].dissolve:
        _ = features.edges().spacing_ft


def _give_back() -> None:
    """Return to the system what reading took for a moment: of a large city over a hundred megabytes."""
    pa.default_memory_pool().release_unused()
    with suppress(AttributeError, OSError, TypeError):  # only GNU's C library can be asked
        ctypes.CDLL(None).malloc_trim(0)
