"""Small made-up cities, whose sources are files that a test writes."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import geopandas
import numpy as np
import shapely
from made_layers import DAY, EAST, GRID, NORTH, NOW, files_in
from shapely.geometry.base import BaseGeometry

from layers.ingest import import_layer
from layers.model import City, LayerDeclaration
from layers.report import ImportReport
from layers.versions import LayerStore

EXTENT = (-82.2, 35.1, -81.6, 35.7)
Fields = dict[str, Sequence[object]]


@dataclass(frozen=True)
class Town:
    """A city in a test's own folder, with a store beside it."""

    folder: Path
    grid_epsg: int = GRID
    extent_lonlat: tuple[float, float, float, float] | None = EXTENT

    @property
    def store(self) -> LayerStore:
        return LayerStore(self.folder / "layers")

    @property
    def reports(self) -> Path:
        return self.folder / "reports"

    def city(self, *declarations: LayerDeclaration) -> City:
        return City(
            "Made Town",
            "America/New_York",
            self.grid_epsg,
            "NC",
            self.folder,
            declarations,
            extent_lonlat=self.extent_lonlat,
        )

    def write(
        self,
        shapes: Sequence[BaseGeometry | None],
        epsg: int | None = GRID,
        name: str = "source.gpkg",
        **fields: Sequence[object],
    ) -> Path:
        """Write a map file; its coordinates are labelled with `epsg`, or with nothing."""
        frame = geopandas.GeoDataFrame(fields, geometry=list(shapes), crs=epsg)
        path = self.folder / name
        path.unlink(missing_ok=True)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "'crs' was not provided")
            frame.to_file(path)
        return path

    def take(self, declaration: LayerDeclaration, today: date = DAY, now: datetime = NOW) -> ImportReport:
        """Import one layer."""
        city = self.city(declaration)
        return import_layer(city, declaration, self.store, today=today, now=now, reports=self.reports)

    def files(self) -> set[str]:
        """Every file of the store and of the reports."""
        return files_in(self.folder / "layers") | files_in(self.reports)


def layer(name: str, role: str, source: str | Path = "source.gpkg", **changes: object) -> LayerDeclaration:
    """A declaration as a city file would give it."""
    values: dict[str, object] = {"audience": "public", "basis": "recorded", "sigma_ft": 5.0}
    return LayerDeclaration(name=name, role_name=role, source=str(source), **(values | changes))  # type: ignore[arg-type]


def line(*offsets_ft: tuple[float, float]) -> shapely.LineString:
    """A line through points so many feet east and north of the town's corner."""
    return shapely.LineString([(EAST + east, NORTH + north) for east, north in offsets_ft])


def square(east: float, north: float, side: float = 100.0) -> shapely.Polygon:
    """A square lot, so many feet east and north of the town's corner."""
    return shapely.box(EAST + east, NORTH + north, EAST + east + side, NORTH + north + side)


def lots(count: int) -> list[shapely.Polygon]:
    """Square lots in rows of twenty."""
    return [square(110.0 * (number % 20), 110.0 * (number // 20)) for number in range(count)]


def scaled(shapes: Sequence[BaseGeometry], factor: float) -> list[BaseGeometry]:
    """The shapes with every coordinate multiplied, about the grid's origin."""
    return list(shapely.transform(np.array(shapes, dtype=object), lambda xy: xy * factor))
