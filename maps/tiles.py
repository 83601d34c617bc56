"""One layer in one tile: from shapes on the grid to the tile's own units, clipped, simplified and thinned by zoom."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import shapely

from layers.boxes import Box, Boxes
from layers.grid import Floats, Geometries, Grid, Rows
from maps.mvt import Drawn, tile_layer
from maps.tile_grid import BUFFER, EXTENT, Tile, mercator
from maps.varints import Numbers

_CONTROL = 9
_SIMPLER = 1.0
"""By how many units (a sixteenth of a pixel each) an outline may be off."""
_LEAST = 8.0
"""Lines and areas smaller than so many units, half a pixel, are left out."""
_FEW_VERTICES = {2: 2, 3: 9}
_MANY_VERTICES = 2_000
LABELS_FROM = 16
"""From which zoom areas have a layer of points for their labels."""


@dataclass(frozen=True, slots=True)
class TileSource:
    """What a layer's tiles are made from. `columns` may be left out in an overview."""

    name: str
    shapes: Geometries
    boxes: Boxes
    columns: dict[str, pa.Array]
    grid: Grid
    kind: int
    labelled: bool = False


def tile_content(source: TileSource, tile: Tile, *, with_columns: bool = True) -> bytes:
    """The tile's bytes; empty where nothing of the layer is drawn in it."""
    frame = TileFrame(tile, source.grid)
    rows = source.boxes.meeting(frame.around)
    if not len(rows):
        return b""
    shapes = np.asarray(source.shapes[rows], dtype=object)
    drawn, kept = drawn_in(frame, shapes, source.kind)
    chosen = rows[kept]
    content = tile_layer(source.name, drawn, chosen.astype(np.int64) + 1, _taken(source, chosen, with_columns))
    if source.labelled and tile.zoom >= LABELS_FROM:
        points, at = _label_points(frame, shapes)
        named = rows[at]
        columns = _taken(source, named, with_columns)
        content += tile_layer(f"{source.name}_labels", points, named.astype(np.int64) + 1, columns)
    return content


def _taken(source: TileSource, rows: Rows, with_columns: bool) -> dict[str, pa.Array]:
    chosen = pa.array(rows)
    return {name: column.take(chosen) for name, column in source.columns.items()} if with_columns else {}


class TileFrame:
    """How the grid lies in a tile: over so small a piece a polynomial says it to a fiftieth of a unit, or PROJ does."""

    def __init__(self, tile: Tile, grid: Grid) -> None:
        self.tile, self.grid = tile, grid
        along = np.linspace(-2 * BUFFER, EXTENT + 2 * BUFFER, _CONTROL)
        units = np.column_stack([axis.ravel() for axis in np.meshgrid(along, along)])
        points = np.asarray(shapely.points(tile.lonlat(units)), dtype=object)
        feet = shapely.get_coordinates(grid.from_lonlat(points))
        finite = np.isfinite(feet).all(axis=1)
        self.around: Box = (0.0, 0.0, -1.0, -1.0)
        self._fit: Floats | None = None
        if not finite.any():
            return
        some = feet[finite]
        self.around = (*some.min(axis=0).tolist(), *some.max(axis=0).tolist())
        self._middle, self._scale = some.mean(axis=0), max(float(np.ptp(some)), 1.0)
        if finite.all():
            terms = self._terms(feet)
            fit, *_ = np.linalg.lstsq(terms, units, rcond=None)
            close = float(np.abs(terms @ fit - units).max()) < 0.02
            self._fit = np.asarray(fit, dtype=np.float64) if close else None

    def units(self, feet: Floats) -> Floats:
        """Feet on the grid in units of the tile."""
        if self._fit is not None:
            x, y = ((feet - self._middle) / self._scale).T
            return np.column_stack([_cubic(column, x, y) for column in self._fit.T])
        return self.exact_units(feet)

    def exact_units(self, feet: Floats) -> Floats:
        """The same without the least difference between one tile and the next."""
        points = np.asarray(shapely.points(feet), dtype=object)
        return self.tile.units(mercator(shapely.get_coordinates(self.grid.to_lonlat(points))))

    def _terms(self, feet: Floats) -> Floats:
        x, y = ((feet - self._middle) / self._scale).T
        return np.column_stack([np.ones(len(x)), x, y, x * x, x * y, y * y, x**3, x * x * y, x * y * y, y**3])


def _cubic(c: Floats, x: Floats, y: Floats) -> Floats:
    """The same by hand: for so few terms a matrix product would wake threads that only wait for each other."""
    along = c[1] + x * (c[3] + x * c[6]) + y * (c[4] + x * c[7] + y * c[8])
    return np.asarray(c[0] + x * along + y * (c[2] + y * (c[5] + y * c[9])), dtype=np.float64)


def drawn_in(frame: TileFrame, shapes: Geometries, kind: int) -> tuple[Drawn, Rows]:
    """What of some shapes is seen in a tile, and which of them that are."""
    moved = np.asarray(shapely.transform(_near(frame, shapes), frame.units), dtype=object)
    keep = np.arange(len(moved))
    if kind != 1:
        bounds = shapely.bounds(moved)
        bounds = np.where(np.isfinite(bounds), bounds, 0.0)
        keep = np.flatnonzero(np.maximum(bounds[:, 2] - bounds[:, 0], bounds[:, 3] - bounds[:, 1]) >= _LEAST)
        moved = _simplified(moved[keep], kind)
    moved = _clipped(moved)
    if kind == 3:
        moved = np.asarray(shapely.orient_polygons(moved), dtype=object)
    drawn, found = _whole_units(moved, kind)
    return drawn, keep[found]


def _simplified(shapes: Geometries, kind: int) -> Geometries:
    """Outlines with fewer vertices; those of lots, which have few, stay as they are: looking at them costs most."""
    several = np.flatnonzero(shapely.get_num_coordinates(shapes) > _FEW_VERTICES[kind])
    shapes[several] = shapely.simplify(shapes[several], _SIMPLER, preserve_topology=kind == 3)
    return shapes


def _near(frame: TileFrame, shapes: Geometries) -> Geometries:
    """Of shapes with very many vertices only what lies near the tile: a whole town's streets are one shape."""
    many = np.flatnonzero(shapely.get_num_coordinates(shapes) > _MANY_VERTICES)
    if not len(many):
        return shapes
    shapes = shapes.copy()
    shapes[many] = shapely.clip_by_rect(shapes[many], *frame.around)
    return shapes


def _clipped(shapes: Geometries) -> Geometries:
    """Cut off beyond the buffer; most shapes lie wholly within and stay as they are."""
    least, most = -BUFFER, EXTENT + BUFFER
    bounds = shapely.bounds(shapes)
    across = np.flatnonzero(~((bounds[:, :2] >= least).all(axis=1) & (bounds[:, 2:] <= most).all(axis=1)))
    if len(across):
        shapes = shapes.copy()
        shapes[across] = shapely.clip_by_rect(shapes[across], least, least, most, most)
    return shapes


def _whole_units(shapes: Geometries, kind: int) -> tuple[Drawn, Rows]:
    """Vertices rounded; what collapses by it is left out."""
    parts, shape_of = _parts(shapes, kind)
    exact, part_of = shapely.get_coordinates(parts, return_index=True)
    vertices = np.rint(exact).astype(np.int64)
    again = np.zeros(len(vertices), dtype=bool)
    if kind != 1:
        again[1:] = (part_of[1:] == part_of[:-1]) & (vertices[1:] == vertices[:-1]).all(axis=1)
    vertices, part_of = vertices[~again], part_of[~again]
    sizes = np.bincount(part_of, minlength=len(parts))
    if kind == 3:
        last = np.cumsum(sizes) - 1
        vertices, part_of = np.delete(vertices, last[sizes > 0], axis=0), np.delete(part_of, last[sizes > 0])
        sizes = np.maximum(sizes - 1, 0)
    good = sizes >= kind
    if kind == 3:
        good &= _kept_rings(vertices, part_of, sizes, parts)
    vertices = vertices[good[part_of]]
    found, feature_of = np.unique(shape_of[good], return_inverse=True)
    return Drawn(vertices, sizes[good], np.asarray(feature_of, dtype=np.int64), kind), found


def _parts(shapes: Geometries, kind: int) -> tuple[Geometries, Rows]:
    """Points, lines or rings, each with the shape that it belongs to; other kinds are left out."""
    parts, shape_of = shapely.get_parts(shapes, return_index=True)
    if kind == 3:
        parts, inner = shapely.get_rings(parts, return_index=True)
        return np.asarray(parts, dtype=object), np.asarray(shape_of[inner], dtype=np.intp)
    fits = shapely.get_dimensions(parts) == kind - 1
    return np.asarray(parts[fits], dtype=object), np.asarray(shape_of[fits], dtype=np.intp)


def _kept_rings(vertices: Numbers, part_of: Rows, sizes: Rows, rings: Geometries) -> npt.NDArray[np.bool_]:
    """Which rings still have an area and their winding; holes go with the ring around them."""
    following = np.arange(1, len(vertices) + 1)
    ends = np.cumsum(sizes)[sizes > 0] - 1
    following[ends] = (np.cumsum(sizes) - sizes)[sizes > 0]
    cross = vertices[:, 0] * vertices[following, 1] - vertices[following, 0] * vertices[:, 1]
    area = np.bincount(part_of, weights=cross, minlength=len(rings))
    outer = np.asarray(shapely.is_ccw(rings), dtype=bool)
    owner = np.maximum.accumulate(np.where(outer, np.arange(len(rings)), 0))
    good = np.where(outer, area > 0, area < 0) & (sizes >= 3)
    return np.asarray(good & (good[owner] | outer), dtype=np.bool_)


def _label_points(frame: TileFrame, shapes: Geometries) -> tuple[Drawn, Rows]:
    """A point within each area, the same in every tile: it is in the one tile in whose square it lies."""
    areas = np.flatnonzero(shapely.get_dimensions(shapes) == 2)
    points = shapely.centroid(shapes[areas])
    outside = np.flatnonzero(~shapely.contains(shapes[areas], points))
    points[outside] = shapely.point_on_surface(shapes[areas[outside]])
    units = frame.exact_units(shapely.get_coordinates(points))
    here = np.flatnonzero(((units >= 0) & (units < EXTENT)).all(axis=1))
    vertices = np.minimum(np.rint(units[here]), EXTENT - 1).astype(np.int64)
    count = len(here)
    return Drawn(vertices, np.ones(count, dtype=np.int64), np.arange(count), 1), areas[here]
