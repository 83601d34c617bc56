"""Things on the map by what somebody types: addresses, parcels and facilities, as suggestions while they type."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from shapely.geometry import LineString, Point
from shapely.geometry.base import BaseGeometry

from gis_ce.errors import PlaceAmbiguous, PlaceUnknown
from gis_ce.locate import AddressBook
from layers.features import Features
from layers.grid import Rows
from layers.query import LayerQuery

HitKind = Literal["address", "parcel", "facility"]

SHORTEST = 2
"""From so many letters on there is something to look for."""

_COLUMNS: tuple[tuple[HitKind, str, str], ...] = (
    ("address", "address", "full_address"),
    ("parcel", "parcel", "parcel_id"),
    ("address", "parcel", "situs_address"),
    *(
        ("facility", role, "id")
        for role in ("hydrant", "manhole", "valve", "meter", "water_main", "sewer_main", "blowoff", "easement")
    ),
)
"""Where is looked, in the order in which hits are told."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found: what it is, how it is called, and a point on it (feet, on the grid)."""

    kind: HitKind
    role: str
    label: str
    place: Point


def found_by_words(query: LayerQuery, book: AddressBook, words: str, most: int = 10) -> tuple[Hit, ...]:
    """What begins with the words first, then what holds them; else the one address that a misspelling can mean.

    Each column is looked through whole: some milliseconds for 200,000 rows. Roles that the query lacks are left out.
    """
    text = " ".join(words.split())
    if len(text) < SHORTEST:
        return ()
    hits: dict[tuple[str, str], Hit] = {}
    for begins in (True, False):
        for hit in _looked_up(query, text, begins, most):
            hits.setdefault((hit.kind, hit.label), hit)
            if len(hits) == most:
                return tuple(hits.values())
    return tuple(hits.values()) or _respelt(book, words)


def _looked_up(query: LayerQuery, text: str, begins: bool, most: int) -> Iterator[Hit]:
    for kind, role, column in _COLUMNS:
        if not query.has(role):
            continue
        features = query.features(role)
        words = _words(features, column)
        find = pc.starts_with if begins else pc.match_substring
        found = find(words, text, ignore_case=True)
        rows = np.flatnonzero(found.fill_null(False))
        yield from islice(_hits(features, kind, role, column, rows), most)


def _hits(features: Features, kind: HitKind, role: str, column: str, rows: Rows) -> Iterator[Hit]:
    labels = features.texts(column)
    for row in rows:
        shape = features.geometry[row]
        if shape is not None and not shape.is_empty:
            yield Hit(kind, role, str(labels[row]), _on(shape))


def _on(shape: BaseGeometry) -> Point:
    if isinstance(shape, LineString):
        return shape.interpolate(0.5, normalized=True)
    return Point(shape.point_on_surface())


def _words(features: Features, column: str) -> pa.Array:
    return features.once(("words", column), lambda: pa.array(features.texts(column), pa.string()))


def _respelt(book: AddressBook, words: str) -> tuple[Hit, ...]:
    try:
        found = book.find(words)
    except (PlaceUnknown, PlaceAmbiguous):
        return ()
    return (Hit("address", "address", found.address, found.place),)
