"""Where a case is, as somebody says it, and where that lies on the grid."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import Literal

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis_ce.actions.desk import Desk
from gis_ce.errors import PlaceRefused
from gis_ce.parcel_named import parcel_named
from gis_ce.positions import Terms, on_grid
from gis_ce.research_keys import parcel_ids

HowLocated = Literal["address", "gps", "map", "coordinates", "facility", "imported"]
_WAYS = ("address", "lonlat", "xy", "geometry", "parcel")
_EXTENT_MARGIN_DEGREES = 1.0


@dataclass(frozen=True, slots=True)
class Place:
    """One way of saying where: an address, degrees (longitude first), feet on the grid, a shape, or a parcel.

    `geometry` is on the grid in feet. A position in another datum than the map's (from a receiver) must
    say its sigma; `epoch` is the decimal year of the measurement. `how` is said where it is not what the
    way of giving it tells. `parcel_id` beside another way says which parcel is meant.
    """

    address: str | None = None
    lonlat: tuple[float, float] | None = None
    xy: tuple[float, float] | None = None
    geometry: BaseGeometry | None = None
    parcel_id: str | None = None
    sigma_ft: float | None = None
    datum: str = "map"
    epoch: float | None = None
    how: HowLocated | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """A place on the grid in feet; `said` tells how it was found, and any correction of what was written."""

    geometry: BaseGeometry
    how: HowLocated
    sigma_ft: float
    datum: str
    said: str
    address: str | None = None
    parcel_id: str | None = None


def placed(desk: Desk, place: Place, day: date) -> Placed:
    """The place on the grid; raises PlaceRefused for what cannot be one, PlaceUnknown for what is not on the map."""
    if place.sigma_ft is not None and not 0 <= place.sigma_ft < float("inf"):
        raise PlaceRefused(f"sigma_ft is {place.sigma_ft}; give the standard deviation in feet, 0 or more.")
    given = [name for name in _WAYS[:-1] if getattr(place, name) is not None]
    if len(given) > 1 or not (given or place.parcel_id):
        raise PlaceRefused(f"Say where in exactly one way: {', '.join(_WAYS[:-1])}, or a parcel alone.")
    if place.address is not None:
        return _by_address(desk, place, place.address)
    if place.lonlat is not None:
        return _by_degrees(desk, place, place.lonlat, day)
    if place.xy is not None:
        found = _plain(desk, place, _point(place.xy), "coordinates", "easting and northing")
    elif place.geometry is not None:
        found = _plain(desk, place, place.geometry, "map", "drawn on the map")
    else:
        outline = parcel_named(desk.query, str(place.parcel_id))
        found = _plain(desk, place, outline, "map", f"parcel {place.parcel_id}")
    return found


def _by_address(desk: Desk, place: Place, address: str) -> Placed:
    located = desk.addresses.find(address)
    sigma = float(np.hypot(located.sigma_ft, place.sigma_ft or 0.0))
    parcel = place.parcel_id or (located.feature_id if located.how == "parcel" else None)
    parcel = parcel or parcel_under(desk, located.place)
    said = f"{located.how} {located.feature_id}{f', taken for {located.address}' if located.corrected else ''}"
    written = located.address if located.corrected else address.strip()
    return Placed(located.place, place.how or "address", sigma, "map", said, written, parcel)


def _by_degrees(desk: Desk, place: Place, lonlat: tuple[float, float], day: date) -> Placed:
    point = _point(lonlat)
    if not _in_degrees(point):
        raise PlaceRefused("These are not degrees, longitude first; give feet on the grid as xy.")
    _refuse_far(desk, lonlat)
    how = place.how or ("map" if place.datum == "map" else "gps")
    if how == "gps" and place.sigma_ft is None:
        raise PlaceRefused("Say how good the receiver's position is (sigma_ft); a point set by hand is of the map.")
    moved = on_grid(np.array([point], dtype=object), Terms(day).at(place.datum, place.epoch, day), desk.grid)
    if moved.problem is not None:
        raise PlaceRefused(moved.problem)
    sigma = float(np.hypot(place.sigma_ft or 0.0, moved.sigma_ft[0]))
    parcel = place.parcel_id or parcel_under(desk, moved.places[0])
    return Placed(_finite(moved.places[0]), how, sigma, place.datum, "longitude and latitude", None, parcel)


def _plain(desk: Desk, place: Place, geometry: BaseGeometry, how: HowLocated, said: str) -> Placed:
    shape = on_the_grid(geometry)
    parcel = place.parcel_id or parcel_under(desk, shape)
    return Placed(shape, place.how or how, place.sigma_ft or 0.0, "map", said, None, parcel)


def place_asked(place: Place | None) -> dict[str, object] | None:
    """A place as plain values, to tell one request from another."""
    if place is None:
        return None
    values = {field.name: getattr(place, field.name) for field in fields(place)}
    return values | {"geometry": place.geometry.wkb_hex if place.geometry is not None else None}


def on_the_grid(geometry: BaseGeometry) -> BaseGeometry:
    """A shape that was given in feet; raises PlaceRefused for degrees, and for what is empty, broken or not finite."""
    shape = _finite(geometry)
    if _in_degrees(shape):
        raise PlaceRefused("These are degrees, not feet on the grid; give a point as lonlat.")
    if not shape.is_valid:
        raise PlaceRefused(f"The shape is not a valid {shape.geom_type}: {shapely.is_valid_reason(shape)}.")
    return shapely.force_2d(shape)


def parcel_under(desk: Desk, shape: BaseGeometry) -> str | None:
    """The number of the one parcel that a place touches; None where there are several or none."""
    if not desk.query.has("parcel"):
        return None
    on = desk.query.intersecting("parcel", np.array([shape], dtype=object))
    names = parcel_ids(desk.query.features("parcel"), on.feature).tolist()
    return str(names[0]) if len(set(names)) == 1 else None


def _point(pair: tuple[float, float]) -> BaseGeometry:
    point = shapely.Point(*pair)
    return _finite(point)


def _finite(shape: BaseGeometry) -> BaseGeometry:
    if shape.is_empty or not np.isfinite(shapely.get_coordinates(shape)).all():
        raise PlaceRefused("The place is empty, or has a coordinate that is no finite number.")
    return shape


def _in_degrees(shape: BaseGeometry) -> bool:
    return bool((np.abs(shape.bounds) <= (180, 90, 180, 90)).all())


def _refuse_far(desk: Desk, lonlat: tuple[float, float]) -> None:
    if desk.city.extent_lonlat is None:
        return
    west, south, east, north = desk.city.extent_lonlat
    margin, (lon, lat) = _EXTENT_MARGIN_DEGREES, lonlat
    if not (west - margin <= lon <= east + margin and south - margin <= lat <= north + margin):
        raise PlaceRefused(f"{lon}, {lat} lies far outside {desk.city.name}; degrees are longitude first.")
