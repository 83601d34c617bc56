"""What a reader of sources hands to ingest."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from layers.errors import SourceError
from layers.grid import Geometries
from layers.report import RowNote
from layers.sentences import sentence
from layers.toml_table import did_you_mean

Progress = Callable[[str, float], None]
"""Told what is being done and which share of it is done (0 to 1)."""


@dataclass(frozen=True, slots=True)
class SourceTable:
    """A source as it was read, one row a feature; nothing is dropped, moved or mended.

    `geometry` is in the source's own coordinates, x (easting, longitude) first, without heights;
    None for reference tables. `crs` is what the source states, or None. `source_row` counts from 0.
    `unreadable` says why a row has no geometry although the source holds something there.
    """

    geometry: Geometries | None
    crs: CRS | None
    columns: pa.Table
    source_row: npt.NDArray[np.int64]
    description: str
    unreadable: tuple[RowNote, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """What a source may cost before it is refused: of archives, and of services."""

    unpacked_bytes: int = 8_000_000_000
    members: int = 20_000
    timeout_s: float = 60.0
    tries: int = 5
    pause_s: float = 1.0


def source_table(
    columns: pa.Table, geometry: Geometries | None, crs: CRS | None, description: str, why: dict[int, str] | None = None
) -> SourceTable:
    """A table of all rows in order; `why` says of rows without geometry what could not be read."""
    notes = tuple(RowNote(row, None, reason) for row, reason in sorted((why or {}).items()))
    return SourceTable(geometry, crs, columns, np.arange(columns.num_rows, dtype=np.int64), description, notes)


def from_wkb(blobs: pa.ChunkedArray) -> tuple[Geometries, dict[int, str]]:
    """Flat geometries of a column of WKB, and by row why one could not be read.

    Raises NotImplementedError where a geometry is curved.
    """
    values = np.asarray(blobs.to_numpy(zero_copy_only=False), dtype=object)
    geometry = shapely.force_2d(shapely.from_wkb(values, on_invalid="ignore"))
    unread = np.flatnonzero(
        shapely.is_missing(geometry) & np.array([value is not None for value in values], dtype=bool)
    )
    return geometry, {int(row): "the geometry is not valid WKB" for row in unread}


def horizontal(stated: object, description: str) -> CRS | None:
    """The horizontal coordinate system of what a source states; None where it states none."""
    if not stated:
        return None
    try:
        crs = CRS.from_user_input(stated)
    except CRSError as error:
        raise SourceError(
            f"{description} states a coordinate system that PROJ does not know; mend it, or state its EPSG code."
        ) from error
    while crs.is_bound and crs.source_crs is not None:
        crs = crs.source_crs
    if crs.is_compound:
        crs = crs.sub_crs_list[0]
    return None if crs.is_engineering else crs.to_2d()


def need_columns(columns: Collection[str], wanted: Collection[str], description: str) -> None:
    """Raises SourceError where a wanted column is not there."""
    for name in wanted:
        if name not in columns:
            raise SourceError(sentence(f"{description} has no column {name!r}; {did_you_mean(name, columns)}"))
