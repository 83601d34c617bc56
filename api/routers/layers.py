"""GET /layers and the features of a layer, by view: box and zoom."""

from __future__ import annotations

import json
import math
from typing import Annotated, Any

import numpy as np
import shapely
from fastapi import Path, Query, Request
from fastapi.responses import Response

from api.access import SeenLayer, View
from api.access_log import tells_names
from api.answer_schemas import LayerEntry, LayerList
from api.errors import ApiError
from api.requests import TheCity, TheView
from api.strict_json import Router
from layers.catalog import ROLE_BY_NAME
from layers.errors import LayerMissing
from layers.features import Features, Rows
from layers.grid import Geometries, Grid
from maps.style import min_zoom

router = Router(tags=["layers"])

MOST_FEATURES = 4_000
"""How many features one view gets; beyond that the larger ones, and the answer says so."""

_PLACES = 7
_WORLD_FT_PER_PIXEL = 2 * math.pi * 6378137.0 / 256 / 0.3048

Zoom = Annotated[
    int, Query(ge=0, le=24, description="Zoom of the map; lines are no finer than it shows.", examples=[16])
]
Box = Annotated[str, Query(description="west,south,east,north in degrees", examples=["-81.87,35.33,-81.86,35.34"])]
Name = Annotated[str, Path(description="Name of a layer from GET /layers.", max_length=100)]


@router.get("/layers", summary="Which layers are there?")
def get_layers(city: TheCity, view: TheView) -> LayerList:
    """The layers that you may see, with their versions and how good they are."""
    entries = [_entry(layer) for layer in view.layers.values()]
    return LayerList.model_validate(
        {"city": {"name": city.city.name, "extent_lonlat": city.extent_lonlat(view)}, "layers": entries}
    )


def _entry(layer: SeenLayer) -> LayerEntry:
    said, version = layer.description, layer.version
    return LayerEntry(
        name=said.name,
        role=said.role,
        geometry=ROLE_BY_NAME[said.role].geometry,
        audience=said.audience,
        basis=said.basis,
        sigma_ft=said.sigma_ft,
        version=version.version,
        rows=version.rows,
        as_of=version.as_of,
        min_zoom=min_zoom(said.role),
    )


@router.get(
    "/layers/{name}/features",
    summary="The features of a layer in a view",
    responses={200: {"content": {"application/geo+json": {}}}},
    response_class=Response,
)
def get_features(request: Request, name: Name, bbox: Box, zoom: Zoom, city: TheCity, view: TheView) -> Response:
    """GeoJSON of one view, at most 4,000 features; `truncated` says that there are more.

    Shapes are simplified to half a pixel of the zoom: never measure from them.
    """
    layer = view.layer(name)
    if ROLE_BY_NAME[layer.description.role].geometry == "none":
        raise LayerMissing(f"The layer {name!r} is a table without geometry.")
    if view.tells_owners(layer.description.role):
        tells_names(request, f"owners in a view of {name}")
    features = view.query.features(layer.description.role)
    west, south, east, north = _box(bbox)
    rows = _in_box(view, features, name, _box_on_grid(west, south, east, north, city.grid))
    kept = _largest(features, rows)
    shapes = _drawn(features.geometry[kept], zoom, (south + north) / 2, city.grid)
    text = _collection(features, kept, shapes, _attributes(features, kept, view), len(kept) < len(rows))
    headers = {"Cache-Control": "private, no-cache", "X-Layer-Version": layer.version.version}
    return Response(text, media_type="application/geo+json", headers=headers)


def _box(text: str) -> tuple[float, float, float, float]:
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError as error:
        raise ApiError("bbox: give four numbers, west,south,east,north, in degrees.") from error
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise ApiError("bbox: west,south,east,north must be degrees, with west < east and south < north.")
    return west, south, east, north


def _box_on_grid(west: float, south: float, east: float, north: float, grid: Grid) -> Geometries:
    """The box around the view on the grid; its sides are curves there, so they are taken in steps."""
    outline = shapely.segmentize(shapely.box(west, south, east, north), max((east - west), (north - south)) / 8)
    moved = shapely.bounds(grid.from_lonlat(np.array([outline], dtype=object)))[0]
    if not np.isfinite(moved).all():
        raise ApiError("bbox: this view is too large, or lies outside what the city's grid can hold.")
    return np.array([shapely.box(*moved)], dtype=object)


def _in_box(view: View, features: Features, name: str, box: Geometries) -> Rows:
    """The rows of one layer (of those that fill the role) that meet the view, in their order."""
    rows = view.query.intersecting(features.role, box).feature
    part = next(number for number, part in enumerate(features.parts) if part.version.name == name)
    return np.sort(rows[features.layer_of[rows] == part])


def _largest(features: Features, rows: Rows) -> Rows:
    """The largest shapes of too many; of points, an even choice."""
    if len(rows) <= MOST_FEATURES:
        return rows
    size = shapely.area(features.geometry[rows]) + shapely.length(features.geometry[rows])
    if not size.any():
        return rows[np.linspace(0, len(rows) - 1, MOST_FEATURES).astype(np.intp)]
    return np.sort(rows[np.argsort(-size, kind="stable")[:MOST_FEATURES]])


def _drawn(shapes: Geometries, zoom: int, lat: float, grid: Grid) -> Geometries:
    """Shapes in degrees, as fine as the zoom can show, and no finer than a hundredth of a foot."""
    pixel_ft = _WORLD_FT_PER_PIXEL * math.cos(math.radians(lat)) / 2**zoom
    simple = shapely.simplify(shapes, pixel_ft / 2, preserve_topology=True)
    moved = grid.to_lonlat(np.asarray(simple, dtype=object))
    return np.asarray(shapely.transform(moved, lambda coordinates: np.round(coordinates, _PLACES)), dtype=object)


def _attributes(features: Features, rows: Rows, view: View) -> dict[str, list[Any]]:
    """The columns that the caller may read."""
    role = ROLE_BY_NAME[features.role]
    read = {"text": features.texts, "number": features.numbers, "date": features.days}
    allowed = view.fields([field.name for field in role.fields], role.name)
    kinds = {field.name: field.kind for field in role.fields}
    return {name: [_plain(value) for value in read[kinds[name]](name)[rows].tolist()] for name in allowed}


def _plain(value: Any) -> Any:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return None
    return value if isinstance(value, str | float | int) else str(value)


def _collection(
    features: Features, rows: Rows, shapes: Geometries, columns: dict[str, list[Any]], truncated: bool
) -> str:
    """GeoJSON text; the geometries are written by GEOS, all at once."""
    geometries = shapely.to_geojson(shapes).tolist()
    told = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)] or [{}] * len(rows)
    written = [
        f'{{"type":"Feature","id":{json.dumps(name)},"geometry":{geometry},"properties":{_properties(properties)}}}'
        for name, geometry, properties in zip(features.ids[rows].tolist(), geometries, told, strict=True)
    ]
    return f'{{"type":"FeatureCollection","truncated":{json.dumps(truncated)},"features":[{",".join(written)}]}}'


def _properties(told: dict[str, Any]) -> str:
    return json.dumps({name: value for name, value in told.items() if value is not None}, ensure_ascii=False)
