"""From an address as people write it to a place on the map: exact, misspelt, ambiguous or unknown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import shapely
from rapidfuzz import fuzz, process

from gis_ce.address_index import AddressIndex
from gis_ce.address_parts import AddressParts, crossing_streets, normalised, readings
from gis_ce.crossings import Crossings
from gis_ce.errors import PlaceAmbiguous, PlaceUnknown
from gis_ce.located import DOUBTS, AddressDoubts, How, Located
from gis_ce.street_match import Meant, StreetNames
from layers.features import Features
from layers.grid import AT_LIMIT_FT
from layers.query import LayerQuery

__all__ = ["AddressBook", "Located", "normalised"]

_COLUMNS: tuple[tuple[str, str, How], ...] = (
    ("address", "full_address", "address point"),
    ("parcel", "situs_address", "parcel"),
)
_PLURALS = {"address": "addresses", "parcel": "parcels"}
_LISTED = 5
_ALIKE_PERCENT = 70.0


@dataclass(frozen=True, slots=True)
class _Bearing:
    """Which key of which index (of _COLUMNS) an address is."""

    index: int
    key: str


class AddressBook:
    """The addresses of one set of layer versions; make it once, ask it often.

    The address layer is asked first, then the parcels' own addresses. House number 0 stands for
    "none" in tax records, so it is in no book.
    """

    def __init__(self, query: LayerQuery, doubts: AddressDoubts = DOUBTS) -> None:
        self._query = query
        self._doubts = doubts

    def find(self, address: str) -> Located:
        """The place of an address; raises PlaceAmbiguous or PlaceUnknown, with what comes near, unless there is one.

        Exact: as it stands on the map, whatever the spelling of common words. Misspelt: one street alone
        can be meant, and the number is on it; the correction is said, and adds to sigma.
        """
        if not address.strip():
            raise PlaceUnknown("The address is empty.")
        ways = readings(address)
        if any(asked.number and asked.first == 0 for asked in ways):
            raise PlaceUnknown(f"{address!r}: house number 0 means that there is none; name a parcel or a position.")
        for asked in ways:
            if (bearing := self._bearing(asked)) is not None:
                return self._only(address, bearing)
        if crossing_streets(address):
            return self._crossings.find(address)
        self._refuse_several_numbers(address, ways)
        return self._respelt(address, ways)

    def find_all(self, addresses: Sequence[str | None]) -> tuple[list[Located | None], list[str | None]]:
        """For each address its place, or None and the reason; each different text is looked up once."""
        found = {text: self._attempt(text) for text in dict.fromkeys(addresses)}
        return [found[text][0] for text in addresses], [found[text][1] for text in addresses]

    @cached_property
    def _indexes(self) -> tuple[AddressIndex, ...]:
        return tuple(
            AddressIndex(self._query.features(role) if self._query.has(role) else None, column)
            for role, column, _ in _COLUMNS
        )

    @cached_property
    def _crossings(self) -> Crossings:
        return Crossings(self._query, self._doubts)

    @cached_property
    def _known(self) -> dict[str, AddressParts]:
        """Every address of all indexes by its key; those of the first index come first."""
        return {key: parts for index in reversed(self._indexes) for key, parts in index.known.items()}

    @cached_property
    def _on_street(self) -> dict[str, list[AddressParts]]:
        found = defaultdict(list)
        for parts in self._known.values():
            found[parts.street].append(parts)
        return dict(found)

    @cached_property
    def _with_number(self) -> dict[int, list[str]]:
        found = defaultdict(list)
        for key, parts in self._known.items():
            found[parts.first].append(key)
        return dict(found)

    @cached_property
    def _streets(self) -> StreetNames:
        return StreetNames(self._on_street)

    def _attempt(self, address: str | None) -> tuple[Located | None, str | None]:
        try:
            return self.find(address or ""), None
        except PlaceUnknown as error:
            return None, str(error)

    def _bearing(self, asked: AddressParts) -> _Bearing | None:
        found = ((number, index.bearing(asked)) for number, index in enumerate(self._indexes))
        return next((_Bearing(number, key) for number, key in found if key is not None), None)

    def _only(self, address: str, bearing: _Bearing) -> Located:
        """The one place that bears an address; raises PlaceAmbiguous where several do."""
        index, (role, _, how) = self._indexes[bearing.index], _COLUMNS[bearing.index]
        rows, features = index.rows[bearing.key], self._query.features(role)
        shapes = features.geometry[rows]
        first = rows[int(np.argmin(features.rank[rows]))]
        apart = float(shapely.distance(shapes, features.geometry[first]).max()) > AT_LIMIT_FT
        if apart or (how == "parcel" and len(rows) > 1):
            ids = sorted(str(name) for name in features.ids[rows])
            raise PlaceAmbiguous(address, f"{len(rows)} places", [f"{_PLURALS[role]} {ids[0]}", *ids[1:]])
        return self._located(features, first, how, bearing.key)

    def _located(self, features: Features, row: int, how: How, key: str) -> Located:
        shape, sigma = features.geometry[row], float(features.sigma_ft[row])
        if how == "parcel":
            sigma = float(np.hypot(sigma, self._doubts.parcel_share * _longer_side_ft(shape)))
            shape = shapely.point_on_surface(shape)
        return Located(shape, how, str(features.ids[row]), sigma, key)

    def _refuse_several_numbers(self, address: str, ways: Sequence[AddressParts]) -> None:
        """A range of numbers, or a house of which the map has only units, names several places."""
        for asked in ways:
            units = list(dict.fromkeys(key for index in self._indexes for key in index.units_of(asked)))
            within = [key for key, parts in self._of_street(asked.street) if parts.first in asked.covered]
            if units or within:
                raise PlaceAmbiguous(address, "more than one door", units or within)

    def _of_street(self, street: str) -> list[tuple[str, AddressParts]]:
        return [(parts.key, parts) for parts in sorted(self._on_street.get(street, ()), key=_by_number)]

    def _respelt(self, address: str, ways: Sequence[AddressParts]) -> Located:
        """The address with its street put right, where only one street can be meant."""
        likely: list[str] = []
        for asked in ways:
            meant = self._meant(asked)
            fitting = [replace(asked, street=street) for street in meant.sure]
            there = [(parts, bearing) for parts in fitting if (bearing := self._bearing(parts)) is not None]
            if len(there) > 1:
                raise PlaceAmbiguous(address, f"{len(there)} places", [parts.key for parts, _ in there])
            if there:
                found = self._only(address, there[0][1])
                doubt = self._doubts.misspelt_sigma_ft if meant.respelt else 0.0
                return replace(found, corrected=True, sigma_ft=float(np.hypot(found.sigma_ft, doubt)))
            offered = (replace(asked, street=street) for street in meant.likely)
            likely += [parts.key for parts in offered if self._bearing(parts) is not None]
        raise PlaceUnknown(self._unknown(address, ways[-1], likely))

    def _meant(self, asked: AddressParts) -> Meant:
        """The streets that can be meant; none where there is no house number, or the range is open."""
        if not asked.number or not asked.street:
            return Meant()
        return self._streets.meant(asked.street)

    def _unknown(self, address: str, asked: AddressParts, likely: Collection[str]) -> str:
        near = list(dict.fromkeys([*likely, *self._near(asked)]))[:_LISTED]
        hint = f"Did you mean {' or '.join(near)}?" if near else "Nothing on the map comes near; check the street."
        return f"There is no address {address!r} on the map. {hint}"

    def _near(self, asked: AddressParts) -> list[str]:
        """Addresses that come near in writing: the number on another street, the street with other numbers."""
        same_number = _alike(asked.key, self._with_number.get(asked.first, ()))
        there = asked.street in self._on_street
        streets = [asked.street] if there else _alike(asked.street, self._on_street)[:1]
        numbers = [key for street in streets for key, _ in self._closest(street, asked.first)]
        return [*numbers[:3], *same_number] if there else [*same_number, *numbers[:3]]

    def _closest(self, street: str, number: int) -> list[tuple[str, AddressParts]]:
        return sorted(self._of_street(street), key=lambda found: abs(found[1].first - number))


def _by_number(parts: AddressParts) -> tuple[int, str]:
    return parts.first, parts.key


def _longer_side_ft(shape: shapely.Geometry) -> float:
    """The longer side of the smallest rectangle around a parcel."""
    corners = shapely.get_coordinates(shapely.minimum_rotated_rectangle(shape))
    return float(np.linalg.norm(np.diff(corners[:3], axis=0), axis=1).max(initial=0.0))


def _alike(text: str, among: Collection[str]) -> list[str]:
    found = process.extract(text, list(among), scorer=fuzz.ratio, limit=_LISTED, score_cutoff=_ALIKE_PERCENT)
    return [name for name, _, _ in found]
