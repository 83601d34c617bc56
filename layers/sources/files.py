"""Map files that GDAL reads: GeoPackage, Shapefile, File Geodatabase, GeoJSON, FlatGeobuf; zipped too."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError

from layers.errors import SourceError
from layers.grid import Geometries
from layers.model import LayerDeclaration
from layers.sentences import sentence
from layers.sources.archive import unpacked
from layers.sources.table import Limits, SourceTable, from_wkb, horizontal, source_table
from layers.sources.whole import check_whole
from layers.toml_table import did_you_mean

SUFFIXES = (".gpkg", ".shp", ".gdb", ".geojson", ".json", ".fgb")
_FAILURES = (DataSourceError, DataLayerError, OSError, pa.ArrowInvalid)


def read_zip(path: Path, declaration: LayerDeclaration, workspace: Path, limits: Limits) -> SourceTable:
    """The one map file in a zip archive, or the one named by the declared layer."""
    with unpacked(path, workspace, limits) as folder:
        found = sorted(inner for inner in folder.rglob("*") if inner.suffix.lower() in SUFFIXES)
        found = [inner for inner in found if not any(above.suffix.lower() == ".gdb" for above in inner.parents)]
        named = [inner for inner in found if inner.stem == declaration.source_layer]
        chosen = named if named else found
        if len(chosen) != 1:
            inside = ", ".join(inner.name for inner in found) or "none"
            raise SourceError(
                f"{path.name} must hold one map file (or source_layer must name one); it holds: {inside}."
            )
        return read_file(chosen[0], declaration, f"{path.name}/{chosen[0].name}")


def read_file(path: Path, declaration: LayerDeclaration, description: str | None = None) -> SourceTable:
    """One layer of a file. Arcs become short straight pieces.

    Raises SourceError where the file is cut short, no map file, or has no such layer or geometry.
    """
    check_whole(path)
    name = description or path.name
    wanted = declaration.role.geometry != "none"
    try:
        place = _opened_as(path)
        layer = _layer(place, path.stem, declaration.source_layer, name, wanted)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            meta, table = pyogrio.raw.read_arrow(place, layer=layer)
            stated = pyogrio.read_info(place, layer=layer, force_feature_count=True)["features"]
    except _FAILURES as error:
        raise SourceError(f"{name} cannot be read ({_first_line(error)}); copy or export it again.") from error
    if table.num_rows != stated:
        raise SourceError(f"{name} is cut short: {table.num_rows:,} of {stated:,} rows could be read. Export it again.")
    return _table(place, layer, meta, table, f"{name}, layer {layer}" if layer != path.stem else name, wanted)


def _table(
    place: str, layer: str, meta: dict[str, object], table: pa.Table, description: str, wanted: bool
) -> SourceTable:
    column = _geometry_column(meta, table)
    if not wanted:
        return source_table(table.drop_columns([column] if column else []), None, None, description)
    if column is None:
        raise SourceError(f"{description} has no geometry; choose another source_layer.")
    try:
        geometry, why = from_wkb(table.column(column))
    except NotImplementedError:
        geometry, why = _straightened(place, layer), {}
    crs = horizontal(meta["crs"], description)
    return source_table(table.drop_columns([column]), geometry, crs, description, why)


def _opened_as(path: Path) -> str:
    """JSON is opened as GeoJSON only: other drivers of GDAL follow what a JSON file tells them to read."""
    return f"GeoJSON:{path}" if path.suffix.lower() in (".geojson", ".json") else str(path)


def _geometry_column(meta: dict[str, object], table: pa.Table) -> str | None:
    name = str(meta["geometry_name"] or "wkb_geometry")
    has_one = meta["geometry_type"] is not None and name in table.column_names
    return name if has_one else None


def _straightened(place: str, layer: str) -> Geometries:
    """The geometries with arcs as straight pieces (the slower reader does that)."""
    _, _, blobs, _ = pyogrio.raw.read(place, layer=layer, columns=[])
    flat: Geometries = shapely.force_2d(shapely.from_wkb(np.asarray(blobs, dtype=object), on_invalid="ignore"))
    return flat


def _layer(place: str, stem: str, wanted: str | None, description: str, with_geometry: bool) -> str:
    layers = pyogrio.list_layers(place)
    names = [str(name) for name, _ in layers]
    if wanted is not None and wanted in names:
        return wanted
    if len(names) == 1 and wanted in (None, stem):
        return names[0]
    if wanted is not None:
        raise SourceError(sentence(f"{description} has no layer {wanted!r}; {did_you_mean(wanted, names)}"))
    fitting = [str(name) for name, kind in layers if (kind is not None) == with_geometry]
    if len(fitting) == 1:
        return fitting[0]
    raise SourceError(f"{description} has {len(names)} layers; set source_layer to one of: {', '.join(sorted(names))}.")


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0].rstrip(".") if str(error) else type(error).__name__
