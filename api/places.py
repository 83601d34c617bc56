"""From the places of a request to sites: arrays made once, mistakes named by place."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import shapely

from api.errors import BadPlace, TooMuch
from api.schemas import (
    MOST_PLACES,
    MOST_SHAPE_VERTICES,
    ManyPlaces,
    OnePlace,
    PlaceCollection,
    PlaceFields,
    PlaceOfMany,
    Shape,
)
from gis_ce.checks.check import Sites
from gis_ce.locate import AddressBook
from gis_ce.positions import Reference, Terms, on_grid
from layers.features import Rows, Texts
from layers.grid import Floats, Geometries, Grid

MOST_VERTICES = 500_000


@dataclass(frozen=True, slots=True)
class Asked:
    """The places of one request as columns, in its order."""

    ids: list[str | int | None]
    fields: list[PlaceFields]
    shapes: list[Shape | None]
    structures: list[Shape | None]


@dataclass(frozen=True, slots=True)
class Placed:
    """Sites with how each was located, or why its address was not found."""

    sites: Sites
    located_by: Texts
    problem: Texts


def asked_places(body: OnePlace | ManyPlaces | PlaceCollection) -> Asked:
    """The places of any of the three forms of a request; raises TooMuch beyond 10,000."""
    if isinstance(body, PlaceCollection):
        places = [_of_feature(feature.geometry, feature.properties, feature.id) for feature in body.features]
    else:
        places = list(body.places) if isinstance(body, ManyPlaces) else [body]
    if len(places) > MOST_PLACES:
        raise TooMuch(f"{len(places):,} places in one request; at most {MOST_PLACES:,} are answered at once.")
    return Asked(
        [place.id for place in places],
        list(places),
        [place.geometry for place in places],
        [place.structure for place in places],
    )


def _of_feature(shape: Shape | None, fields: PlaceFields | None, name: str | int | None) -> PlaceOfMany:
    """A feature's line or area is its structure too, unless its properties say another."""
    place = PlaceOfMany(**dict(fields or PlaceFields()), id=name, geometry=shape)
    if place.structure is None and shape is not None and not shape.type.endswith("Point"):
        place.structure = shape
    return place


def to_sites(asked: Asked, crs: str, grid: Grid, book: AddressBook, today: date) -> Placed:
    """The sites of a request on the grid; raises BadPlace naming the place that cannot be used."""
    places = _shapes(asked, asked.shapes, "geometry")
    structures = _shapes(asked, asked.structures, "structure")
    _limit_vertices(places, structures)
    days = np.array([field.on or today for field in asked.fields], dtype="datetime64[D]")
    sigma = np.array([field.sigma_ft for field in asked.fields], dtype=np.float64)
    if crs == "grid":
        _refuse_degrees(asked, places, structures)
    else:
        added = _onto_grid(asked, places, structures, grid, today)
        sigma = np.hypot(sigma, added)
    located = np.full(len(places), None, dtype=object)
    located[~shapely.is_missing(places)] = "geometry"
    only = shapely.is_missing(places) & ~shapely.is_missing(structures)
    places[only], located[only] = structures[only], "structure"
    sites = Sites(places, structures, sigma, days)
    problem = _by_address(asked, sites, located, book)
    _round_structures(asked, sites)
    return Placed(sites, located, problem)


def _named(asked: Asked, row: int) -> str:
    """How a place is named in an error."""
    name = asked.ids[row]
    if len(asked.ids) == 1:
        return "The place" if name is None else f"The place {name!r}"
    return f"Place {row + 1}" if name is None else f"Place {row + 1} ({name!r})"


def _shapes(asked: Asked, shapes: Sequence[Shape | None], what: str) -> Geometries:
    """GeoJSON to shapely, all at once; the slow way only to find out which one was wrong."""
    if all(shape is None for shape in shapes):
        return np.full(len(shapes), None, dtype=object)
    texts = [None if shape is None else json.dumps(shape.model_dump()) for shape in shapes]
    made = shapely.from_geojson(np.array(texts, dtype=object), on_invalid="ignore")
    for row in _rows(np.array([text is not None for text in texts], dtype=bool)):
        shape = shapes[row]
        if shape is not None and (made[row] is None or made[row].is_empty):
            raise BadPlace(f"{_named(asked, row)}: its {what} is not a GeoJSON {shape.type} with coordinates.")
    for row in np.flatnonzero(shapely.get_num_coordinates(made) > MOST_SHAPE_VERTICES).tolist():
        raise TooMuch(f"{_named(asked, row)}: its {what} has more than {MOST_SHAPE_VERTICES:,} vertices.")
    there = np.flatnonzero(~shapely.is_missing(made))
    made = shapely.force_2d(made)
    finite = np.isfinite(shapely.bounds(made[there])).all(axis=1)
    for row in there[~finite].tolist():
        raise BadPlace(f"{_named(asked, row)}: its {what} has a coordinate that is not a number.")
    for row in there[~shapely.is_valid(made[there])].tolist():
        reason = shapely.is_valid_reason(made[row])
        raise BadPlace(f"{_named(asked, row)}: its {what} is not a valid {made[row].geom_type}: {reason}.")
    return np.asarray(made, dtype=object)


def _limit_vertices(*shapes: Geometries) -> None:
    count = sum(int(shapely.get_num_coordinates(each).sum()) for each in shapes)
    if count > MOST_VERTICES:
        raise TooMuch(f"{count:,} vertices in one request; at most {MOST_VERTICES:,} are answered at once.")


def _refuse_degrees(asked: Asked, *columns: Geometries) -> None:
    for shapes in columns:
        bounds = np.abs(shapely.bounds(shapes))
        for row in _rows(np.asarray((bounds <= (180, 90, 180, 90)).all(axis=1))):
            raise BadPlace(f'{_named(asked, row)}: these are degrees, not feet; leave out crs: "grid".')


def _onto_grid(asked: Asked, places: Geometries, structures: Geometries, grid: Grid, today: date) -> Floats:
    """Moves both columns onto the grid, in place; gives what the datums add to each sigma, in feet."""
    added = np.zeros(len(places))
    references = [_reference(field, today) for field in asked.fields]
    for reference in dict.fromkeys(references):
        rows = np.flatnonzero(np.array([each == reference for each in references], dtype=bool))
        for column in (structures, places):
            if shapely.is_missing(column).all():
                continue
            _refuse_feet(asked, column, rows)
            moved = on_grid(column[rows], reference, grid)
            if moved.problem is not None:
                raise BadPlace(f"{_named(asked, int(rows[0]))}: {moved.problem}")
            there = ~shapely.is_missing(column[rows])
            added[rows[there]] = np.maximum(added[rows[there]], moved.sigma_ft[there])
            column[rows] = moved.places
            lost = there & ~np.isfinite(shapely.bounds(moved.places)).all(axis=1)
            for row in rows[lost].tolist():
                raise BadPlace(f"{_named(asked, row)}: it lies outside what the city's grid can hold.")
    return added


def _reference(field: PlaceFields, today: date) -> Reference:
    return Terms(today).at(field.datum, field.epoch, field.on or today)


def _refuse_feet(asked: Asked, shapes: Geometries, rows: Rows) -> None:
    bounds = np.abs(shapely.bounds(shapes[rows]))
    for row in rows[(bounds > (180, 90, 180, 90)).any(axis=1)].tolist():
        raise BadPlace(f'{_named(asked, row)}: these are not degrees; say crs: "grid" if they are feet.')


def _by_address(asked: Asked, sites: Sites, located: Texts, book: AddressBook) -> Texts:
    problem = np.full(len(sites), None, dtype=object)
    rows = _rows(shapely.is_missing(sites.place))
    for row in rows:
        if asked.fields[row].address is None:
            raise BadPlace(f"{_named(asked, row)}: it has no geometry, no structure and no address.")
    found, reasons = book.find_all([asked.fields[row].address for row in rows])
    for row, place, reason in zip(rows, found, reasons, strict=True):
        problem[row] = reason
        if place is not None:
            sites.place[row], located[row] = place.place, place.told
            sites.sigma_ft[row] = np.hypot(sites.sigma_ft[row], place.sigma_ft)
    return problem


def _round_structures(asked: Asked, sites: Sites) -> None:
    """A point with a radius is a round structure."""
    radii = np.array([field.radius_ft or 0.0 for field in asked.fields])
    for row in _rows(radii > 0):
        base = sites.structure[row] if sites.structure[row] is not None else sites.place[row]
        if base is None:
            continue
        if base.geom_type != "Point":
            raise BadPlace(f"{_named(asked, row)}: radius_ft goes with a point, not with a {base.geom_type}.")
        sites.structure[row] = shapely.buffer(base, radii[row], quad_segs=32)


def _rows(mask: npt.NDArray[np.bool_]) -> list[int]:
    return [int(row) for row in np.flatnonzero(mask)]
