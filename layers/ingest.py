"""From a declared source to a published layer version, with a report; all or nothing."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa

from layers.against_before import Comparison, compared
from layers.derive import derive
from layers.errors import IngestRefused, LayerMissing, LayersError
from layers.grid import Grid
from layers.import_report import Outcome, import_report, notes_of, source_name
from layers.model import City, Derivation, LayerDeclaration, LayerDescription, LayerVersion
from layers.prepare import Prepared, prepared
from layers.report import ImportFailure, ImportReport
from layers.report_files import finish_report, report_folder, write_notes
from layers.sentences import sentence
from layers.snapshot import with_geometry, write_snapshot
from layers.sources.read import read_source
from layers.sources.table import SourceTable
from layers.toml_table import did_you_mean
from layers.versions import LayerStore

Progress = Callable[[str, float], None]

WORK = ".work"
"""Folder in a store for unpacked archives and half-done downloads."""


def import_layer(
    city: City,
    declaration: LayerDeclaration,
    store: LayerStore,
    *,
    today: date,
    now: datetime,
    reports: Path,
    progress: Progress | None = None,
) -> ImportReport:
    """Read, mend and publish one layer; gives the report, whose folder lies in `reports`.

    Raises LayersError where the layer cannot be published: then the current version stays current
    and no half-written file stays behind. `now` is in UTC.
    """
    tell = progress or _silent
    began = time.monotonic()
    grid = Grid(city.grid_epsg)
    with store.writing(), _workspace(store, declaration) as workspace:
        tell("reading", 0.0)
        source = _source(city, declaration, store, workspace, lambda stage, share: tell(stage, 0.4 * share))
        tell("checking", 0.4)
        rows = prepared(source, declaration, city)
        tell("comparing", 0.6)
        comparison = compared(declaration, store, rows, grid)
        notes = notes_of(source, rows, grid)
        with report_folder(reports, declaration.name, now) as (unfinished, folder):
            rejected_file = write_notes(unfinished, notes, source, rows, grid)
            tell("writing", 0.8)
            version = write_snapshot(store.folder, _description(city, declaration, rows), _table(rows))
            tell("publishing", 0.95)
            as_of = declaration.as_of or _day_of_inputs(declaration.derivation, store) or today
            store.publish(LayerVersion(declaration.name, version, rows.columns.num_rows, as_of, now))
            outcome = _outcome(version, comparison, folder, time.monotonic() - began)
            report = import_report(declaration, source, rows, notes, grid, outcome)
            report = finish_report(report, unfinished, rejected_file)
    tell("done", 1.0)
    return report


def import_city(
    city: City,
    store: LayerStore,
    *,
    names: Collection[str] | None = None,
    today: date,
    now: datetime,
    reports: Path,
    progress: Callable[[str, str, float], None] | None = None,
) -> list[ImportReport | ImportFailure]:
    """Import the named layers (None: all) and those derived from them; one that fails stops no other.

    `progress` is told the layer, what is being done, and the share done. Raises LayerMissing for a
    name that the city file does not declare.
    """
    done: list[ImportReport | ImportFailure] = []
    for declaration in _in_order(city, names):
        tell = None if progress is None else _for_layer(progress, declaration.name)
        try:
            done.append(import_layer(city, declaration, store, today=today, now=now, reports=reports, progress=tell))
        except (LayersError, OSError) as error:
            current = store.current().get(declaration.name)
            done.append(ImportFailure(declaration.name, str(error), current.version if current else None))
    return done


def _in_order(city: City, names: Collection[str] | None) -> list[LayerDeclaration]:
    """Sources, those that must coincide with another layer after it, then what is derived from them."""
    known = {layer.name: layer for layer in city.layers}
    for name in names or ():
        if name not in known:
            raise LayerMissing(sentence(f"The city file declares no layer {name!r}; {did_you_mean(name, known)}"))
    wanted = set(known if names is None else names)
    ordered = sorted(
        (layer for layer in city.layers if not layer.derivation), key=lambda layer: bool(layer.coincides_with)
    )
    left = [layer for layer in city.layers if layer.derivation]
    while left:
        waiting = {layer.name for layer in left}
        ready = [layer for layer in left if layer.derivation and not waiting & set(layer.derivation.inputs)] or left
        ordered += ready
        left = [layer for layer in left if layer not in ready]
    for layer in ordered:
        if layer.derivation and wanted & set(layer.derivation.inputs):
            wanted.add(layer.name)
    return [layer for layer in ordered if layer.name in wanted]


def _source(
    city: City, declaration: LayerDeclaration, store: LayerStore, workspace: Path, progress: Progress
) -> SourceTable:
    if declaration.derivation is None:
        return read_source(declaration, city.folder, workspace=workspace, progress=progress)
    current = store.current()
    missing = [name for name in declaration.derivation.inputs if name not in current]
    if missing:
        raise IngestRefused(
            f"{declaration.name} is derived from {', '.join(missing)}, which has not been imported; import it first."
        )
    parts = {name: store.part(current[name].version) for name in declaration.derivation.inputs}
    inputs = {name: (part.table, np.asarray(part.geometry)) for name, part in parts.items()}
    return derive(declaration, inputs, Grid(city.grid_epsg))


def _description(city: City, declaration: LayerDeclaration, rows: Prepared) -> LayerDescription:
    return LayerDescription(
        name=declaration.name,
        role=declaration.role_name,
        audience=declaration.audience,
        basis=declaration.basis,
        sigma_ft=declaration.sigma_ft,
        stale_after_days=declaration.stale_after_days,
        grid_epsg=city.grid_epsg,
        source=source_name(declaration),
        datum_note=rows.datum_note,
    )


def _table(rows: Prepared) -> pa.Table:
    return rows.columns if rows.geometry is None else with_geometry(rows.columns, rows.geometry)


def _outcome(version: str, comparison: Comparison, folder: Path, seconds: float) -> Outcome:
    previous = comparison.previous.version if comparison.previous else None
    return Outcome(
        version=version,
        previous=previous,
        difference=comparison.difference,
        warnings=comparison.warnings,
        foot_note=comparison.foot_note,
        folder=folder,
        seconds=round(seconds, 3),
    )


def _day_of_inputs(derivation: Derivation | None, store: LayerStore) -> date | None:
    """A derived layer speaks of the oldest day among its inputs."""
    if derivation is None:
        return None
    current = store.current()
    return min((current[name].as_of for name in derivation.inputs if name in current), default=None)


@contextmanager
def _workspace(store: LayerStore, declaration: LayerDeclaration) -> Iterator[Path]:
    """A folder for the reader of a source: kept after a failure if there is a download to resume."""
    folder = store.folder / WORK / declaration.name
    for leftover in folder.glob("unpacked-*"):
        shutil.rmtree(leftover)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def _for_layer(progress: Callable[[str, str, float], None], name: str) -> Progress:
    return lambda stage, share: progress(name, stage, share)


def _silent(stage: str, share: float) -> None:
    """Tell nobody."""
