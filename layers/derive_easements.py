"""Easement strips where mains cross parcels, by Raleigh's own method.

Active mains of the city are dissolved by diameter and split at crossings, clipped to parcels,
pieces that are too short are dropped, the rest is widened on both sides and clipped again. It says
where easements should exist; none is recorded by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import shapely
from shapely.geometry.base import BaseGeometry

from layers.catalog import ABANDONED, PRIVATE
from layers.grid import AT_LIMIT_FT, Geometries

Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Main:
    """A layer of mains: its attributes and its lines on the grid in feet."""

    table: pa.Table
    lines: Geometries

    @property
    def utility(self) -> str:
        """`sewer` where the layer has inverts, as only sewers do; else `water`."""
        return "sewer" if "upstream_invert_ft" in self.table.column_names else "water"

    @property
    def in_service(self) -> npt.NDArray[np.bool_]:
        """Which mains have a line and are not abandoned; no status counts as active."""
        return ~self._has("status", ABANDONED) & ~(shapely.is_missing(self.lines) | shapely.is_empty(self.lines))

    @property
    def counts(self) -> npt.NDArray[np.bool_]:
        """Which mains are in service and the city's own; no owner counts as the city."""
        return self.in_service & ~self._has("owner", PRIVATE)

    def texts(self, name: str) -> npt.NDArray[np.object_]:
        """A column as texts; None throughout where there is no such column."""
        if name not in self.table.column_names:
            return np.full(len(self.lines), None, dtype=object)
        return np.asarray(self.table.column(name).cast(pa.string()).to_numpy(zero_copy_only=False), dtype=object)

    def _has(self, name: str, words: Sequence[str]) -> npt.NDArray[np.bool_]:
        return np.isin(self.texts(name).astype("U"), words)


@dataclass(frozen=True, slots=True)
class Strips:
    """One row a continuous strip; `main_id` names its mains, with a semicolon between them."""

    geometry: Geometries
    utility: list[str]
    main_id: list[str]


def easement_strips(mains: Sequence[Main], parcels: Geometries, width_ft: float, minimum_length_ft: float) -> Strips:
    """Strips `width_ft` wide in all (half on each side), within the parcels.

    A strip ends where mains meet or change their diameter; next to each other, strips overlap.
    """
    tree = shapely.STRtree(parcels)
    geometry: list[Geometries] = []
    utility: list[str] = []
    main_id: list[str] = []
    for main in mains:
        runs, ids = _runs(main)
        strips, run_of = _strips(runs, parcels, tree, width_ft / 2, minimum_length_ft)
        geometry.append(strips)
        utility += [main.utility] * len(strips)
        main_id += [ids[run] for run in run_of]
    return Strips(np.concatenate(geometry), utility, main_id)


def _runs(main: Main) -> tuple[Geometries, list[str]]:
    """Lines of one diameter from crossing to crossing, and the ids of the mains in each."""
    rows = np.flatnonzero(main.counts)
    lines, ids = main.lines[rows], main.texts("id")[rows].astype("U")
    diameters, group = np.unique(main.texts("diameter_in")[rows].astype("U"), return_inverse=True)
    runs: list[Geometries] = []
    names: list[str] = []
    for number in range(len(diameters)):
        of_group = np.flatnonzero(group == number)
        merged = shapely.get_parts(shapely.line_merge(shapely.union_all(lines[of_group])))
        runs.append(merged)
        names += _names(merged, lines[of_group], ids[of_group])
    return np.concatenate([np.empty(0, dtype=object), *runs]), names


def _names(runs: Geometries, lines: Geometries, ids: npt.NDArray[np.str_]) -> list[str]:
    """For each run the ids of the lines that run along it, in order, with semicolons."""
    middles = shapely.line_interpolate_point(runs, 0.5, normalized=True)
    along, run = shapely.STRtree(runs).query(_middles(lines), predicate="dwithin", distance=AT_LIMIT_FT)
    of_middle, line = shapely.STRtree(lines).query(middles, predicate="dwithin", distance=AT_LIMIT_FT)
    pairs = np.unique(np.column_stack([np.r_[run, of_middle], np.r_[along, line]]), axis=0)
    names: list[list[str]] = [[] for _ in runs]
    for run_row, line_row in pairs:
        names[run_row].append(str(ids[line_row]))
    return [";".join(sorted(set(one))) for one in names]


def _middles(lines: Geometries) -> Geometries:
    parts = np.asarray(lines, dtype=object)
    single = shapely.get_geometry(parts, 0)
    middle: Geometries = shapely.line_interpolate_point(single, 0.5, normalized=True)
    return middle


def _strips(
    runs: Geometries, parcels: Geometries, tree: shapely.STRtree, half_ft: float, minimum_length_ft: float
) -> tuple[Geometries, Rows]:
    """The strips of all runs, and the run of each."""
    crossing = np.unique(tree.query(runs, predicate="intersects")[0])
    near_run, near_parcel = tree.query(runs[crossing], predicate="dwithin", distance=half_ft)
    starts = np.searchsorted(near_run, np.arange(len(crossing) + 1))
    found: list[Geometries] = []
    for number, run in enumerate(crossing):
        beside = shapely.union_all(parcels[near_parcel[starts[number] : starts[number + 1]]])
        found.append(_strip(runs[run], beside, half_ft, minimum_length_ft))
    counts = np.array([len(parts) for parts in found], dtype=np.intp)
    return np.concatenate([np.empty(0, dtype=object), *found]), np.repeat(crossing, counts)


def _strip(run: BaseGeometry, beside: BaseGeometry, half_ft: float, minimum_length_ft: float) -> Geometries:
    pieces = shapely.get_parts(shapely.line_merge(shapely.intersection(run, beside)))
    pieces = pieces[shapely.length(pieces) >= minimum_length_ft]
    if not len(pieces):
        return pieces
    strip = shapely.intersection(shapely.union_all(shapely.buffer(pieces, half_ft)), beside)
    parts = shapely.get_parts(strip)
    kept: Geometries = parts[shapely.area(parts) > 0]
    return kept
