"""Tells in a PDF where on the earth a part of a page lies, as ISO 32000-2, 12.10 has it: a GIS opens it as a map."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping

import numpy as np
import shapely
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    PdfObject,
    TextStringObject,
)

from layers.grid import Grid
from maps.still_shapes import Frame

_CORNERS = ((0, 0), (0, 1), (1, 1), (1, 0))
"""Lower left, upper left, upper right, lower right, as shares of the map."""
_PLACES = 10


class _Exact(FloatObject):
    """A number with ten decimals: a degree that is written with seven is off by hundredths of a foot."""

    def myrepr(self) -> str:
        """As it stands in the file."""
        return f"{float(self):.{_PLACES}f}"


def georeferenced(pdf: bytes, box_pt: tuple[float, float, float, float], frame: Frame, grid: Grid) -> bytes:
    """The same PDF, whose first page says that what lies in a box (points, from below) is a frame of the grid.

    The bytes that came in stay as they are; what is new stands behind them. The same input gives the same bytes.
    """
    writer = PdfWriter(io.BytesIO(pdf), incremental=True)
    page = writer.pages[0]
    page[NameObject("/VP")] = ArrayObject([_viewport(box_pt, frame, grid)])
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def viewport_of(pdf: bytes) -> DictionaryObject:
    """What the first page of a PDF says of the place of its map."""
    page = PdfReader(io.BytesIO(pdf)).pages[0]
    found = page["/VP"][0]  # type: ignore[index]
    return DictionaryObject(found.get_object())


def _viewport(box_pt: tuple[float, float, float, float], frame: Frame, grid: Grid) -> DictionaryObject:
    shares = _numbers(value for corner in _CORNERS for value in corner)
    measure: dict[str, PdfObject] = {
        "/Type": NameObject("/Measure"),
        "/Subtype": NameObject("/GEO"),
        "/Bounds": shares,
        "/LPTS": shares,
        "/GPTS": ArrayObject([_Exact(value) for value in _latitudes_first(frame, grid)]),
        "/GCS": _system(grid),
        "/PDU": ArrayObject([NameObject("/USM"), NameObject("/SQFT"), NameObject("/DEG")]),
    }
    return _dictionary(
        {
            "/Type": NameObject("/Viewport"),
            "/Name": TextStringObject("Map"),
            "/BBox": _numbers(box_pt),
            "/Measure": _dictionary(measure),
        }
    )


def _system(grid: Grid) -> DictionaryObject:
    """The grid by its code, where it is that of the registry and not the same in feet; and in words."""
    said: dict[str, PdfObject] = {
        "/Type": NameObject("/PROJCS"),
        "/WKT": TextStringObject(grid.crs.to_wkt("WKT1_ESRI")),
    }
    if grid.crs.to_epsg() == grid.epsg:
        said["/EPSG"] = NumberObject(grid.epsg)
    return _dictionary(said)


def _latitudes_first(frame: Frame, grid: Grid) -> list[float]:
    wide, high = frame.east - frame.west, frame.north - frame.south
    corners = shapely.points([(frame.west + x * wide, frame.south + y * high) for x, y in _CORNERS])
    lonlat = shapely.get_coordinates(grid.to_lonlat(np.asarray(corners, dtype=object)))
    return [round(float(value), _PLACES) for lon, lat in lonlat for value in (lat, lon)]


def _numbers(values: Iterable[float]) -> ArrayObject:
    return ArrayObject([FloatObject(value) for value in values])


def _dictionary(values: Mapping[str, PdfObject]) -> DictionaryObject:
    return DictionaryObject({NameObject(name): value for name, value in values.items()})
