"""The addresses of one layer role by their parts: which rows bear them."""

from __future__ import annotations

from collections import defaultdict

from gis_ce.address_parts import AddressParts, parts_of
from layers.features import Features

Rows = list[int]


class AddressIndex:
    """Rows of a role by address. House number 0 stands for "none" in tax records, so it is left out."""

    def __init__(self, features: Features | None, column: str) -> None:
        self.features = features
        self.rows: dict[str, Rows] = defaultdict(list)
        self._units: dict[str, dict[str, None]] = defaultdict(dict)
        self._ranges: dict[str, dict[AddressParts, None]] = defaultdict(dict)
        self._known: dict[str, AddressParts] = {}
        if features is not None:
            self._fill(features, column)

    def _fill(self, features: Features, column: str) -> None:
        pairs = zip(features.texts(column), features.texts("unit"), features.geometry, strict=True)
        for row, (text, unit, shape) in enumerate(pairs):
            parts = parts_of(text, unit or "") if text else None
            if shape is None or parts is None or parts.first == 0 or not parts.street:
                continue
            self._note(parts.key, parts)
            self.rows[parts.key].append(row)

    def _note(self, key: str, parts: AddressParts) -> None:
        self._known[key] = parts
        if parts.unit:
            self._units[parts.house.key][key] = None
        if parts.last:
            self._ranges[parts.street][parts] = None

    @property
    def known(self) -> dict[str, AddressParts]:
        """Every address by its key."""
        return self._known

    def bearing(self, asked: AddressParts) -> str | None:
        """The key that is that address: itself, or the one range of numbers that covers it."""
        if asked.key in self.rows:
            return asked.key
        covering = [
            parts.key
            for parts in self._ranges.get(asked.street, ())
            if str(asked.first) == asked.number and asked.first in parts.covered and asked.unit == parts.unit
        ]
        return covering[0] if len(covering) == 1 and not asked.last else None

    def units_of(self, asked: AddressParts) -> list[str]:
        """The keys of the units of a house."""
        return sorted(self._units.get(asked.key, ()))
