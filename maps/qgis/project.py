"""A project for QGIS and QField over the layers of one GeoPackage: what is drawn, in which order, with which labels."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from pyproj import CRS

from maps.qgis.symbols import Shape, colour, renderer
from maps.style import Look

WRITTEN_FOR = "3.22.0-Bialowieza"
"""The oldest QGIS for which the project is written; newer ones read it."""
_LARGEST_SCALE = 559_082_264
"""The scale of zoom 0 on a screen of 96 dots an inch."""
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class DrawnLayer:
    """A layer of the GeoPackage in the project: its table, its title, its shapes (None: a plain table) and its look.

    `label` is an expression of QGIS, `shown` whether it is drawn when the project opens.
    """

    table: str
    title: str
    shape: Shape | None
    look: Look | None
    columns: tuple[str, ...]
    label: str | None = None
    shown: bool = True

    @property
    def id(self) -> str:
        """Its name within the project: QGIS gives a new one to what has less than ten letters."""
        return f"gis_ce_layer_{self.table}"


@dataclass(frozen=True, slots=True)
class Drawn:
    """A project: its name, the file that its layers lie in, their grid, what it opens on, and its layers, top first."""

    title: str
    file: str
    epsg: int
    extent: Box
    layers: tuple[DrawnLayer, ...]


def label_of(look: Look, columns: Sequence[str]) -> str | None:
    """The label of a look as an expression; None where it has none, or none of its fields is there."""
    parts = []
    for word in look.label:
        name = word.strip("{}")
        if name in columns:
            inches = " || '\"'" if word.startswith("{") else ""
            parts.append(f"coalesce(\"{name}\"{inches}, '')")
        elif not word.startswith("{") and word.isupper():
            parts.append(f"'{word}'")
    if not any(part.startswith("coalesce") for part in parts):
        return None
    return "trim(" + " || ' ' || ".join(parts) + ")"


def project_xml(drawn: Drawn) -> bytes:
    """The project as QGIS reads it; addresses in it are relative, so that the folder can be carried anywhere."""
    root = Element("qgis", projectname=drawn.title, version=WRITTEN_FOR, saveUser="", saveUserFull="")
    _text(root, "title", drawn.title)
    _grid(SubElement(root, "projectCrs"), drawn.epsg)
    tree = SubElement(root, "layer-tree-group")
    for layer in drawn.layers:
        _in_tree(tree, layer, drawn.file)
    _canvas(root, drawn)
    listed = SubElement(root, "projectlayers")
    for layer in drawn.layers:
        _map_layer(listed, layer, drawn)
    order = SubElement(root, "layerorder")
    for layer in drawn.layers:
        SubElement(order, "layer", id=layer.id)
    properties = SubElement(root, "properties")
    _text(SubElement(properties, "Paths"), "Absolute", "false", type="bool")
    _text(SubElement(properties, "SpatialRefSys"), "ProjectionsEnabled", "1", type="int")
    measure = SubElement(properties, "Measurement")
    _text(measure, "DistanceUnits", "feet", type="QString")
    return _written(root)


def zipped(drawn: Drawn, name: str) -> bytes:
    """The project as a `.qgz`; the same bytes for the same project."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(f"{name}.qgs"), project_xml(drawn), zipfile.ZIP_DEFLATED)
    return target.getvalue()


def stored_form(drawn: Drawn, name: str, at: datetime, by: str) -> tuple[str, str, bytes]:
    """A project as a GeoPackage holds it (QGIS's table `qgis_projects`): its name, what is said of it, the content."""
    said = {"last_modified_time": at.strftime("%Y-%m-%dT%H:%M:%S"), "last_modified_user": by}
    return name, json.dumps(said), zipped(drawn, name).hex().encode()


def style_qml(layer: DrawnLayer) -> bytes:
    """The look of one layer as QGIS keeps it beside a table (`layer_styles`)."""
    root = Element("qgis", version=WRITTEN_FOR, styleCategories="Symbology|Labeling")
    _look(root, layer)
    return _written(root)


def _in_tree(tree: Element, layer: DrawnLayer, file: str) -> None:
    SubElement(
        tree,
        "layer-tree-layer",
        id=layer.id,
        name=layer.title,
        checked="Qt::Checked" if layer.shown else "Qt::Unchecked",
        expanded="0",
        source=_source(layer, file),
        providerKey="ogr",
        legend_exp="",
        legend_split_behavior="0",
    )


def _canvas(root: Element, drawn: Drawn) -> None:
    canvas = SubElement(root, "mapcanvas", name="theMapCanvas", annotationsVisible="1")
    _text(canvas, "units", "feet")
    box = SubElement(canvas, "extent")
    for name, value in zip(("xmin", "ymin", "xmax", "ymax"), drawn.extent, strict=True):
        _text(box, name, f"{value:.3f}")
    _text(canvas, "rotation", "0")
    _grid(SubElement(canvas, "destinationsrs"), drawn.epsg)


def _map_layer(listed: Element, layer: DrawnLayer, drawn: Drawn) -> None:
    kinds = {"Point": "Point", "LineString": "Line", "Polygon": "Polygon", None: "No geometry"}
    said = {"type": "vector", "geometry": kinds[layer.shape], "readOnly": "1", "styleCategories": "AllStyleCategories"}
    root = SubElement(listed, "maplayer", said | _scales(layer) | {"labelsEnabled": "1" if layer.label else "0"})
    _text(root, "id", layer.id)
    _text(root, "datasource", _source(layer, drawn.file))
    _text(root, "layername", layer.title)
    if layer.shape is not None:
        _grid(SubElement(root, "srs"), drawn.epsg)
    _text(root, "provider", "ogr", encoding="UTF-8")
    flags = SubElement(root, "flags")
    for name, value in (("Identifiable", "1"), ("Removable", "1"), ("Searchable", "1"), ("Private", "0")):
        _text(flags, name, value)
    _look(root, layer)
    _text(root, "previewExpression", f'"{_shown_first(layer)}"')


def _shown_first(layer: DrawnLayer) -> str:
    wanted = ("number", "sentence", "facility_id", "situs_address", "label", "name", "id")
    return next((name for name in wanted if name in layer.columns), layer.columns[0])


def _look(root: Element, layer: DrawnLayer) -> None:
    if layer.shape is None or layer.look is None:
        return
    root.append(renderer(layer.look, layer.shape))
    if layer.label is None:
        return
    labeling = SubElement(root, "labeling", type="simple")
    settings = SubElement(labeling, "settings", calloutType="simple")
    said = {
        "fieldName": layer.label,
        "isExpression": "1",
        "fontFamily": "Arial",
        "fontSize": "8",
        "fontSizeUnit": "Point",
        "textColor": colour(layer.look.label_colour or layer.look.colour),
        "textOpacity": "1",
    }
    style = SubElement(settings, "text-style", said)
    buffer = {"bufferDraw": "1", "bufferSize": "0.8", "bufferSizeUnits": "MM", "bufferColor": "255,255,255,255"}
    SubElement(style, "text-buffer", buffer | {"bufferOpacity": "1", "bufferNoFill": "1"})
    first = "10" if layer.look.label_zoom == 0 else "5"
    places = {"Point": "6", "LineString": "2", "Polygon": "1"}
    SubElement(settings, "placement", placement=places[layer.shape], dist="1", distUnits="MM", priority=first)
    largest = str(_scale(layer.look.label_zoom)) if 0 < layer.look.label_zoom < 25 else "0"
    shown = {"scaleVisibility": "1" if largest != "0" else "0", "scaleMin": "0", "scaleMax": largest}
    SubElement(settings, "rendering", shown | {"drawLabels": "1", "obstacle": "1"})


def _scales(layer: DrawnLayer) -> dict[str, str]:
    """From which scale on a layer is drawn: the zoom of its look, one earlier, since paper and phones show more."""
    zoom = layer.look.min_zoom - 1 if layer.look is not None else 0
    if zoom <= 0:
        return {"hasScaleBasedVisibilityFlag": "0"}
    return {"hasScaleBasedVisibilityFlag": "1", "minScale": str(_scale(zoom)), "maxScale": "0"}


def _scale(zoom: int) -> int:
    return _LARGEST_SCALE >> zoom


def _source(layer: DrawnLayer, file: str) -> str:
    return f"./{file}|layername={layer.table}"


def _grid(parent: Element, epsg: int) -> None:
    crs = CRS.from_epsg(epsg)
    grid = SubElement(parent, "spatialrefsys", nativeFormat="Wkt")
    _text(grid, "wkt", crs.to_wkt("WKT2_2019"))
    _text(grid, "srid", str(epsg))
    _text(grid, "authid", f"EPSG:{epsg}")
    _text(grid, "description", crs.name)
    _text(grid, "geographicflag", "false")


def _written(root: Element) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}'.encode()


def _text(parent: Element, name: str, text: str, **attributes: str) -> None:
    SubElement(parent, name, attributes).text = text
