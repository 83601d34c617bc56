"""Water layers of the town: mains, hydrants, valves, blowoffs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import shapely

from layers.demo_town import texts
from layers.demo_town.arterials import ArterialWater, arterial_water
from layers.demo_town.drawing import Drawing, Rows, points_of
from layers.demo_town.kinds import KINDS
from layers.demo_town.land import Layer
from layers.demo_town.placing import Ground, place_layer
from layers.demo_town.plan import Plan
from layers.demo_town.warts import doubled, some, strayed
from layers.grid import Geometries

_ARTERIAL_ERA = 1968


@dataclass(frozen=True, slots=True)
class Water:
    """All water mains, the neighbourhoods' first; `place` is -1 in the arterials. `ids` are the facility ids.

    `is_laid` is False for mains of dry neighbourhoods, which are drawn but do not exist.
    """

    mains: Drawing
    ids: pa.Array
    is_laid: npt.NDArray[np.bool_]
    arterial: ArterialWater


def draw_water_mains(plan: Plan, ground: Ground) -> Water:
    """All mains with their place, size and use."""
    local, arterial = place_layer(plan, ground, "water_main"), arterial_water(plan, ground)
    place = np.concatenate([local.rows("place"), np.full(len(arterial.mains), -1, dtype=np.intp)])
    columns = {name: np.concatenate([local.columns[name], arterial.mains.columns[name]]) for name in ("size", "use")}
    mains = Drawing(np.concatenate([local.geometry, arterial.mains.geometry]), {**columns, "place": place})
    rng = np.random.default_rng([plan.seed, 30])
    numbers = doubled(rng, np.arange(1, len(mains) + 1), 0.004)
    is_laid = (place < 0) | ~plan.is_dry[np.maximum(place, 0)]
    return Water(mains, texts.serial("WM-", numbers), is_laid, arterial)


def eras(plan: Plan, place: Rows) -> Rows:
    """The year in which most of a place was built; arterials have their own."""
    of_tile = np.array([KINDS[tile.kind].era if tile.kind in KINDS else 1970 for tile in plan.tiles])
    return np.where(place < 0, _ARTERIAL_ERA, of_tile[plan.tile][np.maximum(place, 0)]).astype(np.intp)


def installed_years(rng: np.random.Generator, plan: Plan, place: Rows) -> Rows:
    """A year of installation near the place's era, one for each neighbourhood with a few later renewals."""
    of_place = rng.integers(-9, 10, len(plan) + 1)[place]
    renewed = np.where(rng.random(len(place)) < 0.08, rng.integers(5, 45, len(place)), 0)
    years: Rows = np.minimum(eras(plan, place) + of_place + renewed, 2025)
    return years


def days_in(rng: np.random.Generator, years: Rows) -> npt.NDArray[np.datetime64]:
    """A random day of each year."""
    first = (years - 1970).astype("datetime64[Y]").astype("datetime64[D]")
    day: npt.NDArray[np.datetime64] = first + rng.integers(0, 365, len(years)).astype("timedelta64[D]")
    return day


def water_main_layer(plan: Plan, water: Water) -> Layer:
    """Mains with diameter and material by age, and what is missing or abandoned."""
    rng = np.random.default_rng([plan.seed, 31])
    mains, count = water.mains, len(water.mains)
    place, size = mains.rows("place"), mains.numbers("size")
    year = installed_years(rng, plan, place)
    is_abandoned = mains.columns["use"] == "abandoned"
    works = np.array([tile.kind == "works" for tile in plan.tiles])[plan.tile][np.maximum(place, 0)] & (place >= 0)
    is_private = works & (mains.columns["use"] == "distribution") & (rng.random(count) < 0.18)
    columns = {
        "FACILITYID": water.ids,
        "DIAMETER": texts.numbers_with_gaps(size, some(rng, count, 0.06, at_least=2)),
        "MATERIAL": texts.blanked(_materials(rng, year, size), some(rng, count, 0.05)),
        "STATUS": texts.either(is_abandoned, "ABN", "ACT"),
        "OWNEDBY": texts.either(is_private, "PVT", "CITY"),
        "USE": texts.either(is_abandoned, "distribution", pa.array(mains.columns["use"].tolist(), pa.string())),
        "DEPTH_FT": texts.numbers_with_gaps(np.round(rng.gamma(9.0, 0.45, count), 1), rng.random(count) < 0.7),
        "INSTALLED": texts.days(days_in(rng, year), rng.random(count) < 0.12),
    }
    return laid_only(water.is_laid, mains.geometry, columns)


def laid_only(keep: npt.NDArray[np.bool_], geometry: Geometries, columns: dict[str, pa.Array]) -> Layer:
    """The rows that are kept."""
    rows = pa.array(np.flatnonzero(keep))
    return geometry[keep], {name: column.take(rows) for name, column in columns.items()}


def _materials(rng: np.random.Generator, year: Rows, size: npt.NDArray[np.float64]) -> pa.Array:
    names = ["GALV", "CI", "AC", "DIP", "PVC", "HDPE", "STEEL"]
    draw = rng.random(len(year))
    old = np.where(size < 4, 0, np.where(draw < 0.8, 1, 2))
    middle = np.where(size < 4, 0, np.where(draw < 0.3, 2, np.where(draw < 0.75, 3, 1)))
    new = np.where(size < 4, np.where(draw < 0.7, 4, 5), np.where(draw < 0.55, 3, 4))
    code = np.where(year < 1955, old, np.where(year < 1982, middle, new))
    return texts.picked(names, np.where(size >= 24, np.where(draw < 0.8, 3, 6), code))


def hydrant_layer(plan: Plan, ground: Ground, water: Water) -> Layer:
    """Hydrants at the end of their leads, facing away from the main; a few drawn far from where they stand."""
    rng = np.random.default_rng([plan.seed, 32])
    local = place_layer(plan, ground, "hydrant")
    place = np.concatenate([local.rows("place"), np.full(len(water.arterial.hydrants), -1, dtype=np.intp)])
    points = np.concatenate([local.geometry, water.arterial.hydrants])
    lead = water.mains.geometry[water.mains.columns["use"] == "hydrant lead"]
    step = shapely.get_coordinates(shapely.get_point(lead, -1)) - shapely.get_coordinates(shapely.get_point(lead, 0))
    bearing = np.round(np.rad2deg(np.arctan2(-step[:, 0], -step[:, 1])) % 360.0, 0)
    points = strayed(rng, points, some(rng, len(points), 0.003, at_least=2), (70.0, 280.0))
    columns = {
        **_facility(rng, "HYD-", len(points)),
        "BEARING": texts.numbers_with_gaps(bearing, rng.random(len(points)) < 0.3),
    }
    return laid_only((place < 0) | ~plan.is_dry[np.maximum(place, 0)], points, columns)


def _facility(rng: np.random.Generator, prefix: str, count: int) -> dict[str, pa.Array]:
    numbers = doubled(rng, np.arange(1, count + 1), 0.005)
    return {
        "FACILITYID": texts.blanked(texts.serial(prefix, numbers), some(rng, count, 0.003)),
        "STATUS": texts.either(rng.random(count) < 0.985, "ACT", "ABN"),
        "OWNEDBY": texts.either(rng.random(count) < 0.985, "CITY", "PVT"),
    }


def valve_layer(plan: Plan, ground: Ground, water: Water) -> Layer:
    """Valves on the mains and on the hydrant leads."""
    rng = np.random.default_rng([plan.seed, 33])
    local = place_layer(plan, ground, "valve")
    place = np.concatenate([local.rows("place"), np.full(len(water.arterial.valves), -1, dtype=np.intp)])
    points = np.concatenate([local.geometry, water.arterial.valves])
    size = np.concatenate([local.numbers("size"), np.full(len(water.arterial.valves), 12.0)])
    kinds = texts.picked(["valve", "hydrant valve", "air release"], rng.choice(3, len(points), p=[0.72, 0.25, 0.03]))
    missing = some(rng, len(points), 0.08)
    columns = {**_facility(rng, "VLV-", len(points)), "KIND": kinds, "SIZE_IN": texts.numbers_with_gaps(size, missing)}
    return laid_only((place < 0) | ~plan.is_dry[np.maximum(place, 0)], points, columns)


def blowoff_layer(plan: Plan, ground: Ground) -> Layer:
    """Blowoffs at dead ends."""
    rng = np.random.default_rng([plan.seed, 34])
    local = place_layer(plan, ground, "blowoff")
    columns = {**_facility(rng, "BO-", len(local)), "SIZE_IN": pa.array(local.numbers("size"))}
    return laid_only(~plan.is_dry[local.rows("place")], points_of(shapely.get_coordinates(local.geometry)), columns)
