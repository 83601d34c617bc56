"""What an import leaves beside its report: every rejected row with all it said, and every note."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from shapely.geometry.base import BaseGeometry

from layers.grid import Geometries, Grid
from layers.import_report import Notes
from layers.prepare import Prepared
from layers.report import ImportReport, RowNote
from layers.snapshot import UNFINISHED
from layers.sources.table import SourceTable


@contextmanager
def report_folder(reports: Path, layer: str, started: datetime) -> Iterator[tuple[Path, Path]]:
    """A folder to write into and the folder that it becomes; what an import did not finish goes away."""
    folder = reports / layer
    folder.mkdir(parents=True, exist_ok=True)
    for leftover in folder.glob(f"*{UNFINISHED}"):
        shutil.rmtree(leftover)
    stamp = started.strftime("%Y%m%dT%H%M%SZ")
    final, number = folder / stamp, 1
    while final.exists():
        number += 1
        final = folder / f"{stamp}-{number}"
    unfinished = folder / f"{final.name}{UNFINISHED}"
    unfinished.mkdir()
    try:
        yield unfinished, final
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def write_notes(folder: Path, notes: Notes, source: SourceTable, rows: Prepared, grid: Grid) -> str | None:
    """Write the files of rejected rows and of all notes; gives the name of the former, if there are any."""
    _write_all_notes(folder / "notes.csv", notes)
    if not notes.rejected:
        return None
    attributes = _attributes(source, rows)
    if rows.geometry is None:
        _write_table(folder / "rejected.csv", notes.rejected, attributes)
        return "rejected.csv"
    shapes = _shapes(notes.rejected, source, rows, grid)
    if all(shape is None for shape in shapes):
        _write_table(folder / "rejected.csv", notes.rejected, attributes)
        return "rejected.csv"
    _write_geojson(folder / "rejected.geojson", notes.rejected, shapes, attributes)
    return "rejected.geojson"


def finish_report(report: ImportReport, unfinished: Path, rejected_file: str | None) -> ImportReport:
    """Write report.json and give the folder its name; gives the report with the rejected rows' file."""
    done = replace(report, rejected_file=rejected_file)
    text = json.dumps(done.as_json(), indent=1, ensure_ascii=False)
    (unfinished / "report.json").write_text(text, encoding="utf-8")
    unfinished.rename(report.folder)
    return done


def _write_all_notes(path: Path, notes: Notes) -> None:
    kinds = (("repaired", notes.repaired), ("rejected", notes.rejected), ("value", notes.values))
    every = [(kind, note) for kind, found in (*kinds, ("duplicate", notes.duplicates)) for note in found]
    if not every:
        return
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["what", "source_row", "feature_id", "reason", "lon", "lat"])
        writer.writerows([kind, n.source_row, n.feature_id, n.reason, n.lon, n.lat] for kind, n in every)


def _attributes(source: SourceTable, rows: Prepared) -> dict[int, dict[str, Any]]:
    """What the source said of each rejected row."""
    numbers = source.source_row[rows.rejected.rows].tolist()
    names = [
        f"{name}_{at}" if name in source.columns.column_names[:at] else name for at, name in _named(source.columns)
    ]
    if not source.columns.column_names:
        return {number: {} for number in numbers}
    said = source.columns.rename_columns(names).take(pa.array(rows.rejected.rows)).to_pylist()
    return {
        number: {key: _plain(value) for key, value in row.items()} for number, row in zip(numbers, said, strict=True)
    }


def _named(columns: pa.Table) -> list[tuple[int, str]]:
    return list(enumerate(columns.column_names))


def _shapes(rejected: Sequence[RowNote], source: SourceTable, rows: Prepared, grid: Grid) -> list[BaseGeometry | None]:
    """The rejected geometries in degrees; None for those that have no place."""
    at = {number: row for row, number in zip(rows.rejected.rows, source.source_row[rows.rejected.rows], strict=True)}
    known: Geometries = np.array(
        [rows.on_grid[at[n.source_row]] if n.source_row in at and n.lon is not None else None for n in rejected],
        dtype=object,
    )
    shapes = list(grid.to_lonlat(known))
    return [
        shape if shape is not None and np.isfinite(shapely.get_coordinates(shape)).all() else None for shape in shapes
    ]


def _write_geojson(
    path: Path, notes: Sequence[RowNote], shapes: list[BaseGeometry | None], attributes: dict[int, dict[str, Any]]
) -> None:
    features = [
        {
            "type": "Feature",
            "geometry": None if shape is None else json.loads(shapely.to_geojson(shape)),
            "properties": attributes.get(note.source_row, {}) | {"source_row": note.source_row, "reason": note.reason},
        }
        for note, shape in zip(notes, shapes, strict=True)
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False, indent=1)
    path.write_text(text, encoding="utf-8")


def _write_table(path: Path, notes: Sequence[RowNote], attributes: dict[int, dict[str, Any]]) -> None:
    names = list(dict.fromkeys(name for row in attributes.values() for name in row))
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, ["source_row", "reason", *names], extrasaction="ignore")
        writer.writeheader()
        writer.writerows(
            attributes.get(note.source_row, {}) | {"source_row": note.source_row, "reason": note.reason}
            for note in notes
        )


def _plain(value: object) -> object:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)
