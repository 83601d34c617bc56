"""Which features a request asks for: parameters read once, strictly, and made into a choice of rows."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from shapely.geometry.base import BaseGeometry
from starlette.datastructures import QueryParams

from api.errors import ApiError
from api.ogc.areas import on_grid
from api.ogc.collections import Collection
from api.ogc.feature_table import Column, FeatureTable, Mask
from api.ogc.reference_systems import CRS84, System, system_named
from api.ogc.times import in_times, moment_of, times_of
from layers.boxes import rows_in_area
from layers.grid import Rows

MOST_FEATURES = 10_000
FEATURES_UNASKED = 100
KNOWN = ("f", "limit", "bbox", "bbox-crs", "crs", "datetime", "after")
"""The parameters of every list of features; the properties of the collection come to them."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list of features is to hold, and how; `mask` None is everything."""

    limit: int
    after: str | None
    system: System
    mask: Mask | None


@dataclass(frozen=True, slots=True)
class Page:
    """Some features in the order of their ids, how many match in all, and whether more come behind them."""

    rows: Rows
    matched: int
    more: bool


def single(given: QueryParams, known: Iterable[str]) -> dict[str, str]:
    """The parameters of a request; raises ApiError for one that is not known or that is given twice."""
    names, found = set(known), dict[str, str]()
    for name, value in given.multi_items():
        if name not in names:
            raise ApiError(f"{name}: there is no such parameter here; these are: {', '.join(sorted(names))}.")
        if name in found:
            raise ApiError(f"{name}: this parameter is given more than once.")
        if "\0" in value:
            raise ApiError(f"{name}: a NUL character stands in it.")
        found[name] = value
    return found


def wanted(collection: Collection, given: dict[str, str], masks: Iterable[Mask] = ()) -> Wanted:
    """What a request asks of a collection, `masks` beside it; raises ApiError."""
    table, grid = collection.table, collection.grid
    found = list(masks)
    if "bbox" in given:
        system = system_named(given.get("bbox-crs", CRS84), grid, "bbox-crs")
        found.append(_in_box(collection, given["bbox"], system))
    elif "bbox-crs" in given:
        system_named(given["bbox-crs"], grid, "bbox-crs")
    if "datetime" in given:
        in_time = in_times(table, times_of(given["datetime"]))
        found += [in_time] if in_time is not None else []
    found += [_equal(table, column, given[column.name]) for column in table.described if column.name in given]
    mask = np.logical_and.reduce(found) if found else None
    system = system_named(given.get("crs", CRS84), grid, "crs")
    return Wanted(limit_of(given.get("limit")), given.get("after"), system, mask)


def limit_of(text: str | None) -> int:
    """How many features a page holds: more than the most is the most. Raises ApiError."""
    if text is None:
        return FEATURES_UNASKED
    if not (text.isascii() and text.isdigit()) or not text.strip("0"):
        raise ApiError(f"limit: {text!r} is no number of features; give 1 to {MOST_FEATURES:,}.")
    return MOST_FEATURES if len(text) > 9 else min(int(text), MOST_FEATURES)


def page(table: FeatureTable, asked: Wanted) -> Page:
    """One page; counting costs nothing, since what matches is known as a column."""
    start = 0 if asked.after is None else table.place_after(asked.after)
    order = table.order[start:]
    if asked.mask is None:
        return Page(order[: asked.limit], len(table), len(order) > asked.limit)
    rows = order[asked.mask[order]]
    return Page(rows[: asked.limit], int(np.count_nonzero(asked.mask)), len(rows) > asked.limit)


def _equal(table: FeatureTable, column: Column, text: str) -> Mask:
    """Which features have exactly a value."""
    value: object = text
    if column.kind == "number":
        value = _number(column.name, text)
    elif column.kind == "date":
        value = _day(column.name, text)
    elif column.kind == "moment":
        value = moment_of(text, column.name)
    values = table.columns.column(column.name)
    found = pc.equal(values, pa.scalar(value, values.type))
    return np.asarray(found.fill_null(False).to_numpy(), dtype=np.bool_)


def _number(name: str, text: str) -> float:
    try:
        found = float(text)
    except ValueError as error:
        raise ApiError(f"{name}: {text!r} is no number.") from error
    if not math.isfinite(found):
        raise ApiError(f"{name}: {text!r} is no number.")
    return found


def _day(name: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ApiError(f"{name}: {text!r} is no day; one looks like 2026-03-02.") from error


def _in_box(collection: Collection, text: str, system: System) -> Mask:
    """Which features touch a box; those without a place touch none."""
    mask = np.zeros(len(collection.table), dtype=bool)
    for area in areas_of(box_of(text, system), system, collection):
        mask[rows_in_area(collection.table.shapes, collection.table.boxes, area)] = True
    return mask


def box_of(text: str, system: System) -> tuple[float, float, float, float]:
    """West, south, east, north of a parameter, easting first whatever the axes; heights are passed over."""
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError as error:
        raise ApiError("bbox: give four numbers (or six, with heights) with commas between them.") from error
    if len(numbers) not in (4, 6) or not all(map(math.isfinite, numbers)):
        raise ApiError("bbox: give four numbers (or six, with heights) with commas between them.")
    if len(numbers) == 6:
        numbers = [numbers[0], numbers[1], numbers[3], numbers[4]]
    west, south, east, north = numbers
    if system.swapped:
        west, south, east, north = south, west, north, east
    in_degrees = system.decimals == 8
    if in_degrees and (max(abs(west), abs(east)) > 180 or max(abs(south), abs(north)) > 90):
        raise ApiError("bbox: these are no degrees; say bbox-crs for a box in another system.")
    if south > north or (west > east and not in_degrees):
        raise ApiError("bbox: it ends before it begins; give the lower left corner, then the upper right one.")
    return west, south, east, north


def areas_of(box: tuple[float, float, float, float], system: System, collection: Collection) -> list[BaseGeometry]:
    """The box on the grid, cut to where the collection has features; two where it crosses the date line."""
    west, south, east, north = box
    parts = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
    moved = [on_grid(_shape(first, south, last, north), system, collection) for first, last in parts]
    return [area for area in moved if area is not None]


def _shape(west: float, south: float, east: float, north: float) -> BaseGeometry:
    """A box of no width is a line or a point, and may still touch something."""
    if west < east and south < north:
        return shapely.box(west, south, east, north)
    if (west, south) == (east, north):
        return shapely.Point(west, south)
    return shapely.LineString([(west, south), (east, north)])
