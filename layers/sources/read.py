"""Any declared source, read by the reader that fits it."""

from __future__ import annotations

from pathlib import Path

from layers.errors import SourceError
from layers.model import LayerDeclaration
from layers.sources.csv_table import read_csv
from layers.sources.featureserver import read_featureserver
from layers.sources.files import SUFFIXES, read_file, read_zip
from layers.sources.parquet import read_parquet
from layers.sources.postgis import read_postgis
from layers.sources.table import Limits, Progress, SourceTable

_KNOWN = ", ".join((*SUFFIXES, ".zip", ".parquet", ".csv"))


def read_source(
    declaration: LayerDeclaration,
    folder: Path,
    *,
    workspace: Path,
    progress: Progress | None = None,
    limits: Limits | None = None,
) -> SourceTable:
    """Every row of a declared source; raises SourceError with one sentence where it cannot be read.

    Relative files start at `folder`; `workspace` is for unpacked archives and half-done downloads.
    """
    source = declaration.source
    if source is None:
        raise SourceError(f"The layer {declaration.name} is derived; it has no source to read.")
    limits = limits or Limits()
    if source.startswith(("postgresql://", "postgres://")):
        return read_postgis(declaration, limits, progress)
    if source.startswith(("http://", "https://")):
        return read_featureserver(declaration, workspace, limits, progress)
    return _read_path(folder / source, declaration, workspace, limits)


def _read_path(path: Path, declaration: LayerDeclaration, workspace: Path, limits: Limits) -> SourceTable:
    if not path.exists():
        raise SourceError(f"There is no file {path}; check the source of the layer {declaration.name}.")
    kind = path.suffix.lower()
    if path.is_dir() != (kind == ".gdb"):
        what = "a folder" if path.is_dir() else "no folder"
        raise SourceError(f"{path} is {what}; only a File Geodatabase (*.gdb) is one.")
    try:
        if kind == ".zip":
            return read_zip(path, declaration, workspace, limits)
        if kind in (".parquet", ".geoparquet"):
            return read_parquet(path, declaration)
        if kind == ".csv":
            return read_csv(path, declaration)
        if kind in SUFFIXES:
            return read_file(path, declaration)
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror or error}.") from error
    raise SourceError(f"{path.name} is of no kind that can be read here; known are {_KNOWN}.")
