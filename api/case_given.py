"""From what was sent or typed to what the actions take: places, shapes and parties."""

from __future__ import annotations

import json

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from api.case_schemas import CaseToOpen, PartyIn, PlaceGiven
from api.errors import BadPlace, TooMuch
from api.schemas import MOST_SHAPE_VERTICES, Shape
from gis_ce.actions.opening import Opening
from gis_ce.actions.parties import PartyGiven
from gis_ce.actions.placing import Place
from layers.grid import Grid


def opening_of(body: CaseToOpen, grid: Grid) -> Opening:
    """What a case is opened with; raises BadPlace."""
    crs = body.place.crs if body.place is not None else "lonlat"
    return Opening(
        type=body.type,
        place=place_of(body.place, grid) if body.place is not None else None,
        event_on=body.event_on,
        title=body.title,
        description=body.description,
        parties=tuple(party_of(party) for party in body.parties),
        officer=body.officer,
        priority=body.priority,
        structure=shape_on_grid(body.structure, crs, grid, "structure") if body.structure is not None else None,
        details=body.details,
        id=body.id,
    )


def place_of(given: PlaceGiven, grid: Grid) -> Place:
    """A place as the actions take it; raises BadPlace for half of a position and for a shape that is none."""
    shape = shape_on_grid(given.geometry, given.crs, grid, "geometry") if given.geometry is not None else None
    return Place(
        address=given.address,
        lonlat=_pair("lon and lat", given.lon, given.lat),
        xy=_pair("easting_ft and northing_ft", given.easting_ft, given.northing_ft),
        geometry=shape,
        parcel_id=given.parcel_id,
        sigma_ft=given.sigma_ft,
        datum=given.datum,
        epoch=given.epoch,
        how=given.how,
    )


def party_of(given: PartyIn) -> PartyGiven:
    """A party as the actions take it."""
    return PartyGiven(**given.model_dump())


def shape_on_grid(shape: Shape, crs: str, grid: Grid, what: str) -> BaseGeometry:
    """A GeoJSON shape on the grid in feet; raises BadPlace where it is none, broken, or in the other measure."""
    made = shapely.from_geojson(json.dumps(shape.model_dump()), on_invalid="ignore")
    if made is None or made.is_empty:
        raise BadPlace(f"{what}: it is not a GeoJSON {shape.type} with coordinates.")
    return on_grid_checked(shapely.force_2d(made), crs, grid, what)


def on_grid_checked(shape: BaseGeometry, crs: str, grid: Grid, what: str) -> BaseGeometry:
    """A shape on the grid, from degrees or feet; raises BadPlace where it cannot be, TooMuch."""
    if shapely.get_num_coordinates(shape) > MOST_SHAPE_VERTICES:
        raise TooMuch(f"{what}: it has more than {MOST_SHAPE_VERTICES:,} vertices.")
    if not np.isfinite(shapely.get_coordinates(shape)).all():
        raise BadPlace(f"{what}: it has a coordinate that is not a number.")
    if not shape.is_valid:
        raise BadPlace(f"{what}: it is not a valid {shape.geom_type}: {shapely.is_valid_reason(shape)}.")
    in_degrees = bool((np.abs(shape.bounds) <= (180, 90, 180, 90)).all())
    if crs == "grid":
        if in_degrees:
            raise BadPlace(f'{what}: these are degrees, not feet; leave out crs: "grid".')
        return shape
    if not in_degrees:
        raise BadPlace(f'{what}: these are not degrees; say crs: "grid" if they are feet.')
    moved: BaseGeometry = grid.from_lonlat(np.array([shape], dtype=object))[0]
    if not np.isfinite(moved.bounds).all():
        raise BadPlace(f"{what}: it lies outside what the city's grid can hold.")
    return moved


def _pair(what: str, first: float | None, second: float | None) -> tuple[float, float] | None:
    if first is None and second is None:
        return None
    if first is None or second is None:
        raise BadPlace(f"{what} go together; one of them is missing.")
    return first, second
