"""From an address as people write it to a place on the map: found exactly, or not at all."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import shapely
from rapidfuzz import fuzz, process
from shapely.geometry.base import BaseGeometry

from gis_ce.errors import PlaceUnknown
from gis_ce.street_words import STREET_WORDS
from layers.grid import AT_LIMIT_FT
from layers.query import LayerQuery

How = Literal["address point", "parcel"]

_COLUMNS: tuple[tuple[str, str, How], ...] = (
    ("address", "full_address", "address point"),
    ("parcel", "situs_address", "parcel"),
)
_PLURALS = {"address": "addresses", "parcel": "parcels"}
_NOT_WORDS = re.compile(r"[^A-Z0-9/& -]+")
_NUMBERED = re.compile(r"(\d+)([A-Z]?)\b\s*(.*)")
_UNITS = ("APT", "UNIT", "STE", "LOT", "BLDG", "RM", "FL", "TRLR")
"""Words that name a part of a house: an address that has one is never taken for the whole house."""
_LISTED = 5
_ALIKE_PERCENT = 70.0


@dataclass(frozen=True, slots=True)
class Located:
    """Where an address lies: a point of the address layer, or the whole parcel, in feet.

    `sigma_ft` is that of the layer: an address is no better located than its point.
    """

    place: BaseGeometry
    how: How
    feature_id: str
    sigma_ft: float


def normalised(address: str) -> str:
    """An address in one spelling: `100 North Main Street, Apt. 2` becomes `100 N MAIN ST APT 2`."""
    words = _NOT_WORDS.sub(" ", address.upper().replace(".", "").replace("'", "")).split()
    return " ".join(STREET_WORDS.get(word, word) for word in words)


class AddressBook:
    """The addresses of one set of layer versions; make it once, ask it often.

    The address layer is asked first, then the parcels' own addresses. House number 0 stands for
    "none" in tax records, so it is in no book.
    """

    def __init__(self, query: LayerQuery) -> None:
        self._query = query
        self._rows: list[dict[str, list[int]]] | None = None
        self._streets: dict[str, list[str]] | None = None
        self._numbers: dict[str, list[str]] | None = None

    def find(self, address: str) -> Located:
        """The place of an address; raises PlaceUnknown, with what comes near, unless there is exactly one."""
        if not address.strip():
            raise PlaceUnknown("The address is empty.")
        for key in _keys(address):
            if _house_number(key) == "0":
                raise PlaceUnknown(
                    f"{address!r}: house number 0 means that there is none; name a parcel or a position."
                )
            for rows, (role, _, how) in zip(self._books(), _COLUMNS, strict=True):
                if key in rows:
                    return self._only(address, role, how, rows[key])
        raise PlaceUnknown(self._unknown(address))

    def find_all(self, addresses: Sequence[str | None]) -> tuple[list[Located | None], list[str | None]]:
        """For each address its place, or None and the reason."""
        found: list[Located | None] = []
        reasons: list[str | None] = []
        for address in addresses:
            place, reason = self._attempt(address)
            found.append(place)
            reasons.append(reason)
        return found, reasons

    def _books(self) -> list[dict[str, list[int]]]:
        """Normalised address to rows, for each source of addresses; made when the first one is looked up."""
        if self._rows is None:
            self._rows = [_book(self._query, role, column) for role, column, _ in _COLUMNS]
        return self._rows

    def _attempt(self, address: str | None) -> tuple[Located | None, str | None]:
        try:
            return self.find(address or ""), None
        except PlaceUnknown as error:
            return None, str(error)

    def _only(self, address: str, role: str, how: How, rows: list[int]) -> Located:
        features = self._query.features(role)
        shapes = features.geometry[rows]
        first = int(np.argmin(features.rank[rows]))
        if float(shapely.distance(shapes, shapes[first]).max()) > AT_LIMIT_FT or (how == "parcel" and len(rows) > 1):
            listed = ", ".join(sorted(str(name) for name in features.ids[rows])[:_LISTED])
            more = f" and {len(rows) - _LISTED} more" if len(rows) > _LISTED else ""
            raise PlaceUnknown(
                f"{address!r} is the address of {len(rows)} places ({_PLURALS[role]} {listed}{more}); "
                "name one by its position."
            )
        return Located(shapes[first], how, str(features.ids[rows[first]]), float(features.sigma_ft[rows[first]]))

    def _unknown(self, address: str) -> str:
        near = self.near(address)
        hint = f"Did you mean {' or '.join(near)}?" if near else "Nothing on the map comes near; check the street."
        return f"There is no address {address!r} on the map. {hint}"

    def near(self, address: str) -> list[str]:
        """Addresses that come near in writing: the number on another street, the street with other numbers."""
        self._index()
        assert self._streets is not None
        assert self._numbers is not None
        key = _keys(address)[-1]
        number, street = _split(key)
        same_number = [text for text, _, _ in _alike(key, self._numbers.get(number, ()))]
        streets = [street] if street in self._streets else [name for name, _, _ in _alike(street, self._streets)][:1]
        wanted = int(number or 0)
        numbers = [text for name in streets for text in self._streets[name]]
        numbers.sort(key=lambda text: (abs(int(_house_number(text) or 0) - wanted), text))
        exact = street in self._streets
        ordered = [*numbers[:3], *same_number] if exact else [*same_number, *numbers[:3]]
        return list(dict.fromkeys(ordered))[:_LISTED]

    def _index(self) -> None:
        if self._streets is not None:
            return
        streets, numbers = defaultdict(list), defaultdict(list)
        for key in {key: None for rows in self._books() for key in rows}:
            number, street = _split(key)
            numbers[number].append(key)
            streets[street].append(key)
        self._streets, self._numbers = dict(streets), dict(numbers)


def _book(query: LayerQuery, role: str, column: str) -> dict[str, list[int]]:
    book: dict[str, list[int]] = defaultdict(list)
    if not query.has(role):
        return {}
    features = query.features(role)
    for row, text in enumerate(features.texts(column)):
        key = normalised(text) if text else ""
        if key and _house_number(key) not in ("", "0"):
            book[key].append(row)
    return {key: [row for row in rows if features.geometry[row] is not None] for key, rows in book.items()}


def _keys(address: str) -> list[str]:
    """The whole address, and what stands before the first comma where only town, state and ZIP follow it."""
    first, _, rest = address.partition(",")
    unit = "#" in rest or any(word in _UNITS for word in normalised(rest).split())
    return list(dict.fromkeys([normalised(address), *([] if unit else [normalised(first)])]))


def _split(key: str) -> tuple[str, str]:
    """House number (without leading zeros) and street."""
    found = _NUMBERED.match(key)
    return (str(int(found[1])), found[3]) if found else ("", key)


def _house_number(key: str) -> str:
    return _split(key)[0]


def _alike(text: str, among: Sequence[str] | dict[str, list[str]]) -> Sequence[tuple[str, float, object]]:
    found: Sequence[tuple[str, float, object]] = process.extract(
        text, list(among), scorer=fuzz.ratio, limit=_LISTED, score_cutoff=_ALIKE_PERCENT
    )
    return found
