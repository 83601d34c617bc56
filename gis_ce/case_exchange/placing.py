"""Where old cases lie: by their coordinates, else by their address, else by their parcel; all rows at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pyarrow as pa
import shapely
from shapely.geometry.base import BaseGeometry

from gis_ce.case_exchange.old_case import OldCase
from gis_ce.case_table import read_cases
from gis_ce.errors import PlaceUnknown
from gis_ce.locate import AddressBook
from gis_ce.located import DOUBTS
from gis_ce.parcel_named import parcel_named
from gis_ce.positions import Terms
from gis_ce.research_keys import parcel_ids
from layers.grid import Grid
from layers.query import LayerQuery

_MARGIN_DEGREES = 1.0
_TAKEN_FOR = "taken for"
_COLUMNS: Mapping[str, pa.DataType] = {
    "lon": pa.float64(),
    "lat": pa.float64(),
    "easting_ft": pa.float64(),
    "northing_ft": pa.float64(),
    "sigma_ft": pa.float64(),
    "address": pa.string(),
    "datum": pa.string(),
}


@dataclass(frozen=True, slots=True)
class OldMap:
    """The map on which old cases are found: layers, addresses, the grid, and the city's extent in degrees."""

    query: LayerQuery
    addresses: AddressBook
    grid: Grid
    extent_lonlat: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class Put:
    """Where one old case lies.

    `refused`: what it says of its place is wrong; `unplaced`: it is not on the map; `corrected`: its
    address is misspelt and was taken for another.
    """

    geometry: BaseGeometry | None = None
    how: str | None = None
    sigma_ft: float | None = None
    parcel_id: str | None = None
    refused: str | None = None
    unplaced: str | None = None
    corrected: str | None = None


def put_cases(cases: Sequence[OldCase], on: OldMap, today: date) -> list[Put]:
    """The place of each case, in their order.

    A wrong coordinate refuses a case; an address that is not on the map does not, the case is then kept
    without a position and says why.
    """
    if not cases:
        return []
    table = pa.table({name: [getattr(case.place, name) for case in cases] for name in _COLUMNS}, pa.schema(_COLUMNS))
    days = pa.array([case.event_on for case in cases], pa.date32())
    found = read_cases(table.append_column("on", days), Terms(today), on.addresses, on.grid)
    rows = zip(cases, found.sites.place, found.sites.sigma_ft, found.located_by, found.problem, strict=True)
    return _with_parcels([_put(on, *row) for row in rows], cases, on)


def _put(
    on: OldMap, case: OldCase, shape: BaseGeometry | None, sigma_ft: float, how: str | None, problem: str | None
) -> Put:
    place = case.place
    if place.shape is not None or (case.is_own and place.easting_ft is None):
        return Put(place.shape, place.how_located, place.sigma_ft)
    if any(number is not None for number in (place.lon, place.lat, place.easting_ft, place.northing_ft)):
        return _by_coordinates(on, case, shape, sigma_ft, problem)
    if shape is not None and how is not None:
        return Put(shape, "address", sigma_ft, corrected=how if _TAKEN_FOR in how else None)
    return _by_parcel(place.parcel, on, problem if place.address else None)


def _by_coordinates(on: OldMap, case: OldCase, shape: BaseGeometry | None, sigma_ft: float, problem: str | None) -> Put:
    """A position as it is given."""
    place = case.place
    if shape is None or problem is not None:
        return Put(refused=_lower(problem or "it has no position"))
    if _is_far(place.lon, place.lat, on):
        return Put(refused=f"{place.lon}, {place.lat} lies far outside the city; is it longitude first?")
    if case.is_own:
        return Put(shape, place.how_located, place.sigma_ft)
    return Put(shape, "coordinates", sigma_ft)


def _by_parcel(parcel: str | None, on: OldMap, problem: str | None) -> Put:
    """A point in the parcel, with half its longer side as sigma; else why it is nowhere."""
    if parcel is None or not on.query.has("parcel"):
        return Put(unplaced=problem or "it says nothing of where it lies")
    try:
        outline = parcel_named(on.query, parcel)
    except PlaceUnknown as error:
        return Put(unplaced=" ".join(filter(None, (problem, str(error)))))
    min_x, min_y, max_x, max_y = outline.bounds
    sigma = DOUBTS.parcel_share * max(max_x - min_x, max_y - min_y)
    return Put(shapely.point_on_surface(outline), "imported", sigma, parcel)


def _with_parcels(found: list[Put], cases: Sequence[OldCase], on: OldMap) -> list[Put]:
    """The same with the parcel that the case names, else the one parcel that it touches."""
    under: dict[int, set[str]] = {}
    if on.query.has("parcel"):
        shapes = np.full(len(found), None, dtype=object)
        shapes[:] = [put.geometry for put in found]
        pairs = on.query.intersecting("parcel", shapes)
        for row, name in zip(pairs.place, parcel_ids(on.query.features("parcel"), pairs.feature), strict=True):
            under.setdefault(int(row), set()).add(str(name))
    return [
        replace(put, parcel_id=case.place.parcel or (None if case.is_own else _only(under.get(row))))
        for row, (put, case) in enumerate(zip(found, cases, strict=True))
    ]


def _only(names: set[str] | None) -> str | None:
    return next(iter(names)) if names is not None and len(names) == 1 else None


def _is_far(lon: float | None, lat: float | None, on: OldMap) -> bool:
    if on.extent_lonlat is None or lon is None or lat is None:
        return False
    west, south, east, north = on.extent_lonlat
    margin = _MARGIN_DEGREES
    return not (west - margin <= lon <= east + margin and south - margin <= lat <= north + margin)


def _lower(text: str) -> str:
    """A sentence as a part of another one."""
    return text[:1].lower() + text[1:].rstrip(".")
