"""From a source's coordinates to the city's grid, refusing those that are not what they claim to be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from pyproj import CRS, Transformer

from layers.datum_note import counts_as_grids_datum, datum_note
from layers.errors import GridError
from layers.grid import AT_LIMIT_FT, Floats, Geometries, Grid
from layers.likely_cause import likely_cause
from layers.model import City, LayerDeclaration
from layers.remarks import NO_REMARKS, Remarks, remarks
from layers.window import Window, window_of

_MOST = 0.5
"""Above this share of features outside, the coordinate system is wrong, not the features."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Geometries on the grid in feet; remarks say which rows are rejected and why."""

    geometry: Geometries
    rejected: Remarks
    grid_note: str
    datum_note: str


def placed(geometries: Geometries, crs: CRS | None, declaration: LayerDeclaration, city: City) -> Placed:
    """The geometries on the city's grid.

    Raises GridError where no coordinate system is known, where the coordinates contradict it, or
    where most features lie far outside the city; single features far outside are rejected.
    """
    grid = Grid(city.grid_epsg)
    window = window_of(city)
    flat = shapely.force_2d(geometries)
    stated = _stated(flat, crs, declaration, window)
    _refuse_wrong_magnitude(flat, stated, declaration)
    datum = datum_note(stated, grid)
    on_grid = _on_grid(flat, stated, grid)
    rejected = _outside(flat, on_grid, stated, declaration, window)
    return Placed(on_grid, rejected, _grid_note(stated, grid), datum)


def _stated(geometries: Geometries, crs: CRS | None, declaration: LayerDeclaration, window: Window) -> CRS:
    declared = None if declaration.source_grid is None else CRS.from_epsg(declaration.source_grid)
    if crs is None and declared is None:
        cause = likely_cause(_centres(geometries), None, window)
        raise GridError(
            f"{declaration.name}: the source does not say its coordinate system; "
            f"add source_grid = <EPSG code> to its table in the city file.{cause}"
        )
    if crs is None or declared is None:
        return (crs or declared or window.grid.crs).to_2d()
    if not _same_places(_centres(geometries), crs, declared, window.grid):
        raise GridError(
            f"{declaration.name}: the source says {crs.name}, the city file says source_grid = "
            f"{declaration.source_grid} ({declared.name}); correct the one that is wrong."
        )
    return declared.to_2d()


def _same_places(centres: Floats, crs: CRS, declared: CRS, grid: Grid) -> bool:
    points = np.asarray(shapely.points(centres[:100]))
    one, other = grid.from_crs(points, crs.to_2d()), grid.from_crs(points, declared.to_2d())
    return bool(np.all(shapely.dwithin(one, other, AT_LIMIT_FT)))


def _on_grid(flat: Geometries, crs: CRS, grid: Grid) -> Geometries:
    if crs.equals(grid.crs, ignore_axis_order=True):
        return flat
    degrees = crs.geodetic_crs
    if degrees is None or not counts_as_grids_datum(crs, grid):
        return grid.from_crs(flat, crs)
    return grid.from_lonlat(flat if crs.is_geographic else _in_degrees(flat, crs, degrees))


def _in_degrees(flat: Geometries, crs: CRS, degrees: CRS) -> Geometries:
    """Longitude and latitude on the system's own datum."""
    transformer = Transformer.from_crs(crs, degrees, always_xy=True)
    unprojected: Geometries = shapely.transform(flat, lambda xy: np.column_stack(transformer.transform(*xy.T)))
    return unprojected


def _refuse_wrong_magnitude(geometries: Geometries, crs: CRS, declaration: LayerDeclaration) -> None:
    centres = _centres(geometries)
    if not len(centres):
        return
    x, y = centres[0]
    small = bool(np.all(np.abs(centres) <= [180.0, 180.0]) and np.all(np.abs(centres).min(axis=1) <= 90.0))
    if crs.is_projected and small:
        raise GridError(
            f"{declaration.name}: the source says {crs.name} in {crs.axis_info[0].unit_name}, but its coordinates "
            f"are degrees (the first is {x:.6f}, {y:.6f}); give the source its true coordinate system, "
            "most likely EPSG:4326 or EPSG:4269."
        )
    if crs.is_geographic and bool(np.median(np.abs(centres).max(axis=1)) > 360.0):
        raise GridError(
            f"{declaration.name}: the source says {crs.name} in degrees, but its coordinates are no degrees "
            f"(the first is {x:.2f}, {y:.2f}); give the source its true coordinate system."
        )


def _outside(raw: Geometries, on_grid: Geometries, crs: CRS, declaration: LayerDeclaration, window: Window) -> Remarks:
    bounds = shapely.bounds(on_grid)
    present = ~(shapely.is_missing(raw) | shapely.is_empty(raw))
    outside = np.flatnonzero(present & ~window.holds(bounds))
    if not len(outside):
        return NO_REMARKS
    if len(outside) > _MOST * np.count_nonzero(present):
        x, y = _middle(shapely.bounds(raw[outside[:1]]))[0]
        raise GridError(
            f"{declaration.name}: {len(outside):,} of {np.count_nonzero(present):,} features lie far outside "
            f"{window.name} (the first is at {x:.6g}, {y:.6g} in {crs.name})."
            f"{likely_cause(_centres(raw[outside]), crs, window)}"
        )
    finite: list[bool] = np.isfinite(bounds[outside].sum(axis=1)).tolist()
    far, broken = f"lies far outside {window.name}", "has coordinates that are no numbers"
    return remarks(outside, (far if known else broken for known in finite))


def _grid_note(crs: CRS, grid: Grid) -> str:
    stored = f"EPSG:{grid.epsg} ({grid.crs.name}), in feet ({grid.foot})"
    if crs.equals(grid.crs, ignore_axis_order=True):
        return f"Coordinates were already on {stored}, and are stored as they came."
    code = crs.to_epsg()
    return f"Moved from {f'EPSG:{code} ' if code else ''}({crs.name}, {crs.axis_info[0].unit_name}) to {stored}."


def _centres(geometries: Geometries) -> Floats:
    """The middles of the boxes of the geometries that have one."""
    bounds = shapely.bounds(geometries)
    return _middle(bounds[np.isfinite(bounds).all(axis=1)])


def _middle(bounds: Floats) -> Floats:
    middle: Floats = (bounds[:, :2] + bounds[:, 2:]) / 2
    return middle
