"""A layer of an Esri feature service, fetched page by page; an interrupted fetch goes on where it stopped."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pyarrow as pa
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError

from layers.errors import SourceError
from layers.grid import Geometries
from layers.model import LayerDeclaration
from layers.sources.esri_service import EsriLayer
from layers.sources.table import Limits, Progress, SourceTable, from_wkb, horizontal, source_table

_PAGE = 1000
_CURVES = ("curveRings", "curvePaths")
_KINDS = ("esriGeometryPoint", "esriGeometryMultipoint", "esriGeometryPolyline", "esriGeometryPolygon")


def read_featureserver(
    declaration: LayerDeclaration, workspace: Path, limits: Limits, progress: Progress | None = None
) -> SourceTable:
    """All features in the service's own coordinate system, in the order of their object ids.

    Features are asked for by object id, so edits under way shift no page; what the service leaves
    out of a page is asked for again. Pages are kept in `workspace` under the service's edit date
    until the whole layer is there. Raises SourceError where the service cannot be read.
    """
    with httpx.Client(timeout=limits.timeout_s, follow_redirects=True) as client:
        layer = EsriLayer(client, declaration.source or "", limits)
        about = _described(layer)
        ids = _object_ids(layer)
        with _pages_folder(layer, about, workspace) as folder:
            pages = list(_fetched(layer, about, ids, folder, progress))
            return _table(pages, about, layer.shown, declaration.role.geometry != "none")


def _described(layer: EsriLayer) -> dict[str, Any]:
    about = layer.ask()
    if "layers" in about and "fields" not in about:
        names = ", ".join(f"/{one.get('id')} {one.get('name')}" for one in about["layers"][:10])
        raise SourceError(f"{layer.shown} is a service, not a layer; add the number of one of its layers: {names}.")
    if not isinstance(about.get("fields"), list):
        raise SourceError(f"{layer.shown} does not answer like a layer of a feature service; check the address.")
    kind = about.get("geometryType")
    if kind is not None and kind not in _KINDS:
        raise SourceError(f"{layer.shown} has geometry of the kind {kind}, which cannot be read here.")
    return about


def _object_ids(layer: EsriLayer) -> list[int]:
    answer = layer.ask("/query", {"where": "1=1", "returnIdsOnly": "true"})
    if "objectIdFieldName" not in answer:
        raise SourceError(f"{layer.shown} gives no object ids; export the layer to a file instead.")
    return sorted({int(one) for one in answer.get("objectIds") or ()})


@contextmanager
def _pages_folder(layer: EsriLayer, about: dict[str, Any], workspace: Path) -> Iterator[Path]:
    """A folder for this state of the layer; removed when all is read, and pages of older states at once."""
    edited = (about.get("editingInfo") or {}).get("lastEditDate")
    home = workspace / "featureserver" / _short_hash(layer.shown)
    folder = home / _short_hash(json.dumps([edited, about["fields"], about.get("maxRecordCount")]))
    for other in home.glob("*"):
        if other != folder or edited is None:
            shutil.rmtree(other, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    yield folder
    shutil.rmtree(home, ignore_errors=True)


def _short_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _fetched(
    layer: EsriLayer, about: dict[str, Any], ids: Sequence[int], folder: Path, progress: Progress | None
) -> Iterator[Path]:
    """The pages on disk, fetched where they are not there yet."""
    size = max(1, min(int(about.get("maxRecordCount") or _PAGE), _PAGE))
    waiting = [list(ids[start : start + size]) for start in range(0, len(ids), size)][::-1]
    done = 0
    while waiting:
        wanted = waiting.pop()
        path = folder / f"{wanted[0]}-{wanted[-1]}-{len(wanted)}.json"
        page = _kept(path)
        if page is None:
            page = _page(layer, wanted)
            _keep(page, path)
        left = _left_out(page, wanted)
        if left:
            waiting.append(left)
        done += len(wanted) - len(left)
        yield path
        if progress:
            progress("fetching", done / len(ids))


def _page(layer: EsriLayer, wanted: Sequence[int]) -> dict[str, Any]:
    """One page; a service may leave features out of it where it would be too long."""
    form = {"objectIds": ",".join(map(str, wanted)), "outFields": "*", "returnGeometry": "true"}
    page = layer.ask("/query", {**form, "returnZ": "false", "returnM": "false", "returnTrueCurves": "false"})
    features = page.get("features")
    if not isinstance(features, list) or "objectIdFieldName" not in page:
        raise SourceError(f"{layer.shown} answered a query without features; check that it allows queries.")
    if any(key in (feature.get("geometry") or {}) for feature in features for key in _CURVES):
        raise SourceError(f"{layer.shown} holds curves; export the layer to a File Geodatabase and import that.")
    left = _left_out(page, wanted)
    if left and (not page.get("exceededTransferLimit") or len(left) == len(wanted)):
        raise SourceError(f"{layer.shown} changed while it was read: object {left[0]} is gone; import it again.")
    return page


def _left_out(page: dict[str, Any], wanted: Sequence[int]) -> list[int]:
    name = page["objectIdFieldName"]
    there = {feature["attributes"].get(name) for feature in page["features"]}
    return [one for one in wanted if one not in there]


def _kept(path: Path) -> dict[str, Any] | None:
    """A page fetched before, unless it is not there or was cut short."""
    try:
        return dict(json.loads(path.read_bytes()))
    except (FileNotFoundError, ValueError):
        return None


def _keep(page: dict[str, Any], path: Path) -> None:
    part = path.with_suffix(".part")
    part.write_text(json.dumps(page), encoding="utf-8")
    part.replace(path)


def _table(pages: Sequence[Path], about: dict[str, Any], name: str, wanted: bool) -> SourceTable:
    if not pages:
        raise SourceError(f"{name} has no features; check the address.")
    read = [_parsed(page, name) for page in pages]
    whole = pa.concat_tables([table for _, table in read], promote_options="permissive")
    column = "wkb_geometry" if "wkb_geometry" in whole.column_names else None
    columns = whole.drop_columns([column] if column else [])
    if not wanted:
        return source_table(columns, None, None, name)
    if column is None:
        raise SourceError(f"{name} is a table without geometry; check the layer's role.")
    geometry, why = from_wkb(whole.column(column))
    crs = horizontal(read[0][0] or _stated(about), name)
    return source_table(columns, _without_empty(geometry), crs, name, why)


def _parsed(page: Path, name: str) -> tuple[str | None, pa.Table]:
    try:
        meta, table = pyogrio.raw.read_arrow(f"ESRIJSON:{page}")
    except (DataSourceError, DataLayerError, pa.ArrowInvalid) as error:
        raise SourceError(f"{name} sent a page that cannot be read ({page.name}); import it again.") from error
    return meta["crs"], table.replace_schema_metadata(None)


def _stated(about: dict[str, Any]) -> str | None:
    reference = (about.get("extent") or {}).get("spatialReference") or {}
    wkid = reference.get("latestWkid") or reference.get("wkid")
    if wkid is None:
        return reference.get("wkt")
    return f"EPSG:{wkid}" if int(wkid) < 100_000 else f"ESRI:{wkid}"


def _without_empty(geometry: Geometries) -> Geometries:
    """Esri writes a feature without a place as one without rings."""
    placed = geometry.copy()
    placed[shapely.is_empty(placed)] = None
    return placed
