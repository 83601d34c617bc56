"""Layers, places and answers as GeoDataFrames, for people who work with geopandas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol

import geopandas
import numpy as np
import pandas

from gis_ce.batch import finding_columns
from gis_ce.checks.check import Check, Findings, Sites
from layers.catalog import ROLE_BY_NAME
from layers.grid import Grid
from layers.query import LayerQuery


class Asked(Protocol):
    """What answers checks: a view of a city, narrowed to what its caller may see."""

    query: LayerQuery

    def assess(self, sites: Sites, checks: Sequence[Check]) -> Mapping[str, Findings]:
        """The findings of each check for all sites at once."""


def layer_frame(query: LayerQuery, role: str, fields: Sequence[str]) -> geopandas.GeoDataFrame:
    """The features of a role on the grid in feet, with some of the role's fields; raises LayerMissing, KeyError."""
    features, kinds = query.features(role), {field.name: field.kind for field in ROLE_BY_NAME[role].fields}
    reading = {"number": features.numbers, "day": features.days}
    columns = {name: reading.get(kinds[name], features.texts)(name) for name in fields}
    table = pandas.DataFrame({"id": features.ids, **columns})
    return geopandas.GeoDataFrame(table, geometry=list(features.geometry), crs=Grid(query.grid_epsg).crs)


def sites_of(places: geopandas.GeoDataFrame, grid: Grid, day: date, sigma_ft: float) -> Sites:
    """Places of any coordinate system as sites to be judged, all good to `sigma_ft` and of one day."""
    shapes = np.asarray(places.geometry.to_crs(grid.crs).to_numpy(), dtype=object)
    nothing, days = np.full(len(shapes), None, dtype=object), np.full(len(shapes), day, dtype="datetime64[D]")
    return Sites(shapes, nothing, np.full(len(shapes), sigma_ft), days)


def answers_frame(
    places: geopandas.GeoDataFrame, view: Asked, checks: Sequence[Check], day: date, sigma_ft: float
) -> geopandas.GeoDataFrame:
    """The places with columns for each check's answer, margin in feet, probability and facility, in their order.

    On the grid in feet. None is undecided; the reason stands in `<check>_reason`.
    """
    grid = Grid(view.query.grid_epsg)
    found = view.assess(sites_of(places, grid, day, sigma_ft), checks)
    columns = {
        name: column.to_numpy(zero_copy_only=False)
        for check, findings in found.items()
        for name, column in finding_columns(check, findings, view.query).items()
    }
    answers = pandas.DataFrame(columns, index=places.index)
    return geopandas.GeoDataFrame(places.to_crs(grid.crs).join(answers))
