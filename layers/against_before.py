"""What is to be said of new rows in the light of the version before, and of a layer they must lie on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from layers.compare import LayerDifference, Side, difference
from layers.errors import VersionMissing
from layers.foot import FootTest, foot_test, not_testable
from layers.grid import Geometries, Grid
from layers.model import LayerDeclaration, LayerVersion
from layers.prepare import Prepared
from layers.snapshot import read_snapshot
from layers.versions import LayerStore

_SHRUNK = 0.5
"""A layer that lost more than this share of its rows deserves a second look."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """How new rows compare; `difference` is None where there is nothing to compare with."""

    previous: LayerVersion | None
    difference: LayerDifference | None
    foot_note: str
    warnings: tuple[str, ...]


def compared(declaration: LayerDeclaration, store: LayerStore, rows: Prepared, grid: Grid) -> Comparison:
    """The new rows held against the current version and against the layer named by `coincides_with`."""
    previous = store.current().get(declaration.name)
    side, warnings = _readable(store, previous, grid)
    found = None
    if side is not None:
        found = difference(declaration.name, side, Side("", rows.columns, _shapes(rows)), grid)
        warnings += _shrunk(side.columns.num_rows, rows.columns.num_rows)
    tests = _foot_tests(declaration, store, side, rows, grid)
    warnings += [test.note for test in tests if test.suspect]
    return Comparison(previous, found, " ".join(test.note for test in tests), tuple(warnings))


def _readable(store: LayerStore, previous: LayerVersion | None, grid: Grid) -> tuple[Side | None, list[str]]:
    if previous is None:
        return None, []
    try:
        description, columns, geometry = read_snapshot(store.folder, previous.version)
    except VersionMissing as error:
        return None, [f"Not compared with the version before: {error}"]
    if description.grid_epsg != grid.epsg:
        return None, [f"Not compared with the version before: it is on EPSG:{description.grid_epsg}."]
    return Side(previous.version, columns, geometry), []


def _shrunk(before: int, after: int) -> list[str]:
    if after >= before * _SHRUNK:
        return []
    return [f"The layer shrank from {before:,} to {after:,} rows; make sure that the source is complete."]


def _foot_tests(
    declaration: LayerDeclaration, store: LayerStore, before: Side | None, rows: Prepared, grid: Grid
) -> list[FootTest]:
    if rows.geometry is None:
        return []
    tests = [] if before is None else [foot_test(rows.geometry, before.geometry, "the version before")]
    name = declaration.coincides_with
    if name is not None:
        side, _ = _readable(store, store.current().get(name), grid)
        if side is None:
            tests.append(not_testable(f"the layer {name} that it must coincide with cannot be read"))
        else:
            tests.append(foot_test(rows.geometry, side.geometry, f"the layer {name}"))
    return tests or [not_testable("there is no version before and the city file names no layer under coincides_with")]


def _shapes(rows: Prepared) -> Geometries:
    return np.full(rows.columns.num_rows, None, dtype=object) if rows.geometry is None else rows.geometry
