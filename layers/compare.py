"""What differs between two versions of a layer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from shapely.geometry.base import BaseGeometry

from layers.errors import VersionMissing
from layers.grid import AT_LIMIT_FT, Geometries, Grid
from layers.remarks import Positions, Texts
from layers.report import CHANGES_LISTED, ChangeKind, ChangeSample
from layers.snapshot import read_snapshot
from layers.versions import LayerStore

_NOT_COMPARED = {"id", "source_row", "geometry"}


@dataclass(frozen=True, slots=True)
class LayerDifference:
    """Ids of features that differ; one that moved and changed is in both lists.

    Moved means by more than 0.01 ft at any vertex. `fields` counts the changes of each field.
    `samples` shows some of each kind, spread over the layer; `shapes` are theirs in degrees.
    """

    layer: str
    before: str
    after: str
    added: Texts
    removed: Texts
    moved: Texts
    changed: Texts
    fields: dict[str, int]
    samples: tuple[ChangeSample, ...]
    shapes: tuple[BaseGeometry | None, ...]

    @property
    def any(self) -> bool:
        """Whether anything differs."""
        return bool(len(self.added) + len(self.removed) + len(self.moved) + len(self.changed))


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two versions: its id, columns (with `id`) and geometries on the grid."""

    version: str
    columns: pa.Table
    geometry: Geometries


def compare_versions(store: LayerStore, before: str, after: str) -> LayerDifference:
    """What changed from one version of a layer to another; raises VersionMissing where one is gone."""
    names = {version.partition("/")[0] for version in (before, after)}
    if len(names) != 1:
        raise VersionMissing(f"{before} and {after} are versions of different layers; compare two of one layer.")
    described, *old = read_snapshot(store.folder, before)
    described_after, *new = read_snapshot(store.folder, after)
    grid, grid_after = Grid(described.grid_epsg), Grid(described_after.grid_epsg)
    if grid != grid_after:
        raise VersionMissing(f"{before} is on EPSG:{grid.epsg}, {after} on EPSG:{grid_after.epsg}: not comparable.")
    return difference(names.pop(), Side(before, *old), Side(after, *new), grid)


def difference(layer: str, before: Side, after: Side, grid: Grid) -> LayerDifference:
    """What changed between two sides, both on the same grid."""
    in_before = rows_of(after, before)
    in_after = rows_of(before, after)
    both = np.flatnonzero(in_before >= 0)
    same = in_before[both]
    moved = both[_moved(before.geometry[same], after.geometry[both])]
    differing = differing_fields(before.columns, after.columns, same, both)
    changed = both[np.logical_or.reduce([np.zeros(len(both), bool), *differing.values()])]
    added, removed = np.flatnonzero(in_before < 0), np.flatnonzero(in_after < 0)
    kinds: list[tuple[ChangeKind, Side, Positions]] = [
        ("added", after, added),
        ("removed", before, removed),
        ("moved", after, moved),
        ("changed", after, changed),
    ]
    samples, shapes = _samples(kinds, grid)
    ids: dict[str, Texts] = {kind: _ids(side)[rows] for kind, side, rows in kinds}
    fields = {name: int(np.count_nonzero(rows)) for name, rows in differing.items() if rows.any()}
    return LayerDifference(layer, before.version, after.version, **ids, fields=fields, samples=samples, shapes=shapes)


def _ids(side: Side) -> Texts:
    return np.asarray(side.columns.column("id").to_numpy(zero_copy_only=False), dtype=object)


def rows_of(these: Side, within: Side) -> Positions:
    """For each feature of one side its row in the other, -1 where it is not there."""
    at = pc.index_in(these.columns.column("id"), value_set=within.columns.column("id").combine_chunks())
    return np.asarray(pc.fill_null(at, -1).to_numpy(), dtype=np.intp)


def _moved(before: Geometries, after: Geometries) -> npt.NDArray[np.bool_]:
    there = ~shapely.is_missing(before) & ~shapely.is_missing(after)
    near: npt.NDArray[np.bool_] = np.asarray(shapely.equals_exact(before, after, tolerance=AT_LIMIT_FT), dtype=np.bool_)
    return np.asarray(there & ~near, dtype=np.bool_)


def differing_fields(
    before: pa.Table, after: pa.Table, before_rows: Positions, after_rows: Positions
) -> dict[str, npt.NDArray[np.bool_]]:
    """For each field whether each pair of rows differs in it; a missing field counts as null."""
    names = [name for name in after.column_names if name not in _NOT_COMPARED]
    names += [name for name in before.column_names if name not in _NOT_COMPARED and name not in names]
    return {
        name: _unequal(_values(before, name, after, before_rows), _values(after, name, before, after_rows))
        for name in names
    }


def _values(table: pa.Table, name: str, other: pa.Table, rows: Positions) -> pa.ChunkedArray:
    if name not in table.column_names:
        return pa.chunked_array([pa.nulls(len(rows), other.schema.field(name).type)])
    return table.column(name).take(pa.array(rows))


def _unequal(one: pa.ChunkedArray, other: pa.ChunkedArray) -> npt.NDArray[np.bool_]:
    if one.type != other.type:
        one, other = one.cast(pa.string()), other.cast(pa.string())
    different = pc.coalesce(pc.not_equal(one, other), pc.xor(pc.is_null(one), pc.is_null(other)))
    return np.asarray(different.to_numpy(), dtype=np.bool_)


def _samples(
    kinds: list[tuple[ChangeKind, Side, Positions]], grid: Grid
) -> tuple[tuple[ChangeSample, ...], tuple[BaseGeometry | None, ...]]:
    share = CHANGES_LISTED // len(kinds)
    samples: list[ChangeSample] = []
    shapes: list[BaseGeometry | None] = []
    for kind, side, rows in kinds:
        some = rows[:: -(-len(rows) // share) or 1]
        shown = grid.to_lonlat(side.geometry[some])
        points = shapely.point_on_surface(shown)
        places = zip(_ids(side)[some], _degrees(shapely.get_x, points), _degrees(shapely.get_y, points), strict=True)
        samples += [ChangeSample(kind, str(name), x, y) for name, x, y in places]
        shapes += list(shown)
    return tuple(samples), tuple(shapes)


def _degrees(read: Callable[[Geometries], npt.NDArray[np.float64]], points: Geometries) -> list[float | None]:
    return [None if np.isnan(value) else round(float(value), 7) for value in read(points)]
