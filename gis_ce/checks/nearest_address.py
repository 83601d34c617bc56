"""The nearest address of a place: on its own parcel, else of all."""

from __future__ import annotations

import numpy as np
import shapely

from gis_ce.checks.check import OneSite, Sites
from gis_ce.checks.facts import Fact
from gis_ce.checks.measuring import first_of_each, ids_of
from layers.features import Features, Rows
from layers.grid import AT_LIMIT_FT, Floats
from layers.outlines import position_in_group
from layers.query import LayerQuery, Pairs

_ADDRESS_FACTS = ("address", "address_id", "address_distance_ft", "address_row", "address_found")


def addresses_of(sites: Sites, query: LayerQuery, reach_ft: float) -> dict[str, Fact]:
    """The nearest address on the place's own parcel, else the nearest of all; nothing without such a layer."""
    count = len(sites)
    if not query.has("address"):
        return _no_address(count)
    addresses = query.features("address")
    row, distance = first_of_each(query.nearest("address", sites.place, reach_ft=reach_ft), count)
    own, own_distance = _on_own_parcel(sites, query)
    by_parcel = own >= 0
    row, distance = np.where(by_parcel, own, row), np.where(by_parcel, own_distance, distance)
    text = np.full(count, None, dtype=object)
    text[row >= 0] = addresses.texts("full_address")[row[row >= 0]]
    how = np.full(count, None, dtype=object)
    how[row >= 0] = "nearest"
    how[by_parcel] = "on the same parcel"
    return dict(zip(_ADDRESS_FACTS, (text, ids_of(addresses, row), distance, row, how), strict=True))


def _no_address(count: int) -> dict[str, Fact]:
    none = np.full(count, None, dtype=object)
    nowhere, no_row = np.full(count, np.nan), np.full(count, -1, dtype=np.intp)
    return dict(zip(_ADDRESS_FACTS, (none, none, nowhere, no_row, none), strict=True))


def address_of_one(site: OneSite, reach_ft: float) -> dict[str, Fact]:
    """The same of one site, in numbers."""
    query, place = site.query, site.sites.place
    if not query.has("address"):
        return _no_address(1)
    addresses, parcels = query.features("address"), query.features("parcel")
    shapes = [parcels.geometry[np.array([row])] for row, _ in query.touching_one("parcel")]
    own = {row for shape in shapes for row, _ in query.within_one("address", 0.0, shape)}
    if own:
        rows = list(own)
        row, distance = _nearest(rows, shapely.distance(place, addresses.geometry[rows]).tolist(), addresses)
    else:
        row, distance = query.nearest_one("address", reach_ft)
    if row < 0:
        return _no_address(1)
    text, how = addresses.texts("full_address")[row], "on the same parcel" if own else "nearest"
    name = addresses.ids[row]
    told = (*(np.array([value], dtype=object) for value in (text, name)), np.array([distance]), np.array([row]))
    return dict(zip(_ADDRESS_FACTS, (*told, np.array([how], dtype=object)), strict=True))


def _nearest(rows: list[int], apart_ft: list[float], addresses: Features) -> tuple[int, float]:
    """Of those within 0.01 ft of the nearest the smallest id."""
    least = min(apart_ft) + AT_LIMIT_FT
    tied = [near for near in zip(rows, apart_ft, strict=True) if near[1] <= least]
    return min(tied, key=lambda near: addresses.rank[near[0]])


def _on_own_parcel(sites: Sites, query: LayerQuery) -> tuple[Rows, Floats]:
    parcels, addresses = query.features("parcel"), query.features("address")
    on = query.intersecting("parcel", sites.place)
    asked, back = np.unique(on.feature, return_inverse=True)
    inside = query.intersecting("address", parcels.geometry[asked])
    place, address = _joined(on, back, inside)
    distance = shapely.distance(sites.place[place], addresses.geometry[address])
    order = np.lexsort((addresses.rank[address], distance, place))
    pairs = Pairs(place[order], address[order], distance[order])
    return _nearest_by_rank(pairs, query, len(sites))


def _joined(on: Pairs, parcel_number: Rows, inside: Pairs) -> tuple[Rows, Rows]:
    """Every pair of a place and an address on one parcel of the place."""
    starts = np.searchsorted(inside.place, parcel_number, side="left")
    sizes = np.searchsorted(inside.place, parcel_number, side="right") - starts
    return np.repeat(on.place, sizes), inside.feature[np.repeat(starts, sizes) + position_in_group(sizes)]


def _nearest_by_rank(pairs: Pairs, query: LayerQuery, count: int) -> tuple[Rows, Floats]:
    """The nearest address of each place; of those within 0.01 ft of the nearest the smallest id."""
    _, least = first_of_each(pairs, count)
    tied = np.flatnonzero(pairs.distance_ft <= least[pairs.place] + AT_LIMIT_FT)
    rank = query.features("address").rank[pairs.feature[tied]]
    order = tied[np.lexsort((rank, pairs.place[tied]))]
    return first_of_each(Pairs(pairs.place[order], pairs.feature[order], pairs.distance_ft[order]), count)
