"""Reference tables (accounts, permits, deeds, work orders): opened as of layer versions, looked up by key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from threading import RLock

import numpy as np
import numpy.typing as npt

from layers.catalog import ROLE_BY_NAME
from layers.errors import LayerMissing
from layers.features import Features, Rows, Texts
from layers.model import LayerVersion
from layers.versions import LayerStore

ReadFeatures = Callable[[str, tuple[LayerVersion, ...]], Features]


@dataclass(frozen=True, slots=True)
class Matches:
    """Which key meets which row: two arrays of one length, ordered by key, then by row."""

    key: Rows
    feature: Rows

    def __len__(self) -> int:
        return len(self.key)


class ReferenceTables:
    """The reference tables of one set of layer versions, by role; each is read when it is first asked."""

    def __init__(self, versions: Mapping[str, tuple[LayerVersion, ...]], read: ReadFeatures) -> None:
        self._versions = dict(versions)
        self._read = read
        self._tables: dict[str, Features] = {}
        self._lock = RLock()

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles that have at least one table."""
        return tuple(sorted(self._versions))

    def has(self, role: str) -> bool:
        """Whether a role has a table that can be asked."""
        return role in self._versions

    def layers(self, role: str) -> tuple[LayerVersion, ...]:
        """The versions behind a role; empty where it has none."""
        return self._versions.get(role, ())

    def table(self, role: str) -> Features:
        """The rows of a role; raises LayerMissing where there is no such table."""
        with self._lock:
            if role not in self._versions:
                raise LayerMissing(f"No reference table of the role {role} is published here.")
            if role not in self._tables:
                self._tables[role] = self._read(role, self._versions[role])
            return self._tables[role]


def open_tables(store: LayerStore, layers: Iterable[tuple[LayerVersion, str]]) -> ReferenceTables:
    """The reference tables among layers, each given as its version and its role; others are left aside."""
    versions: dict[str, tuple[LayerVersion, ...]] = {}
    for version, role in sorted(layers, key=lambda layer: layer[0].name):
        if ROLE_BY_NAME[role].geometry == "none":
            versions[role] = (*versions.get(role, ()), version)
    return ReferenceTables(versions, lambda role, parts: Features(role, [store.part(v.version) for v in parts]))


def plain_keys(keys: Texts) -> npt.NDArray[np.str_]:
    """Keys as they are compared: without blanks around them, in capitals; empty for none."""
    return np.array(["" if key is None else str(key).strip().upper() for key in keys], dtype="U")


def matching(features: Features, field: str, keys: Texts) -> Matches:
    """The rows whose field has one of the keys, for many keys at once; an empty key meets nothing."""
    known, rows = features.once(("sorted keys", field), lambda: _sorted_keys(features, field))
    wanted = plain_keys(keys)
    starts, ends = np.searchsorted(known, wanted, "left"), np.searchsorted(known, wanted, "right")
    sizes = np.where(wanted == "", 0, ends - starts)
    key = np.repeat(np.arange(len(keys)), sizes)
    offset = np.arange(len(key)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return Matches(key, rows[np.repeat(starts, sizes) + offset])


def linked(features: Features, field: str, others: Features, other_field: str) -> int:
    """How many rows have a key that is among those of another layer; counted once for two sets of features."""

    def count() -> int:
        known, _ = others.once(("sorted keys", other_field), lambda: _sorted_keys(others, other_field))
        own, _ = features.once(("sorted keys", field), lambda: _sorted_keys(features, field))
        return int(np.isin(own, known).sum())

    names = tuple(part.version.version for part in others.parts)
    return features.once(("linked", field, names, other_field), count)


def with_keys(features: Features, field: str) -> int:
    """How many rows have a key in a field."""
    known, _ = features.once(("sorted keys", field), lambda: _sorted_keys(features, field))
    return len(known)


def _sorted_keys(features: Features, field: str) -> tuple[npt.NDArray[np.str_], Rows]:
    keys = plain_keys(features.texts(field))
    rows = np.flatnonzero(keys != "")
    order = rows[np.argsort(keys[rows], kind="stable")]
    return keys[order], order
