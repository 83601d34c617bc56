"""What an import did, as data: `maps` draws it as a page, the command line as a table."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from shapely.geometry.base import BaseGeometry

ChangeKind = Literal["added", "removed", "moved", "changed"]

NOTES_LISTED = 1_000
"""How many notes of a kind the report itself lists; the files beside it have all of them."""
SAMPLE_SIZE = 2_000
CHANGES_LISTED = 200


@dataclass(frozen=True, slots=True)
class RowNote:
    """What happened to one row of a source; its place in degrees on the grid's datum, if it has one."""

    source_row: int
    feature_id: str | None
    reason: str
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True, slots=True)
class ChangeSample:
    """One feature that differs from the version before, and where."""

    kind: ChangeKind
    feature_id: str
    lon: float | None
    lat: float | None


@dataclass(frozen=True, slots=True)
class ImportReport:
    """One layer's import. Tuples of notes are cut at NOTES_LISTED; the counts are not.

    `repaired` are written rows whose geometry was mended, `rejected` rows not written, `values`
    rows written without a value that could not be understood. `exploded` counts rows written as
    several parts, `dissolved` polygons that went into a neighbour they touch. `nulls` counts missing
    values in fields that a check needs. `sample` holds geometries in degrees for a small map.
    """

    layer: str
    role: str
    source: str
    version: str
    previous: str | None
    unchanged: bool
    folder: Path
    rows_read: int
    rows_left_out: int
    rows_written: int
    repaired_count: int = 0
    repaired: tuple[RowNote, ...] = ()
    rejected_count: int = 0
    rejected: tuple[RowNote, ...] = ()
    rejected_file: str | None = None
    values_count: int = 0
    values: tuple[RowNote, ...] = ()
    duplicates: int = 0
    duplicate_examples: tuple[RowNote, ...] = ()
    doubled_keys: int = 0
    missing_keys: int = 0
    exploded: int = 0
    dissolved: int = 0
    nulls: dict[str, int] = field(default_factory=dict)
    added: int = 0
    removed: int = 0
    moved: int = 0
    changed: int = 0
    changes: tuple[ChangeSample, ...] = ()
    warnings: tuple[str, ...] = ()
    grid_note: str = ""
    datum_note: str = ""
    foot_note: str = ""
    seconds: float = 0.0
    sample: tuple[BaseGeometry, ...] = ()
    bounds_lonlat: tuple[float, float, float, float] | None = None

    def as_json(self) -> dict[str, object]:
        """The report for machines, without the sample for the map."""
        values = {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "sample"}
        return {name: _plain(value) for name, value in values.items()}


@dataclass(frozen=True, slots=True)
class ImportFailure:
    """A layer that was not imported, and why; its current version stayed current."""

    layer: str
    error: str
    current: str | None

    def as_json(self) -> dict[str, object]:
        """The failure for machines."""
        return {"layer": self.layer, "error": self.error, "current": self.current}


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, (RowNote, ChangeSample)):
        return {name: getattr(value, name) for name in value.__dataclass_fields__}
    return str(value) if isinstance(value, Path) else value
