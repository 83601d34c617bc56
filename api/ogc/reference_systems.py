"""The coordinate systems of answers and boxes: their addresses, the order of their axes, and moving to and fro."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import shapely
from pyproj import CRS
from pyproj.database import query_crs_info
from pyproj.enums import PJType

from api.errors import ApiError
from layers.grid import Floats, Geometries, Grid
from maps.tile_grid import lonlat_of_mercator, mercator

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
_EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
_FOOT_M = 0.3048


@dataclass(frozen=True, slots=True)
class System:
    """One coordinate system. `swapped`: its first axis points north; `decimals` keep better than 0.01 ft."""

    uri: str
    swapped: bool
    decimals: int
    leave: Callable[[Geometries, Grid], Geometries]
    enter: Callable[[Geometries, Grid], Geometries]

    def of(self, shapes: Geometries, grid: Grid) -> Geometries:
        """Shapes on the grid in this system, areas with their outer rings counter-clockwise, axes in its own order."""
        moved = shapely.orient_polygons(np.asarray(self.leave(shapes, grid), dtype=object))
        return np.asarray(shapely.transform(moved, self._written), dtype=object)

    def on_grid(self, shapes: Geometries, grid: Grid) -> Geometries:
        """Shapes of this system on the grid; a coordinate that the grid cannot hold is no number there."""
        plain = shapely.transform(shapes, lambda xy: xy[:, ::-1]) if self.swapped else shapes
        return np.asarray(self.enter(np.asarray(plain, dtype=object), grid), dtype=object)

    def _written(self, xy: Floats) -> Floats:
        rounded = np.round(xy, self.decimals)
        return rounded[:, ::-1] if self.swapped else rounded


def systems(grid: Grid) -> dict[str, System]:
    """All systems in which a city's collections are given, by their addresses; the first is what is given unasked.

    Degrees are on the grid's own datum, as everywhere in the product.
    """
    crs = CRS.from_epsg(grid.epsg)
    north_first = crs.axis_info[0].direction == "north"
    scale = _FOOT_M if crs.axis_info[0].unit_name == "metre" else 1.0
    own = (north_first, 3 if scale == 1 else 4, _scaled(scale), _scaled(1 / scale))
    known = (
        System(CRS84, False, 8, _to_degrees, _from_degrees),
        *(System(f"{_EPSG}{epsg}", *own) for epsg in (grid.epsg, *twins(grid.epsg))),
        System(f"{_EPSG}4326", True, 8, _to_degrees, _from_degrees),
        System(f"{_EPSG}3857", False, 3, _to_mercator, _from_mercator),
    )
    return {system.uri: system for system in known}


@cache
def twins(epsg: int) -> tuple[int, ...]:
    """The grids with the same projection in the other of NAD83 and NAD83(2011): there a place has the same numbers.

    No transformation between the two is defined for all places; what they differ by is part of a layer's sigma.
    """
    crs = CRS.from_epsg(epsg)
    old, new = "NAD83 / ", "NAD83(2011) / "
    if crs.name.startswith(old):
        wanted = new + crs.name.removeprefix(old)
    elif crs.name.startswith(new):
        wanted = old + crs.name.removeprefix(new)
    else:
        return ()
    listed = query_crs_info(auth_name="EPSG", pj_types=PJType.PROJECTED_CRS)
    named = [int(each.code) for each in listed if each.name == wanted and not each.deprecated]
    return tuple(code for code in named if _projection(CRS.from_epsg(code)) == _projection(crs))


def _projection(crs: CRS) -> tuple[object, ...]:
    operation = crs.coordinate_operation
    given = tuple((each.name, each.value, each.unit_name) for each in operation.params) if operation else ()
    return given, tuple((each.direction, each.unit_name) for each in crs.axis_info)


def storage_system(grid: Grid) -> str:
    """The address of the system in which shapes are stored."""
    return f"{_EPSG}{grid.epsg}"


def system_named(uri: str, grid: Grid, parameter: str) -> System:
    """The system of an address, also of its short form `[EPSG:2264]`; raises ApiError for one that is not offered."""
    known = systems(grid)
    text = uri.strip().removeprefix("[").removesuffix("]")
    if text.upper().startswith("EPSG:"):
        text = f"{_EPSG}{text[5:]}"
    if text.upper() == "OGC:CRS84":
        text = CRS84
    if text not in known:
        raise ApiError(f"{parameter}: {uri!r} is not offered; these are: {', '.join(known)}.")
    return known[text]


def _to_degrees(shapes: Geometries, grid: Grid) -> Geometries:
    return grid.to_lonlat(shapes)


def _from_degrees(shapes: Geometries, grid: Grid) -> Geometries:
    return grid.from_lonlat(shapes)


def _scaled(scale: float) -> Callable[[Geometries, Grid], Geometries]:
    def moved(shapes: Geometries, _: Grid) -> Geometries:
        return np.asarray(shapely.transform(shapes, lambda xy: xy * scale) if scale != 1 else shapes, dtype=object)

    return moved


def _to_mercator(shapes: Geometries, grid: Grid) -> Geometries:
    return np.asarray(shapely.transform(grid.to_lonlat(shapes), mercator), dtype=object)


def _from_mercator(shapes: Geometries, grid: Grid) -> Geometries:
    return grid.from_lonlat(np.asarray(shapely.transform(shapes, lonlat_of_mercator), dtype=object))
