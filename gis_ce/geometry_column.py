"""The geometry column of the case store, and the three questions it answers on PostGIS and on plain SQLite.

The database selects by its spatial index and measures the distance; two lengths closer than AT_LIMIT_FT are the
same length, so both databases give the same rows. Where places are put in order, `in_order_of_distance` decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import takewhile
from typing import Any, cast

import geoalchemy2
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import BindParameter, Boolean, ColumnElement, Engine, Float, LargeBinary, TypeDecorator, bindparam
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.elements import ColumnClause
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.roles import ExpressionElementRole
from sqlalchemy.types import TypeEngine

from gis_ce.errors import GeometryRefused
from layers.grid import AT_LIMIT_FT, Grid

SpatialColumn = ExpressionElementRole[BaseGeometry] | ExpressionElementRole[BaseGeometry | None]
"""A column of the type Geometry, as `Site.geometry` or as a column of an alias."""


def stored_srid(grid_epsg: int) -> int:
    """The number that stored geometry carries: the grid's own where it is in feet, 0 for our feet of a metric grid."""
    crs = Grid(grid_epsg).crs
    return grid_epsg if crs.to_epsg(min_confidence=100) == grid_epsg else 0


def use_srid(engine: Engine, srid: int) -> None:
    """Let all geometry that goes through this engine carry this number."""
    cast(Any, engine.dialect).gis_ce_srid = srid


def srid_of(dialect: Dialect) -> int:
    """The number that geometry carries there."""
    return int(getattr(dialect, "gis_ce_srid", 0))


class Geometry(TypeDecorator[BaseGeometry]):
    """A shapely geometry on the local grid, in feet: `geometry` on PostGIS, EWKB in a blob on SQLite.

    With `indexed` it has a spatial index and can be asked about; its table then has an integer key `row_no`.
    """

    impl = LargeBinary
    cache_ok = True
    spatial_index = False  # GeoAlchemy2 looks here; `gis_ce.store_guards` makes the index on both databases.

    def __init__(self, indexed: bool = False) -> None:
        super().__init__()
        self.indexed = indexed

    def load_dialect_impl(self, dialect: Dialect | None) -> TypeEngine[Any]:
        """PostGIS's own type on PostgreSQL, a blob elsewhere (GeoAlchemy2 also asks without a dialect)."""
        if dialect is None or dialect.name != "postgresql":
            return LargeBinary()
        return dialect.type_descriptor(cast(TypeEngine[Any], _PostgisGeometry()))

    def process_bind_param(self, value: BaseGeometry | None, dialect: Dialect) -> bytes | None:
        """EWKB with the store's number; raises GeometryRefused for what is no place on the grid."""
        return None if value is None else ewkb(value, srid_of(dialect))

    def process_result_value(self, value: Any, dialect: Dialect) -> BaseGeometry | None:
        """The geometry as it was stored."""
        return None if value is None else shapely.from_wkb(bytes(value))


class _PostgisGeometry(geoalchemy2.Geometry):
    """The type on PostgreSQL: any shape, EWKB in and out, its index made by our own migrations."""

    from_text = "ST_GeomFromEWKB"
    cache_ok = True

    def __init__(self) -> None:
        super().__init__(geometry_type=None, spatial_index=False)

    def bind_processor(self, dialect: Dialect) -> None:
        """Bytes go in as they are."""

    def result_processor(self, dialect: Dialect, coltype: object) -> None:
        """Bytes come out as they are."""


def ewkb(geometry: BaseGeometry, srid: int) -> bytes:
    """What is stored; raises GeometryRefused for a geometry that is empty, not finite, or on another grid."""
    if geometry.is_empty:
        raise GeometryRefused("The geometry is empty; leave it out where a place is not known.")
    if not np.isfinite(shapely.get_coordinates(geometry)).all():
        raise GeometryRefused("The geometry has a coordinate that is no finite number.")
    own = shapely.get_srid(geometry)
    if own not in (0, srid):
        raise GeometryRefused(f"The geometry is on EPSG:{own}, and cases lie on {_named(srid)}; transform it first.")
    return bytes(shapely.to_wkb(shapely.set_srid(shapely.force_2d(geometry), srid), include_srid=True))


def intersects(column: SpatialColumn, geometry: BaseGeometry) -> ColumnElement[bool]:
    """Whether the column's geometry meets this one (to AT_LIMIT_FT)."""
    return dwithin(column, geometry, 0.0)


def dwithin(column: SpatialColumn, geometry: BaseGeometry, distance_ft: float) -> ColumnElement[bool]:
    """Whether the column's geometry lies within a distance of this one (to AT_LIMIT_FT)."""
    inside = geometry.bounds if _is_rectangle(geometry) else _NOWHERE
    return Within(column_of(column), *_literals(geometry, distance_ft + AT_LIMIT_FT), *map(_number, inside))


def nearest(column: SpatialColumn, geometry: BaseGeometry, k: int) -> ColumnElement[bool]:
    """Whether the column's geometry is among the `k` nearest of its table; all that tie with the last are among them.

    Further conditions do not count towards `k`; order what comes back by `in_order_of_distance`.
    """
    if k < 1:
        raise ValueError(f"k is {k}; ask for at least one.")
    return Nearest(column_of(column), *_literals(geometry, 2 * AT_LIMIT_FT), bindparam(None, k, unique=True))


def distance(column: SpatialColumn, geometry: BaseGeometry) -> ColumnElement[float]:
    """The distance from the column's geometry, in feet."""
    return Distance(column_of(column), bindparam(None, geometry, type_=Geometry(), unique=True))


def in_order_of_distance(
    places: Iterable[tuple[str, BaseGeometry]], geometry: BaseGeometry, k: int | None = None
) -> list[tuple[str, float]]:
    """Ids with their distance in feet, nearest first.

    Of those no farther than AT_LIMIT_FT beyond the nearest the smallest id is taken, then again of what is left.
    """
    left = sorted((float(shapely.distance(place, geometry)), name) for name, place in places)
    taken: list[tuple[str, float]] = []
    while left and (k is None or len(taken) < k):
        tied = takewhile(lambda each: each[0] <= left[0][0] + AT_LIMIT_FT, left)
        chosen = min(tied, key=lambda each: each[1])
        left.remove(chosen)
        taken.append((chosen[1], chosen[0]))
    return taken


class _Question(FunctionElement[bool]):
    """A condition; without the mark SQLAlchemy writes `(...) = 1`, and SQLite then scans the table."""

    type = Boolean()
    inherit_cache = True
    _is_implicitly_boolean = True


class Within(_Question):
    """Arguments: column, geometry, reach, the box of both (min_x, min_y, max_x, max_y), the box that is all inside."""

    name = "gis_within"
    inherit_cache = True


class Nearest(_Question):
    """Arguments: column, geometry, what counts as equally far, the geometry's box, k."""

    name = "gis_nearest"
    inherit_cache = True


class Distance(FunctionElement[float]):
    """Arguments: column, geometry."""

    name = "gis_distance"
    type = Float()
    inherit_cache = True


def column_of(column: SpatialColumn) -> ColumnClause[Any]:
    """The column itself; raises TypeError for one without a spatial index."""
    found = cast(Any, column).__clause_element__() if hasattr(column, "__clause_element__") else column
    if not isinstance(found, ColumnClause) or not (isinstance(found.type, Geometry) and found.type.indexed):
        raise TypeError(f"{column} has no spatial index.")
    return found


def _literals(geometry: BaseGeometry, reach: float) -> list[BindParameter[Any]]:
    min_x, min_y, max_x, max_y = geometry.bounds
    box = (min_x - reach, min_y - reach, max_x + reach, max_y + reach)
    shape = bindparam(None, geometry, type_=Geometry(), unique=True)
    return [shape, *map(_number, (reach, *box))]


def _number(value: float) -> BindParameter[float]:
    return bindparam(None, float(value), type_=Float(), unique=True)


def _is_rectangle(geometry: BaseGeometry) -> bool:
    """Whether it fills its own box: five corners on the box's sides that are no triangle."""
    corners = shapely.get_coordinates(geometry)
    min_x, min_y, max_x, max_y = geometry.bounds
    on_sides = np.isin(corners[:, 0], (min_x, max_x)).all() and np.isin(corners[:, 1], (min_y, max_y)).all()
    return len(corners) == 5 and bool(on_sides) and geometry.area > 0.75 * (max_x - min_x) * (max_y - min_y) > 0


_NOWHERE = (1e300, 1e300, -1e300, -1e300)


def _named(srid: int) -> str:
    return f"EPSG:{srid}" if srid else "the city's grid in feet"
