"""Makes the page of a town: folium builds the map, and its script is served apart, so that no script is inline."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import shapely
from markupsafe import Markup

from layers.grid import Grid
from layers.query import LayerQuery
from maps.leaflet_map import Call, MapParts, map_parts
from maps.standalone import TEMPLATES
from maps.style import style
from maps.vendored import SERVED, VENDOR

Extent = tuple[float, float, float, float]

HERE = Path(__file__).resolve().parent
OWN_FILES = (
    "accounts.css",
    "operations.css",
    "accounts.js",
    "dom.js",
    "drawing.js",
    "evidence_layer.js",
    "here_panel.js",
    "legend.js",
    "map.css",
    "shapes.js",
    "sheet.js",
    "sign_in.css",
    "stops.js",
    "town.css",
    "town_map.js",
    "view_layers.js",
)
STATIC: Mapping[str, Path] = {
    **{f"page/{name}": HERE / name for name in OWN_FILES},
    **{f"vendor/{file}": VENDOR / file for file in SERVED},
}
"""What is served under /static/, by its path there; the vendored files come with the set-up."""

CONTENT_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "connect-src 'self'; worker-src 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
"""The header that the page is to be sent with: it works under it, and only our own host is asked."""

_OPENING_FT = (1_500.0, 1_000.0)
_HEART_ROLES = ("water_main", "sewer_main", "parcel", "street")


def town_page_html(city_name: str, extent: Extent) -> str:
    """The page, served at `/`; it opens on the extent (west, south, east, north in degrees)."""
    parts = _parts()
    return TEMPLATES.get_template("town.html.j2").render(
        city=city_name,
        extent=json.dumps(list(extent)),
        style=json.dumps(style().as_json()),
        header=Markup(parts.header),
        map=Markup(parts.html),
    )


def town_script() -> str:
    """The module served at `/town.js`: the map as folium writes it, handed to our own modules."""
    return f'import {{ startTown }} from "/static/page/town_map.js";\n{_parts().script}'


def opening_extent(query: LayerQuery, grid: Grid) -> Extent | None:
    """A box in degrees around the middle of the town's mains, small enough to show them; None without any layer."""
    role = next((role for role in _HEART_ROLES if query.has(role)), None)
    if role is None:
        return None
    middle = np.nanmedian(shapely.get_coordinates(shapely.centroid(query.features(role).geometry)), axis=0)
    if not np.isfinite(middle).all():
        return None
    east, north = _OPENING_FT
    box = shapely.box(middle[0] - east, middle[1] - north, middle[0] + east, middle[1] + north)
    bounds = shapely.bounds(grid.to_lonlat(np.array([box], dtype=object)))[0]
    return float(bounds[0]), float(bounds[1]), float(bounds[2]), float(bounds[3])


def _parts() -> MapParts:
    return map_parts("town", Call("startTown", ()))
